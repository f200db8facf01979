"""Any morning of an MDT clinic: never without the quorum, nobody twice, one patient at a time."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.day_in_work import apply
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, TicketState
from queue_server.rules.ticket import IN_ROOM
from tests.unit.rules.mdt_clinic import BAI, CLINIC, DOCTORS, HAN, QUEUES, SHEN, TEAM, Clinic

ANYBODY = st.sampled_from((*DOCTORS, SHEN))
SELDOM = st.integers(min_value=0, max_value=9)


class Meeting(RuleBasedStateMachine):
    """Doctors come and go as they like, and everybody presses every key."""

    clinic: Clinic
    replayed: Day
    first_entry: int
    """The tickets are made before it, and stay."""

    @initialize(waiting_count=st.integers(min_value=1, max_value=4))
    def the_clinic_opens(self, waiting_count: int) -> None:
        self.clinic = Clinic(waiting_count)
        self.replayed = open_day(QUEUES)
        self.first_entry = self.clinic.day.entry_count + 1
        for entry in self.clinic.entries:
            self.replayed = apply(self.replayed, entry)

    def act(self, command: asked.Command) -> None:
        before = self.clinic.queue
        try:
            entry = self.clinic.act(command)
        except Refused:
            # The replayed day, which knows nothing of it, stays equal: nothing was changed.
            return
        self.replayed = apply(self.replayed, entry)
        for event in entry.events:
            match event:
                case happened.Called(queue=queue) if queue == CLINIC:
                    assert set(before.standing.present) >= TEAM.quorum
                    assert before.in_room is None
                case happened.Finished(queue=queue) if queue == CLINIC:
                    assert before.in_room is not None
                    was = before.tickets[before.in_room]
                    ended_by = entry.events[0]
                    seen = set(was.seen_by)
                    if isinstance(ended_by, happened.TurnEnded):
                        seen.add(ended_by.member)
                    is_complete = seen >= TEAM.quorum | set(was.came)
                    assert is_complete or entry.do == "end_for_team"

    @rule(doctor=ANYBODY)
    def one_signs_in(self, doctor: QueueId) -> None:
        self.act(asked.JoinTeam(queue=CLINIC, member=doctor))

    @rule(doctor=ANYBODY, seldom=SELDOM)
    def one_signs_out(self, doctor: QueueId, seldom: int) -> None:
        if seldom == 0:
            self.act(asked.LeaveTeam(queue=CLINIC, member=doctor))

    @rule()
    def the_next_one_is_called(self) -> None:
        self.act(asked.CallNext(queue=CLINIC))

    @rule(pick=SELDOM)
    def a_chosen_one_is_called(self, pick: int) -> None:
        tickets = list(self.clinic.queue.tickets)
        self.act(asked.CallTicket(queue=CLINIC, ticket=tickets[pick % len(tickets)]))

    @rule(doctor=ANYBODY, kind=st.sampled_from((asked.ComeToPatient, asked.EndTurn)), pick=SELDOM)
    def one_marks(self, doctor: QueueId, kind: type[asked.MemberTicketCommand], pick: int) -> None:
        tickets = list(self.clinic.queue.tickets)
        ticket = self.clinic.queue.in_room or tickets[pick % len(tickets)]
        self.act(kind(queue=CLINIC, ticket=ticket, member=doctor))

    @rule(doctor=ANYBODY, seldom=SELDOM)
    def one_ends_it(self, doctor: QueueId, seldom: int) -> None:
        if self.clinic.queue.in_room is not None and seldom < 2:
            self.act(self.clinic.ending(doctor, "x"))

    @rule(
        kind=st.sampled_from((asked.Finish, asked.Miss, asked.SendForResults, asked.Hold)),
        seldom=SELDOM,
    )
    def something_else_is_done(self, kind: type[asked.TicketCommand], seldom: int) -> None:
        if self.clinic.queue.in_room is not None and seldom < 2:
            self.act(kind(queue=CLINIC, ticket=self.clinic.queue.in_room))

    @rule(pick=SELDOM)
    def one_comes_back(self, pick: int) -> None:
        tickets = list(self.clinic.queue.tickets.values())
        ticket = tickets[pick % len(tickets)]
        held = ticket.state is TicketState.ON_HOLD
        self.act((asked.Resume if held else asked.CheckIn)(queue=CLINIC, ticket=ticket.id))

    @rule(back=st.integers(min_value=0, max_value=3))
    def an_act_is_undone(self, back: int) -> None:
        self.act(
            asked.Undo(
                queue=CLINIC, entry=max(self.first_entry, self.clinic.day.entry_count - back)
            )
        )

    @rule(doctor=st.sampled_from((HAN, BAI)))
    def another_doctor_wants_him(self, doctor: QueueId) -> None:
        for ticket in list(self.clinic.queue.tickets):
            self.act(asked.CrossCall(queue=doctor, ticket=ticket, from_queue=CLINIC))

    @invariant()
    def nobody_is_with_him_twice_and_only_who_came_is_done(self) -> None:
        for ticket in self.clinic.queue.tickets.values():
            assert len(set(ticket.came)) == len(ticket.came)
            assert len(set(ticket.seen_by)) == len(ticket.seen_by)
            assert set(ticket.seen_by) <= set(ticket.came) <= set(DOCTORS)

    @invariant()
    def one_patient_is_in_the_room_and_stays_in_this_one(self) -> None:
        states = [ticket.state for ticket in self.clinic.queue.tickets.values()]
        assert sum(state in IN_ROOM for state in states) <= 1
        assert TicketState.TRANSFERRED not in states
        assert all(self.clinic.day.queues[one].in_room is None for one in DOCTORS)

    @invariant()
    def the_same_events_give_the_same_day(self) -> None:
        assert self.clinic.day == self.replayed


TestMeeting = Meeting.TestCase
