"""A patient of a clinic is asked at check-in which of its doctors he wants."""

from msgspec.structs import replace

from kiosk.flow.events import CheckInOffline, Key, LineChanged, OfflineCheckInAllowed
from kiosk.flow.state import Arrived, ChooseDoctor, MyPlace, Next, OneVisit, Refusal
from kiosk.presenter.doctor_views import DoctorsView
from kiosk.presenter.views import spoken_texts
from queue_server.contract import doctor_choice
from queue_server.contract.doctor_choice import DoctorChoice, DoctorThere
from queue_server.contract.messages import CheckIn, Refused
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import checked_in, identified, place_found, visit
from tests.unit.kiosk.hospital_for_tests import waiting_visit as waiting

NAMES = ("顾清和", "纪云舒", "陆书宁", "沈怀仁", "白露")


def there(count: int) -> list[DoctorThere]:
    return [
        DoctorThere(
            doctor=f"doctor-{number}",
            doctor_zh=name,
            doctor_en=f"Dr. {number}",
            doctor_title_zh="主任医师",
            doctor_title_en="Chief Physician",
            room_zh=f"20{number} 诊室",
            room_en=f"Room 20{number}",
            waiting_count=number,
        )
        for number, name in enumerate(NAMES[:count])
    ]


CHOOSES = visit(doctor_choice=DoctorChoice(doctors=there(2)))
GONE = waiting(doctor_choice=DoctorChoice(doctors=there(2), gone_zh="白露", gone_en="Dr. Bai"))


def a_kiosk_that_asks(count: int = 2) -> AKiosk:
    one = replace(CHOOSES, doctor_choice=DoctorChoice(doctors=there(count)))
    return AKiosk().scan().reply(identified(one)).tap(Key.CHECK_IN)


def view_of(kiosk: AKiosk) -> DoctorsView:
    body = kiosk.view.body
    assert isinstance(body, DoctorsView)
    return body


def test_any_doctor_comes_first_then_who_is_there_with_how_many_wait() -> None:
    kiosk = a_kiosk_that_asks()

    kiosk.screen(ChooseDoctor)
    view = view_of(kiosk)
    assert view.any_doctor.label == "哪位医生都可以"
    assert [(one.clinic, one.time, one.status) for one in view.cards] == [
        ("顾清和", "200 诊室", "候诊 0 位"),
        ("纪云舒", "201 诊室", "候诊 1 位"),
    ]
    spoken = list(spoken_texts(view))
    assert spoken.index("哪位医生都可以") < spoken.index("顾清和")


def test_the_choice_goes_with_the_check_in() -> None:
    kiosk = a_kiosk_that_asks().tap(Key.DOCTOR, 1)

    assert kiosk.asks[-1] == CheckIn(
        session_id="session-1", ticket_id=CHOOSES.ticket_id, doctor="doctor-1"
    )
    kiosk.reply(checked_in()).screen(Arrived)
    assert len(kiosk.slips) == 1


def test_whoever_wants_nobody_in_particular_checks_in_for_any() -> None:
    kiosk = a_kiosk_that_asks().tap(Key.ANY_DOCTOR)

    assert kiosk.asks[-1] == CheckIn(session_id="session-1", ticket_id=CHOOSES.ticket_id)


def test_nobody_is_asked_where_there_is_no_choice() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN)

    assert kiosk.asks[-1] == CheckIn(session_id="session-1", ticket_id=CHOOSES.ticket_id)


def test_many_doctors_stand_on_pages_and_fewer_on_each_in_large_print() -> None:
    kiosk = a_kiosk_that_asks(5)
    assert [one.clinic for one in view_of(kiosk).cards] == list(NAMES[:3])

    kiosk.tap(Key.MORE_DOCTORS)
    assert [one.clinic for one in view_of(kiosk).cards] == list(NAMES[3:])
    kiosk.tap(Key.DOCTOR, 4)
    assert kiosk.asks[-1] == CheckIn(
        session_id="session-1", ticket_id=CHOOSES.ticket_id, doctor="doctor-4"
    )

    elder = a_kiosk_that_asks(5).tap(Key.MORE_DOCTORS).tap(Key.ELDER)
    assert [one.clinic for one in view_of(elder).cards] == list(NAMES[:2])
    assert view_of(elder).page == "第 1 页，共 3 页"


def test_a_doctor_who_stops_meanwhile_is_told_and_the_others_are_offered_again() -> None:
    zh, en = SENTENCES[RefusalCode.DOCTOR_NOT_THERE]
    gone = Refused(code=RefusalCode.DOCTOR_NOT_THERE, message_zh=zh, message_en=en)

    kiosk = a_kiosk_that_asks().tap(Key.DOCTOR, 0).reply(gone)

    assert kiosk.screen(Refusal).next is Next.CHOOSE_DOCTOR
    kiosk.tap(Key.TRY_AGAIN).screen(ChooseDoctor)
    assert [one.clinic for one in view_of(kiosk).cards] == ["纪云舒"]


def test_who_waits_for_a_doctor_who_has_stopped_is_told_first_and_chooses_anew() -> None:
    kiosk = AKiosk().scan().reply(identified(visit(ticket_id="another"), GONE))

    kiosk.screen(ChooseDoctor)
    message = view_of(kiosk).message
    assert message is not None
    assert message.text == "您指定的白露医生已停诊，请重新选择。您的位置不变。"
    kiosk.tap(Key.DOCTOR, 0)
    assert kiosk.asks[-1] == doctor_choice.ChooseDoctor(
        session_id="session-1", ticket_id=GONE.ticket_id, doctor="doctor-0"
    )
    moved = waiting(ticket_id="respiratory-1:16", doctor_zh="顾清和")
    assert kiosk.reply(place_found(moved)).screen(MyPlace).visit == moved
    assert kiosk.state.session is not None
    assert [one.ticket_id for one in kiosk.state.session.visits] == ["another", moved.ticket_id]


def test_the_way_back_leads_to_the_visit_or_to_his_place() -> None:
    a_kiosk_that_asks().tap(Key.BACK).screen(OneVisit)

    AKiosk().scan().reply(identified(GONE)).tap(Key.BACK).screen(MyPlace)


def test_a_kiosk_without_a_server_asks_for_no_doctor() -> None:
    kiosk = a_kiosk_that_asks()
    kiosk.on(LineChanged(is_up=False), OfflineCheckInAllowed(is_allowed=True))

    kiosk.tap(Key.HOME).scan()

    assert isinstance(kiosk.effects[-1], CheckInOffline)
