"""An MDT clinic: nobody is called without the quorum, and the doctors come to the patient."""

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.mdt import member_state
from queue_server.rules.reason import explain
from queue_server.rules.terms import (
    AbsenceKind,
    MemberState,
    PatientId,
    QueueId,
    RefusalCode,
    RoomId,
    TicketState,
)
from queue_server.web.detail_view import reason_of
from tests.unit.rules.mdt_clinic import BAI, CLINIC, HAN, OUYANG, SHEN, Clinic


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def called(clinic: Clinic) -> Clinic:
    """The quorum is there and the first patient is called."""
    clinic.join(OUYANG, HAN)
    clinic.call()
    return clinic


def test_a_call_without_the_quorum_is_refused_and_says_who_is_missing(clinic: Clinic) -> None:
    clinic.join(OUYANG, BAI)

    refused = clinic.refused(asked.CallNext(queue=CLINIC))

    assert refused.code is RefusalCode.QUORUM_MISSING
    assert "韩铁山" in refused.message_zh
    assert "欧阳静" not in refused.message_zh
    assert "Dr. Han Tieshan" in refused.message_en
    first = clinic.queue.order[0]
    assert clinic.refused(asked.CallTicket(queue=CLINIC, ticket=first)).code is refused.code


def test_with_the_quorum_he_is_called_and_who_is_not_of_it_may_be_away(clinic: Clinic) -> None:
    clinic.join(OUYANG, HAN)

    assert clinic.call().number == "M001"


def test_a_doctor_of_the_quorum_who_leaves_stops_the_next_call(called: Clinic) -> None:
    called.come(OUYANG, HAN)
    called.act(called.done(OUYANG), called.done(HAN))
    called.act(asked.LeaveTeam(queue=CLINIC, member=HAN))

    assert called.refused(asked.CallNext(queue=CLINIC)).code is RefusalCode.QUORUM_MISSING


def test_the_visit_begins_with_the_first_doctor_and_ends_with_the_last(called: Clinic) -> None:
    called.come(HAN)
    patient = called.in_room
    assert patient.state is TicketState.IN_SERVICE
    called.act(called.done(HAN))
    assert called.in_room.state is TicketState.IN_SERVICE
    called.come(OUYANG)

    called.act(called.done(OUYANG))

    assert called.queue.tickets[patient.id].state is TicketState.DONE
    assert called.queue.in_room is None


def test_a_colleague_who_came_though_he_need_not_is_waited_for(called: Clinic) -> None:
    called.come(OUYANG, HAN, BAI)

    called.act(called.done(OUYANG), called.done(HAN))

    assert called.in_room.state is TicketState.IN_SERVICE
    called.act(called.done(BAI))
    assert called.queue.in_room is None


def test_nobody_comes_twice_or_is_done_twice_or_before_he_came(called: Clinic) -> None:
    called.come(OUYANG)
    assert called.refused(called.done(HAN)).code is RefusalCode.TEAM_STATE
    assert called.refused(called.coming(OUYANG)).code is RefusalCode.TEAM_STATE
    called.act(called.done(OUYANG))
    assert called.refused(called.done(OUYANG)).code is RefusalCode.TEAM_STATE
    join = asked.JoinTeam(queue=CLINIC, member=OUYANG)
    assert called.refused(join).code is RefusalCode.TEAM_STATE


def test_who_comes_to_the_patient_has_signed_in_by_that(called: Clinic) -> None:
    called.come(BAI)

    assert BAI in called.queue.standing.present


def test_a_doctor_of_another_clinic_is_not_of_the_team(called: Clinic) -> None:
    commands = (called.coming(SHEN), asked.JoinTeam(queue=CLINIC, member=SHEN))
    assert {called.refused(one).code for one in commands} == {RefusalCode.NOT_IN_TEAM}
    at_his_own = asked.JoinTeam(queue=SHEN, member=SHEN)
    assert called.refused(at_his_own).code is RefusalCode.NOT_IN_TEAM


@pytest.mark.parametrize("kind", [asked.Finish, asked.Transfer, asked.CallNext, asked.CallTicket])
def test_nothing_takes_the_patient_away_before_all_are_done(
    called: Clinic, kind: type[asked.Command]
) -> None:
    called.come(OUYANG)
    patient, second = called.in_room.id, called.queue.order[0]
    more: dict[type[asked.Command], dict[str, object]] = {
        asked.Finish: {"ticket": patient},
        asked.Transfer: {"ticket": patient, "to_queue": SHEN},
        asked.CallTicket: {"ticket": second},
        asked.CallNext: {},
    }

    refused = called.refused(kind(queue=CLINIC, **more[kind]))  # type: ignore[arg-type]

    assert refused.code is RefusalCode.TEAM_NOT_DONE
    assert "欧阳静、韩铁山" in refused.message_zh
    assert called.in_room.id == patient


def test_the_lead_ends_it_early_with_a_reason_and_nobody_else_does(called: Clinic) -> None:
    called.come(OUYANG)
    patient = called.in_room.id

    assert called.refused(called.ending(HAN, "急诊手术")).code is RefusalCode.LEAD_ONLY
    assert called.refused(called.ending(OUYANG, " ")).code is RefusalCode.REASON_MISSING
    entry = called.act(called.ending(OUYANG, "患者转急诊"))

    assert called.queue.tickets[patient].state is TicketState.DONE
    reason = reason_of(entry, patient)
    assert reason is not None
    zh, en = explain(reason)
    assert "患者转急诊" in zh
    assert "lead" in en


