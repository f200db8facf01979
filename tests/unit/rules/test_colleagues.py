"""A colleague's patient: exactly one doctor gets him, and he comes back under his number."""

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, PatientId, QueueId, RefusalCode, TicketState
from queue_server.rules.ticket import Ticket, ticket_id

SHEN, LU = QueueId("cardiology-1"), QueueId("cardiology-2")
POLICIES = {SHEN: Policy(recall_after_s=20, recall_max=2), LU: Policy()}
NINE = 9 * 3600


def played(*commands: asked.Command, at_s: int = NINE, day: Day | None = None) -> Day:
    day = day or open_day(POLICIES)
    for command in commands:
        act = Act(command=command, at_s=DaySecond(at_s), by="doctor:shen")
        _, day = decide_and_apply(day, act, POLICIES)
    return day


def waiting(queue: QueueId, number: str, patient: str = "") -> list[asked.Command]:
    """A ticket that has checked in."""
    ticket = ticket_id(queue, number)
    issue = asked.IssueTicket(
        queue=queue,
        ticket=ticket,
        number=number,
        patient=PatientId(patient) if patient else None,
    )
    return [issue, asked.CheckIn(queue=queue, ticket=ticket)]


def refused(day: Day, command: asked.Command, at_s: int = NINE) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        played(command, at_s=at_s, day=day)
    return caught.value.code


def ticket(day: Day, queue: QueueId, number: str) -> Ticket:
    return day.queues[queue].tickets[ticket_id(queue, number)]


TAKE = asked.CrossCall(queue=LU, from_queue=SHEN, ticket=ticket_id(SHEN, "A1"), why="主任会诊")


def test_of_two_doctors_who_call_one_patient_exactly_one_gets_him() -> None:
    day = played(*waiting(SHEN, "A1"), *waiting(SHEN, "A2"))
    both_looked_at = day.entry_count

    taken = played(TAKE, day=day)
    own = asked.CallTicket(queue=SHEN, ticket=ticket_id(SHEN, "A1"), seen_entry=both_looked_at)

    assert ticket(taken, LU, "A1").state is TicketState.CALLED
    assert refused(taken, own) is RefusalCode.CHANGED_SINCE
    assert refused(taken, TAKE) is RefusalCode.WRONG_STATE
    called = played(own, day=day)
    assert refused(called, TAKE) is RefusalCode.WRONG_STATE
    assert called.queues[LU].in_room is None


def test_a_colleague_does_not_get_whose_other_visit_is_in_that_very_room() -> None:
    day = played(
        *waiting(SHEN, "A1", "patient-1"),
        *waiting(SHEN, "A2", "patient-1"),
        asked.CallTicket(queue=SHEN, ticket=ticket_id(SHEN, "A2")),
    )

    assert refused(day, TAKE) is RefusalCode.PATIENT_ELSEWHERE


def test_who_was_sent_to_a_colleague_can_be_sent_back_under_his_number() -> None:
    day = played(
        *waiting(SHEN, "A1"),
        asked.WriteNote(queue=SHEN, ticket=ticket_id(SHEN, "A1"), note="听力不佳"),
        asked.Transfer(queue=SHEN, ticket=ticket_id(SHEN, "A1"), to_queue=LU),
        asked.Transfer(queue=LU, ticket=ticket_id(LU, "A1"), to_queue=SHEN),
    )

    assert [one.number for one in day.queues[SHEN].listed()] == ["A1"]
    assert ticket(day, SHEN, "A1").note == "听力不佳"
    undone = played(asked.Undo(queue=SHEN), day=day)
    assert [one.number for one in undone.queues[LU].listed()] == ["A1"]
    assert ticket(undone, SHEN, "A1").state is TicketState.TRANSFERRED


def test_nobody_gets_a_number_that_another_patient_has() -> None:
    day = played(*waiting(SHEN, "A1"), *waiting(LU, "A1"))

    assert refused(day, TAKE) is RefusalCode.NUMBER_TAKEN


def test_a_patient_is_called_again_only_after_a_while_and_only_so_often() -> None:
    day = played(*waiting(SHEN, "A1"), asked.CallNext(queue=SHEN))
    recall = asked.Recall(queue=SHEN, ticket=ticket_id(SHEN, "A1"))

    assert refused(day, recall, NINE + 19) is RefusalCode.RECALL_TOO_SOON
    once = played(recall, at_s=NINE + 20, day=day)
    assert refused(once, recall, NINE + 39) is RefusalCode.RECALL_TOO_SOON
    twice = played(recall, at_s=NINE + 40, day=once)
    assert refused(twice, recall, NINE + 90) is RefusalCode.RECALL_LIMIT

    # Missed, put back and called anew, he may be called again as often.
    missed = asked.Miss(queue=SHEN, ticket=ticket_id(SHEN, "A1"))
    anew = played(missed, asked.CallNext(queue=SHEN), at_s=NINE + 100, day=twice)
    played(recall, at_s=NINE + 120, day=anew)


def test_a_room_takes_emergencies_of_its_levels_only() -> None:
    policies = {SHEN: Policy(emergency_levels=(1, 2)), LU: Policy()}
    day = played(*waiting(SHEN, "A1"), *waiting(LU, "B1"))
    serious = asked.Grade(queue=LU, ticket=ticket_id(LU, "B1"), level=3)
    _, day = decide_and_apply(day, Act(command=serious, at_s=DaySecond(NINE), by="x"), policies)

    for command in (
        asked.Grade(queue=SHEN, ticket=ticket_id(SHEN, "A1"), level=3),
        asked.Transfer(queue=LU, ticket=ticket_id(LU, "B1"), to_queue=SHEN),
        asked.CrossCall(queue=SHEN, from_queue=LU, ticket=ticket_id(LU, "B1")),
    ):
        with pytest.raises(Refused) as caught:
            decide_and_apply(day, Act(command=command, at_s=DaySecond(NINE), by="x"), policies)
        assert caught.value.code is RefusalCode.LEVEL_NOT_ACCEPTED


def test_a_check_in_by_mistake_is_taken_back_and_the_patient_can_check_in_again() -> None:
    first = ticket_id(SHEN, "A1")
    day = played(*waiting(SHEN, "A1"), asked.CancelCheckIn(queue=SHEN, ticket=first))

    assert ticket(day, SHEN, "A1").state is TicketState.BOOKED
    assert ticket(day, SHEN, "A1").checked_in_s is None
    again = played(asked.CheckIn(queue=SHEN, ticket=first), day=day)
    assert [one.number for one in again.queues[SHEN].listed()] == ["A1"]


def test_who_came_back_after_a_missed_call_has_no_check_in_to_cancel() -> None:
    first = ticket_id(SHEN, "A1")
    day = played(
        *waiting(SHEN, "A1"),
        asked.CallNext(queue=SHEN),
        asked.Miss(queue=SHEN, ticket=first),
    )

    assert refused(day, asked.CancelCheckIn(queue=SHEN, ticket=first)) is RefusalCode.WRONG_STATE
