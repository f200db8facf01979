"""What every decision looks at, and the checks they share."""

from collections.abc import Mapping

import msgspec

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.area_queue import AreaQueue
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue
from queue_server.rules.refusals import STATES, Refused
from queue_server.rules.team import Teams
from queue_server.rules.terms import DaySecond, QueueId, QueueStatus, RefusalCode, TicketKind
from queue_server.rules.ticket import IN_ROOM, TRANSITIONS, Ticket


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The day, the policies and the time a command meets."""

    day: Day
    policies: Mapping[QueueId, Policy]
    now_s: DaySecond
    by: str
    """Who asks."""
    area_queues: Mapping[QueueId, AreaQueue] = msgspec.field(default_factory=dict)
    teams: Teams = msgspec.field(default_factory=dict)

    def queue(self, command: asked.Command) -> Queue:
        """Return the queue of `command`."""
        return self.day.queues[command.queue]

    def policy(self, command: asked.Command) -> Policy:
        """Return the policy of the queue of `command`."""
        return self.policies[command.queue]


def of_ticket(situation: Situation, command: asked.TicketCommand) -> Ticket:
    """Return the ticket of `command`.

    Raises:
        Refused: UNKNOWN_TICKET, or CHANGED_SINCE the person looked.
    """
    ticket = situation.queue(command).tickets.get(command.ticket)
    if ticket is None:
        raise Refused(RefusalCode.UNKNOWN_TICKET, number=command.ticket.partition(":")[2])
    require_seen(ticket, command)
    return ticket


def require_seen(ticket: Ticket, command: asked.Command) -> None:
    """Refuse with CHANGED_SINCE if `ticket` has changed since the person looked."""
    if command.seen_entry is not None and ticket.changed_entry > command.seen_entry:
        raise Refused(RefusalCode.CHANGED_SINCE, number=ticket.number)


def require(ticket: Ticket, event: type[happened.Event]) -> None:
    """Refuse with WRONG_STATE if `event` can't happen to `ticket` now."""
    if event not in TRANSITIONS[ticket.state]:
        zh, en = STATES[ticket.state]
        raise Refused(RefusalCode.WRONG_STATE, number=ticket.number, state_zh=zh, state_en=en)


def require_level(ticket: Ticket, policy: Policy) -> None:
    """Refuse with LEVEL_NOT_ACCEPTED an emergency of a level that the room does not take."""
    if ticket.kind is not TicketKind.EMERGENCY or ticket.level is None:
        return
    if ticket.level not in policy.emergency_levels:
        known = ", ".join(map(str, policy.emergency_levels))
        raise Refused(RefusalCode.LEVEL_NOT_ACCEPTED, level=str(ticket.level), known=known)


def require_calling(queue: Queue) -> None:
    """Refuse if nobody may be called: the queue is paused or stopped."""
    if queue.status is QueueStatus.PAUSED:
        raise Refused(RefusalCode.QUEUE_PAUSED)
    if queue.status is QueueStatus.STOPPED:
        raise Refused(RefusalCode.QUEUE_STOPPED)


def is_in_another_room(day: Day, ticket: Ticket) -> bool:
    """Tell whether the ticket's patient is called or in service elsewhere."""
    if ticket.patient is None:
        return False
    for queue in day.queues.values():
        if queue.in_room is not None and queue.id != ticket.queue:
            other = queue.tickets[queue.in_room]
            if other.patient == ticket.patient and other.state in IN_ROOM:
                return True
    return False
