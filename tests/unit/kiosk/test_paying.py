"""Paying at a kiosk: chosen, paid, and never told what is not known."""

import pytest
from msgspec.structs import replace

from kiosk.flow.bills import Bills, Paid, Paying, pages_of
from kiosk.flow.events import (
    Key,
    LineChanged,
    PaymentTold,
    PrintEnded,
    PrintFailure,
    PrintSlip,
    Wipe,
)
from kiosk.flow.intent import Intent
from kiosk.flow.state import Home, Identify, Next, Refusal, Trouble, Waiting
from kiosk.presenter.paying_views import PayingView
from kiosk.presenter.views import PlaceView, RefusalView, WaitingView, shown_texts, spoken_texts
from queue_server.contract.messages import Refused
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    Pay,
    PaymentState,
)
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import SETTINGS, AKiosk
from tests.unit.kiosk.hospital_for_tests import identified, visit
from tests.unit.kiosk.money_for_tests import (
    LABORATORY,
    PHARMACY,
    RECEIPT,
    REGISTRATION,
    SHEETS,
    SUM_FEN,
    owed,
    payment,
)

CODE = "134567890123456789"
STATE = PaymentState
LIVE = [STATE.CREATING, STATE.WAITING, STATE.UNKNOWN, STATE.CLOSING, STATE.PAID]
ENDED = [STATE.CLOSED, STATE.FAILED, STATE.REFUNDING, STATE.REFUNDED, STATE.REVIEW]


def at_bills(*sheets: object) -> AKiosk:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    return kiosk.reply(owed(*(sheets or SHEETS)))  # type: ignore[arg-type]


def at_channels() -> AKiosk:
    return at_bills().tap(Key.PAY)


def paying(state: PaymentState = STATE.WAITING) -> AKiosk:
    return at_channels().tap(Key.CHANNEL, 0).reply(payment(state))


def told(kiosk: AKiosk, state: PaymentState, after_s: float = 1, **changes: object) -> AKiosk:
    return kiosk.on(PaymentTold(payment=payment(state, after_s, **changes)))


# --- choosing --------------------------------------------------------------------------------


def test_whoever_wants_to_pay_says_first_who_he_is() -> None:
    kiosk = AKiosk().tap(Key.PAY)
    assert kiosk.screen(Identify).intent is Intent.PAY

    kiosk.scan().reply(identified(visit()))

    assert kiosk.asks[-1] == FindOwed(session_id="session-1")
    assert kiosk.reply(owed(*SHEETS)).screen(Bills).sheets == SHEETS


def test_all_bills_are_chosen_until_one_is_left_for_later() -> None:
    kiosk = at_bills()
    assert kiosk.screen(Bills).chosen_sheets == SHEETS

    kiosk.tap(Key.BILL, 1)
    assert kiosk.screen(Bills).chosen_sheets == (REGISTRATION, PHARMACY)

    kiosk.tap(Key.BILL, 1)
    assert kiosk.screen(Bills).chosen_sheets == SHEETS


def test_nothing_is_paid_while_no_bill_is_chosen() -> None:
    kiosk = at_bills(LABORATORY).tap(Key.BILL, 0)

    kiosk.tap(Key.PAY).scan(CODE)

    kiosk.screen(Bills)
    assert not any(isinstance(body, Pay) for body in kiosk.asks)


@pytest.mark.parametrize("is_elder", [False, True])
def test_each_item_stands_on_exactly_one_page(is_elder: bool) -> None:
    many = tuple(
        PHARMACY.__class__(
            sheet_id=f"s{n}",
            title_zh="单",
            title_en="bill",
            next_zh="",
            next_en="",
            items=list(PHARMACY.items[: n % 5 + 1]) * (n % 4 + 1),
        )
        for n in range(12)
    )

    pages = pages_of(many, is_elder=is_elder)

    of_sheet = {
        number: [i for page in pages for part in page if part.number == number for i in part.items]
        for number in range(12)
    }
    assert of_sheet == {number: sheet.items for number, sheet in enumerate(many)}
    assert all(page for page in pages)


