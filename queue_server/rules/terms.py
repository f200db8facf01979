"""The vocabulary every part shares: ids, states, kinds and refusal codes.

Nothing here decides anything. The words stand in `docs/glossary.md`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NewType, TypeVar

SiteId = NewType("SiteId", str)
AreaId = NewType("AreaId", str)
RoomId = NewType("RoomId", str)
QueueId = NewType("QueueId", str)
DeviceId = NewType("DeviceId", str)
PatientId = NewType("PatientId", str)
CardId = NewType("CardId", str)
"""Random, stands for a patient on his virtual card; never an ID number."""
TicketId = NewType("TicketId", str)
"""`<queue>:<number>`: unique within a clinic day."""
RequestId = NewType("RequestId", str)

DaySecond = NewType("DaySecond", int)
"""Seconds since midnight, local time, of the clinic day; a night clinic counts on past 86,400."""


E = TypeVar("E", bound=type[StrEnum])


def quick(enum: E) -> E:
    """Make the members plain attributes of their class, as they are from Python 3.12 on.

    In 3.11 each `TicketState.WAITING` costs 170 ns instead of 20, a hundred times a check-in.
    """
    for name, member in enum.__members__.items():
        type.__setattr__(enum, name, member)
    return enum


@quick
class TicketState(StrEnum):
    """Where a ticket is; the table of changes stands in `rules/ticket.py`."""

    BOOKED = "booked"
    """Expected today, not checked in yet."""
    WAITING = "waiting"
    """Checked in; stands in the list."""
    STANDBY = "standby"
    """Next in the list and told to get ready; only an emergency passes him."""
    CALLED = "called"
    """Called into the room."""
    IN_SERVICE = "in_service"
    """With the doctor."""
    MISSED = "missed"
    """Was called and did not come; has to check in again."""
    AWAY_FOR_RESULTS = "away_for_results"
    """At an examination; checks in again with the results."""
    ON_HOLD = "on_hold"
    """Taken out of the list for a while."""
    DONE = "done"
    """The consultation is over."""
    TRANSFERRED = "transferred"
    """Sent to another queue, where the ticket goes on."""
    CANCELLED = "cancelled"
    """The visit will not take place."""
    EXPIRED = "expired"
    """Void."""


@quick
class DeviceAct(StrEnum):
    """What the technician's desk may ask of a device."""

    RELOAD = "reload"
    """Begin anew, as after a start; a kiosk finishes with its patient first."""
    SILENCE = "silence"
    """Speak no calls; of area boards."""
    SPEAK = "speak"
    """Speak calls again; of area boards."""
    SCREENSHOT = "screenshot"
    """Send a picture of the window with everything personal covered."""


@quick
class TicketKind(StrEnum):
    """What a ticket counts as in the queue; which rule places it."""

    ORDINARY = "ordinary"
    """Booked, or a walk-in."""
    PRIORITY = "priority"
    """Of an entitled group, the proof seen."""
    RETURNED = "returned"
    """Back with results."""
    MISSED = "missed"
    """Back after a missed call."""
    EMERGENCY = "emergency"
    """Before everybody."""


@quick
class PriorityRank(StrEnum):
    """Entitled groups; the policy says in which order they come."""

    MILITARY = "military"
    AGED_80 = "aged_80"
    DISABLED = "disabled"
    PREGNANT = "pregnant"


class ReportKind(StrEnum):
    """What a report is about."""

    LABORATORY = "laboratory"
    """Values with their reference ranges."""
    IMAGING = "imaging"
    """X-ray, ultrasound, CT, MRI: what was seen, in words."""
    ECG = "ecg"
    """The heart's electrical activity: figures, and what they mean."""


class ReportState(StrEnum):
    """How far a report is (FHIR DiagnosticReport.status: registered, partial, final)."""

    ORDERED = "ordered"
    """The doctor has asked for it; the examination has not been done."""
    IN_PROGRESS = "in_progress"
    """Examined; the report is being made."""
    FINAL = "final"
    """Signed; the only state in which it may be printed."""


class PrintOutcome(StrEnum):
    """What became of a report at a kiosk's printer."""

    PRINTED = "printed"
    """The printer has said that all of it came out."""
    FAILED = "failed"
    """Nothing came out, and nothing will: the job was taken back."""
    UNCERTAIN = "uncertain"
    """Some of it may have come out."""


@quick
class QueueStatus(StrEnum):
    """Whether a doctor's queue moves."""

    OPEN = "open"
    """Patients are called."""
    PAUSED = "paused"
    """Nobody is called; check-in goes on."""
    STOPPED = "stopped"
    """The clinic is stopped today: nobody is called and check-in is refused."""


