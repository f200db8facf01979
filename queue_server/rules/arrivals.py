"""Decisions about tickets that come into a list: check-in, walk-in, priority, resume, transfer."""

from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.desk import Situation, of_ticket, require, require_level
from queue_server.rules.listed import others
from queue_server.rules.numbering import ticket_number
from queue_server.rules.placement import MINUTE_S, Wish, granted, level_of, place, wish_for
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, goes_on_as
from queue_server.rules.reason import LEVELS, RANKS, Reason, ReasonCode
from queue_server.rules.refusals import STATES, Refused
from queue_server.rules.terms import (
    DaySecond,
    PriorityRank,
    QueueId,
    QueueStatus,
    RefusalCode,
    TicketId,
    TicketKind,
    TicketState,
    clock_text,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket, ticket_id

_KIND_BACK = {
    TicketState.MISSED: TicketKind.MISSED,
    TicketState.AWAY_FOR_RESULTS: TicketKind.RETURNED,
}


def check_in(situation: Situation, command: asked.CheckIn) -> list[happened.Event]:
    """The patient shows his card: booked, missed or away for results alike."""
    ticket = of_ticket(situation, command)
    queue, policy = situation.queue(command), situation.policy(command)
    if ticket.state in LISTED | IN_ROOM:
        raise Refused(RefusalCode.ALREADY_CHECKED_IN, number=ticket.number)
    require(ticket, happened.CheckedIn)
    require_open(queue)
    if ticket.state is TicketState.BOOKED:
        require_in_time(ticket, policy, situation.now_s)
    came = replace(ticket, kind=_KIND_BACK.get(ticket.state, ticket.kind))
    return [_checked_in(queue, came, policy, situation.now_s)]


def require_open(queue: Queue) -> None:
    """Refuse with CLINIC_STOPPED if nobody is taken in any more."""
    if queue.status is QueueStatus.STOPPED:
        raise Refused(RefusalCode.CLINIC_STOPPED)


def require_in_time(ticket: Ticket, policy: Policy, now_s: DaySecond) -> None:
    """Refuse with TOO_EARLY or TOO_LATE. An emergency and a walk-in are always in time."""
    slot = ticket.slot
    if slot is None or ticket.kind is TicketKind.EMERGENCY:
        return
    opens_min, refused_min = policy.check_in_opens_min, policy.late_refused_after_min
    if opens_min is not None and now_s < slot.start_s - opens_min * MINUTE_S:
        opens = clock_text(max(0, slot.start_s - opens_min * MINUTE_S))
        raise Refused(RefusalCode.TOO_EARLY, slot=str(slot), opens=opens)
    if refused_min is not None and now_s > slot.end_s + refused_min * MINUTE_S:
        raise Refused(RefusalCode.TOO_LATE, slot=str(slot))


def _checked_in(
    queue: Queue, ticket: Ticket, policy: Policy, now_s: DaySecond
) -> happened.CheckedIn:
    came = replace(ticket, checked_in_s=now_s)
    wish = wish_for(queue, came, policy, now_s)
    placing = granted(queue, came, policy, wish)
    is_ordinary = ticket.kind is TicketKind.ORDINARY
    return happened.CheckedIn(
        queue=queue.id,
        ticket=ticket.id,
        placing=placing,
        kind=ticket.kind,
        own_key=wish.key or placing.key if is_ordinary else ticket.own_key,
        is_walk_in=ticket.is_walk_in or wish.is_walk_in,
    )


def cancel_check_in(situation: Situation, command: asked.CancelCheckIn) -> list[happened.Event]:
    """Take a first check-in back, however long ago; who came back has no earlier place to go to."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.CheckInCancelled)
    if ticket.kind in _KIND_BACK.values():
        zh, en = STATES[ticket.state]
        raise Refused(RefusalCode.WRONG_STATE, number=ticket.number, state_zh=zh, state_en=en)
    reason = Reason(ReasonCode.CHECK_IN_CANCELLED, {"number": ticket.number})
    return [happened.CheckInCancelled(queue=command.queue, ticket=ticket.id, reason=reason)]


def add_walk_in(situation: Situation, command: asked.AddWalkIn) -> list[happened.Event]:
    """Give the next number of the queue to somebody without an appointment."""
    queue = situation.queue(command)
    require_open(queue)
    number = ticket_number(command.prefix, queue.highest_number + 1)
    issued = happened.TicketIssued(
        queue=queue.id,
        ticket=ticket_id(queue.id, number),
        number=number,
        kind=command.kind,
        rank=command.rank,
        patient=command.patient,
        level=command.level,
        is_extra=command.is_extra,
    )
    ticket = Ticket(
        id=issued.ticket,
        queue=queue.id,
        number=number,
        kind=command.kind,
        rank=command.rank,
        level=command.level,
        is_walk_in=True,
    )
    require_level(ticket, situation.policy(command))
    return [issued, _checked_in(queue, ticket, situation.policy(command), situation.now_s)]


def grant_priority(situation: Situation, command: asked.GrantPriority) -> list[happened.Event]:
    """Note the rank; in the list the place can only get better by it."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.PriorityGranted)
    queue, policy = situation.queue(command), situation.policy(command)
    if command.rank not in policy.priority_ranks:
        known = ", ".join(policy.priority_ranks)
        raise Refused(RefusalCode.UNKNOWN_RANK, rank=command.rank, known=known)
    rank = PriorityRank(command.rank)
    entitled = replace(ticket, kind=TicketKind.PRIORITY, rank=rank)
    rank_zh, rank_en = RANKS[rank]
    parts: dict[str, str | int] = {"rank_zh": rank_zh, "rank_en": rank_en}
    if command.proof:
        parts["proof"] = command.proof
    placing, code = None, ReasonCode.PRIORITY_NOTED
    if ticket.state in LISTED:
        code = ReasonCode.PRIORITY_KEEPS_PLACE
        better = place(queue, entitled, policy, situation.now_s)
        is_movable = ticket.state is TicketState.WAITING and ticket.kind is not TicketKind.EMERGENCY
        if is_movable and better.index < queue.order.index(ticket.id):
            placing = with_part(better, command.proof)
    reason = placing.reason if placing else Reason(code, parts)
    return [
        happened.PriorityGranted(
            queue=queue.id, ticket=ticket.id, rank=rank, placing=placing, reason=reason
        )
    ]


def with_part(placing: happened.Placing, proof: str) -> happened.Placing:
    """Return `placing` with the proof that was seen."""
    if not proof:
        return placing
    parts = {**placing.reason.parts, "proof": proof}
    return replace(placing, reason=replace(placing.reason, parts=parts))


def grade(situation: Situation, command: asked.Grade) -> list[happened.Event]:
    """Make it an emergency of a level; in the list it goes where the level asks."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.Graded)
    if command.level not in LEVELS:
        raise Refused(RefusalCode.UNKNOWN_LEVEL, level=str(command.level))
    queue, policy = situation.queue(command), situation.policy(command)
    graded = replace(ticket, kind=TicketKind.EMERGENCY, level=command.level)
    require_level(graded, policy)
    placing = None
    if ticket.state in LISTED:
        placing = place(queue, graded, policy, situation.now_s)
        is_as_urgent = ticket.kind is TicketKind.EMERGENCY and level_of(graded) <= level_of(ticket)
        if is_as_urgent and placing.index >= queue.order.index(ticket.id):
            # Whoever is no less urgent than before loses no place by being graded.
            placing = None
    noted = Reason(ReasonCode.GRADED, {"level": command.level})
    return [
        happened.Graded(
            queue=queue.id,
            ticket=ticket.id,
            level=command.level,
            placing=placing,
            reason=placing.reason if placing else noted,
        )
    ]


def ask_for_doctor(situation: Situation, command: asked.AskForDoctor) -> list[happened.Event]:
    """Note which doctor of the clinic the patient waits for; None: any of them."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.DoctorAsked)
    area_queue = situation.area_queues.get(command.queue)
    known = area_queue.doctors if area_queue is not None else ()
    if command.doctor is not None and command.doctor not in known:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=command.doctor)
    code = ReasonCode.ANY_DOCTOR if command.doctor is None else ReasonCode.DOCTOR_ASKED
    return [
        happened.DoctorAsked(
            queue=command.queue,
            ticket=ticket.id,
            doctor=command.doctor,
            reason=Reason(code, {"number": ticket.number}),
        )
    ]


