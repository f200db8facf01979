"""Any acts in any order, under any policy: what never happens stands in `morning_books.py`."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from queue_server.rules import commands as asked
from queue_server.rules.policy import Policy
from queue_server.rules.queue import open_day
from queue_server.rules.spreading import Proposal, proposals
from queue_server.rules.terms import (
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    RoomId,
    Slot,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, ticket_id
from tests.unit.rules.morning_books import Books
from tests.unit.rules.policies import POLICIES

HALF_HOUR_S = 1800
OPENING_S = 8 * 3600
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


class Morning(Books):
    """A morning in one to three queues."""

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
        self.open_books()
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

    @rule(which=PICK, passed_min=st.integers(0, 9))
    def one_is_sent_to_a_colleague(self, which: int, passed_min: int) -> None:
        proposed = self.proposed()
        if proposed:
            one = proposed[which % len(proposed)]
            command = asked.Spread(queue=one.queue, ticket=one.ticket, to_queue=one.to_queue)
            self.act(command, passed_min)

    @rule(pick=PICK, which=PICK, where=PICK)
    def anybody_is_to_be_sent_to_a_colleague(self, pick: int, which: int, where: int) -> None:
        queue = self.queue(pick)
        ticket = self.ticket(queue, which, *LISTED)
        self.act(asked.Spread(queue=queue, ticket=ticket, to_queue=self.queue(where)), 1)

    @rule(which=PICK)
    def one_is_asked_whether_he_wants_a_colleague(self, which: int) -> None:
        proposed = self.proposed()
        if proposed:
            one = proposed[which % len(proposed)]
            offer = asked.OfferColleague(queue=one.queue, ticket=one.ticket, to_queue=one.to_queue)
            self.act(offer, 0)

    @rule(pick=PICK, which=PICK, accepts=st.booleans(), passed_min=st.integers(0, 9))
    def one_says_yes_or_no(self, pick: int, which: int, accepts: bool, passed_min: int) -> None:
        were_asked = [one for one in self.tickets() if one.offered is not None]
        if were_asked:
            one = were_asked[which % len(were_asked)]
            answer = asked.AnswerOffer(queue=one.queue, ticket=one.id, accepts=accepts)
            self.act(answer, passed_min)

    def proposed(self) -> list[Proposal]:
        return proposals(self.day, [tuple(self.policies)], self.policies, DaySecond(self.now_s))

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

    @rule(pick=PICK, kind=st.sampled_from(["late", "left", "paused"]), hours=st.integers(0, 3))
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

    @rule(pick=PICK, which=PICK)
    def a_doctor_takes_a_room(self, pick: int, which: int) -> None:
        queue, usual = self.queue(pick), self.queue(which)
        command = asked.TakeRoom(
            queue=queue,
            room=RoomId(f"{usual}-usual"),
            usual_queue=usual,
            own_usual_room=RoomId(f"{queue}-usual"),
        )
        self.act(command, 1)

    @rule(pick=PICK, back=st.integers(min_value=1, max_value=6))
    def an_act_is_undone(self, pick: int, back: int) -> None:
        queue = self.queue(pick)
        known = [step.entry for step in self.day.queues[queue].history]
        self.act(asked.Undo(queue=queue, entry=known[-back] if len(known) >= back else None), 1)


TestMorning = Morning.TestCase
TestMorning.settings = settings(max_examples=100, stateful_step_count=50)
