"""Cash in the flow: for what notes are taken, and when somebody who gives up is let go."""

from typing import Any

import pytest

from kiosk.flow.bills import KeptFacts, Paying
from kiosk.flow.cash import CashStanding, wanted
from kiosk.flow.events import CashChanged, Key, LineChanged, PaymentTold
from kiosk.flow.paying import WAIT_FOR_NOTES_S
from queue_server.contract.payments import CancelPayment, CashIn, Payment, PaymentState
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import identified, visit
from tests.unit.kiosk.money_for_tests import SHEETS, owed, payment

STATE = PaymentState


def cash_payment(
    state: PaymentState = STATE.WAITING, in_fen: int = 0, kept_fen: int = 0, **changes: Any
) -> Payment:
    cash = CashIn(
        in_fen=in_fen, credit_fen=0, kept_fen=kept_fen, change_goes="desk", change_max_fen=10_000
    )
    values: dict[str, Any] = {"channel": "cash", "qr_text": "", "cash": cash} | changes
    return payment(state, **values)


PAYMENT_ID = cash_payment().payment_id


def at_the_slot(begun: Payment | None = None) -> AKiosk:
    kiosk = AKiosk().tap(Key.PAY).scan().reply(identified(visit()))
    kiosk.reply(owed(*SHEETS, channels=["wechat", "cash"]))
    return kiosk.tap(Key.PAY).tap(Key.CHANNEL, 1).reply(begun or cash_payment())


def stands(kiosk: AKiosk, in_fen: int = 0, **standing: Any) -> AKiosk:
    return kiosk.on(
        CashChanged(standing=CashStanding(payment_id=PAYMENT_ID, in_fen=in_fen, **standing))
    )


def wants(kiosk: AKiosk) -> bool:
    return wanted(kiosk.screen(Paying), is_line_up=kiosk.state.is_line_up) is not None


def cancels(kiosk: AKiosk) -> int:
    return sum(isinstance(body, CancelPayment) for body in kiosk.asks)


def test_notes_are_taken_while_the_payment_waits_and_the_line_is_up() -> None:
    kiosk = at_the_slot()
    assert wants(kiosk)

    assert not wants(kiosk.on(LineChanged(is_up=False)))
    assert wants(kiosk.on(LineChanged(is_up=True)))


@pytest.mark.parametrize("state", [STATE.CREATING, STATE.UNKNOWN, STATE.CLOSING, STATE.PAID])
def test_no_note_is_taken_for_what_may_not_be_paid_now(state: PaymentState) -> None:
    assert not wants(at_the_slot(cash_payment(state)))


def test_no_note_is_taken_when_the_time_is_over_or_for_another_channel() -> None:
    assert not wants(at_the_slot(cash_payment(seconds_left=5)).wait(5))
    assert not wants(at_the_slot(payment()))


def test_whoever_gives_up_while_nothing_moves_is_let_go_at_once() -> None:
    kiosk = stands(at_the_slot(), 500).tap(Key.CANCEL_PAYMENT)

    assert cancels(kiosk) == 1
    assert not wants(kiosk)


@pytest.mark.parametrize("busy", ["is_note_moving", "is_untold"])
def test_whoever_gives_up_is_let_go_once_when_the_last_note_is_known(busy: str) -> None:
    kiosk = stands(at_the_slot(), **{busy: True}).tap(Key.CANCEL_PAYMENT)
    assert cancels(kiosk) == 0
    assert not wants(kiosk)

    stands(kiosk, 500)
    kiosk.wait(WAIT_FOR_NOTES_S)
    kiosk.tap(Key.CANCEL_PAYMENT)

    assert cancels(kiosk) == 1


def test_a_note_that_is_stuck_holds_nobody_for_long() -> None:
    kiosk = stands(at_the_slot(), is_note_moving=True).tap(Key.CANCEL_PAYMENT)

    kiosk.wait(WAIT_FOR_NOTES_S - 1)
    assert cancels(kiosk) == 0
    kiosk.wait(1)

    assert cancels(kiosk) == 1


def test_what_is_kept_is_printed_once_when_the_server_has_said_how_much() -> None:
    kiosk = stands(at_the_slot(), 500).tap(Key.CANCEL_PAYMENT)
    closed = cash_payment(STATE.CLOSED, 500, kept_fen=500, after_s=1)

    kiosk.on(PaymentTold(payment=closed), PaymentTold(payment=closed))

    [slip] = kiosk.slips
    assert isinstance(slip.facts, KeptFacts)
    assert (slip.facts.fen, slip.facts.is_certain) == (500, True)


def test_nobody_gets_a_slip_who_has_put_in_nothing() -> None:
    kiosk = at_the_slot().tap(Key.CANCEL_PAYMENT)

    kiosk.on(PaymentTold(payment=cash_payment(STATE.CLOSED, after_s=1)))

    assert kiosk.slips == []


def test_a_note_keeps_the_session_open() -> None:
    kiosk = at_the_slot()
    kiosk.on(LineChanged(is_up=False)).wait(20)
    assert kiosk.state.idle_s == 20

    stands(kiosk, 500)

    assert kiosk.state.idle_s == 0
