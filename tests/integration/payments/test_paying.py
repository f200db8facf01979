"""Patients pay through the real client libraries, whatever the line and the provider do."""

import logging
from pathlib import Path

import httpx
import pytest

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptState, Channel, ChargeId
from queue_server.rules.terms import PatientId, RefusalCode
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import CODES, PayingHospital, paying_hospital

STATE = AttemptState
CHANNELS = pytest.mark.parametrize("channel", GATEWAY_CHANNELS)
SILENCES = pytest.mark.parametrize(
    "silence",
    [
        FaultKind.LOSE_REQUEST,
        FaultKind.LOSE_REPLY,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_SIGNATURE,
    ],
)
FIRST = ChargeId("c1")
PATIENT = PatientId("p1")


@pytest.fixture(autouse=True)
def quiet_server(caplog: pytest.LogCaptureFixture) -> None:
    """A line that the sandbox cuts is no error of its server."""
    caplog.set_level(logging.CRITICAL, logger="uvicorn.error")


@CHANNELS
def test_a_patient_scans_the_qr_code_pays_and_everybody_has_the_same_amount(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel, fen=2550)
    assert attempt.state is STATE.WAITING

    with httpx.Client(follow_redirects=True) as phone:
        asked = phone.get(attempt.qr_text)
        paid = phone.post(f"{attempt.qr_text}/confirm")

    assert "25.50" in asked.text
    assert "支付成功" in paid.text
    assert hospital.state(attempt) is STATE.PAID
    done = hospital.advance(attempt)
    assert (done.state, done.kept) == (STATE.FULFILLED, Fen(2550))
    assert hospital.trade(attempt).kept_fen == 2550
    assert hospital.booking.booked == {attempt.id: ("c1",)}
    assert not hospital.cashier.account(PATIENT).owed


@CHANNELS
def test_a_payment_without_a_callback_is_found_by_asking(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.LOSE_REQUEST)

    hospital.pay(attempt)

    assert hospital.state(attempt) is STATE.WAITING
    assert hospital.advance(attempt).state is STATE.FULFILLED


@CHANNELS
def test_a_scanned_code_pays_at_once(hospital: PayingHospital, channel: Channel) -> None:
    attempt = hospital.scans(channel)

    assert (attempt.state, attempt.kept) == (STATE.FULFILLED, Fen(2550))


@CHANNELS
def test_a_password_is_waited_for(hospital: PayingHospital, channel: Channel) -> None:
    hospital.fault(channel, Operation.CREATE, FaultKind.USER_PAYING)
    attempt = hospital.scans(channel)
    assert attempt.state is STATE.WAITING
    assert hospital.advance(attempt).state is STATE.WAITING

    hospital.pay(attempt)

    assert hospital.advance(attempt).state is STATE.FULFILLED


@CHANNELS
def test_a_patient_who_puts_his_wallet_away_may_pay_in_another_way(
    hospital: PayingHospital, channel: Channel
) -> None:
    hospital.fault(channel, Operation.CREATE, FaultKind.USER_PAYING)
    attempt = hospital.scans(channel)
    provider = hospital.sandbox.providers[channel]
    provider.bank.decline(attempt.id, provider.clock())

    assert hospital.advance(attempt).state is STATE.CLOSED
    again = hospital.cashier.begin([FIRST], channel, by="kiosk-1")
    assert again.state is STATE.WAITING
    assert again.id != attempt.id


@CHANNELS
def test_asked_for_again_the_kiosk_shows_the_same_code(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)

    again = hospital.cashier.begin([FIRST], channel, by="kiosk-2")

    assert (again.id, again.qr_text) == (attempt.id, attempt.qr_text)


