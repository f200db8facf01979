"""Spread the waiting: who would be seen sooner by a colleague of the same clinic and title.

Ordinary patients only, and nobody who is about to be called. Whoever has the earlier slot chooses
first; at the colleague's he stands by his slot, as if he had been sent there at once. He goes only
if it saves him `spread_gain_min`, and if nobody there then waits longer than he would have.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Final

import msgspec
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.arrivals import moved_over
from queue_server.rules.day_in_work import apply
from queue_server.rules.desk import Situation, of_ticket, require
from queue_server.rules.listed import others
from queue_server.rules.placement import Wish, granted
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, goes_on_as
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import (
    DaySecond,
    QueueId,
    QueueStatus,
    RefusalCode,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import Ticket, ticket_id
from queue_server.rules.waits import Pace, pace

PROPOSALS_MAX: Final = 12
"""So many for one group of colleagues: what a nurse can read at a glance."""
_MINUTE_S: Final = 60
_STAY: Final = frozenset(
    {ReasonCode.ASSIGNED_AS_ASKED, ReasonCode.SPREAD, ReasonCode.SPREAD_AGREED}
)
"""Who stands for such a reason has chosen, or has gone over once already."""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One patient would be seen sooner by a colleague."""

    ticket: TicketId
    queue: QueueId
    to_queue: QueueId
    before_min: int | None
    """Minutes that he waits where he is; None: nobody knows, as no return is told."""
    after_min: int
    """Minutes that he would wait at the colleague's."""


def proposals(
    day: Day,
    groups: Iterable[Sequence[QueueId]],
    policies: Mapping[QueueId, Policy],
    now_s: DaySecond,
) -> list[Proposal]:
    """Return who should go to which colleague, the earliest slot first.

    Each holds on its own, and all of them hold together.

    Args:
        day: as it stands.
        groups: queues of which each stands in for the others.
        policies: of each queue.
        now_s: the present second.
    """
    return [one for group in groups for one in _of_group(day, group, policies, now_s)]


def holds(
    day: Day,
    ticket: Ticket,
    to_queue: QueueId,
    policies: Mapping[QueueId, Policy],
    now_s: DaySecond,
) -> Proposal | None:
    """Return what it would bring `ticket` to go to `to_queue` now; None if it is not to go."""
    paces = {
        queue: pace(day.queues[queue], policies[queue], now_s) for queue in (ticket.queue, to_queue)
    }
    found = _better(day, ticket, to_queue, policies, paces)
    return found[0] if found is not None else None


def spread(situation: Situation, command: asked.Spread) -> list[happened.Event]:
    """A nurse confirms that the patient goes to the colleague."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.TransferredOut)
    return _sent(situation, ticket, command.to_queue, ReasonCode.SPREAD)


def offer_colleague(situation: Situation, command: asked.OfferColleague) -> list[happened.Event]:
    """Ask the patient whether he wants to go to the colleague."""
    ticket = of_ticket(situation, command)
    require(ticket, happened.ColleagueOffered)
    found = _required(situation, ticket, command.to_queue)
    return [
        happened.ColleagueOffered(
            queue=command.queue,
            ticket=ticket.id,
            to_queue=command.to_queue,
            reason=Reason(ReasonCode.COLLEAGUE_OFFERED, _parts(ticket, found)),
        )
    ]


def answer_offer(situation: Situation, command: asked.AnswerOffer) -> list[happened.Event]:
    """The patient says yes, and goes, or no, and is not asked again."""
    ticket = of_ticket(situation, command)
    if ticket.offered is None:
        raise Refused(RefusalCode.SPREAD_OVER, number=ticket.number)
    if command.accepts:
        return _sent(situation, ticket, ticket.offered, ReasonCode.SPREAD_AGREED)
    require(ticket, happened.OfferDeclined)
    reason = Reason(ReasonCode.OFFER_DECLINED, {"number": ticket.number})
    return [happened.OfferDeclined(queue=command.queue, ticket=ticket.id, reason=reason)]


def _sent(
    situation: Situation, ticket: Ticket, to_queue: QueueId, code: ReasonCode
) -> list[happened.Event]:
    found = _required(situation, ticket, to_queue)
    placing = _placing(situation.day, ticket, to_queue, situation.policies[to_queue])
    reason = replace(placing.reason, code=code, parts=_parts(ticket, found))
    placing = replace(placing, reason=reason)
    return moved_over(ticket, to_queue, placing, reason, keeps_check_in=True)


def _required(situation: Situation, ticket: Ticket, to_queue: QueueId) -> Proposal:
    if to_queue not in situation.day.queues:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=to_queue)
    if to_queue == ticket.queue:
        raise Refused(RefusalCode.SAME_QUEUE)
    found = holds(situation.day, ticket, to_queue, situation.policies, situation.now_s)
    if found is None:
        raise Refused(RefusalCode.SPREAD_OVER, number=ticket.number)
    return found


def _parts(ticket: Ticket, found: Proposal) -> dict[str, str | int]:
    before = "–" if found.before_min is None else found.before_min
    return {"number": ticket.number, "before": before, "after": found.after_min}


def _of_group(
    day: Day, group: Sequence[QueueId], policies: Mapping[QueueId, Policy], now_s: DaySecond
) -> list[Proposal]:
    paces = {queue: pace(day.queues[queue], policies[queue], now_s) for queue in group}
    at_first = {
        ticket.id: paces[queue].told_min(index)
        for queue in group
        for index, ticket in enumerate(day.queues[queue].listed())
    }
    waiting = [day.queues[one.partition(":")[0]].tickets[one] for one in at_first]  # type: ignore[index]
    keys = {queue: _keys(day, queue) for queue in group if _is_there(day.queues[queue])}
    made: list[Proposal] = []
    # Who has been asked already comes first: what he was told should hold.
    for ticket in sorted(waiting, key=lambda one: (one.offered is None, one.key)):
        best_s = _best_wait_s(day, ticket, policies, paces)
        found = [
            better
            for to_queue, listed in keys.items()
            if to_queue != ticket.queue
            and ticket.offered in (None, to_queue)
            # At a colleague's he stands there, or further behind: most of them need no closer look.
            and paces[to_queue].wait_s(bisect_right(listed, ticket.own_key)) <= best_s
            and (better := _better(day, ticket, to_queue, policies, paces)) is not None
        ]
        if not found:
            continue
        best, placing = min(found, key=lambda one: one[0].after_min)
        made.append(replace(best, before_min=at_first[ticket.id]))
        if len(made) == PROPOSALS_MAX:
            break
        day = _after(day, ticket, best.to_queue, placing, now_s)
        for changed in keys.keys() & {ticket.queue, best.to_queue}:
            keys[changed] = _keys(day, changed)
    return made


def _keys(day: Day, queue: QueueId) -> list[tuple[int, ...]]:
    return [ticket.key for ticket in day.queues[queue].listed()]


def _best_wait_s(
    day: Day, ticket: Ticket, policies: Mapping[QueueId, Policy], paces: Mapping[QueueId, Pace]
) -> float:
    """Return how long `ticket` may wait at a colleague's at most, so that it is worth going."""
    own = day.queues[ticket.queue]
    gain_min = policies[own.id].spread_gain_min
    if gain_min is None or not _may_leave(own, ticket):
        return -inf
    return paces[own.id].wait_s(own.order.index(ticket.id)) - gain_min * _MINUTE_S


