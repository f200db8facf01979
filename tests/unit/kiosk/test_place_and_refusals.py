"""My place in the queue, and every refusal with what to do next."""

import pytest

from kiosk.flow.events import Key
from kiosk.flow.intent import Intent
from kiosk.flow.slip_facts import SlipFacts
from kiosk.flow.state import Home, Identify, IdNumberPad, MyPlace, Refusal, Visits, Waiting
from kiosk.presenter.views import RefusalView
from queue_server.contract.messages import FindPlace, Refused
from queue_server.contract.messages import Identify as IdentifyBody
from queue_server.rules.terms import QueueStatus, RefusalCode, TicketState
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import (
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
    identified,
    place,
    place_found,
    visit,
    waiting_visit,
)

WECHAT_CODE = "134567890123456789"
ALIPAY_CODE = "281234567890123456"
UNIONPAY_CODE = "6212345678901234567"


def refused(code: RefusalCode) -> Refused:
    return Refused(code=code, message_zh=f"{code} 的说明。", message_en=f"About {code}.")


def refusal_view(kiosk: AKiosk) -> RefusalView:
    body = kiosk.view.body
    assert isinstance(body, RefusalView)
    return body


def test_a_slip_shows_its_place_without_a_name() -> None:
    kiosk = AKiosk().tap(Key.MY_PLACE).scan(SLIP_CODE).reply(place_found())

    assert kiosk.asks == [FindPlace(slip_code=SLIP_CODE)]
    assert kiosk.screen(MyPlace).visit == waiting_visit()
    assert kiosk.state.session is None
    body = str(kiosk.view.body)
    assert "3 位" in body
    assert "最多再有 5 位" in body
    assert "您按预约时段" in body


def test_a_card_leads_to_the_place_of_the_one_visit_that_waits() -> None:
    kiosk = AKiosk().tap(Key.MY_PLACE).scan()

    kiosk.reply(identified(waiting_visit(), visit(ticket_id="second")))

    assert kiosk.screen(MyPlace).visit == waiting_visit()


def test_a_patient_who_waits_for_nothing_sees_his_visits() -> None:
    kiosk = AKiosk().tap(Key.MY_PLACE).scan()

    kiosk.reply(identified(visit(), visit(ticket_id="second")))

    kiosk.screen(Visits)


@pytest.mark.parametrize("state", list(TicketState))
@pytest.mark.parametrize("language_taps", [0, 1])
def test_every_state_says_what_to_do(state: TicketState, language_taps: int) -> None:
    found = waiting_visit(state=state, place=place(state=state))
    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found(found))
    for _ in range(language_taps):
        kiosk.tap(Key.LANGUAGE)

    body = str(kiosk.view.body)

    assert "{" not in body
    assert ("A16" in body, kiosk.screen(MyPlace).visit.state) == (True, state)


def test_who_is_called_sees_the_room_that_calls() -> None:
    called = place(state=TicketState.CALLED, called_room_zh="305 诊室", called_room_en="Room 305")
    kiosk = AKiosk().scan(SLIP_CODE)

    kiosk.reply(place_found(waiting_visit(state=TicketState.CALLED, place=called)))

    assert "请现在就到 305 诊室" in str(kiosk.view.body)
    assert "前面还有" not in str(kiosk.view.body)


@pytest.mark.parametrize(
    ("status", "words"),
    [(QueueStatus.PAUSED, "医生暂停叫号"), (QueueStatus.STOPPED, "今天停诊")],
)
def test_a_queue_that_stands_still_is_said_so(status: QueueStatus, words: str) -> None:
    kiosk = AKiosk().scan(SLIP_CODE)

    kiosk.reply(place_found(waiting_visit(place=place(queue_status=status))))

    assert words in str(kiosk.view.body)


def test_a_slip_that_may_check_in_again_asks_for_the_card() -> None:
    missed = waiting_visit(can_check_in=True, place=place(state=TicketState.MISSED))
    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found(missed)).tap(Key.CHECK_IN)
    assert len(kiosk.asks) == 1

    kiosk.tap(Key.SHOW_CARD)

    assert kiosk.screen(Identify).intent is Intent.CHECK_IN


def test_a_lost_slip_is_printed_again_from_the_place() -> None:
    kiosk = AKiosk().tap(Key.MY_PLACE).scan().reply(identified(waiting_visit()))

    kiosk.tap(Key.PRINT_AGAIN)

    [slip] = kiosk.slips
    assert slip.facts == SlipFacts(visit=waiting_visit(), masked_name=MASKED_NAME)


@pytest.mark.parametrize("code", [WECHAT_CODE, ALIPAY_CODE, UNIONPAY_CODE])
def test_a_payment_code_is_refused_and_never_sent(code: str) -> None:
    kiosk = AKiosk().scan(code)

    assert kiosk.asks == []
    assert kiosk.screen(Refusal).code == "PAYMENT_CODE"
    assert "没有扣您的钱" in refusal_view(kiosk).message
    assert code not in repr(kiosk.state)


