"""When doctors were late, away, pausing or stopped, as the report of the day tells it."""

from queue_server.report.absences import DoctorAbsence
from queue_server.report.day_book import DayBook
from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind
from tests.unit.report.played_morning import HEART, PlayedMorning, heart, second


def told(morning: PlayedMorning) -> list[DoctorAbsence]:
    book = DayBook()
    book.add(morning.entries)
    return list(book.absences())


def left(returns: str) -> asked.ReportAbsence:
    return asked.ReportAbsence(
        queue=HEART,
        kind=AbsenceKind.LEFT,
        cause=AbsenceCause.SURGERY,
        returns_s=second(returns),
    )


def test_an_absence_lasts_until_the_doctor_calls() -> None:
    morning = PlayedMorning()
    morning.book(HEART, 1)
    morning.check_in("07:50", heart(1))
    morning.at("08:10", left("08:30"), by="doctor:shen")
    morning.at("08:35", asked.CallNext(queue=HEART), by="doctor:shen")

    [absence] = told(morning)

    assert (absence.kind, absence.cause) == (AbsenceKind.LEFT, AbsenceCause.SURGERY)
    assert (absence.began_s, absence.ended_s) == (second("08:10"), second("08:35"))
    assert (absence.lasted_s, absence.returns_s) == (25 * 60, second("08:30"))
    assert absence.by == "doctor:shen"


def test_one_that_is_told_anew_is_one_and_has_the_return_that_was_told_last() -> None:
    morning = PlayedMorning()
    morning.at("08:10", left("08:30"))
    morning.at("08:25", left("09:00"))

    [absence] = told(morning)

    assert (absence.began_s, absence.ended_s) == (second("08:10"), None)
    assert absence.returns_s == second("09:00")
    assert absence.lasted_s is None


def test_whoever_leaves_late_and_is_stopped_then_has_two() -> None:
    morning = PlayedMorning()
    morning.at("08:10", left("08:30"))
    morning.at("08:40", asked.Stop(queue=HEART, cause=AbsenceCause.RESCUE, approval="2026-17"))
    morning.at("09:10", asked.Reopen(queue=HEART))

    first, second_one = told(morning)

    assert (first.kind, first.lasted_s) == (AbsenceKind.LEFT, 30 * 60)
    assert (second_one.kind, second_one.lasted_s) == (AbsenceKind.STOPPED, 30 * 60)
    assert second_one.approval == "2026-17"


def test_what_was_taken_back_has_not_been() -> None:
    morning = PlayedMorning()
    morning.at("08:10", left("08:30"))
    morning.at("08:11", asked.Undo(queue=HEART))

    assert told(morning) == []