def _after(
    day: Day, ticket: Ticket, to_queue: QueueId, placing: happened.Placing, now_s: DaySecond
) -> Day:
    events = moved_over(ticket, to_queue, placing, placing.reason, keeps_check_in=True)
    entry = happened.Entry(
        number=day.entry_count + 1, at_s=now_s, by="rule", do="spread", events=tuple(events)
    )
    return apply(day, entry)


def _better(
    day: Day,
    ticket: Ticket,
    to_queue: QueueId,
    policies: Mapping[QueueId, Policy],
    paces: Mapping[QueueId, Pace],
) -> tuple[Proposal, happened.Placing] | None:
    """Return what `ticket` gains at `to_queue`, and where it would stand; None: not enough."""
    own, target = day.queues[ticket.queue], day.queues[to_queue]
    gain_min = policies[own.id].spread_gain_min
    if gain_min is None or not _may_leave(own, ticket) or not _may_come(day, ticket, target):
        return None
    index, there = own.order.index(ticket.id), paces[target.id]
    before_s = paces[own.id].wait_s(index)
    if before_s - there.wait_s(0) < gain_min * _MINUTE_S:
        return None
    placing = _placing(day, ticket, to_queue, policies[to_queue])
    if before_s - there.wait_s(placing.index) < gain_min * _MINUTE_S:
        return None
    passes_somebody = placing.index < len(target.order)
    if passes_somebody and there.wait_s(len(target.order)) > before_s:
        return None
    after_min = there.told_min(placing.index)
    assert after_min is not None, "a colleague who calls goes on now"
    proposal = Proposal(
        ticket=ticket.id,
        queue=own.id,
        to_queue=to_queue,
        before_min=paces[own.id].told_min(index),
        after_min=after_min,
    )
    return proposal, placing


def _may_leave(queue: Queue, ticket: Ticket) -> bool:
    """Tell whether a ticket is one of those who may be sent to a colleague."""
    if ticket.state is not TicketState.WAITING or ticket.kind is not TicketKind.ORDINARY:
        return False
    if ticket.stays or ticket.is_extra or (ticket.reason and ticket.reason.code in _STAY):
        return False
    is_moving = queue.status is QueueStatus.OPEN and queue.absence is None
    return not is_moving or queue.order[0] != ticket.id


def _may_come(day: Day, ticket: Ticket, target: Queue) -> bool:
    """Tell whether the colleague is there and calls, and the number is free at his room."""
    if not _is_there(target):
        return False
    known = target.tickets.get(ticket_id(target.id, ticket.number))
    return known is None or goes_on_as(day, known).id == ticket.id


def _is_there(colleague: Queue) -> bool:
    """Tell whether a colleague is there and calls."""
    is_open = colleague.status is QueueStatus.OPEN and colleague.absence is None
    return is_open and colleague.is_attended


def _placing(day: Day, ticket: Ticket, to_queue: QueueId, policy: Policy) -> happened.Placing:
    target = day.queues[to_queue]
    arriving = replace(ticket, id=ticket_id(to_queue, ticket.number))
    wish = Wish(
        index=others(target, arriving).by_key(ticket.own_key),
        reason=Reason(ReasonCode.SPREAD),
        key=ticket.own_key,
    )
    return granted(target, arriving, policy, wish)
