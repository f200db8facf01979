"""Who is proposed to go to a colleague, what it brings him, and what nobody loses by it."""

import dataclasses

import pytest
from msgspec.structs import replace

from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.reason import explain
from queue_server.rules.refusals import Refused
from queue_server.rules.spreading import Proposal, proposals
from queue_server.rules.terms import (
    AbsenceKind,
    DaySecond,
    PriorityRank,
    QueueId,
    RefusalCode,
    Slot,
    TicketId,
    TicketState,
)
from queue_server.rules.ticket import Ticket, ticket_id

SHEN, LU = QueueId("cardiology-1"), QueueId("cardiology-2")
TEN_MIN = Policy(service_min=10, check_in_opens_min=None, late_refused_after_min=None)
POLICIES = {SHEN: TEN_MIN, LU: TEN_MIN}
NINE = DaySecond(9 * 3600)


def played(
    *commands: asked.Command, day: Day | None = None, at_s: int = NINE, by: str = "nurse:li"
) -> Day:
    day = day or open_day(POLICIES)
    for command in commands:
        act = Act(command=command, at_s=DaySecond(at_s), by=by)
        _, day = decide_and_apply(day, act, POLICIES)
    return day


def booked(queue: QueueId, number: str, half_hour: int) -> list[asked.Command]:
    """A ticket of a slot, counted in half hours from nine, that has checked in."""
    start_s = NINE + 1800 * half_hour
    slot = Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + 1800))
    ticket = ticket_id(queue, number)
    issue = asked.IssueTicket(queue=queue, ticket=ticket, number=number, slot=slot)
    return [issue, asked.CheckIn(queue=queue, ticket=ticket)]


def a_long_and_an_empty_queue(waiting: int = 6) -> Day:
    """Shen has A1, A2 ... in two slots; Lu is there, and nobody waits for him."""
    day = played(asked.Attend(queue=SHEN), asked.Attend(queue=LU))
    for number in range(1, waiting + 1):
        day = played(*booked(SHEN, f"A{number}", 0 if number <= 3 else 1), day=day)
    return day


def proposed(day: Day, at_s: int = NINE) -> list[Proposal]:
    return proposals(day, [(SHEN, LU)], POLICIES, DaySecond(at_s))


def told(day: Day) -> list[tuple[str, int | None, int]]:
    return [(one.ticket.partition(":")[2], one.before_min, one.after_min) for one in proposed(day)]


def a(number: int) -> TicketId:
    return ticket_id(SHEN, f"A{number}")


def to_lu(number: int) -> asked.Spread:
    return asked.Spread(queue=SHEN, ticket=a(number), to_queue=LU)


def offer_lu(number: int) -> asked.OfferColleague:
    return asked.OfferColleague(queue=SHEN, ticket=a(number), to_queue=LU)


def answer(number: int, *, accepts: bool) -> asked.AnswerOffer:
    return asked.AnswerOffer(queue=SHEN, ticket=a(number), accepts=accepts)


def order(day: Day, queue: QueueId) -> list[str]:
    return [ticket.number for ticket in day.queues[queue].listed()]


def refused(day: Day, command: asked.Command, at_s: int = NINE) -> RefusalCode:
    with pytest.raises(Refused) as caught:
        played(command, day=day, at_s=at_s)
    return caught.value.code


def test_those_who_gain_enough_are_proposed_by_slot_with_the_waits_before_and_after() -> None:
    # A2 would gain 10 minutes only. With A3 gone, A4 would wait 20 instead of 30, and 10 at Lu's.
    assert told(a_long_and_an_empty_queue()) == [("A3", 20, 0), ("A5", 40, 10)]


def test_whoever_is_about_to_be_called_is_never_proposed() -> None:
    day = a_long_and_an_empty_queue(2)
    late = asked.ReportAbsence(queue=SHEN, kind=AbsenceKind.LATE, returns_s=DaySecond(NINE + 3600))

    assert [one.ticket for one in proposed(played(late, day=day))] == [a(2)]
    assert day.queues[SHEN].tickets[a(1)].state is TicketState.STANDBY


def test_all_who_are_proposed_may_be_confirmed_one_after_the_other() -> None:
    day = a_long_and_an_empty_queue()
    for one in proposed(day):
        spread = asked.Spread(queue=one.queue, ticket=one.ticket, to_queue=one.to_queue)
        day = played(spread, day=day)

    assert (order(day, SHEN), order(day, LU)) == (["A1", "A2", "A4", "A6"], ["A3", "A5"])
    assert proposed(day) == []


