"""What travels when a patient has his reports printed.

A report itself never does: its reply names a document that the kiosk fetches from the server by
HTTP, once. Titles, dates and states are all that is said here.
"""

from typing import Annotated

from msgspec import Meta, field

from queue_server.contract.message import DayText, Id, Instant, LongText, Message, ShortText
from queue_server.contract.payments import FenAmount, OwedSheet
from queue_server.rules.terms import PrintOutcome, ReportKind, ReportState


class ProveIdentity(Message, frozen=True, kw_only=True, tag="prove_identity"):
    """The identified patient proves himself by something else: before records are shown.

    Exactly one of the two is given. Too many wrong tries close the way for a while.
    """

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    phone_end: Annotated[str, Meta(pattern=r"^[0-9]{4}$(?!\n)")] | None = None
    """The last four digits of the phone number that the hospital knows."""
    id_number: Annotated[str, Meta(max_length=32)] | None = None
    """The resident identity number, of a patient who was identified by his virtual card."""


class ListReports(Message, frozen=True, kw_only=True, tag="list_reports"):
    """The patient who has proved himself asks for his reports."""

    session_id: Id


class PrintReport(Message, frozen=True, kw_only=True, tag="print_report"):
    """The patient wants a report on paper."""

    session_id: Id
    report_id: ShortText
    """The `report_id` of one that was listed, as it came."""


class PayCopies(Message, frozen=True, kw_only=True, tag="pay_copies"):
    """Begin to pay for printing reports again, in one go, as `pay` pays sheets.

    Exactly one of `channel` and `code` is given. The reply is a `payment`; once that is fulfilled
    each of them can be printed, until it has come out, on any day and at any kiosk.
    """

    session_id: Id
    report_ids: Annotated[list[ShortText], Meta(min_length=1, max_length=20)]
    """Reports whose `copy` was listed."""
    amount_fen: FenAmount
    """What the patient was shown as the sum; refused if it is another one by now."""
    channel: Id | None = None
    """One of the `channels` of `reports_listed`."""
    code: Annotated[str, Meta(pattern=r"^[0-9]{16,32}$(?!\n)")] | None = None
    """The payment code that the patient has shown. It is money: never kept, never logged."""


class TellPrinted(Message, frozen=True, kw_only=True, tag="tell_printed"):
    """A kiosk says what became of a report; also after the patient has gone."""

    release_id: Id
    """Of the `report_released` reply."""
    outcome: PrintOutcome


class Proven(Message, frozen=True, kw_only=True, tag="proven"):
    """Reply to `prove_identity`: it is he; good as long as his session."""


class ListedReport(Message, frozen=True, kw_only=True):
    """One report of the patient: never more than its title, its day and its state."""

    report_id: ShortText
    """What a `print_report` names; to be handed back as it came, not to be read."""
    kind: ReportKind
    title_zh: ShortText
    title_en: ShortText
    day_on: DayText
    """When the doctor has asked for it."""
    state: ReportState
    ready_in_min: int | None
    """About how many minutes until it is final; `null` if nobody can say, and of a final one."""
    printed_count: int
    """How often it was printed, here or elsewhere."""
    can_print: bool
    """Whether a `print_report` would be accepted at this moment."""
    hint_zh: LongText = ""
    """What to do when it can't be printed."""
    hint_en: LongText = ""
    copy: OwedSheet | None = None
    """Given where it can be printed once that is paid; `pay_copies` does so."""


class ReportsListed(Message, frozen=True, kw_only=True, tag="reports_listed"):
    """Reply to `list_reports`."""

    reports: list[ListedReport]
    """Those that can be printed, then those under way, then those printed; may be empty."""
    channels: list[Id] = field(default_factory=list)
    """Through whom copies can be paid, as `wechat`; empty where none are sold."""
    credit_fen: FenAmount = 0
    """What is kept for the patient and counted in when he pays in cash."""


class ReportReleased(Message, frozen=True, kw_only=True, tag="report_released"):
    """Reply to `print_report`: where the kiosk gets the document, once."""

    release_id: Id
    """The id of the request."""
    token: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]
    """To be posted to `REPORT_PATH` of the server's pages, with device and `release_id`."""
    expires_at: Instant
    """Later the document can't be fetched any more."""


class PrintingNoted(Message, frozen=True, kw_only=True, tag="printing_noted"):
    """Reply to `tell_printed`: on disk."""


ReportRequest = ProveIdentity | ListReports | PrintReport | PayCopies | TellPrinted
REPORT_PATH = "/api/kiosk/report"
"""Where a kiosk fetches a released report: `POST` of `{"device", "release_id", "token"}`."""
RELEASE_LIFE_S = 120
"""How long a released report may be fetched."""
