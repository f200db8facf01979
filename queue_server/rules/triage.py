"""Second triage: who goes from a clinic's area queue to which doctor's queue, and when.

An area queue is a queue without a room. After each act the doctors' queues behind it are filled
up to their cap, in its order: whoever goes over stands last there and passes nobody.
"""

from collections.abc import Callable, Mapping

from queue_server.rules import events as happened
from queue_server.rules.area_queue import AreaQueue, AreaQueues
from queue_server.rules.arrivals import moved_over
from queue_server.rules.day_in_work import QueueInWork
from queue_server.rules.placement import level_of
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Queue
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.terms import AbsenceKind, QueueId, QueueStatus, TicketKind, TicketState
from queue_server.rules.ticket import Ticket, ticket_id

_AnyQueue = Queue | QueueInWork

_GONE = frozenset({TicketState.TRANSFERRED, TicketState.CANCELLED, TicketState.EXPIRED})


def touched(area_queues: AreaQueues, entry: happened.Entry) -> list[AreaQueue]:
    """Return the automatic area queues that an entry may have given something to do."""
    queues = {event.queue for event in entry.events}
    return [
        one
        for one in area_queues.values()
        if one.is_automatic and not queues.isdisjoint((one.id, *one.doctors))
    ]


def next_assignment(
    area_queue: AreaQueue,
    queue: Callable[[QueueId], _AnyQueue],
    policies: Mapping[QueueId, Policy],
) -> list[happened.Event]:
    """Return that the next patient goes over to a doctor's queue; nothing if nobody can."""
    waiting = queue(area_queue.id)
    doctors = [queue(doctor) for doctor in area_queue.doctors]
    is_full = all(_waiting_count(one) >= area_queue.room_cap for one in doctors)
    for id_ in waiting.order:
        ticket = waiting.tickets[id_]
        if is_full and ticket.kind is not TicketKind.EMERGENCY:
            continue
        fitting = [one for one in doctors if _may_get(area_queue, one, ticket, policies[one.id])]
        if fitting:
            chosen = min(fitting, key=lambda one: _load(area_queue, one))
            return _handed_over(ticket, chosen)
    return []


def _may_get(area_queue: AreaQueue, doctor: _AnyQueue, ticket: Ticket, policy: Policy) -> bool:
    if doctor.standing.status is not QueueStatus.OPEN or _has_left(doctor):
        return False
    if ticket.wanted not in (None, doctor.id):
        return False
    known = doctor.tickets.get(ticket_id(doctor.id, ticket.number))
    if known is not None and known.went_to is None:
        return False
    if ticket.kind is TicketKind.EMERGENCY:
        # Nobody's life waits for a cap.
        return ticket.level is None or ticket.level in policy.emergency_levels
    return _waiting_count(doctor) < area_queue.room_cap


def _has_left(doctor: _AnyQueue) -> bool:
    # A pause is short, and late is also who has only not signed in yet: they go on getting some.
    absence = doctor.standing.absence
    return absence is not None and absence.kind is AbsenceKind.LEFT


def _waiting_count(doctor: _AnyQueue) -> int:
    kinds = (doctor.tickets[id_].kind for id_ in doctor.order)
    return sum(kind is not TicketKind.EMERGENCY for kind in kinds)


def _load(area_queue: AreaQueue, doctor: _AnyQueue) -> tuple[int, int]:
    """Return what is compared: the first of the doctors with the least load gets the patient."""
    is_busy = doctor.in_room is not None
    waiting = len(doctor.order) + is_busy
    given = sum(ticket.state not in _GONE for ticket in doctor.tickets.values())
    return (given, waiting) if area_queue.spread == "evenly" else (waiting, given)


def _handed_over(ticket: Ticket, doctor: _AnyQueue) -> list[happened.Event]:
    # Here, because arrivals look at the state of a day and this at one in work.
    listed = [doctor.tickets[id_] for id_ in doctor.order]
    index, let_in_by = len(listed), "rule"
    if ticket.kind is TicketKind.EMERGENCY:
        let_in_by = "emergency"
        ahead = (
            one.kind is TicketKind.EMERGENCY and level_of(one) <= level_of(ticket) for one in listed
        )
        index = next((place for place, is_ahead in enumerate(ahead) if not is_ahead), len(listed))
    before = listed[index - 1].key if index else ()
    own = ticket.own_key if ticket.kind is TicketKind.ORDINARY else ()
    reason = Reason(
        ReasonCode.ASSIGNED_AS_ASKED if ticket.wanted else ReasonCode.ASSIGNED,
        behind=listed[index - 1].number if index else "",
    )
    placing = happened.Placing(
        index=index, key=max(before, own), reason=reason, let_in_by=let_in_by
    )
    return moved_over(ticket, doctor.id, placing, reason, keeps_check_in=True)
