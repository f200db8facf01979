"""What a report says of each visit, on mornings that were worked out by hand."""

from queue_server.report.figures import Spread, figures, half_hours, wait_bins
from queue_server.report.visit import Visit, WaitSince
from queue_server.rules import commands as asked
from queue_server.rules.policy import Every, Policy
from queue_server.rules.terms import TicketKind, TicketState
from tests.unit.report.played_morning import EYES, HEART, PlayedMorning, eyes, heart, second

DOCTOR = "doctor:shen"


def by_number(played: PlayedMorning, as_of: str | None = None) -> dict[str, Visit]:
    return {one.number: one for one in played.visits(as_of)}


def waits(visit: Visit) -> list[tuple[WaitSince, int | None]]:
    return [(one.since, one.wait_s) for one in visit.waits]


def busy_morning() -> PlayedMorning:
    """Five are booked. A001 returns with results, A002 misses, A003 is moved, A005 never comes.

    08:00 A001, A002, A003 and A004 check in.
    08:10 A001 is called, starts 08:12, is sent for results 08:20.
    08:20 A002 is called, recalled 08:22, missed 08:24: he has to check in again.
    08:25 A003 is called; nobody presses start; at 08:40 A004 is called, which ends it.
    08:30 A001 is back with results, A002 checks in again at 08:35.
    08:50 A004 is finished, having started at 08:41.
    08:50 A001 is called, 08:55 A002, who is finished 09:00.
    """
    rules = Policy(missed_auto_times=0, returned_rule=Every(every=1), standby_count=0)
    played = PlayedMorning(policies={HEART: rules, EYES: rules})
    played.book(HEART, 1, 2, 3, 4, 5)
    played.check_in("08:00", heart(1), heart(2), heart(3), heart(4))
    played.at("08:10", asked.CallNext(queue=HEART), DOCTOR)
    played.at("08:12", asked.Start(queue=HEART, ticket=heart(1)), DOCTOR)
    played.at("08:20", asked.SendForResults(queue=HEART, ticket=heart(1)), DOCTOR)
    played.at("08:20", asked.CallNext(queue=HEART), DOCTOR)
    played.at("08:22", asked.Recall(queue=HEART, ticket=heart(2)), DOCTOR)
    played.at("08:24", asked.Miss(queue=HEART, ticket=heart(2)), DOCTOR)
    played.at("08:25", asked.CallNext(queue=HEART), DOCTOR)
    played.check_in("08:30", heart(1))
    played.check_in("08:35", heart(2))
    played.at("08:40", asked.CallTicket(queue=HEART, ticket=heart(4)), DOCTOR)
    played.at("08:41", asked.Start(queue=HEART, ticket=heart(4)), DOCTOR)
    played.at("08:50", asked.CallNext(queue=HEART), DOCTOR)
    played.at("08:55", asked.CallNext(queue=HEART), DOCTOR)
    played.at("09:00", asked.Finish(queue=HEART, ticket=heart(2)), DOCTOR)
    return played


def test_a_wait_runs_from_the_check_in_to_the_first_call_after_it() -> None:
    told = by_number(busy_morning())

    assert waits(told["A003"]) == [(WaitSince.CHECK_IN, 25 * 60)]
    assert waits(told["A004"]) == [(WaitSince.CHECK_IN, 40 * 60)]
    assert told["A005"].waits == ()


def test_who_comes_back_waits_a_second_time_and_that_is_told_apart() -> None:
    told = by_number(busy_morning())

    assert waits(told["A001"]) == [(WaitSince.CHECK_IN, 600), (WaitSince.RESULTS, 20 * 60)]
    assert waits(told["A002"]) == [(WaitSince.CHECK_IN, 20 * 60), (WaitSince.MISSED, 20 * 60)]
    assert told["A001"].returned == (second("08:30"),)
    assert told["A002"].missed == (second("08:24"),)


def test_service_runs_from_start_to_end_and_from_the_call_where_nobody_pressed_start() -> None:
    told = by_number(busy_morning())

    lengths = {
        number: [time.service_s for time in one.consultations] for number, one in told.items()
    }
    assert lengths == {
        "A001": [8 * 60, 5 * 60],
        "A002": [5 * 60],
        "A003": [15 * 60],
        "A004": [9 * 60],
        "A005": [],
    }
    assert told["A004"].finished_s == second("08:50")
    assert told["A005"].finished_s is None


