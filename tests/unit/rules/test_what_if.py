"""A real day played again under other policies."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.events import Called, Entry
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, Queue, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, QueueId, Slot, TicketId, TicketState
from queue_server.rules.ticket import ticket_id
from queue_server.rules.what_if import Turn, play_again, turns
from tests.unit.rules.policies import POLICIES

A, B = QueueId("room-a"), QueueId("room-b")
OPENING_S = 8 * 3600
HALF_HOUR_S = 1800


class Clinic:
    """A day that is being written."""

    def __init__(self, policies: dict[QueueId, Policy]) -> None:
        self.policies = policies
        self.day: Day = open_day(policies)
        self.entries: list[Entry] = []
        self.now_s = OPENING_S

    def ask(self, command: asked.Command, by: str = "somebody") -> bool:
        act = Act(command=command, at_s=DaySecond(self.now_s), by=by)
        try:
            entry, self.day = decide_and_apply(self.day, act, self.policies)
        except Refused:
            return False
        self.entries.append(entry)
        return True

    def issue(self, queue: QueueId, number: str, half_hour: int) -> TicketId:
        start_s = OPENING_S + half_hour * HALF_HOUR_S
        slot = Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + HALF_HOUR_S))
        made = ticket_id(queue, number)
        assert self.ask(asked.IssueTicket(queue=queue, ticket=made, number=number, slot=slot))
        return made

    def call(self, queue: QueueId, after_min: int) -> None:
        self.now_s += after_min * 60
        assert self.ask(asked.CallNext(queue=queue))

    def check_in(self, *tickets: TicketId) -> None:
        for ticket in tickets:
            self.now_s += 60
            assert self.ask(asked.CheckIn(queue=QueueId(ticket.partition(":")[0]), ticket=ticket))

    def played_under(self, policy: Policy) -> dict[str, Turn]:
        policies = dict.fromkeys(self.policies, policy)
        played = play_again(self.entries, policies, policies)
        return {turn.number: turn for turn in turns(self.entries, played)}


def any_act(queue: Queue, other: QueueId, chance: Random) -> asked.Command:
    """Return something that somebody may want to do."""
    id_ = queue.id
    known = chance.choice(list(queue.tickets))
    if queue.in_room is not None and chance.random() < 0.6:
        kind = chance.choice([asked.Finish, asked.Miss, asked.SendForResults, asked.Recall])
        return kind(queue=id_, ticket=queue.in_room)
    absent = [
        ticket.id
        for ticket in queue.tickets.values()
        if ticket.state in {TicketState.BOOKED, TicketState.MISSED, TicketState.AWAY_FOR_RESULTS}
    ]
    if absent and chance.random() < 0.5:
        return asked.CheckIn(queue=id_, ticket=chance.choice(absent))
    return chance.choice(
        [
            asked.CallNext(queue=id_),
            asked.CallNext(queue=id_),
            asked.CallTicket(queue=id_, ticket=known),
            asked.AddWalkIn(queue=id_, prefix="A"),
            asked.GrantPriority(queue=id_, ticket=known, rank="age_80"),
            asked.Grade(queue=id_, ticket=known, level=2),
            asked.NoteResultsReady(queue=id_, ticket=known),
            asked.Hold(queue=id_, ticket=known),
            asked.Resume(queue=id_, ticket=known),
            asked.Transfer(queue=id_, ticket=known, to_queue=other),
            asked.Pause(queue=id_),
            asked.Reopen(queue=id_),
        ]
    )


def any_day(policy: Policy, chance: Random) -> Clinic:
    clinic = Clinic({A: policy, B: policy})
    for queue, prefix in ((A, "A"), (B, "B")):
        for number in range(1, 7):
            clinic.issue(queue, f"{prefix}{number:03}", chance.randrange(5))
    for _ in range(60):
        clinic.now_s += chance.randrange(300)
        queue, other = chance.choice([(A, B), (B, A)])
        clinic.ask(any_act(clinic.day.queues[queue], other, chance))
    return clinic


def calls_of(entries: Sequence[Entry]) -> list[tuple[DaySecond, TicketId]]:
    return [
        (entry.at_s, event.ticket)
        for entry in entries
        for event in entry.events
        if isinstance(event, Called)
    ]


@given(policy=POLICIES, chance=st.randoms(use_true_random=False))
def test_under_its_own_policies_a_day_comes_out_as_it_was(policy: Policy, chance: Random) -> None:
    clinic = any_day(policy, chance)

    played = play_again(clinic.entries, clinic.policies, clinic.policies)

    assert calls_of(played) == calls_of(clinic.entries)


@given(policy=POLICIES, other=POLICIES, chance=st.randoms(use_true_random=False))
def test_under_any_other_policies_nobody_is_called_before_he_has_come(
    policy: Policy, other: Policy, chance: Random
) -> None:
    clinic = any_day(policy, chance)

    played = clinic.played_under(other)

    assert all(
        turn.would_be_called_s >= turn.arrived_s
        for turn in played.values()
        if turn.would_be_called_s is not None
    )


ANY_TIME = Policy(check_in_opens_min=None, late_refused_after_min=None, late_after_min=10)


def test_another_rule_for_late_patients_changes_who_is_called_when() -> None:
    clinic = Clinic({A: replace(ANY_TIME, late_rule="end_of_queue")})
    late = clinic.issue(A, "A001", 0)
    clinic.check_in(*[clinic.issue(A, f"A{number:03}", number) for number in (2, 3)])
    clinic.now_s = OPENING_S + 45 * 60
    clinic.check_in(late)
    for _ in range(3):
        clinic.call(A, 5)

    played = clinic.played_under(replace(ANY_TIME, late_after_min=60))

    first_call_s = OPENING_S + 51 * 60
    called = {turn.number: turn.called_s for turn in played.values()}
    would_be = {turn.number: turn.would_be_called_s for turn in played.values()}
    # A002 has been told to get ready already; nobody passes him.
    assert called == {
        "A002": first_call_s,
        "A003": first_call_s + 300,
        "A001": first_call_s + 600,
    }
    assert would_be == {
        "A002": first_call_s,
        "A001": first_call_s + 300,
        "A003": first_call_s + 600,
    }


def test_who_did_not_come_when_called_does_not_come_then_either() -> None:
    clinic = Clinic({A: replace(ANY_TIME, missed_auto_times=0, standby_count=0)})
    first, second = clinic.issue(A, "A001", 1), clinic.issue(A, "A002", 0)
    clinic.check_in(first, second)
    clinic.call(A, 5)
    assert clinic.ask(asked.Miss(queue=A, ticket=second))
    clinic.call(A, 1)
    clinic.now_s += 600
    clinic.check_in(second)
    clinic.call(A, 5)

    played = clinic.played_under(replace(clinic.policies[A], base_order="check_in_time"))

    assert played["A001"].would_be_called_s == played["A002"].called_s
    assert played["A002"].would_be_called_s == played["A001"].called_s


def test_what_was_taken_back_is_left_out() -> None:
    clinic = Clinic({A: ANY_TIME})
    ticket = clinic.issue(A, "A001", 0)
    clinic.check_in(ticket)
    clinic.call(A, 5)
    assert clinic.ask(asked.Undo(queue=A, ticket=ticket))
    clinic.call(A, 20)

    played = clinic.played_under(ANY_TIME)

    assert played["A001"].called_s == played["A001"].would_be_called_s == clinic.now_s


def test_a_doctor_who_would_have_found_nobody_calls_whoever_comes_first() -> None:
    clinic = Clinic({A: ANY_TIME})
    late, other = clinic.issue(A, "A001", 0), clinic.issue(A, "A002", 2)
    clinic.now_s = OPENING_S + 60 * 60
    clinic.check_in(late)
    clinic.call(A, 5)
    clinic.check_in(other)
    clinic.call(A, 5)

    played = clinic.played_under(replace(ANY_TIME, late_refused_after_min=20))

    assert played["A001"].would_be_called_s is None
    assert played["A002"].would_be_called_s == played["A002"].arrived_s


def test_a_stop_that_two_people_agreed_on_holds_then_too() -> None:
    clinic = Clinic({A: replace(ANY_TIME, stop_needs_approval=True)})
    first, second = clinic.issue(A, "A001", 0), clinic.issue(A, "A002", 1)
    clinic.check_in(first)
    assert clinic.ask(asked.Stop(queue=A, approval="2026-17"))
    assert clinic.ask(asked.ConfirmStop(queue=A), by="somebody else")
    assert not clinic.ask(asked.CheckIn(queue=A, ticket=second))

    played = play_again(clinic.entries, clinic.policies, clinic.policies)

    assert [entry.do for entry in played][-1] == "stop"