def test_who_goes_over_stands_by_his_slot_and_waits_since_he_came() -> None:
    day = played(*booked(LU, "B1", 0), *booked(LU, "B2", 2), day=a_long_and_an_empty_queue())
    day = played(to_lu(6), day=day, at_s=NINE + 60)

    assert order(day, LU) == ["B1", "A6", "B2"]
    assert day.queues[LU].tickets[ticket_id(LU, "A6")].checked_in_s == NINE


def test_nobody_at_the_colleagues_comes_to_wait_longer_than_the_one_who_goes_would_have() -> None:
    day = a_long_and_an_empty_queue(4)
    for number in range(1, 4):
        day = played(*booked(LU, f"B{number}", 2), day=day)

    # A4 would save 20 minutes, but then the last of Lu's waits as long as A4 waits now: 30.
    assert told(day) == [("A4", 30, 10)]
    day = played(*booked(LU, "B4", 2), day=day)
    assert told(day) == []


@pytest.mark.parametrize(
    "became",
    [
        asked.GrantPriority(queue=SHEN, ticket=a(3), rank=PriorityRank.PREGNANT),
        asked.Grade(queue=SHEN, ticket=a(3), level=3),
        asked.Hold(queue=SHEN, ticket=a(3)),
    ],
)
def test_who_has_priority_or_does_not_wait_is_not_proposed(became: asked.Command) -> None:
    day = played(became, day=a_long_and_an_empty_queue())

    assert a(3) not in [one.ticket for one in proposed(day)]
    assert refused(day, to_lu(3)) in (RefusalCode.SPREAD_OVER, RefusalCode.WRONG_STATE)


@pytest.mark.parametrize(
    "happens",
    [
        asked.Pause(queue=LU),
        asked.Stop(queue=LU),
        asked.ReportAbsence(queue=LU, kind=AbsenceKind.LEFT),
    ],
)
def test_nobody_is_sent_to_a_colleague_who_does_not_call(happens: asked.Command) -> None:
    day = played(happens, day=a_long_and_an_empty_queue())

    assert proposed(day) == []
    assert refused(day, to_lu(3)) is RefusalCode.SPREAD_OVER


def test_nobody_is_sent_to_a_colleague_who_was_not_seen_today() -> None:
    day = played(*booked(SHEN, "A1", 0), *booked(SHEN, "A2", 0), *booked(SHEN, "A3", 0))

    assert proposed(day) == []


def test_those_of_a_stopped_doctor_are_proposed_though_nobody_knows_their_wait() -> None:
    day = played(asked.Stop(queue=SHEN), day=a_long_and_an_empty_queue(3))

    assert told(day) == [("A2", None, 0), ("A3", None, 10)]


def test_of_a_doctor_who_is_away_nobody_knows_how_long_the_least_wait_counts() -> None:
    left = asked.ReportAbsence(queue=SHEN, kind=AbsenceKind.LEFT)
    day = played(left, day=a_long_and_an_empty_queue(3))

    # A2 waits 10 minutes at least, which is no reason to send him away yet.
    assert told(day) == [("A3", None, 0)]


def test_an_expected_return_counts_as_waiting() -> None:
    left = asked.ReportAbsence(queue=SHEN, kind=AbsenceKind.LEFT, returns_s=DaySecond(NINE + 1200))
    day = played(left, day=a_long_and_an_empty_queue(2))

    assert told(day) == [("A2", 30, 0)]


def test_the_pace_that_the_day_has_shown_counts_more_than_the_default() -> None:
    day = a_long_and_an_empty_queue()
    at_s = int(NINE)
    for number in range(1, 4):
        day = played(asked.CallNext(queue=SHEN), day=day, at_s=at_s)
        at_s += 20 * 60
        day = played(asked.Finish(queue=SHEN, ticket=a(number)), day=day, at_s=at_s)

    # A5 is the second of three, and each took 20 minutes; by the default he would save 10 only.
    assert [(one.ticket, one.before_min) for one in proposed(day, at_s)] == [(a(5), 20)]


