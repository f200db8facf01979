"""A payment as a device is told of it: its receipt, and the wait for the platform's number."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from queue_server.contract.payments import Payment, PaymentState
from queue_server.payments.receipt import Receipt, Registration, number_of
from queue_server.payments.terms import AttemptState
from queue_server.rules.terms import PatientId
from queue_server.service.payment_view import payment_of
from queue_server.service.receipt_view import ReceiptChecks
from tests.unit.payments.samples import NOON, a_charge, an_attempt

CHARGES = [a_charge("blood", 2550)]
ATTEMPT = an_attempt(AttemptState.FULFILLED)
RECEIPT = Receipt(
    number=number_of(date(2026, 11, 26), 7),
    attempt=ATTEMPT.id,
    channel=ATTEMPT.channel,
    patient=PatientId("p1"),
    charges=tuple(CHARGES),
    issued_at=NOON,
)
OPEN = replace(RECEIPT, awaits_platform=True)
REGISTRATION = Registration(code="11060126", number="0000000009", check_code="a1b2", address="")
CHECKS = ReceiptChecks(code=lambda _: "CODE", address=lambda one: f"https://v.test/{one.number}")


def told(receipt: Receipt | None, after_s: int = 0, attempt: object = ATTEMPT) -> Payment:
    now = NOON + timedelta(seconds=after_s)
    return payment_of(attempt, CHARGES, receipt, CHECKS, now)  # type: ignore[arg-type]


def test_a_receipt_is_told_with_its_number_and_how_it_is_verified() -> None:
    payment = told(RECEIPT)

    assert payment.state is PaymentState.FULFILLED
    assert payment.receipt is not None
    assert payment.receipt.number == "20261126 00000007"
    assert payment.receipt.check_address == "https://v.test/2026112600000007"
    assert not payment.receipt.is_pending


@pytest.mark.parametrize(
    ("after_s", "state"),
    [(0, PaymentState.PAID), (7, PaymentState.PAID), (8, PaymentState.FULFILLED)],
)
def test_the_platform_has_eight_seconds_before_the_slip_says_that_its_number_follows(
    after_s: int, state: PaymentState
) -> None:
    payment = told(OPEN, after_s)

    assert payment.state is state
    assert payment.receipt is not None
    assert payment.receipt.is_pending


def test_a_number_that_came_is_told_at_once() -> None:
    payment = told(replace(OPEN, registration=REGISTRATION))

    assert payment.state is PaymentState.FULFILLED
    assert payment.receipt is not None
    assert (payment.receipt.code, payment.receipt.number) == ("11060126", "0000000009")


def test_money_that_goes_back_is_told_though_a_number_is_open() -> None:
    payment = told(OPEN, attempt=an_attempt(AttemptState.REFUNDING))

    assert payment.state is PaymentState.REFUNDING
