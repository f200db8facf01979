"""What can happen, as facts of the past. An event says all that applying it needs.

One `Entry` is one act: what somebody asked for and everything that followed from it at once.
The journal keeps entries; a replay applies them and runs no rule again.

Events are `msgspec` structs: made, copied, written and read several times faster than
dataclasses, which is what a restart with a long journal and a full queue live on.
"""

import msgspec

from queue_server.rules.reason import Reason
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    QueueStatus,
    RoomId,
    Slot,
    TicketId,
    TicketKind,
)


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """One index in a queue's list, and why.

    `index` counts in the list without the ticket itself. `let_in_by` says whose doing it is:
    `rule` and `emergency` are counted with those who are passed, `person` is not.
    """

    index: int
    key: tuple[int, ...]
    reason: Reason
    let_in_by: str = "rule"


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Base: something happened in `queue`. The journal names the class as `event`."""

    queue: QueueId


class TicketEvent(Event, frozen=True, kw_only=True):
    """Something happened to one ticket."""

    ticket: TicketId


class TicketIssued(TicketEvent, frozen=True, kw_only=True):
    """A ticket exists from now on, booked."""

    number: str
    slot: Slot | None = None
    kind: TicketKind = TicketKind.ORDINARY
    rank: PriorityRank | None = None
    patient: PatientId | None = None
    level: int | None = None
    is_extra: bool = False


class CheckedIn(TicketEvent, frozen=True, kw_only=True):
    """The patient is there: for the first time, again after a missed call, or with results."""

    placing: Placing
    kind: TicketKind
    own_key: tuple[int, ...]
    is_walk_in: bool


class CheckInCancelled(TicketEvent, frozen=True, kw_only=True):
    """The check-in was a mistake: the ticket is expected, as before."""

    reason: Reason


class StoodBy(TicketEvent, frozen=True, kw_only=True):
    """The patient is told to get ready; from now on nobody passes him but an emergency."""


class Called(TicketEvent, frozen=True, kw_only=True):
    """The patient is called into the room."""

    reason: Reason


class Recalled(TicketEvent, frozen=True, kw_only=True):
    """The patient is called once more."""

    reason: Reason


class ServiceStarted(TicketEvent, frozen=True, kw_only=True):
    """The patient is with the doctor."""

    reason: Reason


class Finished(TicketEvent, frozen=True, kw_only=True):
    """The consultation is over."""

    reason: Reason


class Missed(TicketEvent, frozen=True, kw_only=True):
    """The patient was called and did not come."""

    reason: Reason


class Reinserted(TicketEvent, frozen=True, kw_only=True):
    """After a missed call the rule puts him back into the list at once."""

    placing: Placing


class Expired(TicketEvent, frozen=True, kw_only=True):
    """The ticket is void."""

    reason: Reason


class SentForResults(TicketEvent, frozen=True, kw_only=True):
    """The doctor sent the patient to an examination; he comes back with the results."""

    reason: Reason


class ResultsReady(TicketEvent, frozen=True, kw_only=True):
    """The results are there; the patient may check in again."""

    reason: Reason


class PriorityGranted(TicketEvent, frozen=True, kw_only=True):
    """A person has seen the proof and grants priority. No placing: the place stays as it is."""

    rank: PriorityRank
    placing: Placing | None
    reason: Reason


class Graded(TicketEvent, frozen=True, kw_only=True):
    """A person has seen that it is an emergency of `level`. No placing: it is not in the list."""

    level: int
    placing: Placing | None
    reason: Reason


class DoctorAsked(TicketEvent, frozen=True, kw_only=True):
    """The patient of an area queue waits for this doctor's queue; None: for any."""

    doctor: QueueId | None
    reason: Reason


class NoteWritten(TicketEvent, frozen=True, kw_only=True):
    """The nurse tells the doctor something about the patient; it replaces what she told before."""

    note: str
    reason: Reason


class Moved(TicketEvent, frozen=True, kw_only=True):
    """A person has put the ticket somewhere else, for a reason."""

    placing: Placing


class TransferredOut(TicketEvent, frozen=True, kw_only=True):
    """The ticket has left for another queue."""

    to_queue: QueueId
    reason: Reason


class TransferredIn(TicketEvent, frozen=True, kw_only=True):
    """The ticket has come from another queue, under the same number, and stands in the list."""

    from_ticket: TicketId
    number: str
    slot: Slot | None
    kind: TicketKind
    rank: PriorityRank | None
    patient: PatientId | None
    own_key: tuple[int, ...]
    is_walk_in: bool
    placing: Placing
    level: int | None = None
    is_extra: bool = False
    note: str = ""
    checked_in_s: DaySecond | None = None
    """Since when it waits, if that is not now."""


class ColleagueOffered(TicketEvent, frozen=True, kw_only=True):
    """The patient is asked whether he wants to go to a colleague, who would see him sooner."""

    to_queue: QueueId
    reason: Reason


class OfferDeclined(TicketEvent, frozen=True, kw_only=True):
    """The patient stays with his doctor; he is not asked again."""

    reason: Reason


class Held(TicketEvent, frozen=True, kw_only=True):
    """The ticket is on hold; it keeps its key."""

    reason: Reason


class Resumed(TicketEvent, frozen=True, kw_only=True):
    """The ticket is back from hold."""

    placing: Placing


class Cancelled(TicketEvent, frozen=True, kw_only=True):
    """The visit will not take place."""

    reason: Reason


class StatusChanged(Event, frozen=True, kw_only=True):
    """The queue is paused, stopped or open again."""

    status: QueueStatus
    reason: Reason


class StopAsked(Event, frozen=True, kw_only=True):
    """Somebody asks that the clinic be stopped; a second person has to confirm it."""

    cause: AbsenceCause | None
    returns_s: DaySecond | None
    approval: str
    reason: Reason


class StopWithdrawn(Event, frozen=True, kw_only=True):
    """The stop that was asked for will not take place."""

    reason: Reason


class AbsenceBegan(Event, frozen=True, kw_only=True):
    """The doctor is late, has left, or the clinic is stopped."""

    kind: AbsenceKind
    cause: AbsenceCause | None
    returns_s: DaySecond | None
    approval: str = ""
    reason: Reason


class AbsenceEnded(Event, frozen=True, kw_only=True):
    """The doctor sees patients again."""

    reason: Reason


class Attended(Event, frozen=True, kw_only=True):
    """The doctor is there."""

    reason: Reason


class RoomTaken(Event, frozen=True, kw_only=True):
    """The doctor sits in this room from now on."""

    room: RoomId
    reason: Reason


class MemberJoined(Event, frozen=True, kw_only=True):
    """A doctor of the team is at the MDT clinic; `member` is his own queue."""

    member: QueueId
    reason: Reason


class MemberLeft(Event, frozen=True, kw_only=True):
    """A doctor of the team has left the MDT clinic."""

    member: QueueId
    reason: Reason


class MemberCame(TicketEvent, frozen=True, kw_only=True):
    """A doctor of the team has come to the patient."""

    member: QueueId
    reason: Reason


class TurnEnded(TicketEvent, frozen=True, kw_only=True):
    """A doctor of the team is done with the patient."""

    member: QueueId
    reason: Reason


class Undone(Event, frozen=True, kw_only=True):
    """What entry `entry` did to this queue is taken back."""

    entry: int
    reason: Reason


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One act with everything that followed from it; a line of the journal.

    `by` names who did it: `kiosk-01`, `nurse:li`, `doctor:wang`, `rule`.
    """

    number: int
    at_s: DaySecond
    by: str
    do: str
    events: tuple[Event, ...]
