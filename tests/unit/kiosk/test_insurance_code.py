"""The insurance code at a kiosk: it starts the settlement, and is kept nowhere."""

from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from kiosk.flow.bills import Channels, Paid, Paying
from kiosk.flow.events import IdCardRead, Key, Replied
from kiosk.flow.state import Home, Next, Refusal, Trouble
from kiosk.presenter.paying_views import ChannelsView
from kiosk.presenter.views import shown_texts, spoken_texts
from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.messages import Refused
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    OwedItem,
    OwedSheet,
    Pay,
    PaymentState,
)
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import SETTINGS, AKiosk
from tests.unit.kiosk.hospital_for_tests import identified, visit
from tests.unit.kiosk.money_for_tests import LABORATORY, REGISTRATION, owed, payment

CODE = "4240000000000000000070110000"
SHEETS = (REGISTRATION, LABORATORY)
SUM_FEN = sum(one.self_pay_fen for sheet in SHEETS for one in sheet.items)


def halved(sheet: OwedSheet) -> OwedSheet:
    items: list[OwedItem] = []
    for one in sheet.items:
        part = one.self_pay_fen // 2
        shares = {
            "self_pay_fen": one.self_pay_fen - part,
            "insurance_fen": one.insurance_fen + part,
        }
        items.append(replace(one, **shares))
    return replace(sheet, items=items)


SETTLED = [halved(one) for one in SHEETS]
OWN_FEN = sum(one.self_pay_fen for sheet in SETTLED for one in sheet.items)
ANSWER = InsuranceSettled(
    claim_id="I202611234f0e6c1d9b7a4e58",
    insurance_fen=SUM_FEN - OWN_FEN,
    own_fen=OWN_FEN,
    sheets=SETTLED,
)


def at_bills() -> AKiosk:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    return kiosk.reply(owed(*SHEETS, takes_insurance_code=True))


@pytest.mark.parametrize("is_at_channels", [False, True])
def test_a_scanned_code_has_the_chosen_bills_settled(is_at_channels: bool) -> None:
    kiosk = at_bills()
    if is_at_channels:
        kiosk.tap(Key.PAY)

    kiosk.scan(CODE)

    assert kiosk.asks[-1] == SettleInsurance(
        session_id="session-1",
        sheet_ids=[one.sheet_id for one in SHEETS],
        amount_fen=SUM_FEN,
        code=CODE,
    )


def test_then_the_own_share_is_to_be_paid_by_any_way() -> None:
    kiosk = at_bills().scan(CODE).reply(ANSWER)

    view = kiosk.view.body
    assert isinstance(view, ChannelsView)
    heard = " ".join(spoken_texts(kiosk.view))
    yuan, fen = divmod(OWN_FEN, 100)
    assert f"{yuan}元{fen // 10}角{fen % 10}分" in heard
    assert "医保已支付" in heard

    kiosk.tap(Key.CHANNEL, 0)
    pay = kiosk.asks[-1]
    assert isinstance(pay, Pay)
    assert pay.amount_fen == OWN_FEN
    kiosk.reply(payment(PaymentState.FULFILLED, amount_fen=OWN_FEN))
    assert kiosk.screen(Paid).facts.sheets == tuple(SETTLED)


def test_a_code_that_was_settled_with_settles_nothing_more() -> None:
    kiosk = at_bills().scan(CODE).reply(ANSWER)
    asked = len(kiosk.asks)

    kiosk.scan(CODE)

    kiosk.screen(Channels)
    assert len(kiosk.asks) == asked


def test_with_nothing_left_to_pay_he_has_paid() -> None:
    kiosk = at_bills().scan(CODE)

    kiosk.reply(payment(PaymentState.FULFILLED, amount_fen=0, channel="insurance"))

    kiosk.screen(Paid)


def test_no_answer_says_so_and_looks_before_anything_else() -> None:
    kiosk = at_bills().scan(CODE).no_answer()
    assert kiosk.screen(Refusal).code == Trouble.PAYMENT_UNCERTAIN

    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == FindOwed(session_id="session-1")


