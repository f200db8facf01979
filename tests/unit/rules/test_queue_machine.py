"""Any acts in any order, under any policy: what never happens.

The machine keeps its own books of who passed whom, of who is there and of the day as a replay
gives it, and compares them with what the rules say after each act.
"""

from collections import Counter
from collections.abc import Iterator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.placement import level_of
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, open_day
from queue_server.rules.reason import explain
from queue_server.rules.refusals import Refused
from queue_server.rules.rehearsal import told_reason
from queue_server.rules.terms import (
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    QueueStatus,
    Slot,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket, ticket_id
from tests.unit.rules.policies import POLICIES

HALF_HOUR_S = 1800
OPENING_S = 8 * 3600
THERE = frozenset(LISTED | IN_ROOM) | {
    TicketState.MISSED,
    TicketState.AWAY_FOR_RESULTS,
    TicketState.ON_HOLD,
}
"""States of a patient who has checked in and has not left."""
PICK = st.integers(min_value=0, max_value=1_000)
RANKS = st.sampled_from(PriorityRank)
TICKETS = st.lists(
    st.tuples(
        st.none() | st.integers(min_value=0, max_value=4),
        st.sampled_from([TicketKind.ORDINARY] * 6 + [TicketKind.PRIORITY, TicketKind.EMERGENCY]),
        st.none() | st.integers(min_value=1, max_value=4),
    ),
    min_size=3,
    max_size=9,
)

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


class Morning(RuleBasedStateMachine):
    """A morning in one to three queues."""

    day: Day
    replayed: Day
    policies: dict[QueueId, Policy]
    now_s: int

    @initialize(policies=st.lists(POLICIES, min_size=1, max_size=3), tickets=TICKETS)
    def the_day_opens(
        self,
        policies: list[Policy],
        tickets: list[tuple[int | None, TicketKind, int | None]],
    ) -> None:
        self.policies = {QueueId(f"room-{n}"): policy for n, policy in enumerate(policies)}
        self.day = open_day(self.policies)
        self.replayed = open_day(self.policies)
        self.now_s = OPENING_S
        self.passed: dict[int, list[Pair]] = {}
        self.begun: dict[TicketId, list[int]] = {}
        self.were_there: dict[int, dict[TicketId, bool]] = {}
        self.there: set[TicketId] = set()
        for queue in self.policies:
            for number, (slot, kind, patient) in enumerate(tickets, start=1):
                start_s = OPENING_S + (slot or 0) * HALF_HOUR_S
                command = asked.IssueTicket(
                    queue=queue,
                    ticket=ticket_id(queue, str(number)),
                    number=str(number),
                    slot=None
                    if slot is None
                    else Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + HALF_HOUR_S)),
                    kind=kind,
                    patient=None if patient is None else PatientId(f"patient-{patient}"),
                )
                self.act(command, 0)

    # --- acts -------------------------------------------------------------------------------

    def queue(self, pick: int) -> QueueId:
        return list(self.policies)[pick % len(self.policies)]

    def ticket(self, queue: QueueId, pick: int, *states: TicketState) -> TicketId:
        """Pick a ticket, one in one of `states` if there is one."""
        known = list(self.day.queues[queue].tickets.values())
        fitting = [ticket for ticket in known if ticket.state in states] or known
        return fitting[pick % len(fitting)].id

    @rule(pick=PICK, which=st.lists(PICK, min_size=1, max_size=4), passed_min=st.integers(0, 9))
    def some_check_in(self, pick: int, which: list[int], passed_min: int) -> None:
        queue = self.queue(pick)
        for one in which:
            ticket = self.ticket(queue, one, TicketState.BOOKED)
            self.act(asked.CheckIn(queue=queue, ticket=ticket), passed_min)

    @rule(pick=PICK, which=PICK)
    def somebody_comes_back(self, pick: int, which: int) -> None:
        queue = self.queue(pick)
        away = (TicketState.MISSED, TicketState.AWAY_FOR_RESULTS)
        self.act(asked.CheckIn(queue=queue, ticket=self.ticket(queue, which, *away)), 1)

    @rule(pick=PICK, kind=st.sampled_from(TicketKind), patient=st.integers(1, 4))
    def somebody_comes_without_an_appointment(
        self, pick: int, kind: TicketKind, patient: int
    ) -> None:
        known = (TicketKind.PRIORITY, TicketKind.EMERGENCY)
        command = asked.AddWalkIn(
            queue=self.queue(pick),
            prefix="W",
            kind=kind if kind in known else TicketKind.ORDINARY,
            patient=PatientId(f"patient-{patient}"),
        )
        self.act(command, 1)

    @rule(pick=PICK, passed_min=st.integers(min_value=0, max_value=9))
    def the_next_one_is_called(self, pick: int, passed_min: int) -> None:
        self.act(asked.CallNext(queue=self.queue(pick)), passed_min)

    @rule(pick=PICK, which=PICK)
    def a_chosen_one_is_called(self, pick: int, which: int) -> None:
        queue = self.queue(pick)
        callable_now = (TicketState.WAITING, TicketState.MISSED)
        ticket = self.ticket(queue, which, *callable_now)
        self.act(asked.CallTicket(queue=queue, ticket=ticket), 1)

    @rule(
        pick=PICK,
        which=PICK,
        kind=st.sampled_from(
            [asked.Recall, asked.Start, asked.Finish, asked.Miss, asked.Miss, asked.SendForResults]
        ),
    )
    def something_happens_in_the_room(
        self, pick: int, which: int, kind: type[asked.TicketCommand]
    ) -> None:
        queue = self.queue(pick)
        self.act(kind(queue=queue, ticket=self.ticket(queue, which, *IN_ROOM)), 1)

    @rule(
        pick=PICK,
        which=PICK,
        kind=st.sampled_from([asked.Hold, asked.Resume, asked.Cancel, asked.NoteResultsReady]),
    )
    def something_happens_to_anybody(
        self, pick: int, which: int, kind: type[asked.TicketCommand]
    ) -> None:
        queue = self.queue(pick)
        states = (TicketState.ON_HOLD,) if kind is asked.Resume else tuple(LISTED)
        self.act(kind(queue=queue, ticket=self.ticket(queue, which, *states)), 1)

    @rule(pick=PICK, which=PICK, rank=RANKS)
    def priority_is_granted(self, pick: int, which: int, rank: PriorityRank) -> None:
        queue = self.queue(pick)
        ticket = self.ticket(queue, which, *LISTED)
        self.act(asked.GrantPriority(queue=queue, ticket=ticket, rank=rank), 1)

    @rule(pick=PICK, which=PICK, other=PICK, is_before=st.booleans())
    def a_nurse_moves_one(self, pick: int, which: int, other: int, is_before: bool) -> None:
        queue = self.queue(pick)
        beside = self.ticket(queue, other, *LISTED)
        command = asked.Move(
            queue=queue,
            ticket=self.ticket(queue, which, *LISTED),
            before=beside if is_before else None,
            after=None if is_before else beside,
            why="feels worse",
        )
        self.act(command, 1)

    @rule(pick=PICK, which=PICK, where=PICK)
    def one_is_transferred(self, pick: int, which: int, where: int) -> None:
        queue = self.queue(pick)
        states = (*LISTED, *IN_ROOM)
        ticket = self.ticket(queue, which, *states)
        self.act(asked.Transfer(queue=queue, ticket=ticket, to_queue=self.queue(where)), 1)

    @rule(pick=PICK, which=PICK, where=PICK)
    def a_colleague_takes_one(self, pick: int, which: int, where: int) -> None:
        queue = self.queue(pick)
        ticket = self.ticket(queue, which, *LISTED)
        command = asked.CrossCall(queue=self.queue(where), from_queue=queue, ticket=ticket)
        self.act(command, 1)

    @rule(pick=PICK, which=PICK, level=st.integers(1, 4))
    def one_turns_out_to_be_an_emergency(self, pick: int, which: int, level: int) -> None:
        queue = self.queue(pick)
        ticket = self.ticket(queue, which, *LISTED, TicketState.BOOKED)
        self.act(asked.Grade(queue=queue, ticket=ticket, level=level), 1)

    @rule(pick=PICK, which=PICK)
    def a_check_in_was_a_mistake(self, pick: int, which: int) -> None:
        queue = self.queue(pick)
        self.act(asked.CancelCheckIn(queue=queue, ticket=self.ticket(queue, which, *LISTED)), 1)

    @rule(pick=PICK, which=PICK, note=st.sampled_from(["hears badly", ""]))
    def the_nurse_writes_a_note(self, pick: int, which: int, note: str) -> None:
        queue = self.queue(pick)
        command = asked.WriteNote(queue=queue, ticket=self.ticket(queue, which), note=note)
        self.act(command, 1)

    @rule(
        pick=PICK,
        kind=st.sampled_from([asked.Pause, asked.Reopen, asked.Reopen, asked.Reopen, asked.Stop]),
    )
    def the_queue_pauses_or_goes_on(self, pick: int, kind: type[asked.Command]) -> None:
        self.act(kind(queue=self.queue(pick)), 1)

    @rule(pick=PICK, kind=st.sampled_from(["late", "left"]), hours=st.integers(0, 3))
    def the_doctor_is_away(self, pick: int, kind: str, hours: int) -> None:
        returns_s = DaySecond(self.now_s + 3600 * hours) if hours else None
        absent = asked.ReportAbsence(
            queue=self.queue(pick), kind=AbsenceKind(kind), returns_s=returns_s
        )
        self.act(absent, 1)

    @rule(pick=PICK, approval=st.sampled_from(["", "2026-17"]))
    def a_stop_is_asked_for(self, pick: int, approval: str) -> None:
        self.act(asked.Stop(queue=self.queue(pick), approval=approval), 1)

    @rule(
        pick=PICK,
        kind=st.sampled_from([asked.ConfirmStop, asked.WithdrawStop, asked.Attend]),
        by=st.sampled_from(["nurse:li", "nurse:wang"]),
    )
    def it_goes_on_or_not(self, pick: int, kind: type[asked.Command], by: str) -> None:
        self.act(kind(queue=self.queue(pick)), 1, by=by)

    @rule(pick=PICK, back=st.integers(min_value=1, max_value=6))
    def an_act_is_undone(self, pick: int, back: int) -> None:
        queue = self.queue(pick)
        known = [step.entry for step in self.day.queues[queue].history]
        self.act(asked.Undo(queue=queue, entry=known[-back] if len(known) >= back else None), 1)

    # --- the books ------------------------------------------------------------------------------

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


TestMorning = Morning.TestCase
TestMorning.settings = settings(deadline=None, max_examples=100, stateful_step_count=50)
