"""A patient of an area queue asks for a doctor at a kiosk, over the wire."""

import pytest

from queue_server.contract.doctor_choice import ChooseDoctor, DoctorChoice
from queue_server.contract.messages import CheckedIn, CheckIn, PlaceFound, Visit
from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId, RefusalCode, RequestId, TicketId
from tests.integration.service.known_hospital import OF_CLINIC, OF_CLINIC_TOO, ON_TIME
from tests.integration.service.served_site import Device, ServedSite

CLINIC = QueueId("respiratory")
GU, JI = QueueId("respiratory-1"), QueueId("respiratory-2")
FIRST = TicketId("respiratory:C001")


@pytest.fixture
def opened(served: ServedSite) -> ServedSite:
    """Both doctors are there."""
    for doctor in (GU, JI):
        served.act(asked.Attend(queue=doctor))
    return served


def crowd(served: ServedSite, doctor: QueueId, count: int) -> None:
    """Let walk-ins wait for a doctor."""
    for _ in range(count):
        served.act(asked.AddWalkIn(queue=doctor, prefix="W"))


def choice(visit: Visit) -> DoctorChoice:
    assert visit.doctor_choice is not None
    return visit.doctor_choice


def check_in_for(kiosk: Device, name: str, doctor: QueueId | None) -> CheckIn:
    identified = kiosk.identify(name)
    [visit] = identified.visits
    return CheckIn(session_id=identified.session_id, ticket_id=visit.ticket_id, doctor=doctor)


def order(served: ServedSite, queue: QueueId) -> list[str]:
    return [ticket.number for ticket in served.service.now.day.queues[queue].listed()]


def stop(served: ServedSite, doctor: QueueId) -> None:
    """He stops for today, as a second person confirms."""
    served.act(asked.Stop(queue=doctor, approval="批-1"))
    confirm = asked.ConfirmStop(queue=doctor)
    served.service.act(confirm, by="nurse:zhao", request_id=RequestId("confirm")).result(20)


def test_whoever_is_there_can_be_asked_for_and_the_choice_says_how_many_wait(
    kiosk: Device, opened: ServedSite
) -> None:
    crowd(opened, GU, 3)

    [visit] = kiosk.identify(OF_CLINIC).visits

    there = [(one.doctor_zh, one.room_zh, one.waiting_count) for one in choice(visit).doctors]
    assert there == [("顾清和", "203 诊室", 3), ("纪云舒", "204 诊室", 0)]


def test_he_waits_for_the_doctor_he_has_asked_for_and_not_for_the_other_one(
    kiosk: Device, opened: ServedSite
) -> None:
    crowd(opened, GU, 2)

    reply = kiosk.ask(check_in_for(kiosk, OF_CLINIC, GU))

    assert isinstance(reply, CheckedIn)
    assert order(opened, CLINIC) == ["C001"]
    assert order(opened, JI) == []
    assert reply.visit.place is not None
    assert reply.visit.place.ahead_count == 2
    # Whoever comes next sees that one more waits for that doctor.
    [visit] = kiosk.identify(OF_CLINIC_TOO).visits
    assert [one.waiting_count for one in choice(visit).doctors] == [3, 0]
    opened.act(asked.CallNext(queue=GU))
    assert order(opened, GU)[-1] == "C001"


def test_whoever_asks_for_nobody_goes_to_whom_the_fewest_wait(
    kiosk: Device, opened: ServedSite
) -> None:
    crowd(opened, GU, 1)

    reply = kiosk.ask(check_in_for(kiosk, OF_CLINIC, None))

    assert isinstance(reply, CheckedIn)
    assert reply.visit.doctor_zh == "纪云舒"
    assert order(opened, JI) == ["C001"]


def test_a_doctor_who_has_just_stopped_is_told_and_nobody_is_checked_in_for_him(
    kiosk: Device, opened: ServedSite
) -> None:
    wish = check_in_for(kiosk, OF_CLINIC, GU)
    opened.act(asked.Pause(queue=GU))
    entries = opened.service.now.day.entry_count

    refusal = kiosk.refusal_of(wish)

    assert refusal.code is RefusalCode.DOCTOR_NOT_THERE
    assert "请重新选择" in refusal.message_zh
    assert opened.service.now.day.entry_count == entries
    [visit] = kiosk.identify(OF_CLINIC).visits
    assert [one.doctor for one in choice(visit).doctors] == [JI]


def test_who_waits_for_a_doctor_who_has_stopped_is_told_so_and_chooses_anew(
    kiosk: Device, opened: ServedSite
) -> None:
    crowd(opened, GU, 2)
    kiosk.ask(check_in_for(kiosk, OF_CLINIC, GU))
    stop(opened, GU)

    identified = kiosk.identify(OF_CLINIC)
    [visit] = identified.visits
    assert choice(visit).gone_zh == "顾清和"
    assert [one.doctor for one in choice(visit).doctors] == [JI]
    chosen = ChooseDoctor(session_id=identified.session_id, ticket_id=visit.ticket_id, doctor=JI)
    found = kiosk.ask(chosen)

    assert isinstance(found, PlaceFound)
    assert (found.visit.doctor_zh, found.visit.doctor_choice) == ("纪云舒", None)
    assert order(opened, JI) == ["C001"]
    assert kiosk.ask(chosen) == found


def test_nobody_is_asked_before_a_doctor_is_there_and_nobody_who_has_booked_a_doctor(
    kiosk: Device, served: ServedSite
) -> None:
    for name in (OF_CLINIC, ON_TIME):
        assert kiosk.identify(name).visits[0].doctor_choice is None


def test_nobody_asks_for_a_doctor_of_another_clinic_or_where_none_can_be_asked_for(
    kiosk: Device, opened: ServedSite
) -> None:
    opened.act(asked.Attend(queue=QueueId("cardiology-1")))

    foreign = check_in_for(kiosk, OF_CLINIC, QueueId("cardiology-1"))
    assert kiosk.code_of(foreign) is RefusalCode.DOCTOR_NOT_THERE
    booked = kiosk.check_in_request(ON_TIME)
    of_doctor = CheckIn(
        session_id=booked.session_id, ticket_id=booked.ticket_id, doctor="cardiology-1"
    )
    assert kiosk.code_of(of_doctor) is RefusalCode.DOCTOR_NOT_THERE
    assert order(opened, QueueId("cardiology-1")) == []


def test_nobody_chooses_for_another_patient(kiosk: Device, opened: ServedSite) -> None:
    foreign = ChooseDoctor(
        session_id=kiosk.identify(OF_CLINIC_TOO).session_id, ticket_id=FIRST, doctor=JI
    )

    assert kiosk.code_of(foreign) is RefusalCode.UNKNOWN_TICKET


def test_the_wish_outlives_a_restart(kiosk: Device, opened: ServedSite) -> None:
    crowd(opened, GU, 2)
    kiosk.ask(check_in_for(kiosk, OF_CLINIC, GU))

    opened.restart()

    ticket = opened.service.now.day.queues[CLINIC].tickets[FIRST]
    assert ticket.wanted == GU
