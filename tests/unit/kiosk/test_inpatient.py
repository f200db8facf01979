"""A stay in the hospital at the kiosk: topping up, the day bill, the settlement."""

import pytest

from kiosk.flow.bills import Channels, Paid, Paying
from kiosk.flow.events import Key, OfflineCheckInAllowed, PaymentTold
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import ProofPad
from kiosk.flow.state import Home, Identify, IdNumberPad, Next, Refusal, Trouble
from kiosk.presenter.covering import BLOCK, covered
from kiosk.presenter.views import shown_texts, spoken_texts
from queue_server.contract.inpatient import FindDayBill, FindSettlement, FindStay, TopUp
from queue_server.contract.messages import Refused
from queue_server.contract.payments import CancelPayment, PaymentState
from queue_server.contract.report_messages import ProveIdentity, Proven
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import ID_NUMBER, identified, visit
from tests.unit.kiosk.money_for_tests import payment
from tests.unit.kiosk.stay_for_tests import day_bill, settlement, stay, top_up

CODE = "134567890123456789"
STATE = PaymentState
FEN = 1_000_00


def at_stay(**changes: object) -> AKiosk:
    kiosk = AKiosk().tap(Key.INPATIENT).scan().reply(identified(visit()))
    return kiosk.reply(stay(**changes))


def at_pad() -> AKiosk:
    return at_stay().tap(Key.TOP_UP)


def at_channels() -> AKiosk:
    return at_pad().tap(Key.AMOUNT, 1000).tap(Key.CONFIRM)


def paying() -> AKiosk:
    return at_channels().tap(Key.CHANNEL, 0).reply(payment(STATE.WAITING, amount_fen=FEN))


def refused(code: RefusalCode) -> Refused:
    zh, en = (one.format(least="100", most="20000") for one in SENTENCES[code])
    return Refused(code=code, message_zh=zh, message_en=en)


# --- the account -----------------------------------------------------------------------------


def test_whoever_shows_his_card_sees_how_his_deposit_stands() -> None:
    kiosk = AKiosk().tap(Key.INPATIENT)
    assert kiosk.screen(Identify).intent is Intent.INPATIENT

    kiosk.scan().reply(identified(visit()))

    assert kiosk.asks[-1] == FindStay(session_id="session-1")
    kiosk.reply(stay(deposit_fen=150_000, used_fen=117_284))
    texts = list(shown_texts(kiosk.view.body))
    assert "327.16\u00a0元" in texts
    assert "327元1角6分" in list(spoken_texts(kiosk.view.body))


def test_whoever_has_used_up_his_deposit_is_told_so() -> None:
    kiosk = at_stay(deposit_fen=100_000, used_fen=117_284)

    texts = " ".join(shown_texts(kiosk.view.body))

    assert "已经用完" in texts
    assert "172.84" in texts


def test_who_is_no_inpatient_is_told_where_to_ask() -> None:
    kiosk = AKiosk().tap(Key.INPATIENT).scan().reply(identified(visit()))

    kiosk.reply(refused(RefusalCode.NO_STAY))

    assert kiosk.screen(Refusal).next is Next.HOME
    assert "住院处" in " ".join(shown_texts(kiosk.view.body))


def test_without_the_server_nothing_about_stays_is_begun() -> None:
    kiosk = AKiosk(is_line_up=False).on(OfflineCheckInAllowed(is_allowed=True))

    kiosk.tap(Key.INPATIENT)

    assert kiosk.screen(Refusal).code == Trouble.ONLY_CARD


# --- topping up ------------------------------------------------------------------------------


def test_a_usual_amount_is_paid_in_through_the_chosen_channel() -> None:
    kiosk = at_channels()
    assert list(kiosk.screen(Channels).bills.channels) == ["wechat", "alipay", "cash"]

    kiosk.tap(Key.CHANNEL, 1)

    wanted = TopUp(session_id="session-1", amount_fen=FEN, channel="alipay")
    assert kiosk.asks[-1] == wanted


def test_any_amount_can_be_typed_and_corrected() -> None:
    kiosk = at_pad().tap(Key.DIGIT, 0)
    for digit in (2, 3, 4, 5):
        kiosk.tap(Key.DIGIT, digit)

    assert kiosk.tap(Key.DELETE).screen(DepositPad).amount_fen == 234_00