def test_a_bill_that_is_being_paid_is_not_paid_in_another_way(hospital: PayingHospital) -> None:
    hospital.shows(Channel.WECHAT)

    with pytest.raises(PaymentRefused) as refused:
        hospital.cashier.begin([FIRST], Channel.ALIPAY, by="kiosk-2")
    with pytest.raises(PaymentRefused):
        hospital.cashier.begin_by_code([FIRST], CODES[Channel.WECHAT], by="kiosk-2")
    with pytest.raises(PaymentRefused):
        hospital.cashier.begin([FIRST, hospital.charge()], Channel.WECHAT, by="kiosk-2")

    assert refused.value.code is RefusalCode.PAYMENT_RUNNING


@SILENCES
@CHANNELS
def test_a_qr_code_lost_on_the_way_is_closed_and_another_one_is_shown(
    hospital: PayingHospital, channel: Channel, silence: FaultKind
) -> None:
    hospital.fault(channel, Operation.CREATE, silence)
    attempt = hospital.shows(channel)
    assert attempt.state is STATE.UNKNOWN

    hospital.wait_out(attempt)
    assert hospital.advance(attempt).state is STATE.CLOSED
    again = hospital.cashier.begin([FIRST], channel, by="kiosk-1")
    hospital.pay(again)
    assert hospital.advance(again).state is STATE.FULFILLED
    assert hospital.advance(attempt).kept == NOTHING


@CHANNELS
def test_an_answer_that_takes_too_long_is_none(keys: Path, channel: Channel) -> None:
    with paying_hospital(keys, MemorySteps(), timeout_s=1) as hospital:
        hospital.fault(channel, Operation.CREATE, FaultKind.DELAY, seconds=3)

        attempt = hospital.shows(channel)

    assert attempt.state is STATE.UNKNOWN
    assert attempt.id in hospital.sandbox.providers[channel].bank.trades


@SILENCES
@CHANNELS
def test_a_scanned_code_whose_answer_is_lost_is_found_paid_or_comes_to_nothing(
    hospital: PayingHospital, channel: Channel, silence: FaultKind
) -> None:
    hospital.fault(channel, Operation.CREATE, silence)
    attempt = hospital.scans(channel)
    assert attempt.state is STATE.UNKNOWN

    is_done = silence not in (FaultKind.LOSE_REQUEST, FaultKind.SERVER_ERROR)
    if is_done:
        assert hospital.advance(attempt).state is STATE.FULFILLED
        return
    assert hospital.advance(attempt).state is STATE.UNKNOWN
    hospital.wait(61)
    assert hospital.advance(attempt).state is STATE.CLOSED


@CHANNELS
def test_what_the_provider_refuses_for_certain_has_failed(
    hospital: PayingHospital, channel: Channel
) -> None:
    hospital.fault(channel, Operation.CREATE, FaultKind.REFUSE)

    attempt = hospital.scans(channel)

    assert attempt.state is STATE.FAILED
    assert attempt.refusal


@SILENCES
@CHANNELS
def test_a_provider_that_is_silent_about_a_payment_is_asked_again(
    hospital: PayingHospital, channel: Channel, silence: FaultKind
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.LOSE_REQUEST)
    hospital.pay(attempt)
    hospital.fault(channel, Operation.QUERY, silence)

    assert hospital.advance(attempt).state is STATE.WAITING
    assert hospital.advance(attempt).state is STATE.FULFILLED


@SILENCES
@CHANNELS
def test_a_payment_is_closed_only_when_the_provider_has_said_so(
    hospital: PayingHospital, channel: Channel, silence: FaultKind
) -> None:
    attempt = hospital.shows(channel)
    hospital.wait_out(attempt)
    is_asked = channel is not Channel.UNIONPAY
    hospital.fault(channel, Operation.CLOSE if is_asked else Operation.QUERY, silence)

    assert hospital.cashier.cancel(attempt.id, by="kiosk-1").state is STATE.CLOSING
    assert hospital.advance(attempt).state is STATE.CLOSED


@CHANNELS
def test_cancelled_at_the_moment_of_paying_it_is_paid(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.LOSE_REQUEST)
    hospital.pay(attempt)

    assert hospital.cashier.cancel(attempt.id, by="kiosk-1").state is STATE.FULFILLED


