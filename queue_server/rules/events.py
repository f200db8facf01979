"""What can happen, as facts of the past. An event says all that applying it needs.

One `Entry` is one act: what somebody asked for and everything that followed from it at once.
The journal keeps entries; a replay applies them and runs no rule again.
"""

from dataclasses import dataclass

from queue_server.rules.reason import Reason
from queue_server.rules.terms import (
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    QueueStatus,
    Slot,
    TicketId,
    TicketKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """One index in a queue's list, and why.

    `index` counts in the list without the ticket itself. `let_in_by` says whose doing it is:
    `rule` and `emergency` are counted with those who are passed, `person` is not.
    """

    index: int
    key: tuple[int, ...]
    reason: Reason
    let_in_by: str = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base: something happened in `queue`."""

    queue: QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent(Event):
    """Something happened to one ticket."""

    ticket: TicketId


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketIssued(TicketEvent):
    """A ticket exists from now on, booked."""

    number: str
    slot: Slot | None = None
    kind: TicketKind = TicketKind.ORDINARY
    rank: PriorityRank | None = None
    patient: PatientId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn(TicketEvent):
    """The patient is there: for the first time, again after a missed call, or with results."""

    placing: Placing
    kind: TicketKind
    own_key: tuple[int, ...]
    is_walk_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoodBy(TicketEvent):
    """The patient is told to get ready; from now on nobody passes him but an emergency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called(TicketEvent):
    """The patient is called into the room."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled(TicketEvent):
    """The patient is called once more."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStarted(TicketEvent):
    """The patient is with the doctor."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(TicketEvent):
    """The consultation is over."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed(TicketEvent):
    """The patient was called and did not come."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinserted(TicketEvent):
    """After a missed call the rule puts him back into the list at once."""

    placing: Placing


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired(TicketEvent):
    """The ticket is void."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForResults(TicketEvent):
    """The doctor sent the patient to an examination; he comes back with the results."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsReady(TicketEvent):
    """The results are there; the patient may check in again."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityGranted(TicketEvent):
    """A person has seen the proof and grants priority. No placing: the place stays as it is."""

    rank: PriorityRank
    placing: Placing | None
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(TicketEvent):
    """A person has put the ticket somewhere else, for a reason."""

    placing: Placing


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferredOut(TicketEvent):
    """The ticket has left for another queue."""

    to_queue: QueueId
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferredIn(TicketEvent):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(TicketEvent):
    """The ticket is on hold; it keeps its key."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(TicketEvent):
    """The ticket is back from hold."""

    placing: Placing


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(TicketEvent):
    """The visit will not take place."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChanged(Event):
    """The queue is paused, stopped or open again."""

    status: QueueStatus
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone(Event):
    """What entry `entry` did to this queue is taken back."""

    entry: int
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act with everything that followed from it; a line of the journal.

    `by` names who did it: `kiosk-01`, `nurse:li`, `doctor:wang`, `rule`.
    """

    number: int
    at_s: DaySecond
    by: str
    do: str
    events: tuple[Event, ...]
