"""Books of their own: what the events of the journal say, worked out without the rules.

An entry goes in, and the books know each queue's order and each ticket's state, or say that
something has happened that must not.
"""

from dataclasses import dataclass, field
from typing import Final

from queue_server.rules import events as happened
from queue_server.rules.events import Entry, Event
from queue_server.rules.terms import PatientId, QueueId, QueueStatus, TicketId, TicketKind
from queue_server.rules.terms import TicketState as State
from tests.simulation.world import Violation

_STATE_AFTER: Final[dict[type[Event], State]] = {
    happened.TicketIssued: State.BOOKED,
    happened.CheckedIn: State.WAITING,
    happened.Reinserted: State.WAITING,
    happened.Resumed: State.WAITING,
    happened.Moved: State.WAITING,
    happened.TransferredIn: State.WAITING,
    happened.StoodBy: State.STANDBY,
    happened.Called: State.CALLED,
    happened.Recalled: State.CALLED,
    happened.ServiceStarted: State.IN_SERVICE,
    happened.Finished: State.DONE,
    happened.Missed: State.MISSED,
    happened.Expired: State.EXPIRED,
    happened.SentForResults: State.AWAY_FOR_RESULTS,
    happened.ResultsReady: State.AWAY_FOR_RESULTS,
    happened.TransferredOut: State.TRANSFERRED,
    happened.Held: State.ON_HOLD,
    happened.Cancelled: State.CANCELLED,
    happened.CheckInCancelled: State.BOOKED,
}
"""All events of one ticket but those that leave the state as it is: priority, level, note."""
_IN_LIST: Final = (State.WAITING, State.STANDBY)
_IN_ROOM: Final = (State.CALLED, State.IN_SERVICE)


@dataclass
class QueueBook:
    """One queue."""

    states: dict[TicketId, State] = field(default_factory=dict)
    order: list[TicketId] = field(default_factory=list)
    status: QueueStatus = QueueStatus.OPEN
    emergencies: set[TicketId] = field(default_factory=set)

    def in_room(self) -> list[TicketId]:
        """Return who is called or in service."""
        return [ticket for ticket, state in self.states.items() if state in _IN_ROOM]

    def in_state(self, *states: State) -> list[TicketId]:
        """Return the tickets in one of these states, in no order that means anything."""
        return [ticket for ticket, state in self.states.items() if state in states]


@dataclass
class _Before:
    do: str
    order: list[TicketId]
    status: QueueStatus
    states: dict[TicketId, State | None]


