"""Where a ticket goes: one index in the list, and why.

The list is always in the order of keys. An ordinary ticket goes behind the last one whose
key is not greater than its own; an inserted one goes where its rule says and takes the key
of the one it stands behind. Nobody passes a ticket in standby, or one that has been passed
`overtaken_max` times; only an emergency does.
"""

from typing import Final

import msgspec

from queue_server.rules.events import Placing
from queue_server.rules.listed import Listed, behind_last, head, others, protected_count
from queue_server.rules.policy import Every, Places, Policy
from queue_server.rules.queue import Queue
from queue_server.rules.reason import RANKS, Reason, ReasonCode
from queue_server.rules.terms import DaySecond, Slot, TicketKind, TicketState, clock_text
from queue_server.rules.ticket import Key, Ticket, number_order

MINUTE_S: Final = 60
HALF_HOUR_S: Final = 30 * MINUTE_S
NOON_S: Final = 12 * 3600
LAST_S: Final = 48 * 3600
"""A second after every clinic day, night clinics included."""

_GAP_ORDER: Final = {TicketKind.PRIORITY: 0, TicketKind.RETURNED: 1, TicketKind.MISSED: 2}
_WALK_IN_GAP_ORDER: Final = 3


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule alone would put a ticket. `key` is set only where it is the ticket's own."""

    index: int
    reason: Reason
    key: Key | None = None
    is_walk_in: bool = False


def place(queue: Queue, ticket: Ticket, policy: Policy, now_s: DaySecond) -> Placing:
    """Return the place of `ticket`, which is not in the list now, as its kind asks."""
    wish = wish_for(queue, ticket, policy, now_s)
    return granted(queue, ticket, policy, wish)


def wish_for(queue: Queue, ticket: Ticket, policy: Policy, now_s: DaySecond) -> Wish:
    """Return where the rule of the ticket's kind alone would put it."""
    listed = others(queue, ticket)
    match ticket.kind:
        case TicketKind.EMERGENCY:
            return _emergency(listed, ticket)
        case TicketKind.PRIORITY:
            return _priority(listed, ticket, policy)
        case TicketKind.RETURNED:
            return _returned(queue, listed, ticket, policy, now_s)
        case TicketKind.MISSED:
            return _missed(queue, listed, ticket, policy, now_s)
        case TicketKind.ORDINARY if ticket.slot is None:
            return _walk_in(listed, policy, now_s, ticket)
        case TicketKind.ORDINARY:
            return _booked(listed, ticket, ticket.slot, policy, now_s)


def granted(queue: Queue, ticket: Ticket, policy: Policy, wish: Wish) -> Placing:
    """Return the place that a wish gets: behind those whom nobody may pass."""
    listed = others(queue, ticket)
    is_emergency = ticket.kind is TicketKind.EMERGENCY
    index = wish.index
    limit, held_back_by = (0, "") if is_emergency else _limit(listed, index, policy)
    if index < limit:
        index = _behind_limit(listed, limit, ticket, policy, wish)
    else:
        held_back_by = ""
    key = wish.key
    if key is None or held_back_by:
        key = key_at(listed, index, ticket)
    reason = Reason(
        wish.reason.code,
        wish.reason.parts,
        behind=listed[index - 1].number if index else "",
        held_back_by=held_back_by,
    )
    let_in_by = "emergency" if is_emergency else "rule"
    return Placing(index=index, key=key, reason=reason, let_in_by=let_in_by)


def _limit(listed: Listed, index: int, policy: Policy) -> tuple[int, str]:
    """Return the first index at which nobody is passed who may not be, and for whose sake.

    It is asked for a ticket at `index`: those before it are not passed anyway.
    """
    standby = protected_count(listed)
    bound = listed.behind_last_overtaken(policy.overtaken_max, start=index)
    return (bound, "bound") if bound > standby else (standby, "standby")


def _behind_limit(listed: Listed, limit: int, ticket: Ticket, policy: Policy, wish: Wish) -> int:
    """Return the index of a ticket that is held back: those who came before it keep their turn."""
    if ticket.kind in _GAP_ORDER:
        return max(limit, _in_gap(listed, limit, _rank(ticket, policy), policy))

    key = listed[limit - 1].key
    behind = listed[limit : listed.by_key(key)]

    def has_turn_before(other: Ticket) -> bool:
        is_held_back_here = (
            other.reason is not None and other.reason.held_back_by != "" and other.key == key
        )
        is_ordinary = other.kind is TicketKind.ORDINARY
        own = wish.key or ()
        return is_held_back_here and is_ordinary and other.own_key <= own

    return limit + behind_last(behind, has_turn_before)


def key_at(listed: Listed, index: int, ticket: Ticket) -> Key:
    """Return the key of a ticket that is inserted at `index`: that of the one before it.

    At the front it has the least key: no number is small enough to pass it.
    """
    if index > 0:
        return listed[index - 1].key
    if ticket.kind is not TicketKind.ORDINARY:
        return ()
    own = ticket.own_key or _slot_key(ticket)
    return min(own, listed[0].key) if listed else own


