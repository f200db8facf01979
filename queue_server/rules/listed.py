"""A queue's list as placement reads it: looked up where it is asked for, never copied whole."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, overload

from queue_server.rules.queue import Queue
from queue_server.rules.terms import TicketId, TicketKind, TicketState
from queue_server.rules.ticket import LISTED, Key, Ticket

T = TypeVar("T")


class Listed(Sequence[Ticket]):
    """The tickets of a list, next one first.

    Args:
        tickets: the queue's tickets.
        order: who stands in the list.
        overtaken: how often a rule has let another in before each of them.
        inserted: those of them that are not ordinary.
    """

    def __init__(
        self,
        tickets: Mapping[TicketId, Ticket],
        order: Sequence[TicketId],
        overtaken: Sequence[int],
        inserted: frozenset[TicketId],
    ) -> None:
        self._tickets = tickets
        self._order = order
        self._overtaken = overtaken
        self._inserted = inserted

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Ticket: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Ticket]: ...
    def __getitem__(self, index: int | slice) -> Ticket | Sequence[Ticket]:
        if isinstance(index, slice):
            return tuple(map(self._tickets.__getitem__, self._order[index]))
        return self._tickets[self._order[index]]

    def index_of(self, ticket: TicketId) -> int:
        """Return where a ticket stands.

        Raises:
            ValueError: it is not in the list.
        """
        return self._order.index(ticket)

    def by_key(self, key: Key) -> int:
        """Return the index behind the last ticket whose key is not greater than `key`."""
        # The list is always in the order of keys.
        return bisect_right(self._order, key, key=lambda one: self._tickets[one].key)

    def ordinary_count(self) -> int:
        """Return how many are ordinary."""
        return len(self._order) - len(self._inserted)

    def inserted(self, kind: TicketKind) -> set[TicketId]:
        """Return those of a kind that is not ordinary."""
        return {one for one in self._inserted if self._tickets[one].kind is kind}

    def behind_last_inserted(self, kind: TicketKind) -> int:
        """Return the index behind the last of a kind that is not ordinary; 0 if there is none."""
        of_kind = self.inserted(kind)
        return behind_last(self._order, of_kind.__contains__) if of_kind else 0

    def behind_last_overtaken(self, times: int, start: int) -> int:
        """Return the index behind the last ticket that was passed `times` times; 0: none was.

        Nobody before index `start` is looked at.
        """
        counts = self._overtaken[start:]
        if not counts or max(counts) < times:
            return 0
        return start + behind_last(counts, lambda count: count >= times)


def others(queue: Queue, ticket: Ticket) -> Listed:
    """Return the list without `ticket`."""
    known = queue.tickets.get(ticket.id)
    if known is None or known.state not in LISTED:
        return Listed(queue.tickets, queue.order, queue.overtaken, queue.inserted)
    index = queue.order.index(ticket.id)
    return Listed(
        queue.tickets,
        queue.order[:index] + queue.order[index + 1 :],
        queue.overtaken[:index] + queue.overtaken[index + 1 :],
        queue.inserted - {ticket.id},
    )


def is_protected(ticket: Ticket) -> bool:
    """Tell whether nobody but an emergency may pass `ticket` at the front."""
    return ticket.state is TicketState.STANDBY or ticket.kind is TicketKind.EMERGENCY


def protected_count(listed: Sequence[Ticket]) -> int:
    """Return how many at the front nobody may pass: they stand by, or are emergencies."""
    return head(listed, is_protected)


def head(listed: Sequence[Ticket], belongs: Callable[[Ticket], bool]) -> int:
    """Return how many tickets at the front belong."""
    for index, ticket in enumerate(listed):
        if not belongs(ticket):
            return index
    return len(listed)


def behind_last(values: Sequence[T], belongs: Callable[[T], bool]) -> int:
    """Return the index behind the last value that belongs; 0 if none does."""
    for index in range(len(values), 0, -1):
        if belongs(values[index - 1]):
            return index
    return 0