@quick
class AbsenceKind(StrEnum):
    """Why a doctor sees nobody, as patients are told."""

    LATE = "late"
    """Not there yet; ends by itself when he signs in or calls."""
    LEFT = "left"
    """Gone for a while; ends by itself when he signs in or calls."""
    PAUSED = "paused"
    """Calls nobody for a few minutes; ends by itself when he calls."""
    STOPPED = "stopped"
    """The clinic is stopped today; ends when somebody reopens it."""


@quick
class AbsenceCause(StrEnum):
    """Neutral causes: what may be told in public, and nothing beyond it."""

    RESCUE = "rescue"
    URGENT = "urgent"
    SURGERY = "surgery"
    CONSULTATION = "consultation"
    DEVICE_FAULT = "device_fault"
    DUTY = "duty"
    BREAK = "break"


@quick
class MemberState(StrEnum):
    """Where a doctor of an MDT clinic's team is."""

    ABSENT = "absent"
    """Has not signed in at the clinic."""
    PRESENT = "present"
    """Signed in; not with the patient yet."""
    WITH_PATIENT = "with_patient"
    """Has come to the patient."""
    DONE = "done"
    """Has seen the patient who is in the room."""


@quick
class Language(StrEnum):
    """Languages the server itself writes; machines add others by a translation file."""

    CHINESE = "zh"
    ENGLISH = "en"


