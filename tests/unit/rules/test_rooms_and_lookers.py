"""One patient in one room, and nobody decides on what he has not seen."""

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DaySecond, PatientId, QueueId, RefusalCode, TicketId
from queue_server.rules.ticket import ticket_id

HEART, EYES = QueueId("cardiology-1"), QueueId("ophthalmology-1")
NINE_S = DaySecond(9 * 3600)
ZHANG, LI = PatientId("zhang"), PatientId("li")
ZHANG_HEART, LI_HEART = ticket_id(HEART, "A001"), ticket_id(HEART, "A002")
ZHANG_EYES, LI_EYES = ticket_id(EYES, "B001"), ticket_id(EYES, "B002")


class Site:
    """Two doctors, and two patients who both have a ticket for each."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policies = dict.fromkeys((HEART, EYES), policy or Policy())
        self.day: Day = open_day(self.policies)
        for queue, prefix in ((HEART, "A"), (EYES, "B")):
            for patient in (ZHANG, LI):
                self.do(asked.AddWalkIn(queue=queue, prefix=prefix, patient=patient))

    def do(self, command: asked.Command) -> int:
        """Do what is asked, and return the number of the entry."""
        act = Act(command=command, at_s=NINE_S, by="doctor:wang")
        entry = decide(self.day, act, self.policies)
        self.day = apply(self.day, entry)
        return entry.number

    def refused(self, command: asked.Command) -> RefusalCode:
        before = self.day
        with pytest.raises(Refused) as refused:
            self.do(command)
        assert self.day is before
        return refused.value.code

    def in_room(self, queue: QueueId) -> TicketId | None:
        return self.day.queues[queue].in_room


def test_who_is_in_another_room_is_left_out_and_the_next_one_is_called() -> None:
    site = Site()
    site.do(asked.CallNext(queue=HEART))

    site.do(asked.CallNext(queue=EYES))

    assert (site.in_room(HEART), site.in_room(EYES)) == (ZHANG_HEART, LI_EYES)
    assert site.day.queues[EYES].order == (ZHANG_EYES,)


def test_two_doctors_who_call_one_patient_do_not_both_get_him() -> None:
    site = Site()
    site.do(asked.CallTicket(queue=HEART, ticket=ZHANG_HEART))

    code = site.refused(asked.CallTicket(queue=EYES, ticket=ZHANG_EYES))

    assert code is RefusalCode.PATIENT_ELSEWHERE


def test_where_everybody_is_elsewhere_the_doctor_is_told_so() -> None:
    site = Site()
    site.do(asked.Cancel(queue=EYES, ticket=LI_EYES))
    site.do(asked.CallNext(queue=HEART))

    assert site.refused(asked.CallNext(queue=EYES)) is RefusalCode.PATIENT_ELSEWHERE


def test_an_undo_does_not_bring_a_patient_back_who_is_in_another_room_by_now() -> None:
    site = Site()
    site.do(asked.CallNext(queue=HEART))
    finished = site.do(asked.Finish(queue=HEART, ticket=ZHANG_HEART))
    site.do(asked.CallTicket(queue=EYES, ticket=ZHANG_EYES))

    code = site.refused(asked.Undo(queue=HEART, entry=finished))

    assert code is RefusalCode.PATIENT_ELSEWHERE


def test_an_undo_does_not_bring_a_patient_back_into_a_room_that_is_taken() -> None:
    site = Site()
    site.do(asked.CallNext(queue=HEART))
    finished = site.do(asked.Finish(queue=HEART, ticket=ZHANG_HEART))
    site.do(asked.CallNext(queue=HEART))

    assert site.refused(asked.Undo(queue=HEART, entry=finished)) is RefusalCode.CHANGED_SINCE


def test_a_pause_that_was_followed_by_a_stop_is_not_undone_behind_it() -> None:
    site = Site()
    paused = site.do(asked.Pause(queue=HEART))
    site.do(asked.Stop(queue=HEART))

    assert site.refused(asked.Undo(queue=HEART, entry=paused)) is RefusalCode.NOTHING_TO_UNDO


def test_who_acts_on_what_has_changed_since_he_looked_is_refused() -> None:
    site = Site()
    seen = site.day.entry_count
    site.do(asked.Hold(queue=HEART, ticket=LI_HEART))

    code = site.refused(asked.Cancel(queue=HEART, ticket=LI_HEART, seen_entry=seen))

    assert code is RefusalCode.CHANGED_SINCE


def test_a_change_of_another_ticket_is_no_reason_to_refuse() -> None:
    site = Site(Policy(standby_count=0))
    seen = site.day.entry_count
    site.do(asked.Hold(queue=HEART, ticket=ZHANG_HEART))

    site.do(asked.Cancel(queue=HEART, ticket=LI_HEART, seen_entry=seen))

    assert site.day.queues[HEART].order == ()


def test_a_doctor_who_presses_twice_does_not_finish_whom_he_has_just_called() -> None:
    site = Site()
    seen = site.day.entry_count
    site.do(asked.CallNext(queue=HEART, seen_entry=seen))

    code = site.refused(asked.CallNext(queue=HEART, seen_entry=seen))

    assert code is RefusalCode.CHANGED_SINCE
    assert site.in_room(HEART) == ZHANG_HEART


def test_a_number_that_was_undone_is_not_given_to_somebody_else() -> None:
    site = Site()
    added = site.do(asked.AddWalkIn(queue=HEART, prefix="A"))
    site.do(asked.Undo(queue=HEART, entry=added))

    site.do(asked.AddWalkIn(queue=HEART, prefix="A"))

    assert ticket_id(HEART, "A003") not in site.day.queues[HEART].tickets
    assert ticket_id(HEART, "A004") in site.day.queues[HEART].tickets


def test_an_unknown_queue_is_refused() -> None:
    code = Site().refused(asked.CallNext(queue=QueueId("nowhere")))

    assert code is RefusalCode.UNKNOWN_QUEUE


def test_a_move_names_exactly_one_neighbour() -> None:
    move = asked.Move(queue=HEART, ticket=LI_HEART, why="feels worse")

    assert Site().refused(move) is RefusalCode.BAD_REQUEST
