"""Paying later at a kiosk: offered to whom it was agreed with, and never told before it is so."""

from typing import TypeVar

import pytest
from msgspec.structs import replace

from kiosk.deferral_slip import make_deferral_slip
from kiosk.flow.bills import Bills, Channels, DeferralFacts, PutOff
from kiosk.flow.events import Key, PrintSlip
from kiosk.flow.state import Next, Refusal, Trouble
from kiosk.presenter.paying_views import BillsView, ChannelsView
from kiosk.presenter.views import PlaceView, spoken_texts
from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.messages import Refused
from queue_server.contract.payments import FindOwed, OwedSheet, PayLater
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import PRESENTER, AKiosk
from tests.unit.kiosk.hospital_for_tests import AT, MASKED_NAME, identified, visit
from tests.unit.kiosk.money_for_tests import LABORATORY, PHARMACY, REGISTRATION, owed

V = TypeVar("V")
PAY_LATER = PayLater(limit_fen=500_000, open_fen=1980, due_on="2026-12-07")
PUT_OFF = replace(REGISTRATION, due_on="2026-12-03")
LABORATORY_FEN = sum(item.self_pay_fen for item in LABORATORY.items)


def at_bills(*sheets: OwedSheet, pay_later: PayLater | None = PAY_LATER) -> AKiosk:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    return kiosk.reply(owed(*sheets, pay_later=pay_later))


def deferred(**changes: object) -> Deferred:
    values = {
        "deferral_id": "D202611234f0e6c1d9b7a4e58",
        "sheet_ids": [LABORATORY.sheet_id],
        "amount_fen": LABORATORY_FEN,
        "due_on": "2026-12-07",
        "is_released": True,
        "open_fen": LABORATORY_FEN + 1980,
        "limit_fen": 500_000,
    }
    return Deferred(**values | changes)  # type: ignore[arg-type]


def body(kiosk: AKiosk, kind: type[V]) -> V:
    shown = kiosk.view.body
    assert isinstance(shown, kind), shown
    return shown


def choices(kiosk: AKiosk) -> list[Key]:
    view = body(kiosk, ChannelsView)
    return [choice.key for choice in view.choices]


def test_nobody_without_an_agreement_sees_the_key_or_can_press_it() -> None:
    kiosk = at_bills(LABORATORY, pay_later=None).tap(Key.PAY)
    assert Key.PUT_OFF not in choices(kiosk)

    kiosk.tap(Key.PUT_OFF)

    kiosk.screen(Channels)
    assert not any(isinstance(body, Defer) for body in kiosk.asks)


def test_the_key_says_how_much_and_until_when() -> None:
    kiosk = at_bills(LABORATORY).tap(Key.PAY)

    [choice] = [one for one in body(kiosk, ChannelsView).choices if one.key is Key.PUT_OFF]

    assert choice.hint.replace("\xa0", " ") == "109.46 元，12月7日前付清"


def test_whose_limit_is_not_enough_sees_what_is_left_of_it() -> None:
    left = PayLater(limit_fen=10_945, open_fen=1, due_on="2026-12-07")
    kiosk = at_bills(LABORATORY, pay_later=left).tap(Key.PAY)

    [choice] = [one for one in body(kiosk, ChannelsView).choices if one.key is Key.PUT_OFF]

    assert "109.44" in choice.hint


def test_only_what_is_not_put_off_yet_is_asked_for() -> None:
    kiosk = at_bills(PUT_OFF, LABORATORY).tap(Key.PAY).tap(Key.PUT_OFF)

    assert kiosk.asks[-1] == Defer(
        session_id="session-1", sheet_ids=[LABORATORY.sheet_id], amount_fen=LABORATORY_FEN
    )


def test_what_is_put_off_is_shown_printed_and_heard() -> None:
    kiosk = at_bills(PUT_OFF, LABORATORY).tap(Key.PAY).tap(Key.PUT_OFF).reply(deferred())

    facts = kiosk.screen(PutOff).facts
    assert facts.open_fen == LABORATORY_FEN + 1980
    [slip] = [one.facts for one in kiosk.effects if isinstance(one, PrintSlip)]
    assert slip == facts
    heard = " ".join(spoken_texts(kiosk.view))
    assert "109元4角6分" in heard
    assert "129元2角6分" in heard
    assert "12月7日" in heard
    view = body(kiosk, PlaceView)
    assert [step.text for step in view.steps] == ["检验单：请到 2 层检验科抽血窗口"]


def test_while_the_hospital_has_not_agreed_nobody_is_told_to_go_on() -> None:
    kiosk = at_bills(LABORATORY).tap(Key.PAY).tap(Key.PUT_OFF).reply(deferred(is_released=False))

    refusal = kiosk.screen(Refusal)
    assert (refusal.code, refusal.next) == (Trouble.DEFERRAL_PENDING, Next.BILLS)
    assert not any(isinstance(one, PrintSlip) for one in kiosk.effects)

    kiosk.tap(Key.TRY_AGAIN)
    assert kiosk.asks[-1] == FindOwed(session_id="session-1")


def test_past_the_limit_the_servers_sentence_says_what_to_do() -> None:
    kiosk = at_bills(LABORATORY).tap(Key.PAY).tap(Key.PUT_OFF)

    kiosk.reply(Refused(code=RefusalCode.CREDIT_LIMIT, message_zh="请先付清一部分", message_en=""))

    assert kiosk.screen(Refusal).next is Next.BILLS
    assert "请先付清一部分" in spoken_texts(kiosk.view)


def test_no_answer_is_asked_again_with_the_same_sheets() -> None:
    kiosk = at_bills(LABORATORY).tap(Key.PAY).tap(Key.PUT_OFF)
    asked = kiosk.asks[-1]

    kiosk.no_answer().tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == asked


def test_what_is_put_off_is_on_the_bills_with_its_day_and_paid_with_all_others() -> None:
    kiosk = at_bills(PUT_OFF, LABORATORY)

    view = body(kiosk, BillsView)
    assert [one.title for one in view.bills] == ["挂号费（12月3日前付）", "检验单"]
    assert "19.80" in view.lead
    assert kiosk.screen(Bills).chosen_sheets == (PUT_OFF, LABORATORY)


def test_with_nothing_but_what_is_put_off_there_is_no_key_to_put_it_off_again() -> None:
    kiosk = at_bills(PUT_OFF).tap(Key.PAY)

    assert Key.PUT_OFF not in choices(kiosk)


def test_what_is_open_can_be_printed_again() -> None:
    kiosk = at_bills(PUT_OFF, LABORATORY).tap(Key.PRINT_OPEN)

    [slip] = [one.facts for one in kiosk.effects if isinstance(one, PrintSlip)]
    assert slip == DeferralFacts(sheets=(PUT_OFF,), open_fen=1980, masked_name=MASKED_NAME)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("number", ["", "D202611234f0e6c1d9b7a4e58"])
def test_the_slip_says_what_is_open_and_the_first_day_to_pay(language: str, number: str) -> None:
    facts = DeferralFacts(
        sheets=(PUT_OFF, replace(PHARMACY, due_on="2026-12-07")),
        open_fen=913_371,
        masked_name=MASKED_NAME,
        number=number,
    )

    slip = make_deferral_slip(facts, PRESENTER.wordings[language], hospital="H", printed_at=AT)

    printed = repr(slip)
    for part in ("19.80", "9133.71", MASKED_NAME, "12月3日" if language == "zh" else "12/3"):
        assert part in printed
    assert (number in printed) if number else ("3 层" not in printed)
