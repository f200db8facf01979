"""One ticket, and the only table of what may happen to it.

A ticket changes its state only by an event, and only along a row of `TRANSITIONS`.
The Chinese terms stand in `docs/glossary.md`.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from queue_server.rules import events as happened
from queue_server.rules.reason import Reason
from queue_server.rules.terms import (
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    Slot,
    TicketId,
    TicketKind,
    TicketState,
)

Key = tuple[int, ...]
"""Order of the list: `(second,)` or `(second, number)`; `(s,)` comes before `(s, 1)`."""

_STATE = TicketState

TRANSITIONS: Final[Mapping[TicketState, Mapping[type[happened.Event], TicketState]]] = {
    _STATE.BOOKED: {
        happened.CheckedIn: _STATE.WAITING,
        happened.PriorityGranted: _STATE.BOOKED,
        happened.Graded: _STATE.BOOKED,
        happened.NoteWritten: _STATE.BOOKED,
        happened.DoctorAsked: _STATE.BOOKED,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.WAITING: {
        happened.StoodBy: _STATE.STANDBY,
        happened.Called: _STATE.CALLED,
        happened.PriorityGranted: _STATE.WAITING,
        happened.Graded: _STATE.WAITING,
        happened.NoteWritten: _STATE.WAITING,
        happened.DoctorAsked: _STATE.WAITING,
        happened.Moved: _STATE.WAITING,
        happened.ColleagueOffered: _STATE.WAITING,
        happened.OfferDeclined: _STATE.WAITING,
        happened.CheckInCancelled: _STATE.BOOKED,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Held: _STATE.ON_HOLD,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.STANDBY: {
        happened.Called: _STATE.CALLED,
        # His place can only get better, and he has been told to get ready already.
        happened.PriorityGranted: _STATE.STANDBY,
        happened.Graded: _STATE.STANDBY,
        happened.NoteWritten: _STATE.STANDBY,
        happened.CheckInCancelled: _STATE.BOOKED,
        # A nurse may send him back, with a reason; then he is no longer told to get ready.
        happened.Moved: _STATE.WAITING,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Held: _STATE.ON_HOLD,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.CALLED: {
        happened.Recalled: _STATE.CALLED,
        happened.NoteWritten: _STATE.CALLED,
        happened.ServiceStarted: _STATE.IN_SERVICE,
        happened.Finished: _STATE.DONE,
        happened.Missed: _STATE.MISSED,
        happened.SentForResults: _STATE.AWAY_FOR_RESULTS,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Held: _STATE.ON_HOLD,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.IN_SERVICE: {
        happened.MemberCame: _STATE.IN_SERVICE,
        happened.TurnEnded: _STATE.IN_SERVICE,
        happened.NoteWritten: _STATE.IN_SERVICE,
        happened.Finished: _STATE.DONE,
        happened.SentForResults: _STATE.AWAY_FOR_RESULTS,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Held: _STATE.ON_HOLD,
    },
    _STATE.MISSED: {
        happened.NoteWritten: _STATE.MISSED,
        happened.CheckedIn: _STATE.WAITING,
        happened.Reinserted: _STATE.WAITING,
        # He stands at the door after all, and the doctor takes him.
        happened.Called: _STATE.CALLED,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.AWAY_FOR_RESULTS: {
        happened.NoteWritten: _STATE.AWAY_FOR_RESULTS,
        happened.ResultsReady: _STATE.AWAY_FOR_RESULTS,
        happened.CheckedIn: _STATE.WAITING,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.ON_HOLD: {
        happened.NoteWritten: _STATE.ON_HOLD,
        happened.Resumed: _STATE.WAITING,
        happened.TransferredOut: _STATE.TRANSFERRED,
        happened.Cancelled: _STATE.CANCELLED,
        happened.Expired: _STATE.EXPIRED,
    },
    _STATE.DONE: {},
    _STATE.TRANSFERRED: {},
    _STATE.CANCELLED: {},
    _STATE.EXPIRED: {},
}

LISTED: Final = frozenset({TicketState.WAITING, TicketState.STANDBY})
"""States in which a ticket stands in the queue's list."""
IN_ROOM: Final = frozenset({TicketState.CALLED, TicketState.IN_SERVICE})
"""States in which a ticket holds the consulting room."""
STILL_TO_COME: Final = LISTED | {
    TicketState.BOOKED,
    TicketState.MISSED,
    TicketState.AWAY_FOR_RESULTS,
    TicketState.ON_HOLD,
}
"""States in which a patient counts on being seen, and nobody is talking to him."""


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's claim to a place in one queue on one clinic day.

    While it stands in the list the queue counts for it who passes: `Queue.overtaken_count`.
    """

    id: TicketId
    queue: QueueId
    number: str
    slot: Slot | None = None
    """None: a walk-in."""
    kind: TicketKind = TicketKind.ORDINARY
    rank: PriorityRank | None = None
    state: TicketState = TicketState.BOOKED
    patient: PatientId | None = None
    own_key: Key = ()
    """The key it was given at its ordinary check-in; empty before."""
    key: Key = ()
    """The key it stands under in the list; an inserted ticket has that of the one before it."""
    is_walk_in: bool = False
    """Whether it is ordered as a walk-in: it has no slot, or came late and the policy says so."""
    checked_in_s: DaySecond | None = None
    called_s: DaySecond | None = None
    served_s: DaySecond | None = None
    """When his last consultation was over."""
    called_count: int = 0
    last_called_s: DaySecond | None = None
    """When it was called last, recalls included."""
    recalled_count: int = 0
    """How often it was called again since it was called into the room."""
    missed_count: int = 0
    overtaken_count: int = 0
    """How often a rule, not a person, has let another in before it, until it last left the list."""
    overtaken_by_emergency_count: int = 0
    has_results: bool = False
    level: int | None = None
    """Of an emergency: 1, the most urgent, to 4; None: nobody has graded it, which counts as 1."""
    is_extra: bool = False
    """Whether a doctor has given it beyond those that could be booked."""
    note: str = ""
    """What the nurse tells the doctor; no board shows it."""
    wanted: QueueId | None = None
    """In an area queue: the doctor's queue that the patient has asked for; None: any."""
    offered: QueueId | None = None
    """The colleague's queue to which the patient is asked to go, until he has answered."""
    stays: bool = False
    """Whether he has said that he does not want to go to a colleague."""
    came: tuple[QueueId, ...] = ()
    """At an MDT clinic: the doctors who have come to him since he was called."""
    seen_by: tuple[QueueId, ...] = ()
    """Those of them who are done with him."""
    went_to: TicketId | None = None
    """Of a transferred one: as which ticket it goes on."""
    changed_entry: int = 0
    """The entry of the journal that changed it last; a passed ticket counts as unchanged."""
    reason: Reason | None = None
    """Why it stands where it stands."""


def ticket_id(queue: QueueId, number: str) -> TicketId:
    """Return the id of ticket `number` of `queue`: unique within a clinic day."""
    return TicketId(f"{queue}:{number}")


def number_order(number: str) -> int:
    """Return what orders ticket numbers: their digits as a number, so that 9 comes before 10."""
    digits = re.sub(r"\D", "", number)
    return int(digits) if digits else 0