def test_the_figures_of_the_morning_are_those_worked_out_by_hand() -> None:
    played = busy_morning()
    told = figures(played.visits())

    assert (told.booked, told.arrivals, told.walk_ins) == (5, 4, 0)
    assert (told.no_shows, told.expected, told.done, told.open) == (1, 0, 4, 0)
    # 10, 20, 25 and 40 minutes.
    assert told.waits == Spread(count=4, mean_s=1425.0, p50_s=1200, p90_s=2400, longest_s=2400)
    assert (told.waits_with_results.count, told.waits_with_results.mean_s) == (1, 1200.0)
    assert (told.waits_after_missed.count, told.waits_after_missed.mean_s) == (1, 1200.0)
    # 8, 5, 5, 15 and 9 minutes.
    assert told.services == Spread(count=5, mean_s=504.0, p50_s=480, p90_s=900, longest_s=900)
    assert (told.missed_calls, told.missed_visits, told.returned) == (1, 1, 1)
    assert (told.calls, told.recalls, told.called_visits) == (7, 1, 4)
    assert told.calls_per_patient == 7 / 4


def test_a_day_is_drawn_by_half_hours_and_waits_by_ten_minutes() -> None:
    played = busy_morning()
    played.book(HEART, 6, slot="09:00")
    played.check_in("09:20", heart(6))
    told = played.visits()

    drawn = [(one.start_s, one.arrivals, one.waits.count) for one in half_hours(told)]
    assert drawn == [(8 * 3600, 4, 4), (8 * 3600 + 1800, 0, 0), (9 * 3600, 1, 0)]
    assert [one.count for one in wait_bins(told)][:6] == [0, 1, 2, 0, 1, 0]


def test_nothing_is_drawn_of_a_day_on_which_nobody_came() -> None:
    played = PlayedMorning()
    played.book(HEART, 1)

    assert half_hours(played.visits()) == []
    assert wait_bins(played.visits()) == []
    assert figures(played.visits()).waits.mean_s is None
    assert figures([]).overtaken_most == ""


def test_who_has_not_come_is_a_no_show_from_the_end_of_his_slot_on() -> None:
    played = PlayedMorning()
    played.book(HEART, 1, 2, 3)
    played.at("07:30", asked.Cancel(queue=HEART, ticket=heart(2)))
    played.check_in("08:29", heart(3))

    before, after = by_number(played, "08:29"), by_number(played, "08:30")
    assert (before["A001"].is_no_show, before["A001"].is_expected) == (False, True)
    assert (after["A001"].is_no_show, after["A001"].is_expected) == (True, False)
    assert [one.number for one in played.visits() if one.is_no_show] == ["A001"]


def test_a_move_by_hand_is_told_with_who_and_a_common_reason_but_never_own_words() -> None:
    played = PlayedMorning()
    played.book(HEART, 1, 2, 3)
    played.check_in("08:00", heart(1), heart(2), heart(3))
    ticket = asked.Move(queue=HEART, ticket=heart(3), before=heart(2), why="行动不便")
    played.at("08:05", ticket, "nurse:bai")
    own_words = asked.Move(queue=HEART, ticket=heart(3), after=heart(2), why="王芳的母亲")
    played.at("08:06", own_words, "nurse:li")

    moved = by_number(played)["A003"].moves
    assert [(one.moved_s, one.by, one.reason) for one in moved] == [
        (second("08:05"), "nurse:bai", "one"),
        (second("08:06"), "nurse:li", ""),
    ]
    assert "王芳" not in repr(played.visits())


