"""The screens about a stay in the hospital, as frozen values; the rules stand in `views.py`."""

from dataclasses import dataclass

from kiosk.presenter.paying_views import ItemView
from kiosk.presenter.views import ChoiceView, KeyView, MessageView, Said, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountView:
    """An amount, and what it is."""

    label: str
    amount: Said
    is_strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StayView:
    """Where somebody lies, how his deposit stands, and what can be done about it."""

    title: str
    lead: str
    amounts: tuple[AmountView, ...]
    message: MessageView | None
    choices: tuple[ChoiceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPadView:
    """How much is paid in."""

    title: str
    amount: Said
    message: str
    tone: Tone
    usual: tuple[KeyView, ...]
    """The usual amounts, in rows of three."""
    keys: tuple[KeyView | None, ...]
    """Twelve, in rows of three; None leaves a gap."""
    confirm: KeyView


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """Charges of one kind, with their items."""

    title: str
    amount: Said
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A list of charges, a page at a time, and what they come to; there is nothing to choose."""

    title: str
    lead: str
    groups: tuple[GroupView, ...]
    earlier: KeyView | None
    page: str
    more: KeyView | None
    amounts: tuple[AmountView, ...]
    message: MessageView | None
    keys: tuple[KeyView, ...]
