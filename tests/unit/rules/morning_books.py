"""The books of a machine that plays mornings: what never happens, whatever is asked.

They are its own: who passed whom, who is there, and the day as a replay gives it. After each act
they are compared with what the rules say.
"""

from collections import Counter
from collections.abc import Iterator

from hypothesis.stateful import RuleBasedStateMachine, invariant
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.placement import level_of
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue
from queue_server.rules.reason import explain
from queue_server.rules.refusals import Refused
from queue_server.rules.rehearsal import told_reason
from queue_server.rules.terms import (
    DaySecond,
    QueueId,
    QueueStatus,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket
from queue_server.rules.waits import pace

THERE = frozenset(LISTED | IN_ROOM) | {
    TicketState.MISSED,
    TicketState.AWAY_FOR_RESULTS,
    TicketState.ON_HOLD,
}
"""States of a patient who has checked in and has not left."""

Pair = tuple[TicketId, str]
"""Who was passed, and by whose doing: `rule` or `emergency`."""


def newly_ahead(
    before: tuple[TicketId, ...], after: tuple[TicketId, ...]
) -> Iterator[tuple[TicketId, TicketId]]:
    """Yield each who stands ahead of another one now and did not before, with that one."""
    for passed in before:
        if passed in after:
            stood_ahead = before[: before.index(passed)]
            for ahead in after[: after.index(passed)]:
                if ahead not in stood_ahead:
                    yield ahead, passed


def as_it_stands(day: Day) -> object:
    """Return what an undo brings back: everything but the journal's own numbering."""
    return {
        queue.id: (
            queue.order,
            queue.in_room,
            queue.standing,
            {ticket.id: _counted(queue, ticket) for ticket in queue.tickets.values()},
        )
        for queue in day.queues.values()
    }


def _counted(queue: Queue, ticket: Ticket) -> Ticket:
    return replace(
        ticket,
        changed_entry=0,
        overtaken_count=queue.overtaken_count(ticket),
        overtaken_by_emergency_count=queue.overtaken_by_emergency_count(ticket),
    )


class Books(RuleBasedStateMachine):
    """A morning without its acts."""

    day: Day
    replayed: Day
    policies: dict[QueueId, Policy]
    now_s: int

    def open_books(self) -> None:
        """Begin with nobody there."""
        self.passed: dict[int, list[Pair]] = {}
        self.begun: dict[TicketId, list[int]] = {}
        self.were_there: dict[int, dict[TicketId, bool]] = {}
        self.there: set[TicketId] = set()

    def act(self, command: asked.Command, passed_min: int, by: str = "nurse:li") -> None:
        self.now_s += 60 * passed_min
        act = Act(command=command, at_s=DaySecond(self.now_s), by=by)
        try:
            entry = decide(self.day, act, self.policies)
        except Refused:
            # The replayed day, which knows nothing of it, stays equal: nothing was changed.
            return
        before, self.day = self.day, apply(self.day, entry)
        self.replayed = apply(self.replayed, entry)
        self.nobody_is_called_while_nothing_moves(before, entry)
        self.the_entry_tells_who_when_and_why(entry, by)
        self.only_who_may_leave_is_sent_to_a_colleague(before, entry)
        self.note_who_is_there(before, entry)
        self.note_who_begins_anew(entry)
        for queue in self.policies:
            self.nobody_told_to_get_ready_is_passed(before, entry, queue)
            self.those_passed_are_counted(before, entry, queue)
        self.what_was_just_done_can_be_undone(before, entry)

    def nobody_is_called_while_nothing_moves(self, before: Day, entry: happened.Entry) -> None:
        called = (happened.Called, happened.Recalled)
        for event in entry.events:
            if isinstance(event, called):
                assert before.queues[event.queue].status is QueueStatus.OPEN

    def only_who_may_leave_is_sent_to_a_colleague(self, before: Day, entry: happened.Entry) -> None:
        for event in entry.events:
            if entry.do in {"spread", "answer_offer"} and isinstance(event, happened.TransferredIn):
                queue = before.queues[QueueId(event.from_ticket.partition(":")[0])]
                ticket, policy = queue.tickets[event.from_ticket], self.policies[queue.id]
                assert ticket.kind is TicketKind.ORDINARY
                assert ticket.state is TicketState.WAITING
                assert before.queues[event.queue].status is QueueStatus.OPEN
                now_s = DaySecond(self.now_s)
                stays_s = pace(queue, policy, now_s).wait_s(queue.order.index(ticket.id))
                target, index = before.queues[event.queue], event.placing.index
                goes_s = pace(target, self.policies[event.queue], now_s).wait_s(index)
                assert policy.spread_gain_min is not None
                assert stays_s - goes_s >= 60 * policy.spread_gain_min

    def the_entry_tells_who_when_and_why(self, entry: happened.Entry, by: str) -> None:
        assert (entry.by, entry.at_s) == (by, self.now_s)
        if entry.do != "issue":
            assert all(explain(told_reason(entry)))
        for event in entry.events:
            placing = getattr(event, "placing", None)
            assert placing is None or placing.reason

    def note_who_is_there(self, before: Day, entry: happened.Entry) -> None:
        """Keep the sum: who checked in, without who left."""
        tickets = {
            event.ticket for event in entry.events if isinstance(event, happened.TicketEvent)
        }
        self.were_there[entry.number] = {ticket: ticket in self.there for ticket in tickets}
        for event in entry.events:
            match event:
                case happened.CheckedIn() | happened.TransferredIn():
                    self.there.add(event.ticket)
                case (
                    happened.Finished()
                    | happened.TransferredOut()
                    | happened.Cancelled()
                    | happened.CheckInCancelled()
                    | happened.Expired()
                ):
                    self.there.discard(event.ticket)
                case happened.Undone():
                    for ticket, was_there in self.were_there[event.entry].items():
                        if ticket.startswith(f"{event.queue}:"):
                            (self.there.add if was_there else self.there.discard)(ticket)

    def note_who_begins_anew(self, entry: happened.Entry) -> None:
        """Whoever is transferred in has been passed by nobody yet, under whatever number."""
        for event in entry.events:
            match event:
                case happened.TransferredIn():
                    self.begun.setdefault(event.ticket, []).append(entry.number)
                case happened.Undone():
                    for ticket, entries in self.begun.items():
                        if event.entry in entries and ticket.startswith(f"{event.queue}:"):
                            entries.remove(event.entry)

    def nobody_told_to_get_ready_is_passed(
        self, before: Day, entry: happened.Entry, queue: QueueId
    ) -> None:
        was, now = before.queues[queue], self.day.queues[queue]
        undone = next((e for e in entry.events if isinstance(e, happened.Undone)), None)
        brought_back = self.were_there[undone.entry] if undone else {}
        moved = {event.ticket for event in entry.events if isinstance(event, happened.Moved)}
        for ahead, passed in newly_ahead(was.order, now.order):
            ticket = was.tickets[passed]
            if ticket.state is TicketState.STANDBY and passed not in moved:
                is_emergency = now.tickets[ahead].kind is TicketKind.EMERGENCY
                told_before = undone is not None and (
                    passed in brought_back or ticket.changed_entry < undone.entry
                )
                assert is_emergency or told_before, (entry, ahead, passed)

    def those_passed_are_counted(self, before: Day, entry: happened.Entry, queue: QueueId) -> None:
        was, now = before.queues[queue], self.day.queues[queue]
        pairs = self.passed.setdefault(entry.number, [])
        if entry.do in {"move", "undo"}:
            self.passed |= {
                event.entry: [] for event in entry.events if isinstance(event, happened.Undone)
            }
            return
        for ahead, passed in newly_ahead(was.order, now.order):
            if entry.do == "grade" and self.is_less_urgent_now(was, now, passed):
                continue
            is_emergency = now.tickets[ahead].kind is TicketKind.EMERGENCY
            pairs.append((passed, "emergency" if is_emergency else "rule"))
            if not is_emergency:
                count = now.overtaken_count(now.tickets[passed])
                assert count <= self.policies[queue].overtaken_max

    def is_less_urgent_now(self, was: Queue, now: Queue, ticket: TicketId) -> bool:
        """Tell whether somebody has just graded it down: then it goes back itself."""
        return level_of(now.tickets[ticket]) > level_of(was.tickets[ticket])

    def what_was_just_done_can_be_undone(self, before: Day, entry: happened.Entry) -> None:
        if entry.do in {"issue", "undo", "attend"}:
            return
        undo = asked.Undo(queue=entry.events[0].queue, entry=entry.number)
        act = Act(command=undo, at_s=DaySecond(self.now_s), by="nurse:li")
        after = apply(self.day, decide(self.day, act, self.policies))
        assert as_it_stands(after) == as_it_stands(before)

    # --- what holds after every act -----------------------------------------------------------

    def tickets(self) -> list[Ticket]:
        return [ticket for queue in self.day.queues.values() for ticket in queue.tickets.values()]

    @invariant()
    def the_same_events_give_the_same_day(self) -> None:
        assert self.day == self.replayed

    @invariant()
    def a_ticket_is_in_exactly_one_list(self) -> None:
        for queue in self.day.queues.values():
            listed = [ticket.id for ticket in queue.tickets.values() if ticket.state in LISTED]
            in_room = [ticket.id for ticket in queue.tickets.values() if ticket.state in IN_ROOM]
            assert sorted(listed) == sorted(queue.order)
            assert in_room == ([queue.in_room] if queue.in_room else [])

    @invariant()
    def each_room_has_one_doctor(self) -> None:
        rooms = [queue.standing.room or f"{queue.id}-usual" for queue in self.day.queues.values()]
        assert sorted(rooms) == sorted(f"{queue}-usual" for queue in self.policies)

    @invariant()
    def those_who_are_not_ordinary_are_known(self) -> None:
        for queue in self.day.queues.values():
            kinds = {ticket.id: ticket.kind for ticket in queue.listed()}
            assert queue.inserted == {
                one for one, kind in kinds.items() if kind is not TicketKind.ORDINARY
            }

    @invariant()
    def a_patient_is_in_one_room_at_a_time(self) -> None:
        in_rooms = Counter(ticket.patient for ticket in self.tickets() if ticket.state in IN_ROOM)
        assert all(count == 1 for patient, count in in_rooms.items() if patient is not None)

    @invariant()
    def the_lists_are_in_the_order_of_keys(self) -> None:
        for queue in self.day.queues.values():
            keys = [ticket.key for ticket in queue.listed()]
            assert keys == sorted(keys)

    @invariant()
    def the_first_ones_are_told_to_get_ready_and_stand_first(self) -> None:
        for queue in self.day.queues.values():
            listed = queue.listed()
            if queue.status is not QueueStatus.STOPPED:
                first = listed[: self.policies[queue.id].standby_count]
                assert all(ticket.state is TicketState.STANDBY for ticket in first)
            is_ready = [ticket.state is TicketState.STANDBY for ticket in listed]
            protected = [
                ready or ticket.kind is TicketKind.EMERGENCY
                for ready, ticket in zip(is_ready, listed, strict=True)
            ]
            last_ready = max((n for n, ready in enumerate(is_ready) if ready), default=-1)
            assert all(protected[: last_ready + 1])

    @invariant()
    def who_is_there_is_who_checked_in_and_has_not_left(self) -> None:
        there = {ticket.id for ticket in self.tickets() if ticket.state in THERE}
        assert there == self.there

    @invariant()
    def the_counts_are_what_the_orders_show(self) -> None:
        passed = Counter(
            pair
            for number, pairs in self.passed.items()
            for pair in pairs
            if number > max(self.begun.get(pair[0], ()), default=0)
        )
        for ticket in self.tickets():
            queue = self.day.queues[ticket.queue]
            assert queue.overtaken_count(ticket) == passed[ticket.id, "rule"]
            assert queue.overtaken_by_emergency_count(ticket) == passed[ticket.id, "emergency"]