@pytest.mark.parametrize("code", list(RefusalCode))
@pytest.mark.parametrize("language_taps", [0, 1])
def test_every_refusal_has_a_title_and_says_what_to_do_next(
    code: RefusalCode, language_taps: int
) -> None:
    kiosk = AKiosk().scan().reply(refused(code))
    for _ in range(language_taps):
        kiosk.tap(Key.LANGUAGE)

    view = refusal_view(kiosk)

    assert view.title
    assert view.message == (f"About {code}." if language_taps else f"{code} 的说明。")
    assert len(view.hint) >= 6
    assert Key.CALL_NURSE in {key.key for key in view.keys}
    assert {key.key for key in view.keys} & {Key.HOME, Key.TRY_AGAIN}


@pytest.mark.parametrize(
    "code",
    [
        RefusalCode.TOO_EARLY,
        RefusalCode.TOO_LATE,
        RefusalCode.WRONG_DAY,
        RefusalCode.CLINIC_STOPPED,
        RefusalCode.ALREADY_CHECKED_IN,
        RefusalCode.CARD_UNKNOWN,
        RefusalCode.CARD_EXPIRED,
        RefusalCode.CARD_USED,
        RefusalCode.ID_NUMBER_UNKNOWN,
        RefusalCode.SLIP_UNKNOWN,
        RefusalCode.SESSION_ENDED,
        RefusalCode.BUSY,
    ],
)
def test_what_patients_meet_has_words_of_its_own(code: RefusalCode) -> None:
    known = refusal_view(AKiosk().scan().reply(refused(code)))
    other = refusal_view(AKiosk().scan().reply(refused(RefusalCode.BAD_REQUEST)))

    assert known.title != other.title
    assert known.hint != other.hint


@pytest.mark.parametrize(
    "code", [RefusalCode.CARD_UNKNOWN, RefusalCode.CARD_EXPIRED, RefusalCode.CARD_USED]
)
def test_a_refused_card_may_be_shown_again(code: RefusalCode) -> None:
    kiosk = AKiosk().tap(Key.MY_PLACE).scan().reply(refused(code)).tap(Key.TRY_AGAIN)

    assert kiosk.screen(Identify).intent is Intent.PLACE


def test_an_unknown_id_number_may_be_typed_again_and_is_forgotten() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).type_id_number(ID_NUMBER)
    kiosk.tap(Key.CONFIRM).reply(refused(RefusalCode.ID_NUMBER_UNKNOWN)).tap(Key.TRY_AGAIN)

    assert kiosk.screen(IdNumberPad).characters == ""


def test_a_refused_check_in_leads_back_to_the_other_visits() -> None:
    kiosk = AKiosk().scan().reply(identified(visit(), visit(ticket_id="second")))
    kiosk.tap(Key.VISIT, 0).tap(Key.CHECK_IN).reply(refused(RefusalCode.TOO_LATE))

    kiosk.tap(Key.TRY_AGAIN)

    kiosk.screen(Visits)


def test_a_refused_only_visit_leads_home() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN)

    kiosk.reply(refused(RefusalCode.TOO_EARLY)).tap(Key.TRY_AGAIN)

    kiosk.screen(Home)
    assert kiosk.state.session is None


def test_an_ended_session_starts_again_with_the_card() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN)

    kiosk.reply(refused(RefusalCode.SESSION_ENDED)).tap(Key.TRY_AGAIN)

    kiosk.screen(Identify)
    assert kiosk.state.session is None


def test_a_busy_server_is_asked_the_same_again() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN)

    kiosk.reply(refused(RefusalCode.BUSY)).tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == kiosk.asks[-2]


def test_without_a_line_nothing_is_sent_and_every_screen_says_so() -> None:
    kiosk = AKiosk(is_line_up=False)
    assert kiosk.view.banner is not None
    assert "护士台" in kiosk.view.banner.text

    kiosk.scan()

    assert kiosk.asks == []
    assert kiosk.screen(Refusal).code == "NO_LINE"
    assert "护士台" in refusal_view(kiosk).hint


def test_an_id_number_that_got_no_answer_need_not_be_typed_twice() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).type_id_number(ID_NUMBER)
    kiosk.tap(Key.CONFIRM).no_answer()
    assert kiosk.screen(Refusal).code == "NO_ANSWER"

    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.asks == [IdentifyBody(id_number=ID_NUMBER)] * 2


def test_a_card_that_got_no_answer_is_shown_anew() -> None:
    kiosk = AKiosk().scan().no_answer().tap(Key.TRY_AGAIN)

    kiosk.screen(Identify)
    assert kiosk.asks == [IdentifyBody(card=CARD)]


def test_an_answer_of_another_kind_counts_as_none() -> None:
    kiosk = AKiosk().scan().reply(place_found())
    kiosk.screen(MyPlace)

    kiosk.tap(Key.HOME).tap(Key.HELP).tap(Key.CALL_NURSE).reply(identified(visit()))

    assert kiosk.state.session is None
    assert not isinstance(kiosk.state.screen, Waiting)


@pytest.mark.parametrize("state", [TicketState.CALLED, TicketState.IN_SERVICE])
def test_where_doctors_come_to_the_patient_he_is_told_to_stay(state: TicketState) -> None:
    found = waiting_visit(state=state, place=place(state=state), doctors_come=True)

    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found(found))

    assert "医生会依次前来" in str(kiosk.view.body)
    one_doctor = waiting_visit(state=state, place=place(state=state))
    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found(one_doctor))
    assert "医生会依次前来" not in str(kiosk.view.body)