def test_the_chosen_bills_are_paid_in_one_go_for_the_sum_that_was_shown() -> None:
    kiosk = at_bills().tap(Key.BILL, 0).tap(Key.PAY).tap(Key.CHANNEL, 1)

    sheets = [LABORATORY, PHARMACY]
    assert kiosk.asks[-1] == Pay(
        session_id="session-1",
        sheet_ids=[sheet.sheet_id for sheet in sheets],
        amount_fen=sum(item.self_pay_fen for sheet in sheets for item in sheet.items),
        channel="alipay",
    )


@pytest.mark.parametrize("is_asked_how", [False, True])
def test_a_payment_code_pays_the_chosen_bills(is_asked_how: bool) -> None:
    kiosk = at_channels() if is_asked_how else at_bills()

    kiosk.scan(CODE)

    asked = kiosk.asks[-1]
    assert isinstance(asked, Pay)
    assert (asked.code, asked.channel, asked.amount_fen) == (CODE, None, SUM_FEN)


def test_a_payment_code_that_could_be_an_identity_number_pays_where_one_pays() -> None:
    code = "110105194912310054"  # of WeChat, with a day and a check digit as numbers have them

    kiosk = at_channels().scan(code)

    asked = kiosk.asks[-1]
    assert isinstance(asked, Pay)
    assert asked.code == code


def test_a_payment_code_before_the_card_costs_nothing() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan(CODE)

    assert kiosk.screen(Refusal).code == Trouble.CARD_FIRST
    assert kiosk.asks == []


def test_amounts_are_shown_with_two_decimals_and_said_in_yuan_jiao_and_fen() -> None:
    view = at_bills(LABORATORY).view

    assert "109.46\u00a0元" in list(shown_texts(view))
    assert "109元4角6分" in list(spoken_texts(view))
    assert not any("109.46" in text for text in spoken_texts(view))


# --- how it stands ---------------------------------------------------------------------------


def test_the_code_is_shown_with_the_time_that_is_left() -> None:
    kiosk = paying()
    view = kiosk.view.body
    assert isinstance(view, PayingView)
    assert (view.qr, view.left) == ("weixin://wxpay/bizpayurl?pr=p8N2kT5", "还剩 1 分 28 秒")

    kiosk.wait(30)

    later = kiosk.view.body
    assert isinstance(later, PayingView)
    assert later.left == "还剩 0 分 58 秒"


def test_what_is_paid_is_printed_and_says_where_to_go() -> None:
    kiosk = told(paying(), STATE.FULFILLED)

    [slip] = kiosk.slips
    assert slip.facts == kiosk.screen(Paid).facts
    assert kiosk.screen(Paid).facts.sheets == SHEETS
    texts = list(shown_texts(kiosk.view))
    assert [text for text in texts if "药房" in text]
    assert [text for text in texts if "检验科" in text]


def test_a_slip_that_did_not_come_is_offered_again_before_the_way_to_the_desk() -> None:
    kiosk = told(paying(), STATE.FULFILLED, receipt=RECEIPT)
    [slip] = kiosk.slips
    failure = PrintFailure(sentence_zh="缺纸", sentence_en="no paper", may_have_printed=False)
    kiosk.on(PrintEnded(print_number=slip.print_number, failure=failure))

    view = kiosk.view.body
    assert isinstance(view, PlaceView)
    first = view.keys[0]
    assert (first.key, first.is_primary, first.is_enabled) == (Key.PRINT_AGAIN, True, True)
    assert [key.key for key in view.keys if key.is_primary] == [Key.PRINT_AGAIN]
    assert view.message is not None
    assert f"“{first.label}”" in view.message.more
    assert view.message.more.index(first.label) < view.message.more.index("收费窗口")

    kiosk.tap(Key.PRINT_AGAIN)
    assert [one.facts for one in kiosk.slips] == [slip.facts, slip.facts]


