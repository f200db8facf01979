"""What a screen shows, as frozen values: one class a screen, its fields in reading order.

Rule 1: every plain `str` is text that stands on the screen, from top to bottom as declared.
Rule 2: what is no text is an enum, a number or a bool, so `spoken_texts` finds exactly the texts.
Rule 3: `Said` is one text in two forms, one to be seen and one to be heard.
Rule 4: `Unspoken` stands on the screen, but is never read aloud: bystanders would hear it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, TypeAlias

from kiosk.flow.events import Key

if TYPE_CHECKING:
    from kiosk.presenter.doctor_views import DoctorsView
    from kiosk.presenter.inpatient_views import DepositPadView, StatementView, StayView


class Unspoken(str):
    """Text that is shown and never read aloud."""

    __slots__ = ()


class Said(str):
    """Text that is said in other words than it is shown, as an amount of money."""

    __slots__ = ("spoken",)
    spoken: str

    def __new__(cls, shown: str, spoken: str = "") -> "Said":
        """Make a text of both forms."""
        made = super().__new__(cls, shown)
        made.spoken = spoken
        return made


class Tone(StrEnum):
    """What a message is like; each tone has a colour and a sign of its own."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    CALL = "call"


class Icon(StrEnum):
    """The signs there are; drawn in `widgets/icon.py`."""

    NONE = "none"
    HOME = "home"
    BACK = "back"
    LANGUAGE = "language"
    ELDER = "elder"
    LISTEN = "listen"
    SILENCE = "silence"
    HELP = "help"
    CHECK_IN = "check-in"
    PLACE = "place"
    SCAN = "scan"
    PHONE = "phone"
    SLIP = "slip"
    SOUND = "sound"
    KEYPAD = "keypad"
    DELETE = "delete"
    CONFIRM = "confirm"
    NURSE = "nurse"
    CAUTION = "caution"
    CROSS = "cross"
    CLOCK = "clock"
    NEXT = "next"
    EARLIER = "earlier"
    PRINTER = "printer"
    EYE = "eye"
    PAY = "pay"
    QR = "qr"
    CARD = "card"
    BED = "bed"
    CASH = "cash"
    REPORT = "report"
    CHECKED = "checked"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """Something to press."""

    key: Key
    label: str
    icon: Icon = Icon.NONE
    argument: int = 0
    is_primary: bool = False
    is_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """A large key that says what it is for."""

    key: Key
    argument: int = 0
    icon: Icon
    label: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of an instruction, with its picture."""

    icon: Icon
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A label and what it is."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A sentence on a coloured ground, with a sign."""

    tone: Tone
    icon: Icon
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderView:
    """The same on every screen."""

    hospital: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """Some choices, and that a code may be scanned at once."""

    title: str
    notice: MessageView | None
    """Which doctors are late, away or stopped; None: nobody is."""
    choices: tuple[ChoiceView, ...]
    scan_title: str
    scan_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifyView:
    """How to show a card; keys for whoever has none, or wants something else."""

    title: str
    steps: tuple[StepView, ...]
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdNumberPadView:
    """The ID number and its keys."""

    title: str
    groups: tuple[Unspoken, Unspoken, Unspoken]
    message: str
    tone: Tone
    show: KeyView
    keys: tuple[KeyView, ...]
    """Twelve, in rows of three."""
    confirm: KeyView


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """The server is asked."""

    title: str
    lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCardView:
    """One visit in the list; the whole card is a key."""

    argument: int
    key: Key = Key.VISIT
    time: str
    status: str
    tone: Tone
    clinic: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitsView:
    """A page of the patient's visits."""

    title: str
    lead: str
    cards: tuple[VisitCardView, ...]
    earlier: KeyView | None
    page: str
    more: KeyView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneVisitView:
    """A visit, to be compared and checked in."""

    title: str
    facts: tuple[FactView, ...]
    message: MessageView | None
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberView:
    """A ticket's number, as large as the screen allows."""

    label: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """Number, where to wait, how many are ahead, and why: after a check-in, and later on."""

    title: str
    tone: Tone
    icon: Icon
    number: NumberView
    where: str
    message: MessageView | None
    doctor: MessageView | None = None
    """What there is to know of the doctor, beside a slip that did not come."""
    steps: tuple[StepView, ...] = ()
    """What happens next, where it is not simply to wait."""
    ahead: FactView | None
    at_most: str
    reason: str
    keys: tuple[KeyView, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """What happened, and what to do next."""

    tone: Tone
    icon: Icon
    title: str
    message: str
    hint: str
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """How to use the screen beneath, and a nurse on call."""

    title: str
    text: str
    keys_text: str
    message: MessageView | None
    keys: tuple[KeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InactivityView:
    """Is somebody there? The whole body is a key that says yes."""

    title: str
    seconds: str
    lead: str
    stay: KeyView
    end: KeyView


Body: TypeAlias = (
    "HomeView"
    " | IdentifyView"
    " | IdNumberPadView"
    " | WaitingView"
    " | VisitsView"
    " | DoctorsView"
    " | OneVisitView"
    " | PlaceView"
    " | BillsView"
    " | ChannelsView"
    " | PayingView"
    " | CashView"
    " | ProofPadView"
    " | ReportsView"
    " | RefusalView"
    " | HelpView"
    " | InactivityView"
    " | StayView"
    " | DepositPadView"
    " | StatementView"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole window."""

    is_elder: bool
    header: HeaderView
    banner: MessageView | None
    body: Body
    dock: tuple[KeyView | None, ...]
    """The keys that are always in the same place; None leaves a gap where one makes no sense."""


def spoken_texts(view: object) -> Iterator[str]:
    """Yield what the voice says of a view, in reading order: it is what the eye sees."""
    for text in shown_texts(view):
        yield text.spoken if isinstance(text, Said) else text


def shown_texts(view: object) -> Iterator[str]:
    """Yield the texts of a view in reading order, but those that bystanders must not hear."""
    match view:
        case Enum() | Unspoken() | None:
            return
        case str():
            if view:
                yield view
        case tuple():
            for part in view:
                yield from shown_texts(part)
        case _ if is_dataclass(view):
            for field in fields(view):
                yield from shown_texts(getattr(view, field.name))
        case _:
            return