def test_the_code_is_kept_nowhere_after_the_answer() -> None:
    kiosk = at_bills().scan(CODE)
    assert CODE not in repr(kiosk.state)

    refused = Refused(code=RefusalCode.INSURANCE_REFUSED, message_zh="没有结算", message_en="")
    kiosk.reply(refused)

    refusal = kiosk.screen(Refusal)
    assert (refusal.next, refusal.asked) == (Next.BILLS, None)


def test_where_no_insurance_code_is_taken_none_is_spoken_of() -> None:
    for takes_code in (True, False):
        kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
        kiosk.reply(owed(*SHEETS, takes_insurance_code=takes_code)).tap(Key.PAY)
        for code_zh, language in (("医保码", "zh"), ("insurance code", "en")):
            assert kiosk.state.language == language
            shown = " ".join([*shown_texts(kiosk.view), *spoken_texts(kiosk.view)])
            assert (code_zh in shown) is takes_code
            kiosk.tap(Key.LANGUAGE)


@pytest.mark.parametrize("takes_code", [True, False])
def test_only_wallets_that_are_taken_are_spoken_of(takes_code: bool) -> None:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    channels = ["wechat", "alipay", "cash"]
    kiosk.reply(owed(*SHEETS, channels=channels, takes_insurance_code=takes_code)).tap(Key.PAY)

    assert "微信支付或支付宝的付款码" in " ".join(shown_texts(kiosk.view))
    assert "云闪付" not in " ".join([*shown_texts(kiosk.view), *spoken_texts(kiosk.view)])


LEAVES: Final[dict[str, Callable[[AKiosk], AKiosk]]] = {
    "home key": lambda kiosk: kiosk.tap(Key.HOME),
    "done": lambda kiosk: kiosk.tap(Key.DONE),
    "gone away": lambda kiosk: kiosk.wait(SETTINGS.unattended_after_s),
    "another card": lambda kiosk: kiosk.scan(),
    "an ID card": lambda kiosk: kiosk.on(IdCardRead(id_number="11010519491231002X")),
}
LEFT = CancelInsurance(session_id="session-1")


@pytest.mark.parametrize("how", LEAVES)
def test_who_leaves_before_the_own_share_is_paid_has_the_settlement_undone(how: str) -> None:
    kiosk = at_bills().scan(CODE).reply(ANSWER)

    LEAVES[how](kiosk)

    assert kiosk.asks.count(LEFT) == 1
    assert kiosk.state.session is None


def test_who_leaves_while_he_pays_has_both_given_up_the_payment_first() -> None:
    kiosk = at_bills().scan(CODE).reply(ANSWER).tap(Key.CHANNEL, 0)
    begun = payment(PaymentState.WAITING, amount_fen=OWN_FEN)
    kiosk.reply(begun)
    kiosk.screen(Paying)

    kiosk.tap(Key.HOME)

    assert kiosk.asks[-2:] == [CancelPayment(payment_id=begun.payment_id), LEFT]


def test_who_leaves_before_the_answer_has_it_undone_too_and_the_answer_shows_nothing() -> None:
    kiosk = at_bills().scan(CODE)
    asked = kiosk.last_ask

    kiosk.wait(SETTINGS.unattended_after_s)
    assert kiosk.asks[-1] == LEFT
    kiosk.on(Replied(ask_number=asked.ask_number, body=ANSWER))

    kiosk.screen(Home)
    kiosk.reply(InsuranceCancelled(claim_ids=[]))
    kiosk.screen(Home)


def test_who_leaves_after_no_answer_has_it_undone() -> None:
    kiosk = at_bills().scan(CODE).no_answer().tap(Key.HOME)

    assert kiosk.asks[-1] == LEFT


def test_who_has_paid_or_never_showed_a_code_leaves_without_a_word() -> None:
    paid = at_bills().scan(CODE).reply(ANSWER).tap(Key.CHANNEL, 0)
    paid.reply(payment(PaymentState.FULFILLED, amount_fen=OWN_FEN))

    for kiosk in (paid, at_bills()):
        kiosk.tap(Key.HOME)
        assert LEFT not in kiosk.asks