@quick
class RefusalCode(StrEnum):
    """Why a request was refused; the sentences stand in `rules/refusals.py`."""

    TOO_EARLY = "TOO_EARLY"
    TOO_LATE = "TOO_LATE"
    WRONG_DAY = "WRONG_DAY"
    ALREADY_CHECKED_IN = "ALREADY_CHECKED_IN"
    CLINIC_STOPPED = "CLINIC_STOPPED"
    QUEUE_PAUSED = "QUEUE_PAUSED"
    QUEUE_STOPPED = "QUEUE_STOPPED"
    QUEUE_EMPTY = "QUEUE_EMPTY"
    ROOM_BUSY = "ROOM_BUSY"
    ROOM_EMPTY = "ROOM_EMPTY"
    PATIENT_ELSEWHERE = "PATIENT_ELSEWHERE"
    STANDBY_PROTECTED = "STANDBY_PROTECTED"
    WRONG_STATE = "WRONG_STATE"
    REASON_MISSING = "REASON_MISSING"
    UNKNOWN_QUEUE = "UNKNOWN_QUEUE"
    UNKNOWN_TICKET = "UNKNOWN_TICKET"
    NUMBER_TAKEN = "NUMBER_TAKEN"
    SAME_QUEUE = "SAME_QUEUE"
    UNKNOWN_RANK = "UNKNOWN_RANK"
    NOTHING_TO_UNDO = "NOTHING_TO_UNDO"
    CHANGED_SINCE = "CHANGED_SINCE"
    RECALL_TOO_SOON = "RECALL_TOO_SOON"
    RECALL_LIMIT = "RECALL_LIMIT"
    UNKNOWN_LEVEL = "UNKNOWN_LEVEL"
    LEVEL_NOT_ACCEPTED = "LEVEL_NOT_ACCEPTED"
    NO_ROOM = "NO_ROOM"
    APPROVAL_MISSING = "APPROVAL_MISSING"
    SECOND_PERSON_MISSING = "SECOND_PERSON_MISSING"
    NO_STOP_ASKED = "NO_STOP_ASKED"
    NOT_ABSENT = "NOT_ABSENT"
    SPREAD_OVER = "SPREAD_OVER"
    DOCTOR_NOT_THERE = "DOCTOR_NOT_THERE"
    ROOM_TAKEN = "ROOM_TAKEN"
    ROOM_IS_OWN = "ROOM_IS_OWN"
    RETURN_IN_THE_PAST = "RETURN_IN_THE_PAST"
    # MDT clinics.
    QUORUM_MISSING = "QUORUM_MISSING"
    TEAM_NOT_DONE = "TEAM_NOT_DONE"
    TEAM_PATIENT = "TEAM_PATIENT"
    NOT_IN_TEAM = "NOT_IN_TEAM"
    TEAM_STATE = "TEAM_STATE"
    TURN_OPEN = "TURN_OPEN"
    LEAD_ONLY = "LEAD_ONLY"
    # Around the rules: identification, the wire and the desk.
    CARD_UNKNOWN = "CARD_UNKNOWN"
    CARD_EXPIRED = "CARD_EXPIRED"
    CARD_USED = "CARD_USED"
    ID_NUMBER_UNKNOWN = "ID_NUMBER_UNKNOWN"
    SLIP_UNKNOWN = "SLIP_UNKNOWN"
    PROVISIONAL_PENDING = "PROVISIONAL_PENDING"
    PROVISIONAL_REFUSED = "PROVISIONAL_REFUSED"
    SESSION_ENDED = "SESSION_ENDED"
    REQUEST_EXPIRED = "REQUEST_EXPIRED"
    BAD_REQUEST = "BAD_REQUEST"
    NOT_ALLOWED = "NOT_ALLOWED"
    BUSY = "BUSY"
    # Money.
    PAYMENTS_OFF = "PAYMENTS_OFF"
    NOTHING_OWED = "NOTHING_OWED"
    UNKNOWN_CHARGE = "UNKNOWN_CHARGE"
    CHARGE_IN_USE = "CHARGE_IN_USE"
    SEVERAL_PATIENTS = "SEVERAL_PATIENTS"
    PAYMENT_RUNNING = "PAYMENT_RUNNING"
    ALREADY_PAID = "ALREADY_PAID"
    IN_REVIEW = "IN_REVIEW"
    CHANNEL_OFF = "CHANNEL_OFF"
    NO_PAYMENT_CODE = "NO_PAYMENT_CODE"
    UNKNOWN_ATTEMPT = "UNKNOWN_ATTEMPT"
    NOT_REFUNDABLE = "NOT_REFUNDABLE"
    REFUND_TOO_MUCH = "REFUND_TOO_MUCH"
    PAY_FIRST = "PAY_FIRST"
    NO_CREDIT = "NO_CREDIT"
    CREDIT_LIMIT = "CREDIT_LIMIT"
    CREDIT_OVERDUE = "CREDIT_OVERDUE"
    CREDIT_REFUSED = "CREDIT_REFUSED"
    INSURANCE_OFF = "INSURANCE_OFF"
    INSURANCE_OTHER_PERSON = "INSURANCE_OTHER_PERSON"
    INSURANCE_REFUSED = "INSURANCE_REFUSED"
    INSURANCE_SILENT = "INSURANCE_SILENT"
    INSURANCE_PENDING = "INSURANCE_PENDING"
    INPATIENTS_OFF = "INPATIENTS_OFF"
    NO_STAY = "NO_STAY"
    DEPOSIT_AMOUNT = "DEPOSIT_AMOUNT"
    RECEIPTS_OFF = "RECEIPTS_OFF"
    UNKNOWN_RECEIPT = "UNKNOWN_RECEIPT"
    # Reports.
    PROOF_MISSING = "PROOF_MISSING"
    PROOF_WRONG = "PROOF_WRONG"
    PROOF_LOCKED = "PROOF_LOCKED"
    PROOF_IMPOSSIBLE = "PROOF_IMPOSSIBLE"
    UNKNOWN_REPORT = "UNKNOWN_REPORT"
    REPORT_NOT_FINAL = "REPORT_NOT_FINAL"
    REPORT_PRINTED_ALREADY = "REPORT_PRINTED_ALREADY"
    REPORT_COPY_UNPAID = "REPORT_COPY_UNPAID"
    REPORT_COPY_PAID = "REPORT_COPY_PAID"
    REPORT_AT_PRINTER = "REPORT_AT_PRINTER"
    REPORTS_OFF = "REPORTS_OFF"
    # Policies.
    POLICY_MOVED = "POLICY_MOVED"
    POLICY_WAITS = "POLICY_WAITS"
    POLICY_IN_FORCE = "POLICY_IN_FORCE"
    POLICY_UNCHANGED = "POLICY_UNCHANGED"
    POLICY_TIME = "POLICY_TIME"
    POLICY_WRONG = "POLICY_WRONG"


class FullName:
    """A patient's full name; it can't be formatted into a board, a log line or an error.

    `str()`, `repr()` and f-strings all give `<full name>`. Only the places that are
    allowed to show the name (the kiosk's reply, the nurse's page) call `reveal()`.
    """

    __slots__ = ("_characters",)

    def __init__(self, characters: str) -> None:
        self._characters = characters

    def reveal(self) -> str:
        """Return the name in full. Each caller is a place where a name may be read."""
        return self._characters

    def __repr__(self) -> str:
        return "<full name>"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FullName) and other._characters == self._characters

    def __hash__(self) -> int:
        return hash(self._characters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A bookable interval of the clinic day, `start_s <= t < end_s`."""

    start_s: DaySecond
    end_s: DaySecond

    def __str__(self) -> str:
        return f"{clock_text(self.start_s)}-{clock_text(self.end_s)}"


@lru_cache(maxsize=1024)
def clock_text(second: int) -> str:
    """Write a second of the day as `HH:MM`; after midnight of a night clinic as `24:30`."""
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"
