"""Second triage: a doctor's queue is filled from the area queue up to its cap, in its order."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules.area_queue import AreaQueue, Spread
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, goes_on_as, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import (
    AbsenceKind,
    DaySecond,
    QueueId,
    QueueStatus,
    RefusalCode,
    Slot,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import IN_ROOM, LISTED, Ticket, ticket_id

AREA, SHEN, LU = QueueId("general"), QueueId("general-1"), QueueId("general-2")
POLICIES = {AREA: Policy(standby_count=0), SHEN: Policy(), LU: Policy()}
TRIAGE = AreaQueue(id=AREA, doctors=(SHEN, LU), room_cap=2)
EIGHT = 8 * 3600


class Clinic:
    """A clinic of two doctors behind one area queue; tickets G1, G2 ... are booked for eight."""

    def __init__(self, triage: AreaQueue = TRIAGE, patients: int = 9) -> None:
        self.triage = {triage.id: triage}
        self.day = self.replayed = open_day(POLICIES)
        self.now_s = EIGHT
        for number in range(1, patients + 1):
            slot = Slot(start_s=DaySecond(EIGHT), end_s=DaySecond(EIGHT + 1800))
            named = f"G{number}"
            self.act(
                asked.IssueTicket(
                    queue=AREA, ticket=ticket_id(AREA, named), number=named, slot=slot
                )
            )

    def act(self, command: asked.Command) -> None:
        act = Act(command=command, at_s=DaySecond(self.now_s), by="nurse:li")
        entry, self.day = decide_and_apply(self.day, act, POLICIES, self.triage)
        self.replayed = apply(self.replayed, entry)

    def come(self, *numbers: int) -> None:
        for number in numbers:
            self.act(asked.CheckIn(queue=AREA, ticket=booked(number)))

    def lists(self) -> tuple[list[str], list[str], list[str]]:
        area, shen, lu = (
            [ticket.number for ticket in self.day.queues[queue].listed()]
            for queue in (AREA, SHEN, LU)
        )
        return area, shen, lu

    def of(self, number: int) -> Ticket:
        return goes_on_as(self.day, self.day.queues[AREA].tickets[booked(number)])


def booked(number: int) -> TicketId:
    return ticket_id(AREA, f"G{number}")


def test_the_doctors_queues_are_filled_to_the_cap_by_the_fewest_waiting() -> None:
    clinic = Clinic()
    clinic.come(1, 2, 3, 4, 5, 6)

    assert clinic.lists() == (["G5", "G6"], ["G1", "G3"], ["G2", "G4"])
    assert clinic.of(1).state is TicketState.STANDBY


def test_after_each_call_the_next_one_of_the_area_goes_over() -> None:
    clinic = Clinic()
    clinic.come(1, 2, 3, 4, 5, 6)

    clinic.act(asked.CallNext(queue=LU))

    assert clinic.lists() == (["G6"], ["G1", "G3"], ["G4", "G5"])
    clinic.act(asked.Undo(queue=LU))
    assert clinic.lists() == (["G5", "G6"], ["G1", "G3"], ["G2", "G4"])


def test_a_doctor_who_has_left_is_given_nobody_until_he_is_back() -> None:
    clinic = Clinic()
    clinic.act(asked.ReportAbsence(queue=SHEN, kind=AbsenceKind.LEFT))
    clinic.come(1, 2, 3, 4)

    assert clinic.lists() == (["G3", "G4"], [], ["G1", "G2"])
    clinic.act(asked.Attend(queue=SHEN))
    assert clinic.lists() == ([], ["G3", "G4"], ["G1", "G2"])


@pytest.mark.parametrize("kind", [AbsenceKind.LATE, AbsenceKind.PAUSED])
def test_a_doctor_who_is_late_or_pauses_goes_on_getting_patients(kind: AbsenceKind) -> None:
    clinic = Clinic()
    clinic.act(asked.ReportAbsence(queue=SHEN, kind=kind))
    clinic.come(1, 2)

    assert clinic.lists() == ([], ["G1"], ["G2"])


def test_evenly_gives_each_doctor_as_many_however_fast_he_is() -> None:
    clinic = Clinic(replace(TRIAGE, spread="evenly"))
    clinic.come(1)
    clinic.act(asked.CallNext(queue=SHEN))
    clinic.act(asked.Finish(queue=SHEN, ticket=ticket_id(SHEN, "G1")))

    clinic.come(2, 3)

    assert clinic.lists() == ([], ["G3"], ["G2"])


def test_who_waits_for_a_certain_doctor_lets_others_go_to_the_other_one() -> None:
    clinic = Clinic()
    clinic.act(asked.AskForDoctor(queue=AREA, ticket=booked(4), doctor=SHEN))
    clinic.come(1, 2, 3, 4, 5, 6)
    assert clinic.lists() == (["G4", "G6"], ["G1", "G3"], ["G2", "G5"])

    clinic.act(asked.CallNext(queue=LU))
    assert clinic.lists() == (["G4"], ["G1", "G3"], ["G5", "G6"])
    clinic.act(asked.CallNext(queue=SHEN))

    assert clinic.lists() == ([], ["G3", "G4"], ["G5", "G6"])


def test_a_doctor_who_pauses_gets_nobody_until_he_goes_on() -> None:
    clinic = Clinic()
    clinic.act(asked.Pause(queue=SHEN))
    clinic.come(1, 2, 3)
    assert clinic.lists() == (["G3"], [], ["G1", "G2"])

    clinic.act(asked.Reopen(queue=SHEN))

    assert clinic.lists() == ([], ["G3"], ["G1", "G2"])


def test_an_emergency_waits_for_no_cap_and_goes_where_its_level_is_seen() -> None:
    clinic = Clinic()
    clinic.come(1, 2, 3, 4, 5)
    clinic.act(asked.Grade(queue=AREA, ticket=booked(5), level=1))

    assert clinic.lists() == ([], ["G5", "G1", "G3"], ["G2", "G4"])


def test_by_hand_the_nurse_assigns_and_nobody_else() -> None:
    clinic = Clinic(replace(TRIAGE, is_automatic=False))
    clinic.come(1, 2, 3)
    assert clinic.lists() == (["G1", "G2", "G3"], [], [])

    clinic.act(asked.Transfer(queue=AREA, ticket=booked(2), to_queue=LU))

    assert clinic.lists() == (["G1", "G3"], [], ["G2"])


@pytest.mark.parametrize(
    "command",
    [
        asked.CallNext(queue=AREA),
        asked.CallTicket(queue=AREA, ticket=booked(5)),
        asked.CrossCall(queue=AREA, from_queue=SHEN, ticket=ticket_id(SHEN, "G1")),
    ],
    ids=lambda command: type(command).__name__,
)
def test_nobody_is_called_out_of_the_area_queue_itself(command: asked.Command) -> None:
    clinic = Clinic()
    clinic.come(1, 2, 3, 4, 5)

    with pytest.raises(Refused) as refused:
        clinic.act(command)

    assert refused.value.code is RefusalCode.NO_ROOM


def test_a_doctor_of_another_clinic_can_t_be_asked_for() -> None:
    with pytest.raises(Refused) as refused:
        Clinic().act(asked.AskForDoctor(queue=AREA, ticket=booked(1), doctor=QueueId("eye-1")))

    assert refused.value.code is RefusalCode.UNKNOWN_QUEUE


def test_the_wait_counts_from_the_check_in() -> None:
    clinic = Clinic()
    clinic.come(1, 2, 3, 4, 5)
    clinic.now_s += 600
    clinic.act(asked.CallNext(queue=SHEN))

    assert clinic.of(5).checked_in_s == EIGHT


PICK = st.integers(0, 30)
ACTS = st.lists(st.tuples(st.integers(0, 12), PICK, PICK), max_size=60)


def one_of_many(clinic: Clinic, kind: int, pick: int, other: int) -> asked.Command:
    """Return what somebody asks, most of it possible."""
    queue = (AREA, SHEN, LU)[pick % 3]
    doctor = (SHEN, LU)[pick % 2]
    known = list(clinic.day.queues[queue].tickets.values())
    ticket = known[other % len(known)] if known else clinic.of(1)
    in_room = clinic.day.queues[doctor].in_room or ticket_id(doctor, "G1")
    about: dict[str, Any] = {"queue": ticket.queue, "ticket": ticket.id}
    return [
        asked.CheckIn(queue=AREA, ticket=booked(1 + other % 9)),
        asked.CheckIn(queue=AREA, ticket=booked(1 + pick % 9)),
        asked.CallNext(queue=doctor),
        asked.CallNext(queue=doctor),
        asked.Miss(queue=doctor, ticket=in_room),
        asked.Transfer(**about, to_queue=(AREA, SHEN, LU)[other % 3]),
        asked.Grade(**about, level=1 + other % 4),
        asked.AskForDoctor(queue=AREA, ticket=booked(1 + other % 9), doctor=doctor),
        asked.CrossCall(queue=doctor, from_queue=queue, ticket=ticket.id),
        (asked.Pause, asked.Reopen)[other % 2](queue=doctor),
        asked.Undo(queue=queue),
        asked.Hold(**about),
        asked.CancelCheckIn(**about),
    ][kind]


@given(acts=ACTS, spread=st.sampled_from(["fewest_waiting", "evenly"]), cap=st.integers(1, 3))
def test_nobody_is_lost_doubled_or_passed_by_an_assignment(
    acts: list[tuple[int, int, int]], spread: Spread, cap: int
) -> None:
    clinic = Clinic(replace(TRIAGE, spread=spread, room_cap=cap))
    for kind, pick, other in acts:
        command = one_of_many(clinic, kind, pick, other)
        before = clinic.day
        try:
            clinic.act(command)
        except Refused:
            continue
        assert clinic.replayed == clinic.day, "a replay runs no rule"
        check_each_is_somewhere_once(clinic)
        check_nobody_could_still_go_over(clinic)
        if not isinstance(command, asked.Undo):
            check_undo(clinic, command, before)


def check_each_is_somewhere_once(clinic: Clinic) -> None:
    tickets = [one for queue in clinic.day.queues.values() for one in queue.tickets.values()]
    present = [one for one in tickets if one.state is not TicketState.TRANSFERRED]
    assert Counter(one.number for one in present) == {f"G{n}": 1 for n in range(1, 10)}
    for number in range(1, 10):
        assert clinic.of(number).state is not TicketState.TRANSFERRED
    for queue in clinic.day.queues.values():
        listed = [one.id for one in queue.tickets.values() if one.state in LISTED]
        assert sorted(listed) == sorted(queue.order)
        keys = [one.key for one in queue.listed()]
        assert keys == sorted(keys)
    assert not [one for one in tickets if one.queue == AREA and one.state in IN_ROOM]


def check_nobody_could_still_go_over(clinic: Clinic) -> None:
    cap = clinic.triage[AREA].room_cap
    for queue in (SHEN, LU):
        state = clinic.day.queues[queue]
        ordinary = [one for one in state.listed() if one.kind is not TicketKind.EMERGENCY]
        if state.status is QueueStatus.OPEN and len(ordinary) < cap:
            waiting = clinic.day.queues[AREA].listed()
            assert not [one for one in waiting if one.wanted in (None, queue)]


def check_undo(clinic: Clinic, command: asked.Command, before: Day) -> None:
    undo = asked.Undo(queue=command.queue, entry=clinic.day.entry_count)
    act = Act(command=undo, at_s=DaySecond(clinic.now_s), by="nurse:li")
    _, after = decide_and_apply(clinic.day, act, POLICIES, clinic.triage)
    for queue in (AREA, SHEN, LU):
        assert after.queues[queue].order == before.queues[queue].order
        assert after.queues[queue].in_room == before.queues[queue].in_room