def test_what_is_told_twice_is_printed_once() -> None:
    kiosk = told(told(paying(), STATE.FULFILLED), STATE.FULFILLED)

    assert len(kiosk.slips) == 1


def test_word_from_before_changes_nothing() -> None:
    kiosk = told(told(paying(), STATE.UNKNOWN, 5), STATE.WAITING, 2)

    assert kiosk.screen(Paying).payment.state is STATE.UNKNOWN


def test_word_of_another_payment_changes_nothing() -> None:
    kiosk = told(paying(), STATE.FULFILLED, payment_id="A2")

    assert kiosk.screen(Paying).payment.state is STATE.WAITING


def test_a_payment_that_was_just_begun_is_looked_at_at_once_and_every_few_seconds() -> None:
    kiosk = paying(STATE.CREATING)
    follow = FollowPayment(payment_id=payment().payment_id)
    assert kiosk.asks[-1] == follow

    kiosk.wait(2).wait(2.1)

    assert kiosk.asks[-2:] == [follow, follow]


@pytest.mark.parametrize("state", [STATE.UNKNOWN, STATE.CLOSING])
def test_while_nothing_is_known_he_is_told_not_to_pay(state: PaymentState) -> None:
    view = told(paying(), state).view.body

    assert isinstance(view, WaitingView)
    assert "请不要再" in view.title + view.lead


def test_a_code_whose_time_is_over_is_shown_no_longer() -> None:
    view = paying().wait(80).wait(9).view.body

    assert isinstance(view, WaitingView)


@pytest.mark.parametrize("state", ENDED)
def test_a_payment_that_is_not_booked_says_what_becomes_of_the_money(state: PaymentState) -> None:
    kiosk = told(paying(), state)

    view = kiosk.view.body
    assert isinstance(view, RefusalView)
    assert view.hint
    assert kiosk.slips == []


def test_whoever_cancels_is_told_what_came_of_it() -> None:
    kiosk = paying().tap(Key.CANCEL_PAYMENT)
    assert kiosk.asks[-1] == CancelPayment(payment_id=payment().payment_id)
    assert isinstance(kiosk.view.body, WaitingView)

    assert told(kiosk, STATE.CLOSED).tap(Key.PAY).asks[-1] == FindOwed(session_id="session-1")


# --- when it goes wrong ----------------------------------------------------------------------


def test_a_payment_without_an_answer_is_looked_for_before_anything_else() -> None:
    kiosk = at_channels().tap(Key.CHANNEL, 0).no_answer()
    assert kiosk.screen(Refusal).code == Trouble.PAYMENT_UNCERTAIN

    kiosk.tap(Key.TRY_AGAIN)
    assert kiosk.asks[-1] == FindOwed(session_id="session-1")
    kiosk.reply(owed(payment=payment(STATE.FULFILLED), payment_sheets=list(SHEETS)))

    assert kiosk.screen(Paid).facts.sheets == SHEETS
    assert len(kiosk.slips) == 1


def test_a_payment_that_is_under_way_is_found_again_by_whoever_identifies_himself() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))

    kiosk.reply(owed(REGISTRATION, payment=payment(), payment_sheets=[PHARMACY]))

    assert kiosk.screen(Paying).sheets == (PHARMACY,)


def test_what_was_paid_lately_is_no_obstacle_to_the_next_bill() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))

    kiosk.reply(owed(REGISTRATION, payment=payment(STATE.FULFILLED), payment_sheets=[PHARMACY]))

    assert kiosk.screen(Bills).sheets == (REGISTRATION,)
    assert kiosk.slips == []


def test_whoever_owes_nothing_is_told_so() -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit())).reply(owed())

    assert kiosk.screen(Refusal).code is RefusalCode.NOTHING_OWED