def resume(situation: Situation, command: asked.Resume) -> list[happened.Event]:
    """Put a held ticket back under the key it stood under; an emergency goes to the front."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.Resumed)
    queue, policy = situation.queue(command), situation.policy(command)
    if ticket.kind is TicketKind.EMERGENCY:
        placing = place(queue, ticket, policy, situation.now_s)
        return [happened.Resumed(queue=queue.id, ticket=ticket.id, placing=placing)]
    wish = Wish(
        index=others(queue, ticket).by_key(ticket.key),
        reason=Reason(ReasonCode.RESUMED),
        key=ticket.key,
    )
    placing = granted(queue, ticket, policy, wish)
    return [happened.Resumed(queue=queue.id, ticket=ticket.id, placing=placing)]


def transfer(situation: Situation, command: asked.Transfer) -> list[happened.Event]:
    """Send the ticket to another queue: an ordinary one keeps its order, others go by rule."""
    ticket = of_ticket(situation, command)
    if command.to_queue not in situation.day.queues:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=command.to_queue)
    if command.to_queue == command.queue:
        raise Refused(RefusalCode.SAME_QUEUE)
    require(ticket, happened.TransferredOut)
    target = situation.day.queues[command.to_queue]
    require_open(target)
    policy = situation.policies[target.id]
    require_level(ticket, policy)
    arriving = replace(ticket, id=free_number(situation.day, ticket, target))
    reason = Reason(ReasonCode.TRANSFERRED)
    if ticket.kind is TicketKind.ORDINARY:
        index = others(target, arriving).by_key(ticket.own_key)
        wish = Wish(index=index, reason=reason, key=ticket.own_key)
        placing = granted(target, arriving, policy, wish)
    else:
        placing = place(target, arriving, policy, situation.now_s)
    return moved_over(ticket, target.id, placing, reason)


def free_number(day: Day, ticket: Ticket, target: Queue) -> TicketId:
    """Return the id that `ticket` gets in another queue: its number is free there.

    Raises:
        Refused: NUMBER_TAKEN, unless by this very patient, who comes back.
    """
    new_id = ticket_id(target.id, ticket.number)
    known = target.tickets.get(new_id)
    if known is not None and goes_on_as(day, known).id != ticket.id:
        raise Refused(RefusalCode.NUMBER_TAKEN, number=ticket.number)
    return new_id


def moved_over(
    ticket: Ticket,
    to_queue: QueueId,
    placing: happened.Placing,
    reason: Reason,
    *,
    keeps_check_in: bool = False,
) -> list[happened.Event]:
    """Return that `ticket` leaves its queue and goes on in another one.

    `keeps_check_in`: it waits since its check-in, and not since now.
    """
    return [
        happened.TransferredOut(
            queue=ticket.queue, ticket=ticket.id, to_queue=to_queue, reason=reason
        ),
        happened.TransferredIn(
            queue=to_queue,
            ticket=ticket_id(to_queue, ticket.number),
            from_ticket=ticket.id,
            number=ticket.number,
            slot=ticket.slot,
            kind=ticket.kind,
            rank=ticket.rank,
            patient=ticket.patient,
            own_key=ticket.own_key,
            is_walk_in=ticket.is_walk_in,
            placing=placing,
            level=ticket.level,
            is_extra=ticket.is_extra,
            note=ticket.note,
            checked_in_s=ticket.checked_in_s if keeps_check_in else None,
        ),
    ]
