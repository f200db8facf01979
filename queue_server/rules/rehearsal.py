"""A written morning, tried on the very rules that run the day, with a virtual clock.

The file's form stands in `docs/rehearsal.md`. Reading the file and printing are the business
of `queue_server/cli.py`; here a parsed table becomes a morning, and a morning becomes lines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules.decide import COMMANDS, Act, decide_and_apply
from queue_server.rules.events import Entry
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue
from queue_server.rules.reason import Reason, explain
from queue_server.rules.refusals import Refused
from queue_server.rules.team import Teams
from queue_server.rules.terms import (
    DaySecond,
    QueueId,
    RefusalCode,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, Ticket, ticket_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the morning: at a time, somebody does something."""

    at_text: str
    at_s: DaySecond
    do: str
    queue: QueueId | None
    ticket: str = ""
    rank: str = ""
    before: str = ""
    after: str = ""
    why: str = ""
    to_queue: str = ""
    from_queue: str = ""
    level: int = 0
    doctor: str = ""
    """At an MDT clinic: who of the team."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A policy, the queues as the morning begins, and the steps."""

    policy: Policy
    day: Day
    teams: Teams
    steps: tuple[Step, ...]


Line = dict[str, object]


def run(rehearsal: Rehearsal) -> Iterator[Line]:
    """Play the steps and yield one line for each: the order, and why."""
    day = rehearsal.day
    policies = dict.fromkeys(day.queues, rehearsal.policy)
    for count, step in enumerate(rehearsal.steps, start=1):
        line: Line = {"step": count, "at": step.at_text, "do": step.do}
        try:
            command = _command(day, step)
            act = Act(command=command, at_s=step.at_s, by="rehearsal")
            entry, day = decide_and_apply(day, act, policies, {}, rehearsal.teams)
        except Refused as refused:
            line |= {"ticket": step.ticket or None, "ok": False, "code": refused.code.value}
            zh, en = refused.message_zh, refused.message_en
        else:
            line |= {"ticket": step.ticket or _number(entry), "ok": True}
            zh, en = explain(told_reason(entry))
        yield line | _order(day) | {"reason_zh": zh, "reason_en": en}


def told_reason(entry: Entry) -> Reason:
    """Return the reason of the event that the entry is about: the last one that has one."""
    for event in reversed(entry.events):
        placing = getattr(event, "placing", None)
        reason = placing.reason if placing is not None else getattr(event, "reason", None)
        if isinstance(reason, Reason):
            return reason
    raise AssertionError(entry)


def _number(entry: Entry) -> str | None:
    """Return the number that a step was about when it named none: whom a call reached."""
    for event in reversed(entry.events):
        reason = getattr(event, "reason", None)
        if isinstance(reason, Reason) and reason.parts.get("number"):
            return str(reason.parts["number"])
    return None


def _order(day: Day) -> Line:
    return {
        "order": {
            queue.id: [ticket.number for ticket in queue.listed()] for queue in day.queues.values()
        },
        "in_room": {
            queue.id: queue.tickets[queue.in_room].number if queue.in_room else None
            for queue in day.queues.values()
        },
    }


def _command(day: Day, step: Step) -> asked.Command:
    """Return what the step asks. Where no ticket is named, the one in the room is meant."""
    queue = step.queue
    if queue is None:
        queue = _queue_of_last_entry(day)
    kind: Any = COMMANDS[step.do]
    if kind is asked.Undo:
        named = ticket_id(queue, step.ticket) if step.ticket else None
        return asked.Undo(queue=queue, ticket=named)
    more = _more(queue, step)
    if issubclass(kind, asked.TicketCommand):
        more["ticket"] = _ticket(day, more.get("from_queue", queue), step)
    made: asked.Command = kind(queue=queue, **more)
    return made


def _more(queue: QueueId, step: Step) -> dict[str, Any]:
    """Return what the command of a step says besides its queue and ticket."""
    match step.do:
        case "grant_priority":
            return {"rank": step.rank}
        case "grade":
            return {"level": step.level}
        case "cross_call":
            return {"from_queue": QueueId(step.from_queue)}
        case "transfer":
            return {"to_queue": QueueId(step.to_queue)}
        case "move":
            before = ticket_id(queue, step.before) if step.before else None
            after = ticket_id(queue, step.after) if step.after else None
            return {"before": before, "after": after, "why": step.why}
        case "join_team" | "leave_team" | "come_to_patient" | "end_turn":
            return {"member": QueueId(step.doctor)}
        case "end_for_team":
            return {"member": QueueId(step.doctor), "why": step.why}
        case _:
            return {}


def _ticket(day: Day, queue: QueueId, step: Step) -> TicketId:
    if step.ticket:
        return ticket_id(queue, step.ticket)
    in_room = day.queues[queue].in_room
    if in_room is None:
        raise Refused(RefusalCode.ROOM_EMPTY)
    return in_room


def _queue_of_last_entry(day: Day) -> QueueId:
    """Return the queue that changed last: what an `undo` that names none is about."""
    last = {
        queue.id: max((step.entry for step in queue.history), default=0)
        for queue in day.queues.values()
    }
    return max(last, key=lambda queue: last[queue])


def opening(queues: Mapping[QueueId, list[Ticket]], policy: Policy) -> Day:
    """Return the day on which `queues` stand as they are written, the first ones in standby."""
    return Day(queues={queue: _opened(queue, tickets, policy) for queue, tickets in queues.items()})


def _opened(queue: QueueId, tickets: list[Ticket], policy: Policy) -> Queue:
    known = {ticket.id: ticket for ticket in tickets}
    waiting = [ticket for ticket in tickets if ticket.state is TicketState.WAITING]
    key: tuple[int, ...] = (0,)
    for index, ticket in enumerate(waiting):
        # They stand in the order written, whatever their slots say.
        key = max(key, ticket.own_key)
        stands_by = index < policy.standby_count
        state = TicketState.STANDBY if stands_by else TicketState.WAITING
        known[ticket.id] = replace(ticket, key=key, state=state)
    in_room = [ticket.id for ticket in tickets if ticket.state in IN_ROOM]
    assert len(in_room) <= 1, in_room
    return Queue(
        id=queue,
        tickets=known,
        order=tuple(ticket.id for ticket in waiting),
        overtaken=(0,) * len(waiting),
        overtaken_by_emergency=(0,) * len(waiting),
        inserted=frozenset(
            ticket.id for ticket in waiting if ticket.kind is not TicketKind.ORDINARY
        ),
        in_room=in_room[0] if in_room else None,
    )