@pytest.mark.parametrize(
    ("code", "following"),
    [
        (RefusalCode.ALREADY_PAID, Next.BILLS),
        (RefusalCode.UNKNOWN_CHARGE, Next.BILLS),
        (RefusalCode.BUSY, Next.BILLS),
        (RefusalCode.SESSION_ENDED, Next.IDENTIFY),
        (RefusalCode.PAYMENTS_OFF, Next.HOME),
    ],
)
def test_a_refused_payment_is_never_asked_for_again_by_itself(
    code: RefusalCode, following: Next
) -> None:
    kiosk = at_channels().scan(CODE).reply(Refused(code=code, message_zh="不", message_en="No"))

    assert kiosk.screen(Refusal).next is following
    assert kiosk.screen(Refusal).asked is None, "it would hold the payment code"
    kiosk.tap(Key.TRY_AGAIN)
    assert sum(isinstance(body, Pay) for body in kiosk.asks) == 1


@pytest.mark.parametrize("state", LIVE)
def test_without_the_line_nobody_is_asked_to_pay(state: PaymentState) -> None:
    kiosk = told(paying(), state).on(LineChanged(is_up=False))

    view = kiosk.view.body

    assert isinstance(view, RefusalView)
    assert "不要再次付款" in view.message


def test_when_the_line_is_back_the_payment_is_asked_about() -> None:
    kiosk = paying().on(LineChanged(is_up=False)).wait(10)
    count = len(kiosk.asks)

    kiosk.on(LineChanged(is_up=True))

    assert kiosk.asks[count:] == [FollowPayment(payment_id=payment().payment_id)]
    kiosk.reply(payment(STATE.FULFILLED, 3))
    kiosk.screen(Paid)


def test_whoever_is_busy_with_his_phone_is_not_sent_away() -> None:
    kiosk = paying()

    kiosk.wait(80)

    kiosk.screen(Paying)


@pytest.mark.parametrize("state", LIVE)
def test_a_payment_that_is_left_is_cancelled_after_all_is_forgotten(state: PaymentState) -> None:
    kiosk = told(paying(), state)
    for _ in range(8):
        kiosk.wait(SETTINGS.unattended_after_s / 2)

    kiosk.screen(Home)
    assert kiosk.asks[-1] == CancelPayment(payment_id=payment().payment_id)
    wiped = [n for n, effect in enumerate(kiosk.effects) if isinstance(effect, Wipe)][-1]
    assert kiosk.effects[wiped + 1 :] == [kiosk.last_ask]


def test_home_leaves_a_payment_to_the_server() -> None:
    kiosk = paying().tap(Key.HOME)

    kiosk.screen(Home)
    assert kiosk.state.session is None
    assert kiosk.asks[-1] == CancelPayment(payment_id=payment().payment_id)
    assert not [effect for effect in kiosk.effects if isinstance(effect, PrintSlip)]


def test_a_code_that_is_scanned_while_a_payment_runs_is_ignored() -> None:
    kiosk = paying()
    count = len(kiosk.asks)

    kiosk.scan().scan(CODE)

    assert len(kiosk.asks) == count
    kiosk.screen(Paying)


def test_a_kiosk_without_the_server_takes_no_payment() -> None:
    kiosk = at_channels().on(LineChanged(is_up=False))

    kiosk.tap(Key.CHANNEL, 0)

    assert not isinstance(kiosk.state.screen, Waiting | Paying)
    assert not any(isinstance(body, Pay) for body in kiosk.asks)


def test_the_paid_screen_shows_the_number_of_the_receipt_as_the_slip_does() -> None:
    kiosk = told(paying(), STATE.FULFILLED, receipt=RECEIPT)

    assert f"电子票据号：{RECEIPT.number}" in list(shown_texts(kiosk.view.body))


def test_a_number_that_the_finance_platform_has_not_given_yet_is_not_shown() -> None:
    kiosk = told(paying(), STATE.FULFILLED, receipt=replace(RECEIPT, is_pending=True))

    texts = " ".join(shown_texts(kiosk.view.body))
    assert RECEIPT.number not in texts
    assert "稍后返回" in texts
