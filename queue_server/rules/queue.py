"""The state of a clinic day: queues, their lists, and how an entry of the journal changes them.

`apply` is the only way a `Day` changes. It decides nothing: what happened stands in the
events, so a replay gives the same day whatever the policy says by then.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from queue_server.rules import events as happened
from queue_server.rules.terms import QueueId, QueueStatus, TicketId, TicketKind, TicketState
from queue_server.rules.ticket import IN_ROOM, LISTED, TRANSITIONS, Key, Ticket, number_order

UNDO_DEPTH: Final = 30
"""How many entries of a queue can be undone."""
NOT_UNDONE: Final = frozenset({"issue", "undo"})
"""Acts that can't be taken back."""
STATUS_ACTS: Final = frozenset({"pause", "reopen", "stop"})
"""Acts that change whether the queue moves, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an entry changed in a queue, kept so that it can be undone."""

    entry: int
    do: str
    order: tuple[TicketId, ...]
    status: QueueStatus
    tickets: Mapping[TicketId, Ticket | None]
    """Each ticket the entry was about, as it was before; None: it did not exist."""
    passed: tuple[tuple[TicketId, str], ...] = ()
    """Who was passed, and by whose doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One doctor's queue on one clinic day."""

    id: QueueId
    tickets: Mapping[TicketId, Ticket] = field(default_factory=dict)
    order: tuple[TicketId, ...] = ()
    """Tickets in standby and waiting, next one first. Nothing is sorted at call time."""
    in_room: TicketId | None = None
    status: QueueStatus = QueueStatus.OPEN
    highest_number: int = 0
    """The highest number ever given today; an undone ticket's number is not given again."""
    history: tuple[Before, ...] = ()

    def listed(self) -> tuple[Ticket, ...]:
        """Return the tickets of the list, next one first."""
        return tuple(self.tickets[ticket] for ticket in self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """All queues of a site on one clinic day."""

    queues: Mapping[QueueId, Queue] = field(default_factory=dict)
    entry_count: int = 0


def open_day(queues: Iterable[QueueId]) -> Day:
    """Return the day before anything has happened."""
    return Day(queues={queue: Queue(id=queue) for queue in queues})


def apply(day: Day, entry: happened.Entry) -> Day:
    """Return the day after `entry`. An entry that does not fit is a bug: it stops the process."""
    assert entry.number == day.entry_count + 1, (entry.number, day.entry_count)
    queues = dict(day.queues)
    for queue in dict.fromkeys(event.queue for event in entry.events):
        sheet = _Sheet(queues[queue])
        for event in entry.events:
            if event.queue == queue:
                sheet.apply(event, entry)
        queues[queue] = sheet.queue_after(entry)
    return Day(queues=queues, entry_count=entry.number)


def restored_order(order: Sequence[TicketId], before: Before) -> list[TicketId]:
    """Return `order` with what `before` tells of put back where it was.

    Each goes behind the nearest of those that stood before it then and still stand.
    """
    restored = [ticket for ticket in order if ticket not in before.tickets]
    for index, ticket in enumerate(before.order):
        if ticket in before.tickets:
            ahead = [other for other in before.order[:index] if other in restored]
            restored.insert(restored.index(ahead[-1]) + 1 if ahead else 0, ticket)
    return restored


class _Sheet:
    """A queue while one entry is applied to it."""

    def __init__(self, queue: Queue) -> None:
        self.before = queue
        self.tickets = dict(queue.tickets)
        self.order = list(queue.order)
        self.status = queue.status
        self.history = queue.history
        self.touched: dict[TicketId, Ticket | None] = {}
        self.passed: list[tuple[TicketId, str]] = []

    def apply(self, event: happened.Event, entry: happened.Entry) -> None:
        match event:
            case happened.Undone():
                self._undo(event.entry)
            case happened.StatusChanged():
                self.status = event.status
            case happened.TicketIssued() | happened.TransferredIn():
                assert event.ticket not in self.tickets, event.ticket
                self.touched[event.ticket] = None
                self._set(_new_ticket(event, entry), getattr(event, "placing", None))
            case happened.TicketEvent():
                ticket = self.tickets[event.ticket]
                self.touched.setdefault(event.ticket, ticket)
                assert type(event) in TRANSITIONS[ticket.state], (ticket.state, event)
                state = TRANSITIONS[ticket.state][type(event)]
                changed = replace(ticket, state=state, **_changes(ticket, event, entry))
                self._set(changed, getattr(event, "placing", None))
            case _:
                raise AssertionError(event)

    def _set(self, ticket: Ticket, placing: happened.Placing | None) -> None:
        """Store `ticket` and put it where `placing` says, or out of the list."""
        former_index = len(self.order)
        if ticket.id in self.order and (placing is not None or ticket.state not in LISTED):
            former_index = self.order.index(ticket.id)
            self.order.remove(ticket.id)
        if placing is not None:
            ticket = replace(ticket, key=placing.key, reason=placing.reason)
            # Those who stood behind it already are not passed once more.
            others = self.order[placing.index : former_index]
            passed = [(other, placing.let_in_by) for other in others]
            self._count(passed, 1)
            self.passed += passed
            self.order.insert(placing.index, ticket.id)
        self.tickets[ticket.id] = ticket

    def _count(self, passed: Iterable[tuple[TicketId, str]], change: int) -> None:
        for ticket_id, let_in_by in passed:
            ticket = self.tickets.get(ticket_id)
            if ticket is None:
                continue
            if let_in_by == "rule":
                count = max(0, ticket.overtaken_count + change)
                self.tickets[ticket_id] = replace(ticket, overtaken_count=count)
            elif let_in_by == "emergency":
                count = max(0, ticket.overtaken_by_emergency_count + change)
                self.tickets[ticket_id] = replace(ticket, overtaken_by_emergency_count=count)

    def _undo(self, number: int) -> None:
        [before] = [step for step in self.history if step.entry == number]
        self.history = tuple(step for step in self.history if step.entry != number)
        if before.do in STATUS_ACTS:
            self.status = before.status
        self._count(before.passed, -1)
        for ticket_id, ticket in before.tickets.items():
            present = self.tickets.pop(ticket_id)
            self.touched.setdefault(ticket_id, present)
            if ticket is not None:
                self.tickets[ticket_id] = replace(
                    ticket,
                    # Who came in before it since then is counted whatever is taken back.
                    overtaken_count=present.overtaken_count,
                    overtaken_by_emergency_count=present.overtaken_by_emergency_count,
                )
        self.order = restored_order(self.order, before)
        self._fit_keys(before)

    def _fit_keys(self, before: Before) -> None:
        """Let the keys of those put back give way where the list has changed around them."""
        least: Key = ()
        for index, ticket_id in enumerate(self.order):
            ticket = self.tickets[ticket_id]
            if ticket_id in before.tickets:
                stays = (self.tickets[other] for other in self.order[index:])
                most = [other.key for other in stays if other.id not in before.tickets][:1]
                key = min([max(ticket.key, least), *most])
                ticket = self.tickets[ticket_id] = replace(ticket, key=key)
            least = ticket.key

    def queue_after(self, entry: happened.Entry) -> Queue:
        """Return the finished queue."""
        about = {*self.touched, self.before.in_room} - {None}
        in_room = [
            ticket_id
            for ticket_id in about
            if ticket_id in self.tickets and self.tickets[ticket_id].state in IN_ROOM
        ]
        assert len(in_room) <= 1, in_room
        for ticket_id in self.touched:
            if ticket_id in self.tickets:
                changed = replace(self.tickets[ticket_id], changed_entry=entry.number)
                self.tickets[ticket_id] = changed
        history = self.history
        if entry.do not in NOT_UNDONE:
            history = (*history, self._step(entry))[-UNDO_DEPTH:]
        return Queue(
            id=self.before.id,
            tickets=self.tickets,
            order=tuple(self.order),
            in_room=in_room[0] if in_room else None,
            status=self.status,
            highest_number=max(
                self.before.highest_number,
                *(
                    number_order(self.tickets[new].number)
                    for new in self.touched
                    if new in self.tickets
                ),
                0,
            ),
            history=history,
        )

    def _step(self, entry: happened.Entry) -> Before:
        return Before(
            entry=entry.number,
            do=entry.do,
            order=self.before.order,
            status=self.before.status,
            tickets=self.touched,
            passed=tuple(self.passed),
        )


def _new_ticket(
    event: happened.TicketIssued | happened.TransferredIn, entry: happened.Entry
) -> Ticket:
    ticket = Ticket(
        id=event.ticket,
        queue=event.queue,
        number=event.number,
        slot=event.slot,
        kind=event.kind,
        rank=event.rank,
        patient=event.patient,
        is_walk_in=event.slot is None,
    )
    if isinstance(event, happened.TransferredIn):
        return replace(
            ticket,
            state=TicketState.WAITING,
            own_key=event.own_key,
            is_walk_in=event.is_walk_in,
            checked_in_s=entry.at_s,
        )
    return ticket


def _changes(ticket: Ticket, event: happened.TicketEvent, entry: happened.Entry) -> dict[str, Any]:
    """Return the fields of `ticket`, besides state and place, that `event` changes."""
    match event:
        case happened.CheckedIn():
            return {
                "kind": event.kind,
                "own_key": event.own_key,
                "is_walk_in": event.is_walk_in,
                "checked_in_s": entry.at_s,
                "has_results": False,
            }
        case happened.Reinserted():
            return {"kind": TicketKind.MISSED}
        case happened.Called() | happened.Recalled():
            is_recall = isinstance(event, happened.Recalled)
            called_s = ticket.called_s if is_recall else entry.at_s
            return {"called_s": called_s, "called_count": ticket.called_count + 1}
        case happened.Missed():
            return {"missed_count": ticket.missed_count + 1, "reason": event.reason}
        case happened.PriorityGranted():
            # An emergency stays one: it comes before any priority.
            is_emergency = ticket.kind is TicketKind.EMERGENCY
            kind = ticket.kind if is_emergency else TicketKind.PRIORITY
            return {"rank": event.rank, "kind": kind, "reason": event.reason}
        case happened.ResultsReady():
            return {"has_results": True, "reason": event.reason}
        case happened.StoodBy() | happened.Moved() | happened.Resumed():
            return {}
        case _:
            return {"reason": getattr(event, "reason", None)}