class Books:
    """All queues of the day."""

    def __init__(self) -> None:
        self.queues: dict[QueueId, QueueBook] = {}
        self.entry_count = 0
        self.patients: dict[TicketId, PatientId] = {}
        self._went_to: dict[TicketId, tuple[QueueId, TicketId]] = {}
        self._numbers: set[tuple[QueueId, str]] = set()
        self._before: dict[tuple[int, QueueId], _Before] = {}

    def apply(self, entry: Entry) -> None:
        """Note an entry.

        Raises:
            Violation: it is not the next one, gives a number twice, puts a patient in two
                places or rooms, or lets somebody pass who was told to get ready.
        """
        self.entry_count += 1
        _require(entry.number == self.entry_count, f"entry {entry.number} is not the next one")
        touched = {event.queue for event in entry.events}
        books = {queue: self.queues.setdefault(queue, QueueBook()) for queue in touched}
        for queue, book in books.items():
            self._before[entry.number, queue] = _Before(
                do=entry.do,
                order=list(book.order),
                status=book.status,
                states=_touched(book, queue, entry),
            )
        standing_by = {
            queue: [one for one in book.order if book.states[one] is State.STANDBY]
            for queue, book in books.items()
        }
        _check_nobody_is_lost_on_the_way(entry)
        for event in entry.events:
            self._apply(event, self.queues[event.queue])
            if isinstance(event, happened.TransferredIn):
                self._went_to[event.from_ticket] = (event.queue, event.ticket)
        for queue, book in sorted(books.items()):
            self._check(queue, book)
            restored = [
                self._before[event.entry, queue].order
                for event in entry.events
                if isinstance(event, happened.Undone) and event.queue == queue
            ]
            moved = {event.ticket for event in entry.events if isinstance(event, happened.Moved)}
            for ticket in standing_by[queue]:
                # Whom a person sends back is not passed.
                if ticket in moved:
                    continue
                known = [self._before[entry.number, queue].order, *restored]
                _check_not_passed(ticket, known, book)

    def goes_on_as(self, queue: QueueId, ticket: TicketId) -> tuple[QueueId, TicketId] | None:
        """Return as what a transferred ticket goes on; None: it was not transferred."""
        book = self.queues.get(queue)
        is_transferred = book is not None and book.states.get(ticket) is State.TRANSFERRED
        return self._went_to[ticket] if is_transferred else None

    def _apply(self, event: Event, book: QueueBook) -> None:
        match event:
            case happened.StatusChanged():
                book.status = event.status
            case happened.Undone():
                self._undo(event, book)
            case happened.TicketEvent():
                self._note_new(event, book)
                if isinstance(event, happened.Graded):
                    book.emergencies.add(event.ticket)
                state = _STATE_AFTER.get(type(event), book.states.get(event.ticket))
                _require(state is not None, f"{event.ticket} does not exist")
                assert state is not None
                book.states[event.ticket] = state
                placing: happened.Placing | None = getattr(event, "placing", None)
                if event.ticket in book.order and (placing or state not in _IN_LIST):
                    book.order.remove(event.ticket)
                if placing is not None:
                    _require(0 <= placing.index <= len(book.order), f"{event} has no such place")
                    book.order.insert(placing.index, event.ticket)

    def _note_new(self, event: happened.TicketEvent, book: QueueBook) -> None:
        if not isinstance(event, happened.TicketIssued | happened.TransferredIn):
            return
        # Who was sent to another queue may come back from there, under his number.
        comes_back = isinstance(event, happened.TransferredIn) and (
            book.states.get(event.ticket) is State.TRANSFERRED
        )
        _require(comes_back or event.ticket not in book.states, f"{event.ticket} exists already")
        if isinstance(event, happened.TicketIssued):
            is_new = (event.queue, event.number) not in self._numbers
            _require(is_new, f"number {event.number} of {event.queue} was given twice")
            self._numbers.add((event.queue, event.number))
        if event.patient is not None:
            self.patients[event.ticket] = event.patient
        if event.kind is TicketKind.EMERGENCY:
            book.emergencies.add(event.ticket)

    def _undo(self, event: happened.Undone, book: QueueBook) -> None:
        before = self._before[event.entry, event.queue]
        for ticket, state in before.states.items():
            if state is None:
                del book.states[ticket]
            else:
                book.states[ticket] = state
        if before.do in {"pause", "reopen", "stop", "confirm_stop"}:
            book.status = before.status
        order = [ticket for ticket in book.order if ticket not in before.states]
        for index, ticket in enumerate(before.order):
            if ticket in before.states:
                ahead = [other for other in before.order[:index] if other in order]
                order.insert(order.index(ahead[-1]) + 1 if ahead else 0, ticket)
        book.order = order

    def _check(self, queue: QueueId, book: QueueBook) -> None:
        _require(len(set(book.order)) == len(book.order), f"somebody stands in {queue} twice")
        listed = set(book.in_state(*_IN_LIST))
        _require(listed == set(book.order), f"the list of {queue} is not who waits in it")
        in_room = book.in_room()
        _require(len(in_room) <= 1, f"two are called into the room of {queue}")
        called = [self.patients.get(ticket) for ticket in in_room]
        for other, other_book in self.queues.items():
            if other != queue and called:
                for ticket in other_book.in_room():
                    is_same = self.patients.get(ticket) in called and self.patients.get(ticket)
                    _require(not is_same, f"{ticket} is called by {queue} and by {other}")


def _check_nobody_is_lost_on_the_way(entry: Entry) -> None:
    """Whoever leaves a queue for another one comes into it in the same entry, once."""
    left = [one.ticket for one in entry.events if isinstance(one, happened.TransferredOut)]
    came = [one.from_ticket for one in entry.events if isinstance(one, happened.TransferredIn)]
    _require(left == came, f"{left} are sent on, {came} arrive")


def _touched(book: QueueBook, queue: QueueId, entry: Entry) -> dict[TicketId, State | None]:
    tickets = [
        event.ticket
        for event in entry.events
        if isinstance(event, happened.TicketEvent) and event.queue == queue
    ]
    return {ticket: book.states.get(ticket) for ticket in tickets}


def _check_not_passed(ticket: TicketId, known: list[list[TicketId]], book: QueueBook) -> None:
    """Nobody passes one who was told to get ready and still is, but an emergency.

    `known` is the order before, and the one that an undo puts back.
    """
    if book.states.get(ticket) is not State.STANDBY:
        return
    ahead = set(book.order[: book.order.index(ticket)])
    stood_ahead = {
        other for order in known if ticket in order for other in order[: order.index(ticket)]
    }
    passed_by = ahead - stood_ahead - book.emergencies
    _require(not passed_by, f"{sorted(passed_by)} passed {ticket}, who stood by")


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