def test_who_is_overtaken_by_the_rules_is_told_apart_from_emergencies_and_moves() -> None:
    played = PlayedMorning(policies={HEART: Policy(standby_count=0), EYES: Policy()})
    played.book(HEART, 2, 3)
    played.book(HEART, 1)
    played.check_in("08:00", heart(3), heart(2))
    played.check_in("08:05", heart(1))
    played.at(
        "08:06", asked.AddWalkIn(queue=HEART, prefix="A", kind=TicketKind.EMERGENCY), "nurse:li"
    )
    move = asked.Move(queue=HEART, ticket=heart(3), before=heart(1), why="x")
    played.at("08:07", move)

    told = by_number(played)
    # By slot and number A002 came in before A003, A001 before both.
    assert told["A003"].overtaken_count == 2
    assert told["A002"].overtaken_count == 1
    assert [told[f"A00{n}"].overtaken_by_emergency_count for n in (1, 2, 3)] == [1, 1, 1]
    counted = figures(played.visits())
    assert (counted.overtaken_visits, counted.overtaken_times) == (2, 3)
    assert (counted.overtaken_most, counted.overtaken_most_times) == ("A003", 2)
    assert counted.overtaken_by_emergency_times == 3
    assert counted.moves_by_hand == 1


def test_what_was_taken_back_counts_as_not_having_happened() -> None:
    played = PlayedMorning()
    played.book(HEART, 1)
    played.check_in("08:00", heart(1))
    played.at("08:05", asked.CallNext(queue=HEART), DOCTOR)
    played.at("08:06", asked.Undo(queue=HEART), DOCTOR)
    played.at("08:10", asked.CallNext(queue=HEART), DOCTOR)
    played.at("08:11", asked.AddWalkIn(queue=HEART, prefix="A"))
    played.at("08:12", asked.Undo(queue=HEART))

    [visit] = played.visits()
    assert waits(visit) == [(WaitSince.CHECK_IN, 600)]
    assert len(visit.calls) == 1


def test_who_is_sent_to_another_doctor_arrives_once_and_waits_there() -> None:
    played = PlayedMorning()
    played.book(HEART, 1)
    played.check_in("08:00", heart(1))
    transfer = asked.Transfer(queue=HEART, ticket=heart(1), to_queue=EYES)
    played.at("08:10", transfer)
    played.at("08:30", asked.CallNext(queue=EYES), "doctor:gu")

    first, second_visit = played.visits()
    if first.queue == EYES:
        first, second_visit = second_visit, first
    assert (first.went_to, first.state) == (EYES, TicketState.TRANSFERRED)
    assert waits(first) == [(WaitSince.CHECK_IN, None)]
    assert (second_visit.came_from, second_visit.number) == (HEART, "A001")
    assert waits(second_visit) == [(WaitSince.TRANSFER, 20 * 60)]
    told = figures([first, second_visit])
    assert (told.arrivals, told.transferred_in, told.transferred_out) == (1, 1, 1)
    assert (told.walk_ins, told.waits.count, told.no_shows) == (0, 1, 0)


def test_priority_is_told_however_late_it_is_granted_and_coming_back_does_not_hide_it() -> None:
    played = PlayedMorning()
    played.book(EYES, 1)
    played.check_in("08:00", eyes(1))
    played.at("08:01", asked.GrantPriority(queue=EYES, ticket=eyes(1), rank="pregnant"))
    played.at("08:02", asked.CallNext(queue=EYES), DOCTOR)
    played.at("08:03", asked.SendForResults(queue=EYES, ticket=eyes(1)), DOCTOR)
    played.check_in("08:30", eyes(1))

    [visit] = played.visits()
    assert visit.kind is TicketKind.PRIORITY
    assert len(visit.returned) == 1


def test_who_is_sent_on_from_the_door_was_not_with_the_doctor_but_from_the_room_he_was() -> None:
    played = PlayedMorning()
    played.book(HEART, 1, 2)
    played.check_in("08:00", heart(1), heart(2))
    played.at("08:10", asked.CallTicket(queue=HEART, ticket=heart(1)), DOCTOR)
    played.at("08:11", asked.Transfer(queue=HEART, ticket=heart(1), to_queue=EYES), DOCTOR)
    played.at("08:12", asked.CallTicket(queue=HEART, ticket=heart(2)), DOCTOR)
    played.at("08:13", asked.Start(queue=HEART, ticket=heart(2)), DOCTOR)
    played.at("08:20", asked.Transfer(queue=HEART, ticket=heart(2), to_queue=EYES), DOCTOR)

    told = {one.number: one for one in played.visits() if one.queue == HEART}
    assert [one.service_s for one in told["A001"].consultations] == []
    assert [one.service_s for one in told["A002"].consultations] == [7 * 60]
