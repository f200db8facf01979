"""What happens to a kiosk (events) and what it then wants done (effects). Values only."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kiosk.flow.bills import DeferralFacts, KeptFacts, PaidFacts
from kiosk.flow.cash import CashStanding
from kiosk.flow.report_screens import ReportFailure
from kiosk.flow.slip_facts import Provisional, SlipFacts
from queue_server.contract.absence import AbsentDoctor
from queue_server.contract.insurance import CancelInsurance
from queue_server.contract.messages import CallHelp, ReplyBody, RequestBody
from queue_server.contract.payments import CancelPayment, Payment
from queue_server.contract.report_messages import ReportReleased


class Key(StrEnum):
    """Everything a finger can press."""

    HOME = "home"
    BACK = "back"
    LANGUAGE = "language"
    ELDER = "elder"
    LISTEN = "listen"
    HELP = "help"

    CHECK_IN = "check-in"
    MY_PLACE = "my-place"
    PAY = "pay"
    REPORTS = "reports"
    TYPE_ID_NUMBER = "type-id-number"
    SHOW_CARD = "show-card"
    DIGIT = "digit"
    """Argument 0-9: the digit; 10: the X."""
    DELETE = "delete"
    SHOW_DIGITS = "show-digits"
    CONFIRM = "confirm"
    VISIT = "visit"
    """Argument: which of the patient's visits, counted from 0."""
    EARLIER_VISITS = "earlier-visits"
    MORE_VISITS = "more-visits"
    BILL = "bill"
    """Argument: which of the patient's bills, counted from 0."""
    EARLIER_BILLS = "earlier-bills"
    MORE_BILLS = "more-bills"
    CHANNEL = "channel"
    """Argument: which of the channels, counted from 0."""
    CANCEL_PAYMENT = "cancel-payment"
    PUT_OFF = "put-off"
    PRINT_OPEN = "print-open"
    INPATIENT = "inpatient"
    TOP_UP = "top-up"
    AMOUNT = "amount"
    """Argument: one of the usual amounts, in yuan."""
    DAY_BILL = "day-bill"
    EARLIER_DAY = "earlier-day"
    LATER_DAY = "later-day"
    SETTLEMENT = "settlement"
    RECEIPTS = "receipts"
    RECEIPT = "receipt"
    """Argument: which of the patient's receipts, counted from 0."""
    PRINT_RECEIPT = "print-receipt"
    REPORT = "report"
    """Argument: which of the patient's reports, counted from 0."""
    EARLIER_REPORTS = "earlier-reports"
    MORE_REPORTS = "more-reports"
    PRINT_REPORTS = "print-reports"
    ACCEPT_OFFER = "accept-offer"
    DECLINE_OFFER = "decline-offer"
    ANY_DOCTOR = "any-doctor"
    DOCTOR = "doctor"
    """Argument: which of the doctors who may be asked for, counted from 0."""
    EARLIER_DOCTORS = "earlier-doctors"
    MORE_DOCTORS = "more-doctors"
    PRINT_AGAIN = "print-again"
    DONE = "done"
    TRY_AGAIN = "try-again"
    CALL_NURSE = "call-nurse"
    CLOSE_HELP = "close-help"
    STAY = "stay"


CHECK_CHARACTER_X = 10
"""Argument of `Key.DIGIT` for the X that may end an ID number."""


# --- events --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """A key was pressed."""

    key: Key
    argument: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The screen was touched, wherever: somebody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """A scanner read a code."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCardRead:
    """The number was read off an ID card that is still valid."""

    id_number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipCardRead:
    """The number was read off a chip card of the hospital."""

    card_number: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFailed:
    """A card brings nobody further; its reader's code and sentences say why, and what to do."""

    code: str
    sentence_zh: str
    sentence_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """The server answered the ask of that number."""

    ask_number: int
    body: ReplyBody = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTold:
    """The server tells how a payment stands, without being asked."""

    payment: Payment = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsencesTold:
    """The server tells which doctors are late, away, pausing or stopped."""

    doctors: tuple[AbsentDoctor, ...]
    paused: frozenset[str] = frozenset()
    """The queues in which calls are paused until staff reopen them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashChanged:
    """The bill validator, or what has come in, stands otherwise."""

    standing: CashStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnswered:
    """The server did not answer in time; whether it did what was asked is not known."""

    ask_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChanged:
    """The line to the server came or went."""

    is_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineCheckInAllowed:
    """Whether patients may be checked in while the line is down has changed."""

    is_allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedInOffline:
    """The check-in of that number is on the kiosk's own disk."""

    ask_number: int
    provisional: Provisional = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCheckedInOffline:
    """The check-in of that number was not accepted; `code` is a `RefusalCode` or a `Trouble`."""

    ask_number: int
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintFailure:
    """Why no slip came, in the words of the device."""

    sentence_zh: str
    sentence_en: str
    may_have_printed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintEnded:
    """The printer has confirmed a slip, or failed."""

    print_number: int
    failure: PrintFailure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPrintEnded:
    """All pages of a report have come out, or none will come any more."""

    print_number: int
    failure: ReportFailure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded:
    """The voice has said everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondsPassed:
    """Time went by; `time_text` is the time of day to show, `08:05`."""

    seconds: float
    time_text: str


Event = (
    Tapped
    | Touched
    | Scanned
    | IdCardRead
    | ChipCardRead
    | CardFailed
    | Replied
    | AbsencesTold
    | PaymentTold
    | CashChanged
    | NotAnswered
    | LineChanged
    | OfflineCheckInAllowed
    | CheckedInOffline
    | NotCheckedInOffline
    | PrintEnded
    | ReportPrintEnded
    | SpeechEnded
    | SecondsPassed
)


# --- effects -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Send a request; answered by `Replied` or `NotAnswered` with the same number."""

    ask_number: int
    body: RequestBody = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInOffline:
    """Check in by this card alone; answered by `CheckedInOffline` or `NotCheckedInOffline`."""

    ask_number: int
    card: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSlip:
    """Print the slip of a check-in or a payment; answered by `PrintEnded` with the same number."""

    print_number: int
    facts: SlipFacts | Provisional | PaidFacts | KeptFacts | DeferralFacts = field(repr=False)
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintReleased:
    """Fetch a released report and print it; answered by `ReportPrintEnded`, same number."""

    print_number: int
    release: ReportReleased = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Say everything that is now on the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSpeaking:
    """Be silent at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wipe:
    """Forget whatever still belongs to the patient: open requests, screens, sounds."""


OUTLIVES_THE_PATIENT: Final = CallHelp | CancelPayment | CancelInsurance
"""Requests that are asked on when the screen is wiped."""
Effect = Ask | CheckInOffline | PrintSlip | PrintReleased | Speak | StopSpeaking | Wipe
