"""What the screens of paying show: what is owed, how to pay it, and the bank notes."""

from dataclasses import dataclass

from kiosk.flow.events import Key
from kiosk.presenter.views import ChoiceView, Icon, KeyView, Said, Tone, Unspoken


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One thing on a bill."""

    title: str
    detail: Said
    amount: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class BillView:
    """A bill with its items; the whole of it is a key that chooses it."""

    argument: int
    key: Key = Key.BILL
    icon: Icon
    title: str
    amount: Said
    items: tuple[ItemView, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BillsView:
    """What is owed, a page at a time, and what the chosen bills cost together."""

    title: str
    lead: str
    bills: tuple[BillView, ...]
    earlier: KeyView | None
    page: str
    more: KeyView | None
    total_label: str
    total: Said
    insurance: Said
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsView:
    """How to pay."""

    title: str
    settled: Said
    """What the insurance has settled, or how many copies it is for; may be empty."""
    total_label: str
    total: Said
    choices: tuple[ChoiceView, ...]
    scan_title: str
    scan_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayingView:
    """It is the patient's turn to pay."""

    title: str
    qr: Unspoken
    """Drawn as a QR code; empty: the phone asks for the password."""
    icon: Icon
    """Shown where there is no QR code."""
    amount: Said
    lead: str
    left: str
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CashView:
    """Bank notes go in, one by one."""

    title: str
    missing_label: str
    missing: Said
    owed_label: str
    owed: Said
    in_label: str
    put_in: Said
    message: str
    tone: Tone
    rule: str
    """What becomes of the change."""
    left: str
    keys: tuple[KeyView, ...]