@pytest.mark.parametrize("typed", ["", "99", "20001", "999999"])
def test_an_amount_out_of_bounds_goes_no_further(typed: str) -> None:
    kiosk = at_pad()
    for digit in typed:
        kiosk.tap(Key.DIGIT, int(digit))

    kiosk.tap(Key.CONFIRM).scan(CODE)

    kiosk.screen(DepositPad)
    assert not any(isinstance(body, TopUp) for body in kiosk.asks)


def test_a_payment_code_pays_in_as_soon_as_the_amount_is_there() -> None:
    kiosk = at_pad().tap(Key.AMOUNT, 1000)

    kiosk.scan(CODE)

    assert kiosk.asks[-1] == TopUp(session_id="session-1", amount_fen=FEN, code=CODE)
    assert CODE not in repr(kiosk.state)


def test_paid_in_is_told_with_a_slip() -> None:
    kiosk = paying()

    kiosk.on(PaymentTold(payment=payment(STATE.FULFILLED, 1, amount_fen=FEN)))

    assert kiosk.screen(Paid).facts.sheets == (top_up(FEN),)
    assert kiosk.slips[-1].facts == kiosk.screen(Paid).facts


def test_who_has_cancelled_may_go_back_to_his_stay() -> None:
    kiosk = paying().tap(Key.CANCEL_PAYMENT)
    assert any(isinstance(body, CancelPayment) for body in kiosk.asks)
    kiosk.on(PaymentTold(payment=payment(STATE.CLOSED, 1, amount_fen=FEN)))

    kiosk.tap(Key.PAY)

    assert kiosk.asks[-1] == FindStay(session_id="session-1")


def test_an_unanswered_top_up_is_looked_for_before_anything_else() -> None:
    kiosk = at_channels().tap(Key.CHANNEL, 0).no_answer()
    assert kiosk.screen(Refusal).code == Trouble.PAYMENT_UNCERTAIN

    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == FindStay(session_id="session-1")
    done = payment(STATE.FULFILLED, amount_fen=FEN)
    kiosk.reply(stay(payment=done, payment_sheets=[top_up(FEN)]))
    assert kiosk.screen(Paid).facts.sheets == (top_up(FEN),)


def test_a_payment_under_way_is_shown_to_whoever_comes_back() -> None:
    kiosk = at_stay(payment=payment(STATE.WAITING), payment_sheets=[top_up(FEN)])

    assert kiosk.screen(Paying).sheets == (top_up(FEN),)


def test_a_payment_that_is_over_does_not_stand_in_the_way() -> None:
    kiosk = at_stay(payment=payment(STATE.FULFILLED), payment_sheets=[top_up(FEN)])

    kiosk.screen(Stay)


def test_a_refused_top_up_leads_back_to_the_stay_and_keeps_no_code() -> None:
    kiosk = at_pad().tap(Key.AMOUNT, 1000).scan(CODE)

    kiosk.reply(refused(RefusalCode.PAYMENT_RUNNING))

    assert kiosk.screen(Refusal).asked is None
    assert kiosk.tap(Key.TRY_AGAIN).asks[-1] == FindStay(session_id="session-1")


def test_back_leads_from_the_channels_to_the_amount_and_from_there_to_the_stay() -> None:
    kiosk = at_channels().tap(Key.BACK)
    assert kiosk.screen(DepositPad).amount_fen == FEN

    assert kiosk.tap(Key.BACK).screen(Stay).stay == stay()


# --- what is personal ------------------------------------------------------------------------


def proven(key: Key) -> AKiosk:
    kiosk = at_stay().tap(key)
    for digit in (4, 4, 1, 7):
        kiosk.tap(Key.DIGIT, digit)
    return kiosk.tap(Key.CONFIRM).reply(Proven())


@pytest.mark.parametrize("key", [Key.DAY_BILL, Key.SETTLEMENT])
def test_what_a_stay_costs_is_shown_after_a_second_factor_only(key: Key) -> None:
    kiosk = at_stay().tap(key)
    kiosk.screen(ProofPad)
    for digit in (4, 4, 1, 7):
        kiosk.tap(Key.DIGIT, digit)

    kiosk.tap(Key.CONFIRM)

    assert kiosk.asks[-1] == ProveIdentity(session_id="session-1", phone_end="4417")
    assert not any(isinstance(body, FindDayBill | FindSettlement) for body in kiosk.asks)


