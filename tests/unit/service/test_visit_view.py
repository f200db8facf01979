"""What a patient is told: where he stands, how many come before him at most, what to do next."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.records.records import Appointment, AppointmentId
from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import (
    DaySecond,
    PatientId,
    QueueId,
    RefusalCode,
    TicketId,
    TicketKind,
    TicketState,
)
from queue_server.rules.ticket import LISTED
from queue_server.service.visit_view import (
    OTHER_DAYS_VISITS_MAX,
    place_of,
    slip_code,
    ticket_of_slip,
    visit_of,
    visits_of,
)
from tests.unit.service.morning import CARDIOLOGY, EIGHT_S, MONDAY, Morning, slot

LI = "李四"
SECOND_QUEUE = QueueId("cardiology-2")


def place_texts(morning: Morning, ticket: TicketId) -> tuple[str, int, int]:
    place = place_of(morning.setup, morning.now, morning.ticket(ticket))
    assert place is not None
    return place.state, place.ahead_count, place.ahead_at_most


def test_before_the_check_in_there_is_no_place() -> None:
    morning = Morning()
    ticket = morning.book(1)

    assert place_of(morning.setup, morning.now, morning.ticket(ticket)) is None


def test_places_count_those_in_the_list_before() -> None:
    morning = Morning()
    first, second, third = (morning.book(number) for number in (1, 2, 3))
    for ticket in (first, second, third):
        morning.check_in(ticket)

    assert place_texts(morning, first) == ("standby", 0, 0)
    assert place_texts(morning, second) == ("waiting", 1, 13)
    assert place_texts(morning, third) == ("waiting", 2, 14)


def test_who_is_called_is_told_the_room_and_nobody_is_ahead() -> None:
    morning = Morning()
    ticket = morning.book(1)
    morning.check_in(ticket)
    morning.act(asked.CallNext(queue=CARDIOLOGY))

    place = place_of(morning.setup, morning.now, morning.ticket(ticket))

    assert place is not None
    assert (place.ahead_count, place.ahead_at_most) == (0, 0)
    assert (place.called_room_zh, place.called_room_en) == ("201 诊室", "Room 201")


def test_who_waits_is_told_no_room_to_go_to_yet() -> None:
    morning = Morning()
    ticket = morning.book(1)
    morning.check_in(ticket)

    place = place_of(morning.setup, morning.now, morning.ticket(ticket))

    assert place is not None
    assert (place.called_room_zh, place.called_room_en) == ("", "")
    assert place.reason_zh
    assert place.reason_en


@pytest.mark.parametrize(
    ("start_s", "can_check_in", "hint"),
    [
        (EIGHT_S, True, ""),
        (EIGHT_S + 1800, True, ""),
        (EIGHT_S + 3600, False, "08:30"),
        (EIGHT_S - 3601, False, "超过签到时限"),
    ],
)
def test_the_hint_says_what_a_check_in_would_say(
    start_s: int, can_check_in: bool, hint: str
) -> None:
    morning = Morning()
    ticket = morning.book(1, start_s=start_s)

    visit = visit_of(morning.setup, morning.now, morning.now_s, morning.ticket(ticket))

    assert visit.can_check_in is can_check_in
    assert hint in visit.hint_zh
    assert bool(visit.hint_en) is not can_check_in


def test_a_slip_names_its_place_and_nobody() -> None:
    morning = Morning([LI])
    ticket = morning.book(1, name=LI)
    code = slip_code(MONDAY, morning.ticket(ticket))

    assert code == "hk:20261123:cardiology-1:A001"
    assert ticket_of_slip(morning.now, code) == morning.ticket(ticket)


@pytest.mark.parametrize(
    "code", ["", "hk:20261124:cardiology-1:A001", "hk:20261123:cardiology-1:A002", "A001", "李四"]
)
def test_another_slip_is_refused(code: str) -> None:
    morning = Morning()
    morning.book(1)

    with pytest.raises(Refused) as refused:
        ticket_of_slip(morning.now, code)
    assert refused.value.code is RefusalCode.SLIP_UNKNOWN


def appointment(days: int, queue: str = "cardiology-2", at: bool = True) -> Appointment:
    return Appointment(
        appointment_id=AppointmentId(f"{days}-{queue}"),
        patient_id=PatientId(LI),
        queue_id=QueueId(queue),
        day_on=MONDAY + timedelta(days=days),
        slot=slot(EIGHT_S) if at else None,
        number=3,
        kind=TicketKind.ORDINARY,
        rank=None,
    )


def test_visits_of_today_come_by_slot_and_a_transferred_one_once() -> None:
    morning = Morning([LI])
    late = morning.book(1, name=LI, start_s=EIGHT_S + 5400)
    early = morning.book(2, queue=SECOND_QUEUE, name=LI)
    morning.check_in(early, SECOND_QUEUE)
    morning.act(asked.Transfer(queue=SECOND_QUEUE, ticket=early, to_queue=CARDIOLOGY))

    visits = visits_of(morning.setup, morning.now, morning.now_s, PatientId(LI), [])

    assert [visit.ticket_id for visit in visits] == ["cardiology-1:B002", late]


def test_visits_of_other_days_can_not_be_checked_in_and_say_when() -> None:
    morning = Morning([LI])
    other_days = [appointment(-1), appointment(0), appointment(1, at=False), appointment(7)]

    visits = visits_of(morning.setup, morning.now, morning.now_s, PatientId(LI), other_days)

    assert [visit.day_on for visit in visits] == ["2026-11-24", "2026-11-30", "2026-11-22"]
    assert all(not visit.can_check_in and not visit.is_today for visit in visits)
    assert all(visit.day_on in visit.hint_zh and visit.day_on in visit.hint_en for visit in visits)
    assert visits[0].ticket_id == "cardiology-2:B003@2026-11-24"
    assert (visits[0].slot_text, visits[1].slot_text) == ("", "08:00-08:30")


def test_a_queue_that_this_site_has_not_is_left_out_and_a_long_history_cut() -> None:
    morning = Morning([LI])
    other_days = [appointment(1, "far-away"), *(appointment(-days) for days in range(1, 300))]

    visits = visits_of(morning.setup, morning.now, morning.now_s, PatientId(LI), other_days)

    assert len(visits) == OTHER_DAYS_VISITS_MAX
    assert visits[0].day_on == "2026-11-22"


# --- the promise: never more before him than was said -----------------------------------------

steps = st.lists(
    st.tuples(
        st.sampled_from(["come", "walk_in", "call", "miss", "results", "priority", "finish"]),
        st.integers(1, 14),
    ),
    min_size=5,
    max_size=90,
)
policies = st.fixed_dictionaries(
    {
        "overtaken_max": st.sampled_from([0, 1, 2, 3, 12]),
        "standby_count": st.sampled_from([0, 1, 2]),
        "priority_rule": st.sampled_from(["front", {"every": 1}, {"every": 2}]),
        "returned_rule": st.sampled_from(["next", "end_of_slot", {"every": 1}, {"every": 2}]),
        "missed_rule": st.sampled_from([{"places": 1}, {"every": 1}, "end_of_slot"]),
        "missed_auto_times": st.sampled_from([0, 1, 3]),
    }
)


def take_step(morning: Morning, what: str, number: int) -> None:
    """Do what may happen in a morning by rule; what the rules refuse does not happen."""
    queue = morning.now.day.queues[CARDIOLOGY]
    ticket = TicketId(f"{CARDIOLOGY}:A{number:03d}")
    in_room = queue.in_room or ticket
    commands: dict[str, asked.Command] = {
        "come": asked.CheckIn(queue=CARDIOLOGY, ticket=ticket),
        "walk_in": asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"),
        "call": asked.CallNext(queue=CARDIOLOGY),
        "miss": asked.Miss(queue=CARDIOLOGY, ticket=in_room),
        "results": asked.SendForResults(queue=CARDIOLOGY, ticket=in_room),
        "priority": asked.GrantPriority(queue=CARDIOLOGY, ticket=ticket, rank="aged_80"),
        "finish": asked.Finish(queue=CARDIOLOGY, ticket=in_room),
    }
    try:
        morning.act(commands[what])
    except Refused:
        return


@settings(max_examples=150)
@given(steps, policies)
def test_nobody_gets_more_people_before_him_than_he_was_told(
    morning_steps: list[tuple[str, int]], policy: dict[str, object]
) -> None:
    morning = Morning(policy={**policy, "check_in_opens_min": "any"})
    for number in range(1, 15):
        morning.book(number, start_s=EIGHT_S + number % 5 * 1800)
    promised: dict[TicketId, int] = {}
    for what, number in morning_steps:
        morning.now_s = DaySecond(morning.now_s + 120)
        take_step(morning, what, number)
        for ticket in morning.now.day.queues[CARDIOLOGY].tickets.values():
            if ticket.state not in LISTED:
                promised.pop(ticket.id, None)
                continue
            place = place_of(morning.setup, morning.now, ticket)
            assert place is not None
            most = promised.get(ticket.id, place.ahead_at_most)
            assert place.ahead_count <= most, (ticket.id, what, number)
            promised[ticket.id] = min(most, place.ahead_at_most)


def test_the_bound_is_reached_but_not_passed() -> None:
    morning = Morning(policy={"overtaken_max": 2, "priority_rule": "front"})
    tickets = [morning.book(number) for number in range(1, 8)]
    for ticket in tickets[:3]:
        morning.check_in(ticket)
    assert place_texts(morning, tickets[2]) == (TicketState.WAITING, 2, 4)

    for ticket in tickets[3:]:
        morning.act(asked.GrantPriority(queue=CARDIOLOGY, ticket=ticket, rank="aged_80"))
        morning.check_in(ticket)

    assert place_texts(morning, tickets[2]) == (TicketState.WAITING, 4, 4)
    queue = morning.now.day.queues[CARDIOLOGY]
    assert queue.overtaken_count(queue.tickets[tickets[2]]) == 2
