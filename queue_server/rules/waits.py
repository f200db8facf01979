"""How long somebody will wait, as far as the day has shown. An estimate, and told as one."""

from statistics import median
from typing import Final

import msgspec

from queue_server.rules.policy import Policy
from queue_server.rules.queue import Queue
from queue_server.rules.terms import DaySecond, QueueStatus

SHOWN_LEAST: Final = 3
"""So many consultations of the day tell more than the policy's `service_min`."""
_MINUTE_S: Final = 60


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a queue moves."""

    first_in_s: int | None
    """Seconds until the first of the list goes in; None: nobody knows."""
    each_s: int
    """Seconds that one consultation takes."""

    def wait_s(self, ahead_count: int) -> int | None:
        """Return the seconds that one waits with so many before him; None: nobody knows."""
        return None if self.first_in_s is None else self.first_in_s + ahead_count * self.each_s


def pace(queue: Queue, policy: Policy, now_s: DaySecond) -> Pace:
    """Return how `queue` moves: by the median of today's consultations, if there were some."""
    took_s = [
        ticket.served_s - ticket.called_s
        for ticket in queue.tickets.values()
        if ticket.served_s is not None
        and ticket.called_s is not None
        and ticket.called_s < ticket.served_s
    ]
    each_s = policy.service_min * _MINUTE_S
    if len(took_s) >= SHOWN_LEAST:
        each_s = round(median(took_s))
    begins_s = _goes_on_s(queue, now_s)
    if begins_s is None:
        return Pace(first_in_s=None, each_s=each_s)
    in_room = queue.tickets[queue.in_room] if queue.in_room is not None else None
    left_s = 0
    if in_room is not None and in_room.called_s is not None:
        left_s = max(0, in_room.called_s + each_s - now_s)
    return Pace(first_in_s=max(left_s, begins_s - now_s), each_s=each_s)


def minutes_up(seconds: int) -> int:
    """Return full minutes, rounded up: nobody is promised less than he will wait."""
    return -(-seconds // _MINUTE_S)


def _goes_on_s(queue: Queue, now_s: DaySecond) -> int | None:
    """Return when the queue moves; None: nobody knows."""
    if queue.absence is not None:
        returns_s = queue.absence.returns_s
        return None if returns_s is None else max(now_s, returns_s)
    if queue.status is not QueueStatus.OPEN:
        return None
    if queue.is_attended or queue.begins_s is None:
        return now_s
    return max(now_s, queue.begins_s)