@CHANNELS
def test_nobody_waits_for_ever(hospital: PayingHospital, channel: Channel) -> None:
    attempt = hospital.shows(channel)

    hospital.wait(91)

    assert hospital.advance(attempt).state is STATE.CLOSED


def test_wechat_is_not_asked_to_take_a_scanned_payment_back_too_early(
    hospital: PayingHospital,
) -> None:
    hospital.fault(Channel.WECHAT, Operation.CREATE, FaultKind.USER_PAYING)
    attempt = hospital.scans(Channel.WECHAT)

    assert hospital.cashier.cancel(attempt.id, by="kiosk-1").state is STATE.CLOSING
    hospital.wait(16)
    assert hospital.advance(attempt).state is STATE.CLOSING, "the patient is typing still"
    hospital.wait(120)
    assert hospital.advance(attempt).state is STATE.CLOSED


@CHANNELS
def test_what_is_paid_after_the_close_goes_back(hospital: PayingHospital, channel: Channel) -> None:
    hospital.lets_pay_after_close(channel)
    attempt = hospital.shows(channel)
    assert hospital.cancels(attempt).state is STATE.CLOSED
    second = hospital.cashier.begin([FIRST], channel, by="kiosk-1")

    hospital.pay(attempt)
    hospital.pay(second)

    assert hospital.state(attempt) is STATE.LATE_PAID
    assert hospital.advance(attempt).state is STATE.REFUNDED
    assert hospital.advance(second).state is STATE.FULFILLED
    assert hospital.trade(attempt).kept_fen == 0
    assert hospital.trade(second).kept_fen == 2550


@SILENCES
@pytest.mark.parametrize("on", [Operation.REFUND, Operation.REFUND_QUERY])
@CHANNELS
def test_money_goes_back_once_however_often_it_is_asked_for(
    hospital: PayingHospital, channel: Channel, on: Operation, silence: FaultKind
) -> None:
    hospital.booking.refuses = True
    hospital.fault(channel, on, silence)

    attempt = hospital.scans(channel)

    # A refusal of WeChat's (404: no such refund yet) is not verified by its library.
    is_heard = channel is Channel.WECHAT and silence is FaultKind.BAD_SIGNATURE
    assert attempt.state is STATE.REFUNDING or is_heard
    assert hospital.advance(attempt).state is STATE.REFUNDED
    assert hospital.trade(attempt).refunded_fen == 2550


@CHANNELS
def test_a_refund_that_is_refused_waits_for_a_person(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.scans(channel)
    hospital.fault(channel, Operation.REFUND, FaultKind.REFUSE)

    refused = hospital.cashier.refund(attempt.id, why="wrong person", by="cashier-1")
    assert (refused.state, refused.kept) == (STATE.REVIEW, Fen(2550))

    given_back = hospital.cashier.refund(attempt.id, why="tried again", by="cashier-1")
    assert (given_back.state, given_back.kept) == (STATE.REFUNDED, NOTHING)


@CHANNELS
def test_another_amount_is_no_payment_of_the_bill(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel, fen=2550)

    hospital.pay(attempt, fen=1)

    assert hospital.state(attempt) is STATE.REVIEW
    assert hospital.cashier.account(PATIENT).owed == Fen(2550)
    assert hospital.booking.booked == {}


def test_a_code_of_unionpay_keeps_its_bill_until_nobody_can_pay_it_any_more(
    hospital: PayingHospital,
) -> None:
    attempt = hospital.shows(Channel.UNIONPAY)

    assert hospital.cashier.cancel(attempt.id, by="kiosk-1").state is STATE.CLOSING
    with pytest.raises(PaymentRefused) as refused:
        hospital.cashier.begin([FIRST], Channel.WECHAT, by="kiosk-1")
    assert refused.value.code is RefusalCode.PAYMENT_RUNNING
    hospital.pay(attempt)
    assert hospital.advance(attempt).state is STATE.FULFILLED
