"""A kiosk and the real server: what is owed, paying it, and every fen in its place."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    Payment,
    PaymentState,
)
from queue_server.payments.terms import AttemptState
from queue_server.records.records import Patient
from queue_server.rules.terms import RefusalCode
from tests.integration.paying.paying_server import PayingKiosk, PayingServer, self_pay_fen

pytestmark = pytest.mark.broker
Somebody = Callable[[int], Patient]
CODES = {
    "wechat": (f"1345678901234567{number}" for number in range(10, 100)),
    "alipay": (f"2812345678901234{number}" for number in range(10, 100)),
}
"""A bank takes each payment code once."""
each = pytest.mark.parametrize("channel", list(CODES))


def test_what_is_owed_is_told_item_by_item(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = somebody(2)

    owed = kiosk.comes(patient).owed()

    sheets = server.counter.sheets_of(patient.patient_id)
    assert [one.sheet_id for one in owed.sheets] == [one.id for one in sheets]
    told = [(i.title_zh, i.quantity, i.self_pay_fen, i.insurance_fen) for i in owed.sheets[1].items]
    assert told == [
        (c.name_zh, c.quantity, c.self_pay.fen, c.insurance.fen) for c in sheets[1].charges
    ]
    assert owed.channels == ["wechat", "alipay", "unionpay", "cash"]
    assert owed.payment is None


@each
def test_two_sheets_are_paid_in_one_go_and_every_fen_agrees(
    channel: str, server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(2))
    sheets = patient.owed().sheets
    payment = patient.shown(sheets, channel)
    assert payment.qr_text
    assert 60 < payment.seconds_left <= 90

    server.use_wallet(payment)
    done = kiosk.wait_until_told(payment, PaymentState.FULFILLED)

    fen = self_pay_fen(sheets)
    trade, attempt = server.trade(payment), server.attempt(payment)
    assert done.amount_fen == trade["paid_fen"] == attempt.kept.fen == fen
    assert attempt.state is AttemptState.FULFILLED
    assert all(one.is_paid for one in server.counter.sheets_of(patient.patient.patient_id))
    owed = patient.owed()
    assert owed.sheets == []
    assert owed.payment is not None
    assert owed.payment.state is PaymentState.FULFILLED
    assert owed.payment_sheets == sheets


@each
def test_a_code_that_the_patient_shows_pays_at_once(
    channel: str, server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    sheets = patient.owed().sheets
    fields = patient.wants_to_pay(sheets)

    begun = patient.pays(replace(fields, channel=None, code=next(CODES[channel])))

    assert begun.channel == channel
    kiosk.wait_until_told(begun, PaymentState.FULFILLED)
    assert server.trade(begun)["paid_fen"] == self_pay_fen(sheets)


def test_only_the_chosen_sheet_is_paid(kiosk: PayingKiosk, somebody: Somebody) -> None:
    patient = kiosk.comes(somebody(3))
    first, *others = patient.owed().sheets
    payment = patient.shown([first])

    assert patient.owed().sheets == others
    kiosk.server.use_wallet(payment)
    kiosk.wait_until_told(payment, PaymentState.FULFILLED)

    assert patient.owed().sheets == others


def test_the_same_request_twice_is_one_payment(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    pay = patient.wants_to_pay(patient.owed().sheets)
    request = kiosk.request(pay)
    for _ in range(3):
        kiosk.post(request)

    first = kiosk.ask_payload(request)
    again = kiosk.ask_payload(request)

    assert first == again
    books = server.books()
    assert len(books.attempts_for(patient.patient.patient_id)) == 1


def test_another_ask_for_what_is_being_paid_shows_the_same_payment(
    kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    pay = patient.wants_to_pay(patient.owed().sheets)
    payment = patient.shown(patient.owed().sheets)

    again = patient.pays(pay)

    assert (again.payment_id, again.qr_text) == (payment.payment_id, payment.qr_text)
    assert patient.owed().payment is not None


def test_a_cancelled_payment_is_closed_and_can_be_begun_anew(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    sheets = patient.owed().sheets
    payment = patient.shown(sheets)

    cancelled = kiosk.ask(CancelPayment(payment_id=payment.payment_id))

    assert isinstance(cancelled, Payment)
    kiosk.wait_until_told(payment, PaymentState.CLOSED)
    assert server.trade(payment)["state"] == "closed"
    other = patient.shown(sheets, "alipay")
    assert other.payment_id != payment.payment_id


def test_what_was_paid_before_it_was_cancelled_counts(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    payment = patient.shown(patient.owed().sheets)
    server.fault("wechat", on="callback", do="lose_request")
    server.use_wallet(payment)

    kiosk.ask(CancelPayment(payment_id=payment.payment_id))

    kiosk.wait_until_told(payment, PaymentState.FULFILLED)


def test_another_sum_than_the_patient_was_shown_is_refused(
    kiosk: PayingKiosk, somebody: Somebody
) -> None:

    patient = kiosk.comes(somebody(1))
    pay = patient.wants_to_pay(patient.owed().sheets)

    assert kiosk.code_of(replace(pay, amount_fen=pay.amount_fen - 1)) is RefusalCode.UNKNOWN_CHARGE
    assert kiosk.code_of(replace(pay, sheet_ids=["else"])) is RefusalCode.UNKNOWN_CHARGE
    assert kiosk.code_of(replace(pay, channel="cowries")) is RefusalCode.CHANNEL_OFF
    assert kiosk.code_of(replace(pay, channel=None)) is RefusalCode.BAD_REQUEST
    assert kiosk.code_of(replace(pay, channel=None, code="9" * 18)) is RefusalCode.NO_PAYMENT_CODE


def test_nobody_pays_or_looks_in_the_session_of_another_kiosk(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    pay = patient.wants_to_pay(patient.owed().sheets)
    other = PayingKiosk(server, "kiosk-02")

    assert other.code_of(FindOwed(session_id=patient.session_id)) is RefusalCode.SESSION_ENDED
    assert other.code_of(pay) is RefusalCode.SESSION_ENDED
    assert other.code_of(FollowPayment(payment_id="A1")) is RefusalCode.UNKNOWN_ATTEMPT
    other.close()


def test_a_refused_payment_is_told_and_costs_nothing(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    sheets = patient.owed().sheets
    server.fault("alipay", on="create", do="refuse")

    begun = patient.pays(patient.wants_to_pay(sheets, "alipay"))

    kiosk.wait_until_told(begun, PaymentState.FAILED)
    assert patient.owed().sheets == sheets


@pytest.mark.parametrize("moment", ["shown", "unheard", "scanned"])
def test_a_payment_survives_that_the_server_is_killed(
    moment: str, server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(2))
    sheets = patient.owed().sheets
    if moment == "scanned":
        server.fault("wechat", on="create", do="delay", seconds=4)
        pay = replace(patient.wants_to_pay(sheets), channel=None, code=next(CODES["wechat"]))
        payment = patient.pays(pay)
        server.wait_until_begun(payment)
        server.kill()
    else:
        payment = patient.shown(sheets)
        if moment == "shown":
            server.kill()
            server.use_wallet(payment)
        else:
            server.fault("wechat", on="callback", do="lose_request")
            server.use_wallet(payment)
            server.kill()
    server.start()

    stands = kiosk.stands(payment)

    if stands.state is not PaymentState.FULFILLED:
        kiosk.wait_until_told(payment, PaymentState.FULFILLED)
    assert server.trade(payment)["paid_fen"] == self_pay_fen(sheets)
    assert server.attempt(payment).kept.fen == self_pay_fen(sheets)
    assert patient.owed().sheets == []


def test_a_request_that_is_repeated_after_the_server_was_killed_is_the_same_payment(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    server.fault("wechat", on="create", do="delay", seconds=3)
    request = kiosk.request(patient.wants_to_pay(patient.owed().sheets))
    kiosk.post(request)
    kiosk.wait_until(lambda _: kiosk.payloads(request.request_id))
    server.kill()
    server.start()

    kiosk.ask_payload(request)

    assert len(server.books().attempts_for(patient.patient.patient_id)) == 1
