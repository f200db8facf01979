"""Everything a kiosk knows at one moment, as frozen values. No decisions here."""

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.flow.bills import Bills, Channels, Paid, Paying, PutOff
from kiosk.flow.cash import CashStanding
from kiosk.flow.events import Effect, PrintFailure
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.receipt_screens import PrintingReceipt, ReceiptPrinted, Receipts
from kiosk.flow.report_screens import PrintingReports, ProofPad, Reports, ReportsPrinted
from kiosk.flow.slip_facts import Provisional, SlipFacts
from queue_server.contract.absence import AbsentDoctor
from queue_server.contract.messages import RequestBody, Visit
from queue_server.contract.payments import OwedSheet
from queue_server.contract.report_messages import ListedReport


class PrintState(StrEnum):
    """How far the slip is."""

    NOT_PRINTED = "not-printed"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"


class HelpState(StrEnum):
    """Whether a nurse was called from the help screen."""

    NOT_CALLED = "not-called"
    CALLING = "calling"
    CALLED = "called"
    NOT_REACHED = "not-reached"


class Trouble(StrEnum):
    """Refusals that the kiosk itself speaks, beside those of the server."""

    PAYMENT_CODE = "PAYMENT_CODE"
    NO_LINE = "NO_LINE"
    NO_ANSWER = "NO_ANSWER"
    CHECK_IN_UNCERTAIN = "CHECK_IN_UNCERTAIN"
    ONLY_CARD = "ONLY_CARD"
    """Without the server there is check-in by the virtual card, and nothing else."""
    NO_OUTBOX = "NO_OUTBOX"
    """A check-in without the server can't be kept."""
    CARD_FIRST = "CARD_FIRST"
    """A payment code before anybody knows whose bills are to be paid."""
    PAYMENT_UNCERTAIN = "PAYMENT_UNCERTAIN"
    """It is not known whether a payment has begun."""
    DEFERRAL_PENDING = "DEFERRAL_PENDING"
    """Bills are put off, and the hospital's system has not agreed yet."""


class Next(StrEnum):
    """What `try again` does on a refusal."""

    IDENTIFY = "identify"
    TYPE_ID_NUMBER = "type-id-number"
    ASK_AGAIN = "ask-again"
    SHOW_PLACE = "show-place"
    VISITS = "visits"
    CHOOSE_DOCTOR = "choose-doctor"
    BILLS = "bills"
    INPATIENT = "inpatient"
    REPORTS = "reports"
    SEE_PAYMENT = "see-payment"
    PROVE = "prove"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that is on its way, and what it was for."""

    ask_number: int
    intent: Intent
    body: RequestBody = field(repr=False)
    ticket_id: str = field(default="", repr=False)
    was_uncertain: bool = False
    """A check-in whose first try got no answer: it may have succeeded."""


# --- screens -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Nobody is there, or somebody has just come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    """Show a card, a slip, or choose to type."""

    intent: Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class IdNumberPad:
    """Type an ID number."""

    intent: Intent
    characters: str = field(default="", repr=False)
    is_shown: bool = False
    proves_for: Intent = Intent.REPORTS
    """Of a second factor: what he wants to see."""
    is_wrong: bool = False
    """The check digit does not fit what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The server is asked."""

    asked: Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """All visits of the patient, a page at a time."""

    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OneVisit:
    """One visit, to be checked in."""

    ticket_id: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Checked in: number, where to wait, slip."""

    facts: SlipFacts = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedOffline:
    """Checked in without the server: a provisional number, and what happens next."""

    provisional: Provisional = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPlace:
    """Where a ticket stands, and why."""

    visit: Visit = field(repr=False)
    may_print: bool = False
    """The slip that was shown is a provisional one: its owner has no real one yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Asked whether he wants to see another doctor, who would see him sooner."""

    ticket_id: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseDoctor:
    """Asked which doctor of the clinic he wants, a page at a time, or any of them."""

    ticket_id: str = field(repr=False)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something was refused; `message_*` are the server's words, if it spoke."""

    code: str
    next: Next
    intent: Intent
    message_zh: str = field(default="", repr=False)
    message_en: str = field(default="", repr=False)
    asked: Asked | None = None
    """What `try again` asks again."""


Screen = (
    Home
    | Identify
    | IdNumberPad
    | Waiting
    | Visits
    | OneVisit
    | Arrived
    | ArrivedOffline
    | MyPlace
    | Offered
    | ChooseDoctor
    | Bills
    | Channels
    | Paying
    | Paid
    | PutOff
    | ProofPad
    | Reports
    | PrintingReports
    | ReportsPrinted
    | Receipts
    | PrintingReceipt
    | ReceiptPrinted
    | Stay
    | DepositPad
    | DayBill
    | Settlement
    | Refusal
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An identified patient; his full name is not known here."""

    session_id: str
    masked_name: str
    visits: tuple[Visit, ...]
    is_by_card: bool = False
    """Whether his card has identified him: then his ID number is a second factor."""
    is_proven: bool = False
    """Whether he has given a second factor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One moment of a kiosk."""

    language: str
    is_elder: bool = False
    is_line_up: bool = False
    may_check_in_offline: bool = False
    """Whether the virtual card is enough while the line is down."""
    time_text: str = ""
    absent: tuple[AbsentDoctor, ...] = ()
    """Doctors who see nobody at the moment, as the server told last."""
    screen: Screen = field(default_factory=Home)
    session: Session | None = field(default=None, repr=False)
    paying_for: tuple[OwedSheet, ...] = field(default=(), repr=False)
    """What the payment is for that the server is asked to begin."""
    to_print: tuple[ListedReport, ...] = field(default=(), repr=False)
    """Reports that are printed once that is paid."""
    shown_bills: Bills | None = field(default=None, repr=False)
    """From where the insurance was asked to settle."""
    may_be_settled: bool = False
    """Whether the insurance was asked to settle, and its own share is not paid."""
    cash: CashStanding = field(default_factory=CashStanding)
    """How the bill validator stands, where there is one."""
    help: HelpState | None = None
    """Given while the help screen covers the other one."""
    help_ask_number: int = 0
    printing: PrintState = PrintState.NOT_PRINTED
    print_failure: PrintFailure | None = None
    idle_s: float = 0.0
    is_speaking: bool = False
    spoken_s: float = 0.0
    """How long the voice has been speaking."""
    ask_count: int = 0
    """Asks so far; survives a wipe, so that a late answer finds no one."""
    print_count: int = 0

    @property
    def is_alone(self) -> bool:
        """Whether patients are now checked in without the server."""
        return self.may_check_in_offline and not self.is_line_up


Step = tuple[State, tuple[Effect, ...]]
"""The state after an event, and what is to be done, in order."""