def test_no_other_room_gets_him_meanwhile(called: Clinic) -> None:
    patient = called.in_room.patient
    assert patient is not None
    called.act(asked.AddWalkIn(queue=SHEN, prefix="A", patient=patient))
    assert called.refused(asked.CallNext(queue=SHEN)).code is RefusalCode.PATIENT_ELSEWHERE
    second = called.queue.order[0]
    taken = asked.CrossCall(queue=SHEN, ticket=second, from_queue=CLINIC)
    assert called.refused(taken).code is RefusalCode.TEAM_PATIENT


def test_a_doctor_goes_on_with_his_own_patients_between_turns(called: Clinic) -> None:
    called.act(asked.AddWalkIn(queue=HAN, prefix="E", patient=PatientId("somebody-else")))

    called.act(asked.CallNext(queue=HAN))

    assert called.day.queues[HAN].in_room is not None
    assert called.queue.in_room is not None


def test_the_room_of_the_clinic_is_nobody_elses_today(clinic: Clinic) -> None:
    take = asked.TakeRoom(
        queue=HAN,
        room=RoomId("room-305"),
        usual_queue=CLINIC,
        own_usual_room=RoomId("room-302"),
    )

    assert clinic.refused(take).code is RefusalCode.ROOM_TAKEN


def test_a_doctor_who_is_with_the_patient_does_not_sign_out(called: Clinic) -> None:
    called.come(HAN)
    leave = asked.LeaveTeam(queue=CLINIC, member=HAN)

    assert called.refused(leave).code is RefusalCode.TURN_OPEN
    called.act(called.done(HAN), leave)
    assert HAN not in called.queue.standing.present


def test_a_late_clinic_is_late_until_the_quorum_is_there(clinic: Clinic) -> None:
    clinic.act(asked.ReportAbsence(queue=CLINIC, kind=AbsenceKind.LATE), by="rule")
    clinic.join(BAI, HAN)
    assert clinic.queue.absence is not None
    assert not clinic.queue.is_attended

    clinic.join(OUYANG)

    assert "Attended" in [type(event).__name__ for event in clinic.entries[-1].events]
    assert clinic.day.queues[CLINIC].absence is None


def test_each_doctor_is_shown_as_away_there_with_the_patient_or_done(called: Clinic) -> None:
    called.come(OUYANG, HAN)
    called.act(called.done(HAN))

    states = {one: member_state(called.queue, one) for one in (OUYANG, HAN, BAI)}

    assert states == {
        OUYANG: MemberState.WITH_PATIENT,
        HAN: MemberState.DONE,
        BAI: MemberState.ABSENT,
    }


def test_a_patient_who_comes_back_with_results_is_seen_by_all_of_them_again(
    called: Clinic,
) -> None:
    called.come(OUYANG)
    called.act(called.done(OUYANG))
    patient = called.in_room.id
    called.act(asked.SendForResults(queue=CLINIC, ticket=patient))
    called.act(asked.CheckIn(queue=CLINIC, ticket=patient))

    called.act(asked.CallTicket(queue=CLINIC, ticket=patient))

    assert called.in_room.came == called.in_room.seen_by == ()


def undone(clinic: Clinic) -> None:
    clinic.act(asked.Undo(queue=CLINIC, entry=clinic.entries[-1].number))


def test_the_last_mark_is_taken_back_and_with_it_the_end_of_the_visit(called: Clinic) -> None:
    called.come(OUYANG, HAN)
    called.act(called.done(HAN))
    before = called.in_room
    called.act(called.done(OUYANG))

    undone(called)

    after = called.in_room
    assert (after.id, after.state) == (before.id, TicketState.IN_SERVICE)
    assert (after.came, after.seen_by) == ((OUYANG, HAN), (HAN,))


def test_who_takes_back_that_he_came_is_still_signed_in(called: Clinic) -> None:
    called.come(BAI)

    undone(called)

    assert called.in_room.state is TicketState.CALLED
    assert called.in_room.came == ()
    assert BAI in called.queue.standing.present


def test_the_word_of_a_colleague_does_not_refuse_his_own(called: Clinic) -> None:
    """Both press at once: each has seen the patient called, and nobody there."""
    seen, patient = called.day.entry_count, called.in_room.id
    called.come(HAN)

    called.act(asked.ComeToPatient(queue=CLINIC, ticket=patient, member=OUYANG, seen_entry=seen))

    assert called.in_room.came == (HAN, OUYANG)


def test_who_of_the_patients_comes_is_told_in_the_history(called: Clinic) -> None:
    called.come(OUYANG)
    reason = reason_of(called.entries[-1], called.in_room.id)
    assert reason is not None
    told = explain(reason)
    assert all(told)


def test_a_clinic_of_one_doctor_knows_no_team(clinic: Clinic) -> None:
    clinic.act(asked.AddWalkIn(queue=SHEN, prefix="A"))
    clinic.act(asked.CallNext(queue=SHEN))
    in_room = clinic.day.queues[SHEN].in_room
    assert in_room is not None
    clinic.act(asked.Finish(queue=QueueId(SHEN), ticket=in_room))