def test_the_bill_of_the_last_day_comes_first_and_the_days_around_it_follow() -> None:
    kiosk = proven(Key.DAY_BILL)
    assert kiosk.asks[-1] == FindDayBill(session_id="session-1")
    kiosk.reply(day_bill())

    kiosk.tap(Key.EARLIER_DAY)
    assert kiosk.asks[-1] == FindDayBill(session_id="session-1", day_on="2026-11-21")
    kiosk.reply(day_bill(day_on="2026-11-21", earlier_on=None, later_on="2026-11-22"))

    kiosk.tap(Key.EARLIER_DAY).screen(DayBill)
    kiosk.tap(Key.LATER_DAY)
    assert kiosk.asks[-1] == FindDayBill(session_id="session-1", day_on="2026-11-22")


@pytest.mark.parametrize("is_elder", [False, True])
def test_each_item_of_a_day_stands_on_one_of_its_pages(is_elder: bool) -> None:
    kiosk = proven(Key.DAY_BILL).reply(day_bill())
    if is_elder:
        kiosk.tap(Key.ELDER)
    seen = list(shown_texts(kiosk.view.body))
    for _ in range(3):
        seen += shown_texts(kiosk.tap(Key.MORE_BILLS).view.body)

    titles = [item.title_zh for group in day_bill().groups for item in group.items]
    assert [title for title in titles if title not in seen] == []


def test_whoever_has_proved_himself_once_is_not_asked_again() -> None:
    kiosk = proven(Key.DAY_BILL).reply(day_bill()).tap(Key.BACK).reply(stay())

    kiosk.tap(Key.SETTLEMENT)

    assert kiosk.asks[-1] == FindSettlement(session_id="session-1")
    kiosk.reply(settlement()).screen(Settlement)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (settlement(), "可以退回"),
        (settlement(to_pay_fen=67_284, to_return_fen=0), "需要补交"),
    ],
)
def test_a_settlement_says_what_is_to_be_paid_or_comes_back(found: object, says: str) -> None:
    kiosk = proven(Key.SETTLEMENT).reply(found)  # type: ignore[arg-type]

    texts = list(shown_texts(kiosk.view.body))

    assert says in texts
    assert "只是预览" in " ".join(texts)


def test_an_id_number_proves_too_and_leads_to_what_was_wanted() -> None:
    kiosk = at_stay().tap(Key.SETTLEMENT).tap(Key.TYPE_ID_NUMBER)
    assert kiosk.screen(IdNumberPad).proves_for is Intent.SETTLEMENT

    kiosk.type_id_number(ID_NUMBER).tap(Key.CONFIRM).reply(Proven())

    assert kiosk.asks[-1] == FindSettlement(session_id="session-1")


def test_a_wrong_proof_is_tried_again_for_the_same_thing() -> None:
    kiosk = at_stay().tap(Key.DAY_BILL)
    for digit in (1, 1, 1, 1):
        kiosk.tap(Key.DIGIT, digit)
    kiosk.tap(Key.CONFIRM)
    zh, en = (one.format(left="2") for one in SENTENCES[RefusalCode.PROOF_WRONG])

    kiosk.reply(Refused(code=RefusalCode.PROOF_WRONG, message_zh=zh, message_en=en))

    assert kiosk.tap(Key.TRY_AGAIN).screen(ProofPad).intent is Intent.DAY_BILL


def test_nothing_of_it_is_left_for_the_next_patient() -> None:
    kiosk = proven(Key.DAY_BILL).reply(day_bill())

    kiosk.tap(Key.HOME)

    assert isinstance(kiosk.state.screen, Home)
    assert kiosk.state.session is None
    assert "阿司匹林" not in repr(kiosk.state)


def test_a_picture_of_the_screen_tells_nothing_of_a_bill() -> None:
    kiosk = proven(Key.DAY_BILL).reply(day_bill())

    covered_view = covered(kiosk.view)

    texts = " ".join(shown_texts(covered_view.body))
    assert BLOCK in texts
    assert "阿司匹林" not in texts
    assert "6.00" not in texts
