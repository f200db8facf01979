"""The gateway's daily bill against the books, over the real bill formats."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from queue_server.payments.fen import Fen
from queue_server.payments.gateway import GatewaySilent
from queue_server.payments.receipt import number_of
from queue_server.payments.reconciliation import (
    ADVICE,
    DaySpan,
    DifferenceKind,
    Reconciliation,
    reconcile,
)
from queue_server.payments.reconciliation_csv import differences_csv
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptState, Channel
from tests.integration.payments.paying_hospital import BEIJING, PayingHospital

STATE, KIND = AttemptState, DifferenceKind
CHANNELS = pytest.mark.parametrize("channel", GATEWAY_CHANNELS)


def compared(hospital: PayingHospital, channel: Channel) -> Reconciliation:
    """Compare a day that reaches far around now, so that no test meets midnight."""
    now = hospital.clock().astimezone(BEIJING)
    gateway = hospital.gateways[channel]
    days = {(now + timedelta(hours=hours)).date() for hours in (-1, 1)}
    lines = [line for day in sorted(days) for line in gateway.daily_bill(day)]
    span = DaySpan(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    return reconcile(channel, hospital.cashier.attempts(), lines, span)


def kinds(hospital: PayingHospital, channel: Channel) -> list[DifferenceKind]:
    return [one.kind for one in compared(hospital, channel).differences]


@CHANNELS
def test_a_day_without_payments_has_no_bill_and_no_differences(
    hospital: PayingHospital, channel: Channel
) -> None:
    assert hospital.gateways[channel].daily_bill(date(2026, 1, 1)) == []
    assert kinds(hospital, channel) == []


@CHANNELS
def test_an_ordinary_day_agrees_to_the_fen(hospital: PayingHospital, channel: Channel) -> None:
    paid = hospital.shows(channel, fen=1999)
    hospital.pay(paid)
    hospital.advance(paid)
    refunded = hospital.cashier.begin([hospital.charge(1)], channel, by="kiosk-1")
    hospital.pay(refunded)
    hospital.advance(refunded)
    hospital.cashier.refund(refunded.id, why="desk", by="cashier-1")
    closed = hospital.shows(channel, fen=100)
    hospital.cancels(closed)

    found = compared(hospital, channel)

    assert found.differences == ()
    assert (found.gateway_came, found.gateway_went_back) == (Fen(2000), Fen(1))


@CHANNELS
def test_money_we_have_not_heard_of_is_found_and_goes_back_by_itself(
    hospital: PayingHospital, channel: Channel
) -> None:
    hospital.lets_pay_after_close(channel)
    attempt = hospital.shows(channel)
    hospital.cancels(attempt)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.LOSE_REQUEST)
    hospital.pay(attempt)
    found = compared(hospital, channel)
    assert [one.kind for one in found.differences] == [KIND.NOT_IN_BOOKS]

    for asked in found.asked_again:
        hospital.cashier.advance(asked)

    assert hospital.state(attempt) is STATE.REFUNDED
    assert kinds(hospital, channel) == []


@CHANNELS
def test_a_payment_that_was_never_begun_here_is_found(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    bank = hospital.sandbox.providers[channel].bank
    hospital.cancels(attempt)
    now = hospital.clock()
    bank.open_shown("desk7", 900, now=now, expires_at=now + timedelta(hours=1), notify_url="")
    bank.pay("desk7", now)

    [found] = compared(hospital, channel).differences

    assert (found.kind, found.attempt, found.gateway_fen) == (KIND.NOT_OURS, "desk7", 900)


@CHANNELS
def test_money_that_the_gateway_does_not_have_is_found(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.scans(channel)
    del hospital.sandbox.providers[channel].bank.trades[attempt.id]

    [found] = compared(hospital, channel).differences

    assert (found.kind, found.books_fen, found.gateway_fen) == (KIND.NOT_AT_GATEWAY, 2550, 0)


@CHANNELS
def test_amounts_that_differ_are_found(hospital: PayingHospital, channel: Channel) -> None:
    attempt = hospital.scans(channel)
    hospital.trade(attempt).paid_fen = 2549

    [found] = compared(hospital, channel).differences

    assert (found.kind, found.books_fen, found.gateway_fen) == (KIND.AMOUNT, 2550, 2549)


@CHANNELS
def test_a_refund_made_on_the_merchant_page_is_found(
    hospital: PayingHospital, channel: Channel
) -> None:
    by_the_desk = hospital.scans(channel)
    hospital.trade(by_the_desk).refunds["by hand"] = (2550, hospital.clock())
    assert kinds(hospital, channel) == [KIND.REFUND_NOT_IN_BOOKS]


@CHANNELS
def test_a_refund_that_the_gateway_has_lost_is_found(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.scans(channel)
    hospital.cashier.refund(attempt.id, why="desk", by="cashier-1")
    assert kinds(hospital, channel) == []

    hospital.trade(attempt).refunds.clear()

    assert kinds(hospital, channel) == [KIND.REFUND_NOT_AT_GATEWAY]


@CHANNELS
def test_what_waits_for_a_person_or_an_answer_is_on_the_list(
    hospital: PayingHospital, channel: Channel
) -> None:
    wrong = hospital.shows(channel)
    hospital.pay(wrong, fen=1)
    assert kinds(hospital, channel) == [KIND.REVIEW]
    open_still = hospital.cashier.begin([hospital.charge()], channel, by="kiosk-1")
    hospital.fault(channel, Operation.CLOSE, FaultKind.SERVER_ERROR)
    hospital.cashier.cancel(open_still.id, by="kiosk-1")

    assert kinds(hospital, channel) == [KIND.REVIEW, KIND.STILL_OPEN]


@CHANNELS
def test_a_bill_that_does_not_come_or_is_damaged_is_no_bill(
    hospital: PayingHospital, channel: Channel
) -> None:
    hospital.scans(channel)
    today = hospital.clock().astimezone(BEIJING).date()
    for fault in (FaultKind.LOSE_REPLY, FaultKind.SERVER_ERROR, FaultKind.BAD_SIGNATURE):
        hospital.fault(channel, Operation.BILL, fault)
        with pytest.raises(GatewaySilent):
            hospital.gateways[channel].daily_bill(today)


def test_the_file_for_the_cashier_says_what_to_do_and_holds_no_formula(
    hospital: PayingHospital,
) -> None:
    now = hospital.clock()
    bank = hospital.sandbox.providers[Channel.WECHAT].bank
    bank.open_shown("=cmd()", 1, now=now, expires_at=now + timedelta(hours=1), notify_url="")
    bank.pay("=cmd()", now)
    found = compared(hospital, Channel.WECHAT)

    text = differences_csv(
        date(2026, 11, 26), found.differences, lambda _: [number_of(date(2026, 11, 26), 7)]
    )

    assert text.startswith("\ufeff")
    [head, row] = list(csv.reader(io.StringIO(text[1:])))
    assert len(head) == len(row)
    assert row[3] == "'=cmd()"
    assert row[7] == "0.01"
    assert row[8:] == ["20261126 00000007", *ADVICE[KIND.NOT_OURS]]


def test_every_difference_has_its_advice_in_both_languages() -> None:
    assert set(ADVICE) == set(DifferenceKind)
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in ADVICE.values())


def test_what_happened_close_to_midnight_may_stand_in_the_bill_of_the_day_beside() -> None:
    midnight = datetime(2026, 11, 27, tzinfo=BEIJING)
    span = DaySpan(starts_at=midnight - timedelta(days=1), ends_at=midnight)

    assert not span.surely_has(midnight - timedelta(minutes=14))
    assert span.surely_has(midnight - timedelta(minutes=16))
    assert not span.surely_has(None)
