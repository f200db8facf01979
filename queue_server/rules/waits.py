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
_DAY_S: Final = 24 * 3600


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How a queue moves."""

    first_in_s: int
    """Seconds until the first of the list goes in."""
    each_s: int
    """Seconds that one consultation takes."""
    is_known: bool = True
    """False: nobody knows when it goes on, and it may take longer than that."""

    def wait_s(self, ahead_count: int) -> int:
        """Return the seconds that one waits with so many before him, at least."""
        return self.first_in_s + ahead_count * self.each_s

    def told_min(self, ahead_count: int) -> int | None:
        """Return the full minutes that one waits; None: nobody knows."""
        # Rounded up: nobody is promised less than he will wait.
        return -(-self.wait_s(ahead_count) // _MINUTE_S) if self.is_known else None


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
    begins_s, is_known = _goes_on(queue, now_s)
    in_room = queue.tickets[queue.in_room] if queue.in_room is not None else None
    left_s = 0
    if in_room is not None and in_room.called_s is not None:
        left_s = max(0, in_room.called_s + each_s - now_s)
    return Pace(first_in_s=max(left_s, begins_s - now_s), each_s=each_s, is_known=is_known)


def _goes_on(queue: Queue, now_s: DaySecond) -> tuple[int, bool]:
    """Return when the queue moves at the earliest, and whether that is known."""
    absence = queue.absence
    if absence is not None and absence.returns_s is not None:
        return max(now_s, absence.returns_s), True
    if queue.status is QueueStatus.STOPPED:
        return now_s + _DAY_S, False
    if absence is not None or queue.status is QueueStatus.PAUSED:
        return now_s, False
    if queue.is_attended or queue.begins_s is None:
        return now_s, True
    return max(now_s, queue.begins_s), True
