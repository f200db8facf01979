"""What the rules take in a queue of ten thousand: placing, moving and explaining one ticket.

There is nothing to wait for in it, so it is told in processor time.
"""

import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.reason import explain
from queue_server.rules.terms import DaySecond, QueueId, Slot, TicketId
from queue_server.rules.ticket import ticket_id
from tests.benchmark.figure import Figure, figure, percentile

BENCH: Final = "queue of 10,000 tickets"
TICKETS: Final = 10_000
OPERATIONS: Final = 50
AT_MOST_MS: Final = 1.0
NINE: Final = DaySecond(9 * 3600)
QUEUE: Final = QueueId("clinic-0")
POLICY: Final = Policy(check_in_opens_min=None, late_refused_after_min=None)
SPARE: Final = 10 * OPERATIONS


class LongQueue:
    """One queue in which so many wait, and some are still to come."""

    def __init__(self, ticket_count: int) -> None:
        self._day: Day = open_day([QUEUE])
        self._numbers = list(range(1, ticket_count + SPARE + 1))
        for number in self._numbers:
            self.act(_issue(number, ticket_count + SPARE))
        # In order of their numbers: that takes the least time, and gives the same list.
        come = [number for number in self._numbers if number % (ticket_count // SPARE + 1)]
        for number in come[:ticket_count]:
            self.act(asked.CheckIn(queue=QUEUE, ticket=_id(number)))
        listed = set(self._day.queues[QUEUE].order)
        self.to_come = [_id(number) for number in self._numbers if _id(number) not in listed]

    def act(self, command: asked.Command) -> float:
        """Decide and apply; return the seconds of processor time that took."""
        act = Act(command=command, at_s=NINE, by="nurse:li")
        began_s = time.thread_time()
        _, self._day = decide_and_apply(self._day, act, {QUEUE: POLICY})
        return time.thread_time() - began_s

    def order(self) -> tuple[TicketId, ...]:
        """Return the list."""
        return self._day.queues[QUEUE].order

    def called(self) -> TicketId:
        """Call the next one; return who it is."""
        self.act(asked.CallNext(queue=QUEUE))
        in_room = self._day.queues[QUEUE].in_room
        assert in_room is not None
        return in_room

    def explained(self, ticket: TicketId) -> float:
        """Say where a ticket stands and why; return the seconds that took."""
        began_s = time.thread_time()
        queue = self._day.queues[QUEUE]
        found = queue.tickets[ticket]
        queue.order.index(ticket)
        assert found.reason is not None
        explain(found.reason, queue.overtaken_count(found))
        return time.thread_time() - began_s


def queue_rules(rounds: int, ticket_count: int = TICKETS) -> list[Figure]:
    """Measure each operation, the median and the slowest of each round."""
    queue = LongQueue(ticket_count)
    chance = Random(5)
    operations: dict[str, Callable[[], float]] = {
        "placing: checks in, somewhere in the list": lambda: _check_in(queue, chance),
        "placing: a missed call, back at the third place": lambda: _miss(queue),
        "placing: back with results": lambda: _return(queue),
        "moving: from the end to the front": lambda: _move(queue),
        "explaining: any": lambda: queue.explained(chance.choice(queue.order())),
        "explaining: the last one": lambda: queue.explained(queue.order()[-1]),
    }
    taken = {
        what: [_ms(operation) for _ in range(rounds)] for what, operation in operations.items()
    }
    assert len(queue.order()) >= ticket_count - rounds * 3 * OPERATIONS
    return list(_figures(taken))


def _ms(operation: Callable[[], float]) -> list[float]:
    return [operation() * 1000 for _ in range(OPERATIONS)]


def _figures(taken: dict[str, list[list[float]]]) -> Iterator[Figure]:
    for what, rounds in taken.items():
        medians = [percentile(one, 50) for one in rounds]
        yield figure(BENCH, f"{what}, P50", medians, "ms", at_most=AT_MOST_MS)
        yield figure(BENCH, f"{what}, P95", [percentile(one, 95) for one in rounds], "ms")


def _check_in(queue: LongQueue, chance: Random) -> float:
    ticket = queue.to_come.pop(chance.randrange(len(queue.to_come)))
    return queue.act(asked.CheckIn(queue=QUEUE, ticket=ticket))


def _miss(queue: LongQueue) -> float:
    return queue.act(asked.Miss(queue=QUEUE, ticket=queue.called()))


def _return(queue: LongQueue) -> float:
    ticket = queue.called()
    queue.act(asked.SendForResults(queue=QUEUE, ticket=ticket))
    return queue.act(asked.CheckIn(queue=QUEUE, ticket=ticket))


def _move(queue: LongQueue) -> float:
    order = queue.order()
    return queue.act(asked.Move(queue=QUEUE, ticket=order[-1], after=order[2], why="feels worse"))


def _id(number: int) -> TicketId:
    return ticket_id(QUEUE, f"A{number:05d}")


def _issue(number: int, count: int) -> asked.IssueTicket:
    start_s = DaySecond(8 * 3600 + (number - 1) * 8 // count * 1800)
    slot = Slot(start_s=start_s, end_s=DaySecond(start_s + 1800))
    # A late one would not be placed by his number.
    slot = Slot(start_s=DaySecond(slot.start_s + 3600), end_s=DaySecond(slot.end_s + 3600))
    return asked.IssueTicket(queue=QUEUE, ticket=_id(number), number=f"A{number:05d}", slot=slot)