def is_late(ticket: Ticket, policy: Policy, now_s: DaySecond) -> bool:
    """Tell whether a check-in at `now_s` counts as late."""
    return ticket.slot is not None and now_s > ticket.slot.end_s + policy.late_after_min * MINUTE_S


# --- ordinary tickets -----------------------------------------------------------------------


def _booked(listed: Listed, ticket: Ticket, slot: Slot, policy: Policy, now_s: DaySecond) -> Wish:
    by_time = policy.base_order == "check_in_time"
    own: Key = (now_s,) if by_time else _slot_key(ticket)
    parts = {"slot": str(slot), "time": clock_text(now_s)}
    if not is_late(ticket, policy, now_s):
        code = ReasonCode.BY_CHECK_IN_TIME if by_time else ReasonCode.ON_TIME
        return Wish(index=listed.by_key(own), reason=Reason(code, parts), key=own)
    match policy.late_rule:
        case "end_of_next_slot" if by_time:
            reason = Reason(ReasonCode.BY_CHECK_IN_TIME, parts)
            return Wish(index=listed.by_key(own), reason=reason, key=own)
        case "end_of_next_slot":
            end_s = _end_of_next_slot(slot, now_s)
            late: Key = (end_s,)
            reason = Reason(ReasonCode.LATE_END_OF_SLOT, {**parts, "end": clock_text(end_s)})
            return Wish(index=listed.by_key(late), reason=reason, key=late)
        case "end_of_queue":
            return Wish(index=len(listed), reason=Reason(ReasonCode.LATE_END_OF_QUEUE, parts))
        case "as_walk_in":
            wish = _walk_in(listed, policy, now_s, ticket)
            reason = Reason(ReasonCode.LATE_AS_WALK_IN, parts)
            return Wish(index=wish.index, reason=reason, key=wish.key, is_walk_in=True)
        case Places(places):
            index = min(listed.by_key(own) + places, len(listed))
            reason = Reason(ReasonCode.LATE_PLACES, {**parts, "places": places})
            return Wish(index=index, reason=reason)


def _walk_in(listed: Listed, policy: Policy, now_s: DaySecond, ticket: Ticket) -> Wish:
    parts = {"time": clock_text(now_s)}
    match policy.walk_in_rule:
        case "equal":
            own: Key = (now_s,)
            reason = Reason(ReasonCode.WALK_IN, parts)
            return Wish(index=listed.by_key(own), reason=reason, key=own, is_walk_in=True)
        case "after_booked":
            last: Key = (LAST_S, now_s)
            reason = Reason(ReasonCode.WALK_IN_AFTER_BOOKED)
            return Wish(index=listed.by_key(last), reason=reason, key=last, is_walk_in=True)
        case Every(every):
            start = behind_last(listed, _is_walk_in)
            index = _behind_ordinary(listed, start, every, (_WALK_IN_GAP_ORDER, 0), policy)
            reason = Reason(ReasonCode.WALK_IN_RATIO, {"every": every})
            return Wish(index=index, reason=reason, is_walk_in=True)


def _end_of_next_slot(slot: Slot, now_s: DaySecond) -> int:
    """Return the end of the slot after `slot`, or of the running one if that is later."""
    length_s = slot.end_s - slot.start_s
    running = (now_s - slot.start_s) // length_s
    return slot.start_s + length_s * (max(running, 1) + 1)


def _slot_key(ticket: Ticket) -> Key:
    if ticket.slot is None:
        return (ticket.checked_in_s or 0,)
    return (ticket.slot.start_s, number_order(ticket.number))


# --- emergencies ---------------------------------------------------------------------------------


def _emergency(listed: Listed, ticket: Ticket) -> Wish:
    """The level dominates time: behind those at the front that are as urgent or more."""
    level = level_of(ticket)
    index = head(
        listed,
        lambda other: other.kind is TicketKind.EMERGENCY and level_of(other) <= level,
    )
    reason = Reason(ReasonCode.EMERGENCY)
    if ticket.level is not None:
        reason = Reason(ReasonCode.EMERGENCY_LEVEL, {"level": ticket.level})
    return Wish(index=index, reason=reason)


def level_of(ticket: Ticket) -> int:
    """Return the level of an emergency; one that nobody has graded counts as the most urgent."""
    return ticket.level or 1


# --- inserted tickets ----------------------------------------------------------------------------


def _priority(listed: Listed, ticket: Ticket, policy: Policy) -> Wish:
    rank_zh, rank_en = RANKS[ticket.rank or policy.priority_ranks[-1]]
    parts: dict[str, str | int] = {"rank_zh": rank_zh, "rank_en": rank_en}
    if isinstance(policy.priority_rule, Every):
        every = policy.priority_rule.every
        reason = Reason(ReasonCode.PRIORITY_RATIO, {**parts, "every": every})
        return Wish(index=_ratio(listed, every, ticket, policy), reason=reason)
    index = _in_gap(listed, protected_count(listed), _rank(ticket, policy), policy)
    return Wish(index=index, reason=Reason(ReasonCode.PRIORITY_FRONT, parts))


