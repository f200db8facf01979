"""How an entry of the journal changes the day. Decides nothing: what happened stands in the events.

So a replay gives the same day whatever the policy says by then. A queue is copied once, when an
entry touches it first, however many entries follow: a restart applies a whole day to one copy.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from queue_server.rules import events as happened
from queue_server.rules.queue import (
    NOT_UNDONE,
    UNDO_DEPTH,
    Before,
    Day,
    Passed,
    Queue,
    restored_order,
)
from queue_server.rules.standing import restored_standing, standing_after
from queue_server.rules.terms import QueueId, Slot, TicketId, TicketKind
from queue_server.rules.ticket import (
    IN_ROOM,
    LISTED,
    TRANSITIONS,
    Key,
    Ticket,
    number_order,
)
from queue_server.rules.ticket_changes import changes_of, new_ticket

_replace = msgspec.structs.replace


def apply(day: Day, entry: happened.Entry) -> Day:
    """Return the day after `entry`. An entry that does not fit is a bug: it stops the process."""
    work = DayInWork(day)
    work.apply(entry)
    return work.day()


class DayInWork:
    """A day while entries are applied to it.

    Args:
        day: where it begins; it stays as it is.
    """

    def __init__(self, day: Day) -> None:
        self._day = day
        self._entry_count = day.entry_count
        self._sheets: dict[QueueId, QueueInWork] = {}
        self._touched: dict[QueueId, QueueInWork] = {}

    def apply(self, entry: happened.Entry) -> None:
        """Apply a whole entry."""
        self.add(entry, entry.events)
        self.end(entry)

    def add(self, entry: happened.Entry, events: Iterable[happened.Event]) -> None:
        """Apply some events of `entry`, of which more may follow."""
        assert entry.number == self._entry_count + 1, (entry.number, self._entry_count)
        for event in events:
            self.queue(event.queue).apply(event, entry)

    def queue(self, queue: QueueId) -> "QueueInWork":
        """Return a queue that the running entry is about."""
        sheet = self._touched.get(queue)
        if sheet is None:
            sheet = self._sheets.get(queue)
            if sheet is None:
                sheet = self._sheets[queue] = QueueInWork(self._day.queues[queue])
            sheet.begin()
            self._touched[queue] = sheet
        return sheet

    def look_at(self, queue: QueueId) -> "Queue | QueueInWork":
        """Return a queue to look at, whether the running entry is about it or not."""
        return self._touched.get(queue) or self._day.queues[queue]

    def end(self, entry: happened.Entry) -> None:
        """Finish the running entry."""
        for sheet in self._touched.values():
            sheet.end(entry)
        self._touched = {}
        self._entry_count = entry.number

    def day(self) -> Day:
        """Return the day as it is now; after this nothing may be applied any more."""
        changed = {queue: sheet.queue() for queue, sheet in self._sheets.items()}
        return Day(queues={**self._day.queues, **changed}, entry_count=self._entry_count)


class QueueInWork:
    """A queue while entries are applied to it."""

    def __init__(self, queue: Queue) -> None:
        self.id = queue.id
        self.tickets = dict(queue.tickets)
        self.order = list(queue.order)
        self.standing = queue.standing
        self._is_attended = queue.is_attended
        self._begins_s = queue.begins_s
        self._overtaken = list(queue.overtaken)
        self._overtaken_by_emergency = list(queue.overtaken_by_emergency)
        self._inserted = set(queue.inserted)
        self._in_room = queue.in_room
        self._highest_number = queue.highest_number
        self._history = list(queue.history)
        self._frozen_order: tuple[TicketId, ...] | None = queue.order

    def begin(self) -> None:
        """Note how the queue stands before an entry."""
        self._order_before = self._order_now()
        self._standing_before = self.standing
        self._touched: dict[TicketId, Ticket | None] = {}
        self._passed: list[Passed] = []

    def apply(self, event: happened.Event, entry: happened.Entry) -> None:
        """Apply one event of `entry`."""
        match event:
            case happened.TicketIssued() | happened.TransferredIn():
                # One that was transferred away may come back under its number.
                former = self.tickets.pop(event.ticket, None)
                assert former is None or former.went_to is not None, event.ticket
                self._touched.setdefault(event.ticket, former)
                number = number_order(event.number)
                self._highest_number = max(self._highest_number, number)
                if isinstance(event, happened.TicketIssued):
                    self._note_begin(event.slot)
                self._set(event.ticket, new_ticket(event, entry), {}, event)
            case happened.TicketEvent():
                ticket = self.tickets[event.ticket]
                self._touched.setdefault(event.ticket, ticket)
                self._is_attended = self._is_attended or isinstance(event, happened.Called)
                assert type(event) in TRANSITIONS[ticket.state], (ticket.state, event)
                changes = changes_of(ticket, event, entry)
                changes["state"] = TRANSITIONS[ticket.state][type(event)]
                changes["changed_entry"] = entry.number
                self._set(event.ticket, ticket, changes, event)
            case happened.Undone():
                self._undo(event.entry, entry)
            case (
                happened.StatusChanged()
                | happened.AbsenceBegan()
                | happened.AbsenceEnded()
                | happened.StopAsked()
                | happened.StopWithdrawn()
                | happened.RoomTaken()
                | happened.MemberJoined()
                | happened.MemberLeft()
            ):
                self.standing = standing_after(self.standing, event, entry)
            case happened.Attended():
                self._is_attended = True
            case _:
                raise AssertionError(event)

    def end(self, entry: happened.Entry) -> None:
        """Finish an entry: who is in the room now, and what it takes to undo it."""
        self._in_room = self.in_room
        if entry.do not in NOT_UNDONE:
            before = Before(
                entry=entry.number,
                do=entry.do,
                order=self._order_before,
                standing=self._standing_before,
                became=self.standing,
                tickets=self._touched,
                passed=tuple(self._passed),
            )
            self._history.append(before)
            del self._history[:-UNDO_DEPTH]

    @property
    def in_room(self) -> TicketId | None:
        """Who is called or with the doctor."""
        found = None
        for ticket_id in {*self._touched, self._in_room}:
            ticket = None if ticket_id is None else self.tickets.get(ticket_id)
            if ticket is not None and ticket.state in IN_ROOM:
                assert found is None, (found, ticket_id)
                found = ticket_id
        return found

    def queue(self) -> Queue:
        """Return the queue as it is now; it takes the tables over."""
        return Queue(
            id=self.id,
            tickets=self.tickets,
            order=self._order_now(),
            overtaken=tuple(self._overtaken),
            overtaken_by_emergency=tuple(self._overtaken_by_emergency),
            inserted=frozenset(self._inserted),
            in_room=self._in_room,
            standing=self.standing,
            is_attended=self._is_attended,
            begins_s=self._begins_s,
            highest_number=self._highest_number,
            history=tuple(self._history),
        )

    def _note_begin(self, slot: Slot | None) -> None:
        if slot is not None and (self._begins_s is None or slot.start_s < self._begins_s):
            self._begins_s = slot.start_s

    def _order_now(self) -> tuple[TicketId, ...]:
        if self._frozen_order is None:
            self._frozen_order = tuple(self.order)
        return self._frozen_order

    def _set(
        self, ticket_id: TicketId, ticket: Ticket, changes: dict[str, Any], event: happened.Event
    ) -> None:
        """Store `ticket` with `changes`, put it where `event` says, or take it out of the list."""
        placing: happened.Placing | None = getattr(event, "placing", None)
        state = changes.get("state", ticket.state)
        former_index = len(self.order)
        counts = (ticket.overtaken_count, ticket.overtaken_by_emergency_count)
        # A new ticket that is placed at once has its state already, but stands nowhere yet.
        was_listed = ticket.state in LISTED and ticket_id in self.tickets
        if was_listed and (placing is not None or state not in LISTED):
            former_index, counts = self._take_out(ticket_id)
            changes["overtaken_count"], changes["overtaken_by_emergency_count"] = counts
        if placing is not None:
            changes["key"], changes["reason"] = placing.key, placing.reason
            self._put_in(ticket_id, placing, former_index, counts)
        changed = _replace(ticket, **changes) if changes else ticket
        self.tickets[ticket_id] = changed
        if state in LISTED and changed.kind is not TicketKind.ORDINARY:
            self._inserted.add(ticket_id)
        else:
            self._inserted.discard(ticket_id)

    def _take_out(self, ticket_id: TicketId) -> tuple[int, tuple[int, int]]:
        self._frozen_order = None
        index = self.order.index(ticket_id)
        del self.order[index]
        return index, (self._overtaken.pop(index), self._overtaken_by_emergency.pop(index))

    def _put_in(
        self,
        ticket_id: TicketId,
        placing: happened.Placing,
        former_index: int,
        counts: tuple[int, int],
    ) -> None:
        self._frozen_order = None
        index = placing.index
        # Those who stood behind it already are not passed once more.
        if placing.let_in_by == "rule":
            self._overtaken[index:former_index] = [
                count + 1 for count in self._overtaken[index:former_index]
            ]
        elif placing.let_in_by == "emergency":
            self._overtaken_by_emergency[index:former_index] = [
                count + 1 for count in self._overtaken_by_emergency[index:former_index]
            ]
        if index < former_index and placing.let_in_by != "person":
            passed = tuple(self.order[index:former_index])
            self._passed.append(Passed(tickets=passed, let_in_by=placing.let_in_by))
        self.order.insert(index, ticket_id)
        self._overtaken.insert(index, counts[0])
        self._overtaken_by_emergency.insert(index, counts[1])

    # --- undo ------------------------------------------------------------------------------------

    def _undo(self, number: int, entry: happened.Entry) -> None:
        [before] = [step for step in self._history if step.entry == number]
        self._history.remove(before)
        self.standing = restored_standing(self.standing, before.standing, before.became)
        counts = self._counts_without(before)
        for ticket_id, ticket in before.tickets.items():
            present = self.tickets.pop(ticket_id)
            self._touched.setdefault(ticket_id, present)
            if ticket is not None and ticket.went_to is not None:
                # It had gone, and is once more; who came under its number since then was another.
                self.tickets[ticket_id] = _replace(ticket, changed_entry=entry.number)
            elif ticket is not None:
                # Who came in before it since then is counted whatever is taken back.
                overtaken, by_emergency = counts[ticket_id]
                self.tickets[ticket_id] = _replace(
                    ticket,
                    overtaken_count=overtaken,
                    overtaken_by_emergency_count=by_emergency,
                    changed_entry=entry.number,
                )
        self.order = restored_order(self.order, before)
        self._frozen_order = None
        self._overtaken = [counts[ticket_id][0] for ticket_id in self.order]
        self._overtaken_by_emergency = [counts[ticket_id][1] for ticket_id in self.order]
        self._inserted = {
            one for one in self.order if self.tickets[one].kind is not TicketKind.ORDINARY
        }
        self._fit_keys(before)

    def _counts_without(self, before: Before) -> dict[TicketId, list[int]]:
        """Return how often each ticket has been passed, but for what `before` tells of.

        Those that stand nowhere have it noted in themselves, and changed there.
        """
        counts = {
            ticket_id: [overtaken, by_emergency]
            for ticket_id, overtaken, by_emergency in zip(
                self.order, self._overtaken, self._overtaken_by_emergency, strict=True
            )
        }
        for ticket_id in before.tickets:
            ticket = self.tickets[ticket_id]
            own = [ticket.overtaken_count, ticket.overtaken_by_emergency_count]
            counts.setdefault(ticket_id, own)
        for passed in before.passed:
            which = 0 if passed.let_in_by == "rule" else 1
            for ticket_id in passed.tickets:
                if ticket_id in counts:
                    counts[ticket_id][which] = max(0, counts[ticket_id][which] - 1)
                elif ticket_id in self.tickets:
                    self._count_one_less(ticket_id, which)
        return counts

    def _count_one_less(self, ticket_id: TicketId, which: int) -> None:
        name = ("overtaken_count", "overtaken_by_emergency_count")[which]
        ticket = self.tickets[ticket_id]
        self.tickets[ticket_id] = _replace(ticket, **{name: max(0, getattr(ticket, name) - 1)})

    def _fit_keys(self, before: Before) -> None:
        """Let the keys of those put back give way where the list has changed around them."""
        least: Key = ()
        for index, ticket_id in enumerate(self.order):
            ticket = self.tickets[ticket_id]
            if ticket_id in before.tickets:
                stays = (self.tickets[other] for other in self.order[index:])
                most = [other.key for other in stays if other.id not in before.tickets][:1]
                key = min([max(ticket.key, least), *most])
                ticket = self.tickets[ticket_id] = _replace(ticket, key=key)
            least = ticket.key
