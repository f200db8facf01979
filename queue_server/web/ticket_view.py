"""A ticket as those see it who speak to the patient: with his full name. Pure functions.

Nothing from here may go to a board, a phone or a log.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.placement import is_late
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Queue
from queue_server.rules.terms import TicketId, TicketKind, TicketState
from queue_server.rules.ticket import LISTED, TRANSITIONS, Ticket
from queue_server.service.now import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """One ticket in a list; times are seconds of the clinic day."""

    id: TicketId
    number: str
    full_name: str
    """Empty of a walk-in whom the records do not know."""
    kind: str
    rank: str
    state: str
    slot: str
    is_late: bool
    checked_in_s: int | None
    called_s: int | None
    called_count: int
    missed_count: int
    overtaken_count: int
    last_called_s: int | None
    recalled_count: int
    """Since he was called into the room."""
    has_results: bool
    level: int | None
    """Of an emergency that somebody has graded."""
    is_extra: bool
    wanted: str
    """In an area queue: the doctor's queue that the patient has asked for."""
    note: str
    """What the nurse tells the doctor."""
    shares_masked_name: bool
    """Somebody else in the area has the same masked name: call him by his number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTickets:
    """The tickets of one queue, by where they are."""

    in_room: TicketView | None
    listed: list[TicketView]
    """In standby and waiting, next one first."""
    missed: list[TicketView]
    away: list[TicketView]
    held: list[TicketView]
    booked_count: int
    done_count: int


def queue_tickets(
    now: Now, queue: Queue, policy: Policy, shared: Collection[TicketId]
) -> QueueTickets:
    """Return the tickets of `queue`; `shared` are those whose masked name is not theirs alone."""
    by_state: dict[TicketState, list[Ticket]] = {state: [] for state in TicketState}
    for ticket in queue.tickets.values():
        by_state[ticket.state].append(ticket)

    def shown(tickets: Collection[Ticket]) -> list[TicketView]:
        return [ticket_view(now, ticket, policy, ticket.id in shared) for ticket in tickets]

    def latest_first(state: TicketState) -> list[TicketView]:
        return shown(sorted(by_state[state], key=lambda ticket: -ticket.changed_entry))

    in_room = queue.tickets[queue.in_room] if queue.in_room else None
    return QueueTickets(
        in_room=shown([in_room])[0] if in_room else None,
        listed=shown(queue.listed()),
        missed=latest_first(TicketState.MISSED),
        away=latest_first(TicketState.AWAY_FOR_RESULTS),
        held=latest_first(TicketState.ON_HOLD),
        booked_count=len(by_state[TicketState.BOOKED]),
        done_count=len(by_state[TicketState.DONE]),
    )


def ticket_view(now: Now, ticket: Ticket, policy: Policy, shares_masked_name: bool) -> TicketView:
    """Return `ticket` with its patient's full name."""
    queue = now.day.queues[ticket.queue]
    came_s = ticket.checked_in_s
    is_first_time = ticket.kind in (TicketKind.ORDINARY, TicketKind.PRIORITY)
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        full_name=full_name(now, ticket),
        kind=ticket.kind,
        rank=ticket.rank or "",
        state=ticket.state,
        slot=str(ticket.slot) if ticket.slot else "",
        is_late=is_first_time and came_s is not None and is_late(ticket, policy, came_s),
        checked_in_s=came_s,
        called_s=ticket.called_s,
        called_count=ticket.called_count,
        missed_count=ticket.missed_count,
        overtaken_count=queue.overtaken_count(ticket) + queue.overtaken_by_emergency_count(ticket),
        last_called_s=ticket.last_called_s,
        recalled_count=ticket.recalled_count,
        has_results=ticket.has_results,
        level=ticket.level if ticket.kind is TicketKind.EMERGENCY else None,
        is_extra=ticket.is_extra,
        wanted=ticket.wanted or "",
        note=ticket.note,
        shares_masked_name=shares_masked_name,
    )


def full_name(now: Now, ticket: Ticket) -> str:
    """Return the full name of the ticket's patient; empty when the records do not know him."""
    patient = now.patients.get(ticket.patient) if ticket.patient else None
    return patient.full_name.reveal() if patient else ""


_EVENT_OF_ACT: Final[Mapping[type[asked.Command], type[happened.Event]]] = {
    asked.CheckIn: happened.CheckedIn,
    asked.CallTicket: happened.Called,
    asked.Recall: happened.Recalled,
    asked.Start: happened.ServiceStarted,
    asked.Finish: happened.Finished,
    asked.Miss: happened.Missed,
    asked.SendForResults: happened.SentForResults,
    asked.NoteResultsReady: happened.ResultsReady,
    asked.GrantPriority: happened.PriorityGranted,
    asked.CancelCheckIn: happened.CheckInCancelled,
    asked.Grade: happened.Graded,
    asked.WriteNote: happened.NoteWritten,
    asked.AskForDoctor: happened.DoctorAsked,
    asked.Move: happened.Moved,
    asked.Transfer: happened.TransferredOut,
    asked.Spread: happened.TransferredOut,
    asked.OfferColleague: happened.ColleagueOffered,
    asked.Hold: happened.Held,
    asked.Resume: happened.Resumed,
    asked.Cancel: happened.Cancelled,
}


def can_happen(command: type[asked.Command], ticket: Ticket) -> bool:
    """Tell whether the state table lets `command` be asked of `ticket` now."""
    event = _EVENT_OF_ACT.get(command)
    if event is None or event not in TRANSITIONS[ticket.state]:
        return False
    if command is asked.NoteResultsReady:
        return not ticket.has_results
    if command is asked.CancelCheckIn:
        return ticket.kind not in (TicketKind.MISSED, TicketKind.RETURNED)
    return not (command is asked.CheckIn and ticket.state in LISTED)
