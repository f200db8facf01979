"""What can be asked of the queues. Imperative, and nothing but data."""

from dataclasses import dataclass

from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    RoomId,
    Slot,
    TicketId,
    TicketKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base: something is asked of `queue`.

    `seen_entry` is the last entry of the journal that the person had seen. If a ticket he
    acts on has changed since, the command is refused with CHANGED_SINCE. None: no check.
    """

    queue: QueueId
    seen_entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCommand(Command):
    """Base: something is asked of one ticket."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTicket(TicketCommand):
    """Make a ticket for an appointment."""

    number: str
    slot: Slot | None = None
    kind: TicketKind = TicketKind.ORDINARY
    rank: PriorityRank | None = None
    patient: PatientId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWalkIn(Command):
    """Make the next ticket of the queue for somebody without an appointment, and check it in."""

    prefix: str
    kind: TicketKind = TicketKind.ORDINARY
    rank: PriorityRank | None = None
    patient: PatientId | None = None
    level: int | None = None
    """Of an emergency: 1 to 4."""
    is_extra: bool = False
    """Whether the doctor gives it beyond those that could be booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(TicketCommand):
    """The patient is there: booked, after a missed call, or with results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCheckIn(TicketCommand):
    """The check-in was a mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNext(Command):
    """Call the first of the list into the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTicket(TicketCommand):
    """Call a chosen ticket into the room; `why` may be empty."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCall(TicketCommand):
    """Call a colleague's waiting patient, of queue `from_queue`, into the room of `queue`."""

    from_queue: QueueId
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(TicketCommand):
    """Call the one who is called once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(TicketCommand):
    """The patient has come in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish(TicketCommand):
    """The consultation is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss(TicketCommand):
    """The patient was called and did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendForResults(TicketCommand):
    """The patient goes to an examination and comes back with the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteResultsReady(TicketCommand):
    """The results are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantPriority(TicketCommand):
    """Somebody has seen the proof; `rank` is the text as it came, checked here."""

    rank: str
    proof: str = ""
    """What was seen; may be empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade(TicketCommand):
    """It is an emergency of `level`: 1, the most urgent, to 4."""

    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForDoctor(TicketCommand):
    """The patient of an area queue asks for this doctor's queue; None: for any."""

    doctor: QueueId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteNote(TicketCommand):
    """Tell the doctor something about the patient; an empty text takes it away."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(TicketCommand):
    """Put the ticket directly before or after another one of the list; exactly one is given."""

    before: TicketId | None = None
    after: TicketId | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(TicketCommand):
    """Send the ticket to another queue."""

    to_queue: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread(TicketCommand):
    """Send the ticket to a colleague's queue, where the patient is seen sooner."""

    to_queue: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferColleague(TicketCommand):
    """Ask the patient whether he wants to go to a colleague's queue, where he is seen sooner."""

    to_queue: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer(TicketCommand):
    """The patient says whether he wants to go to the colleague who was offered."""

    accepts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(TicketCommand):
    """Take the ticket out of the list for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(TicketCommand):
    """Put a held ticket back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(TicketCommand):
    """The visit will not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Command):
    """Nobody is called for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """Calling goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Command):
    """The clinic is stopped today.

    Where the policy says that a stop needs approval, this only asks for it: `approval` is the
    number of the approval, and somebody else has to confirm.
    """

    cause: AbsenceCause | None = None
    returns_s: DaySecond | None = None
    approval: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmStop(Command):
    """A second person confirms the stop that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawStop(Command):
    """The stop that was asked for will not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAbsence(Command):
    """The doctor is late, has left for a while, or pauses. Check-in goes on."""

    kind: AbsenceKind
    cause: AbsenceCause | None = None
    returns_s: DaySecond | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend(Command):
    """The doctor is there: he has signed in, or somebody says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeRoom(Command):
    """The doctor sits in `room` today; whoever has it gets his.

    By the site file the room is that of `usual_queue`, and his own is `own_usual_room`.
    """

    room: RoomId
    usual_queue: QueueId
    own_usual_room: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCommand(Command):
    """Base: a doctor of an MDT clinic's team says something of himself; `member` is his queue."""

    member: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinTeam(MemberCommand):
    """The doctor is at the MDT clinic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTeam(MemberCommand):
    """The doctor has left the MDT clinic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTicketCommand(TicketCommand):
    """Base: a doctor of the team, whose queue is `member`, says something of the patient."""

    member: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeToPatient(MemberTicketCommand):
    """The doctor has come to the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndTurn(MemberTicketCommand):
    """The doctor is done with the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndForTeam(MemberTicketCommand):
    """The lead of the team ends the visit for everybody, for a reason."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command):
    """Take back entry `entry`, or the last one of the queue (of `ticket`, if given)."""

    ticket: TicketId | None = None
    entry: int | None = None