def _returned(
    queue: Queue, listed: Listed, ticket: Ticket, policy: Policy, now_s: DaySecond
) -> Wish:
    match policy.returned_rule:
        case "next":
            index = _in_gap(listed, protected_count(listed), _rank(ticket, policy), policy)
            return Wish(index=index, reason=Reason(ReasonCode.RETURNED_NEXT))
        case "end_of_slot":
            return _at_end_of_slot(queue, listed, ticket, now_s, ReasonCode.RETURNED_END_OF_SLOT)
        case "end_of_queue":
            return Wish(index=len(listed), reason=Reason(ReasonCode.RETURNED_END_OF_QUEUE))
        case Every(every):
            returned = len(listed.inserted(TicketKind.RETURNED)) + 1
            ordinary = listed.ordinary_count()
            code = ReasonCode.RETURNED_RATIO
            if policy.returned_dynamic and returned > ordinary and every > 1:
                every, code = 1, ReasonCode.RETURNED_DYNAMIC
            index = _ratio(listed, every, ticket, policy)
            return Wish(index=index, reason=Reason(code, {"every": every}))


def _missed(queue: Queue, listed: Listed, ticket: Ticket, policy: Policy, now_s: DaySecond) -> Wish:
    match policy.missed_rule:
        case Places(places):
            reason = Reason(ReasonCode.MISSED_PLACES, {"places": places})
            return Wish(index=min(places, len(listed)), reason=reason)
        case Every(every):
            reason = Reason(ReasonCode.MISSED_RATIO, {"every": every})
            return Wish(index=_ratio(listed, every, ticket, policy), reason=reason)
        case "end_of_slot":
            return _at_end_of_slot(queue, listed, ticket, now_s, ReasonCode.MISSED_END_OF_SLOT)
        case "end_of_half_day":
            index = listed.by_key((NOON_S,)) if now_s < NOON_S else len(listed)
            return Wish(index=index, reason=Reason(ReasonCode.MISSED_END_OF_HALF_DAY))
        case "end_of_queue":
            return Wish(index=len(listed), reason=Reason(ReasonCode.MISSED_END_OF_QUEUE))


def _at_end_of_slot(
    queue: Queue, listed: Listed, ticket: Ticket, now_s: DaySecond, code: ReasonCode
) -> Wish:
    end_s = _end_of_running_slot(queue, ticket, now_s)
    reason = Reason(code, {"end": clock_text(end_s)})
    return Wish(index=listed.by_key((end_s,)), reason=reason)


def _end_of_running_slot(queue: Queue, ticket: Ticket, now_s: DaySecond) -> int:
    """Return the end of the slot that runs now; between slots, of the half hour."""
    running = [
        other.slot.end_s
        for other in (ticket, *queue.tickets.values())
        if other.slot is not None and other.slot.start_s <= now_s < other.slot.end_s
    ]
    return min(running) if running else (now_s // HALF_HOUR_S + 1) * HALF_HOUR_S


# --- ratios ---------------------------------------------------------------------------------------


def _ratio(listed: Listed, every: int, ticket: Ticket, policy: Policy) -> int:
    start = listed.behind_last_inserted(ticket.kind)
    return _behind_ordinary(listed, start, every, _rank(ticket, policy), policy)


def _behind_ordinary(
    listed: Listed, start: int, every: int, rank: tuple[int, int], policy: Policy
) -> int:
    """Return the index behind the first `every` ordinary ones from `start` on."""
    counted = 0
    index = len(listed)
    for position in range(start, len(listed)):
        counted += listed[position].kind is TicketKind.ORDINARY
        if counted == every:
            index = position + 1
            break
    return _in_gap(listed, index, rank, policy)


def _in_gap(listed: Listed, index: int, rank: tuple[int, int], policy: Policy) -> int:
    """Return the index within the run of inserted tickets around `index`.

    Where several kinds fall due in one gap: priority, then returned, then missed; within a
    kind by rank, then by time.
    """
    first = last = index
    while first > 0 and _is_inserted(listed[first - 1]):
        first -= 1
    while last < len(listed) and _is_inserted(listed[last]):
        last += 1
    gap = listed[first:last]
    return first + behind_last(gap, lambda other: _rank(other, policy) <= rank)


def _rank(ticket: Ticket, policy: Policy) -> tuple[int, int]:
    within = 0
    if ticket.kind is TicketKind.PRIORITY:
        ranks = policy.priority_ranks
        within = ranks.index(ticket.rank) if ticket.rank in ranks else len(ranks) - 1
    return (_GAP_ORDER.get(ticket.kind, _WALK_IN_GAP_ORDER), within)


def _is_inserted(ticket: Ticket) -> bool:
    return ticket.kind in _GAP_ORDER and ticket.state is not TicketState.STANDBY


def _is_walk_in(ticket: Ticket) -> bool:
    return ticket.is_walk_in and ticket.kind is TicketKind.ORDINARY
