"""A patient who looks at his visit is told by itself that his doctor is late, away or stopped."""

from collections.abc import Callable

import pytest

from kiosk.flow.events import AbsencesTold, Key, PrintEnded
from kiosk.flow.state import Arrived, MyPlace
from kiosk.presenter.views import PlaceView
from queue_server.contract.absence import Absence, AbsentDoctor
from queue_server.contract.messages import PlaceFound
from queue_server.rules.terms import AbsenceKind, TicketState
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import (
    SLIP_CODE,
    checked_in,
    identified,
    place,
    visit,
    waiting_visit,
)

EVERYBODY_IS_THERE = AbsencesTold(doctors=())
SAID = {
    AbsenceKind.LATE: "医生迟到，手术，预计 10:30 到岗。",
    AbsenceKind.LEFT: "医生暂时离开，手术，预计 10:30 返回。",
    AbsenceKind.PAUSED: "医生暂停叫号，手术，预计 10:30 恢复。",
    AbsenceKind.STOPPED: "今天停诊了，手术，预计 10:30 恢复。请到护士台办理改期或退号。",
}


def told(kind: AbsenceKind, queue: str = "cardiology-1") -> AbsencesTold:
    absence = Absence(kind=kind, cause_zh="手术", cause_en="in surgery", returns_text="10:30")
    doctor = AbsentDoctor(
        queue=queue,
        clinic_zh="心血管内科",
        clinic_en="Cardiology",
        doctor_zh="沈怀仁",
        doctor_en="Dr. Shen Huairen",
        absence=absence,
    )
    return AbsencesTold(doctors=(doctor,))


def shown(kiosk: AKiosk) -> str:
    return str(kiosk.view.body)


def who_has_arrived() -> AKiosk:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(checked_in())
    kiosk.on(PrintEnded(print_number=kiosk.slips[-1].print_number, failure=None))
    kiosk.screen(Arrived)
    return kiosk


def who_asks_for_his_place() -> AKiosk:
    kiosk = AKiosk().scan(SLIP_CODE).reply(PlaceFound(visit=waiting_visit()))
    kiosk.screen(MyPlace)
    return kiosk


def who_compares_his_visit() -> AKiosk:
    return AKiosk().scan().reply(identified(visit()))


@pytest.mark.parametrize("who", [who_has_arrived, who_asks_for_his_place, who_compares_his_visit])
@pytest.mark.parametrize("kind", list(AbsenceKind))
def test_the_screen_says_what_has_happened_and_falls_silent_when_the_doctor_is_back(
    who: Callable[[], AKiosk], kind: AbsenceKind
) -> None:
    kiosk = who()
    before = kiosk.view.body

    assert SAID[kind] in shown(kiosk.on(told(kind)))

    assert kiosk.on(EVERYBODY_IS_THERE).view.body == before


def test_who_waits_keeps_his_place_and_who_has_not_checked_in_may_do_so() -> None:
    assert "您的位置不变，请耐心等候。" in shown(who_has_arrived().on(told(AbsenceKind.LATE)))

    not_yet = shown(who_compares_his_visit().on(told(AbsenceKind.LATE)))
    assert "您可以照常签到。" in not_yet
    assert "您的位置不变" not in not_yet


@pytest.mark.parametrize("who", [who_has_arrived, who_asks_for_his_place])
def test_who_would_wait_in_vain_is_sent_to_the_nurse_desk_and_to_no_room(
    who: Callable[[], AKiosk],
) -> None:
    body = who().on(told(AbsenceKind.STOPPED)).view.body
    assert isinstance(body, PlaceView)

    assert body.where == "请到 2 层 A 候诊区护士台。"
    assert (body.ahead, body.at_most, body.reason) == (None, "", "")


def test_in_a_list_of_visits_the_card_says_it() -> None:
    others = waiting_visit(ticket_id="other", queue="dermatology-1")
    kiosk = AKiosk().scan().reply(identified(visit(), others)).tap(Key.BACK)

    kiosk.on(told(AbsenceKind.LEFT, queue="dermatology-1"))

    cards = kiosk.view.body.cards  # type: ignore[union-attr]
    assert [card.status for card in cards] == ["可以签到", "医生离开"]


def test_of_another_doctor_or_of_another_day_nothing_is_said() -> None:
    tomorrow = visit(day_on="2026-11-22", is_today=False, can_check_in=False)
    for kiosk in (AKiosk().scan().reply(identified(tomorrow)), who_asks_for_his_place()):
        queue = "cardiology-1" if kiosk.state.session else "cardiology-2"
        before = kiosk.view.body

        assert kiosk.on(told(AbsenceKind.STOPPED, queue)).view.body == before


def test_who_compares_his_visit_can_t_check_in_while_the_clinic_is_stopped() -> None:
    kiosk = who_compares_his_visit().on(told(AbsenceKind.STOPPED)).tap(Key.CHECK_IN)
    assert len(kiosk.asks) == 1

    kiosk.on(EVERYBODY_IS_THERE).tap(Key.CHECK_IN)

    assert len(kiosk.asks) == 2


def test_who_came_while_it_was_stopped_may_check_in_when_it_goes_on() -> None:
    stopped = told(AbsenceKind.STOPPED).doctors[0].absence
    refused = visit(
        can_check_in=False, hint_zh="今天停诊", hint_en="Stopped today", absence=stopped
    )
    kiosk = AKiosk().scan().reply(identified(refused))

    kiosk.on(EVERYBODY_IS_THERE)

    assert "今天停诊" not in shown(kiosk)
    assert len(kiosk.tap(Key.CHECK_IN).asks) == 2


def test_that_staff_have_paused_the_calls_is_told_and_taken_back() -> None:
    kiosk = who_asks_for_his_place()
    before = kiosk.view.body

    kiosk.on(AbsencesTold(doctors=(), paused=frozenset({"cardiology-1"})))
    assert "医生暂停叫号，您的位置不变" in shown(kiosk)

    assert kiosk.on(EVERYBODY_IS_THERE).view.body == before


def test_a_visit_that_is_over_is_not_troubled_by_it() -> None:
    over = waiting_visit(state=TicketState.DONE, place=place(state=TicketState.DONE))
    kiosk = AKiosk().scan(SLIP_CODE).reply(PlaceFound(visit=over))
    before = kiosk.view.body

    assert kiosk.on(told(AbsenceKind.LEFT)).view.body == before


def test_the_voice_does_not_read_on_what_no_longer_stands_there() -> None:
    for kiosk in (who_has_arrived(), who_compares_his_visit()):
        kiosk.tap(Key.LISTEN)
        assert kiosk.state.is_speaking

        kiosk.on(told(AbsenceKind.LATE, queue="dermatology-1"))
        assert kiosk.state.is_speaking
        kiosk.on(told(AbsenceKind.LATE))

        assert not kiosk.state.is_speaking


def test_a_slip_that_is_printed_again_has_what_is_true_now() -> None:
    kiosk = who_has_arrived().on(told(AbsenceKind.LATE)).tap(Key.PRINT_AGAIN)

    visit_on_slip = kiosk.slips[-1].facts.visit  # type: ignore[union-attr]
    assert visit_on_slip.absence is not None
