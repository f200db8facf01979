"""Decisions of the consulting room: whom to call, and what a missed call leads to."""

from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.arrivals import free_number, moved_over
from queue_server.rules.desk import (
    Situation,
    is_in_another_room,
    of_ticket,
    require,
    require_calling,
    require_level,
    require_seen,
)
from queue_server.rules.listed import others
from queue_server.rules.placement import key_at, place
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import STATES, Refused
from queue_server.rules.terms import RefusalCode, TicketKind
from queue_server.rules.ticket import LISTED, Ticket


def call_next(situation: Situation, command: asked.CallNext) -> list[happened.Event]:
    """Call the first of the list whose patient is in no other room."""
    queue = situation.queue(command)
    require_calling(queue)
    freed = _room_freed(situation, command)
    listed = queue.listed()
    if not listed:
        raise Refused(RefusalCode.QUEUE_EMPTY)
    free = [ticket for ticket in listed if not is_in_another_room(situation.day, ticket)]
    if not free:
        raise Refused(RefusalCode.PATIENT_ELSEWHERE, number=listed[0].number)
    reason = Reason(ReasonCode.CALLED_NEXT, {"number": free[0].number})
    return [*freed, happened.Called(queue=queue.id, ticket=free[0].id, reason=reason)]


def call_ticket(situation: Situation, command: asked.CallTicket) -> list[happened.Event]:
    """Call a chosen ticket."""
    require_calling(situation.queue(command))
    ticket = of_ticket(situation, command)
    require(ticket, happened.Called)
    freed = _room_freed(situation, command)
    if is_in_another_room(situation.day, ticket):
        raise Refused(RefusalCode.PATIENT_ELSEWHERE, number=ticket.number)
    parts: dict[str, str | int] = {"number": ticket.number}
    reason = Reason(ReasonCode.CALLED_CHOSEN, parts)
    if command.why.strip():
        reason = Reason(ReasonCode.CALLED_CHOSEN_FOR, {**parts, "why": command.why.strip()})
    return [*freed, happened.Called(queue=command.queue, ticket=ticket.id, reason=reason)]


def cross_call(situation: Situation, command: asked.CrossCall) -> list[happened.Event]:
    """Call a waiting patient of a colleague: he goes over to this queue and into the room."""
    queue, colleagues = situation.queue(command), situation.day.queues.get(command.from_queue)
    require_calling(queue)
    if colleagues is None:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=command.from_queue)
    if colleagues.id == queue.id:
        raise Refused(RefusalCode.SAME_QUEUE)
    ticket = colleagues.tickets.get(command.ticket)
    if ticket is None:
        raise Refused(RefusalCode.UNKNOWN_TICKET, number=command.ticket.partition(":")[2])
    require_seen(ticket, command)
    if ticket.state not in LISTED:
        zh, en = STATES[ticket.state]
        raise Refused(RefusalCode.WRONG_STATE, number=ticket.number, state_zh=zh, state_en=en)
    require_level(ticket, situation.policy(command))
    freed = _room_freed(situation, command)
    new_id = free_number(situation.day, ticket, queue)
    arriving = replace(ticket, id=new_id, queue=queue.id)
    if is_in_another_room(situation.day, arriving):
        raise Refused(RefusalCode.PATIENT_ELSEWHERE, number=ticket.number)
    parts: dict[str, str | int] = {"number": ticket.number}
    reason = Reason(ReasonCode.CROSS_CALLED, parts)
    if command.why.strip():
        reason = Reason(ReasonCode.CROSS_CALLED_FOR, {**parts, "why": command.why.strip()})
    listed = others(queue, arriving)
    # He stands first for no longer than it takes to be called, so nobody is passed.
    placing = happened.Placing(
        index=0, key=key_at(listed, 0, arriving), reason=reason, let_in_by="person"
    )
    called = happened.Called(queue=queue.id, ticket=arriving.id, reason=reason)
    return [*freed, *moved_over(ticket, queue.id, placing, reason), called]


def recall(situation: Situation, command: asked.Recall) -> list[happened.Event]:
    """Call the one who is called once more."""
    require_calling(situation.queue(command))
    ticket = of_ticket(situation, command)
    require(ticket, happened.Recalled)
    policy = situation.policy(command)
    if policy.recall_max is not None and ticket.recalled_count >= policy.recall_max:
        times = str(ticket.recalled_count)
        raise Refused(RefusalCode.RECALL_LIMIT, number=ticket.number, times=times)
    since_s = situation.now_s - (ticket.last_called_s or 0)
    if since_s < policy.recall_after_s:
        seconds = str(policy.recall_after_s - since_s)
        raise Refused(RefusalCode.RECALL_TOO_SOON, number=ticket.number, seconds=seconds)
    reason = Reason(ReasonCode.RECALLED, {"number": ticket.number})
    return [happened.Recalled(queue=command.queue, ticket=ticket.id, reason=reason)]


def _room_freed(situation: Situation, command: asked.Command) -> list[happened.Event]:
    """Return the events that free the room, as the policy allows."""
    queue = situation.queue(command)
    if queue.in_room is None:
        return []
    ticket = queue.tickets[queue.in_room]
    # A doctor who presses twice must not finish the one he has just called.
    require_seen(ticket, command)
    if not situation.policy(command).finish_on_next:
        raise Refused(RefusalCode.ROOM_BUSY, number=ticket.number)
    reason = Reason(ReasonCode.FINISHED, {"number": ticket.number})
    return [happened.Finished(queue=queue.id, ticket=ticket.id, reason=reason)]


def miss(situation: Situation, command: asked.Miss) -> list[happened.Event]:
    """The patient did not come: back into the list, to the missed ones, or void."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.Missed)
    policy = situation.policy(command)
    times = ticket.missed_count + 1
    parts: dict[str, str | int] = {"number": ticket.number, "times": times}
    if times >= policy.missed_limit:
        reason = Reason(ReasonCode.MISSED_LIMIT, parts)
        return [
            happened.Missed(queue=command.queue, ticket=ticket.id, reason=reason),
            happened.Expired(queue=command.queue, ticket=ticket.id, reason=reason),
        ]
    missed = happened.Missed(
        queue=command.queue,
        ticket=ticket.id,
        reason=Reason(ReasonCode.MISSED_MUST_CHECK_IN, parts),
    )
    if times > policy.missed_auto_times:
        return [missed]
    return [missed, _reinserted(situation, command, ticket)]


def _reinserted(situation: Situation, command: asked.Miss, ticket: Ticket) -> happened.Reinserted:
    placing = place(
        situation.queue(command),
        replace(ticket, kind=TicketKind.MISSED),
        situation.policy(command),
        situation.now_s,
    )
    return happened.Reinserted(queue=command.queue, ticket=ticket.id, placing=placing)
