"""The state of a clinic day: its queues and their lists, frozen.

`DayInWork` (`day_in_work.py`) makes the next state of it from an entry; `apply` does so once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from queue_server.rules.standing import Absence, Standing
from queue_server.rules.terms import DaySecond, QueueId, QueueStatus, TicketId
from queue_server.rules.ticket import LISTED, Ticket

UNDO_DEPTH: Final = 30
"""How many entries of a queue can be undone."""
NOT_UNDONE: Final = frozenset({"issue", "undo", "attend", "join_team", "leave_team"})
"""Acts that can't be taken back."""
STATUS_ACTS: Final = frozenset(
    {"pause", "reopen", "stop", "confirm_stop", "withdraw_stop", "absence"}
)
"""Acts that change whether the queue moves and what is told of its doctor, and nothing else."""


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """Those whom one ticket has passed, and by whose doing."""

    tickets: tuple[TicketId, ...]
    let_in_by: str


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry changed in a queue, kept so that it can be undone."""

    entry: int
    do: str
    order: tuple[TicketId, ...]
    standing: Standing
    """As it was before."""
    became: Standing
    """As it was after; whatever has changed it since then stays."""
    tickets: Mapping[TicketId, Ticket | None]
    """Each ticket the entry was about, as it was before; None: it did not exist."""
    passed: tuple[Passed, ...] = ()


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """One doctor's queue on one clinic day."""

    id: QueueId
    tickets: Mapping[TicketId, Ticket] = msgspec.field(default_factory=dict)
    order: tuple[TicketId, ...] = ()
    """Tickets in standby and waiting, next one first. Nothing is sorted at call time."""
    overtaken: tuple[int, ...] = ()
    """How often a rule has let another in before each ticket of `order`.

    Kept here, not in the tickets: who is put back near the front passes thousands in a long queue.
    """
    overtaken_by_emergency: tuple[int, ...] = ()
    inserted: frozenset[TicketId] = frozenset()
    """Those of `order` that are not ordinary: few, however long the list is."""
    in_room: TicketId | None = None
    standing: Standing = Standing()
    is_attended: bool = False
    """Whether the doctor has been there today: signed in, or called somebody."""
    begins_s: DaySecond | None = None
    """The start of the first slot of the day, if anything is booked."""
    highest_number: int = 0
    """The highest number ever given today; an undone ticket's number is not given again."""
    history: tuple[Before, ...] = ()

    @property
    def status(self) -> QueueStatus:
        """Whether the queue moves."""
        return self.standing.status

    @property
    def absence(self) -> Absence | None:
        """Why the doctor sees nobody; None: he is there, as far as is known."""
        return self.standing.absence

    def listed(self) -> tuple[Ticket, ...]:
        """Return the tickets of the list, next one first."""
        return tuple(map(self.tickets.__getitem__, self.order))

    def overtaken_count(self, ticket: Ticket) -> int:
        """Return how often a rule, not a person, has let another in before `ticket`."""
        if ticket.state in LISTED:
            return self.overtaken[self.order.index(ticket.id)]
        return ticket.overtaken_count

    def overtaken_by_emergency_count(self, ticket: Ticket) -> int:
        """Return how many emergencies have come in before `ticket`."""
        if ticket.state in LISTED:
            return self.overtaken_by_emergency[self.order.index(ticket.id)]
        return ticket.overtaken_by_emergency_count


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """All queues of a site on one clinic day."""

    queues: Mapping[QueueId, Queue] = msgspec.field(default_factory=dict)
    entry_count: int = 0


def open_day(queues: Iterable[QueueId]) -> Day:
    """Return the day before anything has happened."""
    return Day(queues={queue: Queue(id=queue) for queue in queues})


def goes_on_as(day: Day, ticket: Ticket) -> Ticket:
    """Return the ticket as which `ticket` goes on after its transfers; itself if it had none."""
    while ticket.went_to is not None:
        queue = day.queues[QueueId(ticket.went_to.partition(":")[0])]
        ticket = queue.tickets[ticket.went_to]
    return ticket


def restored_order(order: Sequence[TicketId], before: Before) -> list[TicketId]:
    """Return `order` with what `before` tells of put back where it was.

    Each goes behind the nearest of those that stood before it then and still stand.
    """
    restored = [ticket for ticket in order if ticket not in before.tickets]
    standing = set(restored)
    for index, ticket in enumerate(before.order):
        if ticket in before.tickets:
            ahead = next((one for one in reversed(before.order[:index]) if one in standing), None)
            restored.insert(0 if ahead is None else restored.index(ahead) + 1, ticket)
            standing.add(ticket)
    return restored
