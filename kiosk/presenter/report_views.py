"""What the screens of reports show: the proof that is asked for, and the list."""

from dataclasses import dataclass

from kiosk.flow.events import Key
from kiosk.presenter.views import Icon, KeyView, Tone, Unspoken


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPadView:
    """The end of the phone number and its keys."""

    title: str
    lead: str
    digits: tuple[Unspoken, Unspoken, Unspoken, Unspoken]
    message: str
    tone: Tone
    keys: tuple[KeyView | None, ...]
    """Twelve, in rows of three; None leaves a gap."""
    confirm: KeyView
    other: KeyView | None
    """For whoever has no phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCardView:
    """One report in the list; the whole card is a key if it can be printed."""

    argument: int
    key: Key = Key.REPORT
    icon: Icon
    day: str
    status: str
    tone: Tone
    title: str
    detail: str
    is_enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsView:
    """A page of the patient's reports, and what is printed."""

    title: str
    lead: str
    cards: tuple[ReportCardView, ...]
    earlier: KeyView | None
    page: str
    more: KeyView | None
    keys: tuple[KeyView, ...]