def test_a_colleague_is_never_proposed_where_the_policy_says_never() -> None:
    policies = {SHEN: TEN_MIN, LU: TEN_MIN}
    day = a_long_and_an_empty_queue()
    policies[SHEN] = dataclasses.replace(TEN_MIN, spread_gain_min=None)

    assert proposals(day, [(SHEN, LU)], policies, NINE) == []


def test_a_proposal_that_no_longer_holds_is_refused_and_nothing_is_changed() -> None:
    day = a_long_and_an_empty_queue(3)
    busy = day
    for number in range(1, 4):
        busy = played(*booked(LU, f"B{number}", 0), day=busy)

    assert told(day) == [("A3", 20, 0)]
    assert refused(busy, to_lu(3)) is RefusalCode.SPREAD_OVER
    assert order(busy, SHEN) == ["A1", "A2", "A3"]


def test_who_has_gone_over_is_not_sent_back() -> None:
    day = played(to_lu(3), day=a_long_and_an_empty_queue())
    day = played(asked.ReportAbsence(queue=LU, kind=AbsenceKind.LEFT), day=day)

    assert [one for one in proposed(day) if one.queue == LU] == []


def test_a_patient_who_says_yes_goes_and_one_who_says_no_stays_and_is_not_asked_again() -> None:
    day = played(offer_lu(3), offer_lu(5), day=a_long_and_an_empty_queue())
    assert day.queues[SHEN].tickets[a(3)].offered == LU

    day = played(answer(3, accepts=True), answer(5, accepts=False), day=day, by="patient")

    assert (order(day, SHEN), order(day, LU)) == (["A1", "A2", "A4", "A5", "A6"], ["A3"])
    assert a(5) not in [one.ticket for one in proposed(day)]
    assert refused(day, answer(5, accepts=True)) is RefusalCode.SPREAD_OVER
    assert refused(day, answer(3, accepts=True)) is RefusalCode.SPREAD_OVER


def test_a_yes_that_comes_too_late_is_refused_with_a_sentence_and_the_place_is_kept() -> None:
    day = played(offer_lu(3), day=a_long_and_an_empty_queue(3))
    day = played(asked.Pause(queue=LU), day=day)

    with pytest.raises(Refused) as caught:
        played(answer(3, accepts=True), day=day)

    assert "A3" in caught.value.message_en
    assert "位置保持不变" in caught.value.message_zh
    assert order(day, SHEN) == ["A1", "A2", "A3"]


@pytest.mark.parametrize(
    "happens",
    [
        asked.CallTicket(queue=SHEN, ticket=a(3)),
        asked.Hold(queue=SHEN, ticket=a(3)),
        asked.Move(queue=SHEN, ticket=a(3), after=a(5), why="by hand"),
        asked.GrantPriority(queue=SHEN, ticket=a(3), rank=PriorityRank.MILITARY),
    ],
)
def test_a_question_is_over_when_something_else_happens_to_the_patient(
    happens: asked.Command,
) -> None:
    day = played(offer_lu(3), happens, day=a_long_and_an_empty_queue())

    assert day.queues[SHEN].tickets[a(3)].offered is None
    assert refused(day, answer(3, accepts=True)) is RefusalCode.SPREAD_OVER


def test_each_step_can_be_undone() -> None:
    day = a_long_and_an_empty_queue()
    for step in (to_lu(3), offer_lu(3)):
        done = played(step, day=day)
        undone = played(asked.Undo(queue=SHEN, entry=done.entry_count), day=done)
        assert (order(undone, SHEN), order(undone, LU)) == (order(day, SHEN), [])
        assert _as_it_was(undone) == _as_it_was(day)
    asked_day = played(offer_lu(3), day=day)
    for accepts in (True, False):
        done = played(answer(3, accepts=accepts), day=asked_day, by="patient")
        undone = played(asked.Undo(queue=SHEN, entry=done.entry_count), day=done)
        assert _as_it_was(undone) == _as_it_was(asked_day)


def _as_it_was(day: Day) -> list[Ticket]:
    return [replace(one, changed_entry=0) for one in day.queues[SHEN].listed()]


def test_the_reason_tells_both_waits_in_both_languages() -> None:
    day = played(to_lu(3), day=a_long_and_an_empty_queue())

    reason = day.queues[LU].tickets[ticket_id(LU, "A3")].reason
    assert reason is not None
    zh, en = explain(reason)
    assert "20 分钟变为 0 分钟" in zh
    assert "about 0 minutes instead of 20" in en
