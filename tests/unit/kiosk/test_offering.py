"""A patient who shows his card is asked whether he wants to see another doctor."""

from msgspec.structs import replace

from kiosk.flow.events import Key
from kiosk.flow.state import MyPlace, Next, Offered, Refusal, Visits, Waiting
from kiosk.presenter.views import OneVisitView
from queue_server.contract.messages import Refused, Visit
from queue_server.contract.offers import AnswerOffer, ColleagueOffer
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import identified, place_found, visit, waiting_visit

OFFER = ColleagueOffer(
    doctor_zh="陆书宁",
    doctor_en="Dr. Lu Shuning",
    doctor_title_zh="主任医师",
    doctor_title_en="Chief Physician",
    room_zh="202 诊室",
    room_en="Room 202",
    before_min=40,
    after_min=10,
)
ASKED = replace(waiting_visit(), offer=OFFER)


def a_kiosk_that_asks(*others: Visit) -> AKiosk:
    return AKiosk().scan().reply(identified(*others, ASKED))


def test_what_he_is_asked_comes_first_with_both_doctors_and_both_waits() -> None:
    kiosk = a_kiosk_that_asks(visit(ticket_id="to-be-checked-in"))

    assert kiosk.screen(Offered).ticket_id == ASKED.ticket_id
    body = kiosk.view.body
    assert isinstance(body, OneVisitView)
    values = [fact.value for fact in body.facts]
    assert values[2:] == ["约 40 分钟", "陆书宁  202 诊室", "约 10 分钟"]
    assert [key.label for key in body.keys] == ["同意更换", "不换"]


def test_yes_is_sent_and_his_new_place_is_shown_instead_of_the_former_one() -> None:
    moved = waiting_visit(ticket_id="cardiology-2:16", doctor_zh="陆书宁")

    kiosk = a_kiosk_that_asks().tap(Key.ACCEPT_OFFER)

    answer = AnswerOffer(session_id="session-1", ticket_id=ASKED.ticket_id, accepts=True)
    assert kiosk.asks[-1] == answer
    kiosk.screen(Waiting)
    kiosk.reply(place_found(moved))
    assert kiosk.screen(MyPlace).visit == moved
    assert kiosk.state.session is not None
    assert kiosk.state.session.visits == (moved,)


def test_no_is_sent_and_his_place_is_shown_as_it_is() -> None:
    kiosk = a_kiosk_that_asks().tap(Key.DECLINE_OFFER)

    answer = AnswerOffer(session_id="session-1", ticket_id=ASKED.ticket_id, accepts=False)
    assert kiosk.asks[-1] == answer
    assert kiosk.reply(place_found()).screen(MyPlace).visit == waiting_visit()


def test_a_yes_that_comes_too_late_is_told_in_the_servers_words() -> None:
    zh, en = (one.format(number="A16") for one in SENTENCES[RefusalCode.SPREAD_OVER])
    over = Refused(code=RefusalCode.SPREAD_OVER, message_zh=zh, message_en=en)

    kiosk = a_kiosk_that_asks().tap(Key.ACCEPT_OFFER).reply(over)

    assert kiosk.screen(Refusal).message_zh == zh
    assert kiosk.screen(Refusal).next is Next.HOME


def test_an_answer_that_nobody_heard_is_asked_again_with_the_same_words() -> None:
    kiosk = a_kiosk_that_asks().tap(Key.ACCEPT_OFFER).no_answer().tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == kiosk.asks[-2]


def test_who_has_other_visits_may_look_at_them_first_and_is_asked_again() -> None:
    kiosk = a_kiosk_that_asks(visit(ticket_id="to-be-checked-in")).tap(Key.BACK)

    kiosk.screen(Visits)
    kiosk.tap(Key.VISIT, 1).screen(Offered)
