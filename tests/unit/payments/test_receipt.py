"""The number of a receipt, and what one says."""

from datetime import date, timedelta

import pytest

from queue_server.payments.billing import posted
from queue_server.payments.books import Books, carried
from queue_server.payments.fen import Fen
from queue_server.payments.receipt import (
    ReceiptIssued,
    ReceiptRegistered,
    Registration,
    day_of,
    in_groups,
    number_of,
    receipt_for,
    reversal_for,
    serial_of,
    valid_receipt,
)
from queue_server.payments.terms import AttemptId
from queue_server.rules.terms import PatientId
from tests.unit.payments.samples import NOON, a_charge, an_attempt

TODAY = date(2026, 11, 26)
FIRST, SECOND = number_of(TODAY, 1), number_of(TODAY, 2)
ATTEMPT = AttemptId("A1")
CHARGES = [a_charge("blood", 2550, 1000), a_charge("scan", 30_000)]


def issued(number: str = FIRST, *, awaits_platform: bool = False) -> ReceiptIssued:
    step = receipt_for(an_attempt(), CHARGES, FIRST, awaits_platform=awaits_platform)
    assert step.number == number
    return step


def test_a_number_tells_its_day_and_its_place_in_the_series() -> None:
    number = number_of(TODAY, 123)

    assert number == "2026112600000123"
    assert (day_of(number), serial_of(number)) == (TODAY, 123)
    assert in_groups(number) == "20261126 00000123"


@pytest.mark.parametrize(
    "text", ["", "20261126", "2026133100000001", "２０２６112600000001", "x" * 16]
)
def test_what_is_no_number_has_no_day(text: str) -> None:
    assert day_of(text) is None


def test_a_receipt_says_what_was_paid_even_when_the_charge_changes_afterwards() -> None:
    books = Books()
    books.apply(issued(), NOON)

    books.apply(posted(a_charge("blood", 99)), NOON)

    [receipt] = books.receipt_book.of(ATTEMPT)
    assert (receipt.amount, receipt.insurance) == (Fen(32_550), Fen(1000))
    assert receipt.issued_at == NOON


def test_a_receipt_that_was_taken_back_does_not_count_any_more() -> None:
    books = Books()
    books.apply(issued(), NOON)
    [receipt] = books.receipt_book.of(ATTEMPT)
    assert valid_receipt(books.receipt_book.of(ATTEMPT)) == receipt

    books.apply(reversal_for(receipt, SECOND), NOON + timedelta(minutes=1))

    both = books.receipt_book.of(ATTEMPT)
    assert [one.reverses for one in both] == [None, FIRST]
    assert [one.amount for one in both] == [Fen(32_550), Fen(32_550)]
    assert valid_receipt(both) is None


def test_a_number_that_is_not_the_next_one_stops_the_process() -> None:
    books = Books()
    books.apply(issued(), NOON)

    with pytest.raises(AssertionError):
        books.apply(issued(), NOON)


def test_the_series_goes_on_over_the_days_with_what_the_platform_has_not_registered() -> None:
    books = Books()
    books.apply(issued(awaits_platform=True), NOON)

    tomorrow = Books()
    tomorrow.apply(carried(books, NOON), NOON)
    [still_open] = tomorrow.receipt_book.open()
    registration = Registration(code="11060126", number="7", check_code="a1b2c3", address="")
    step = ReceiptRegistered(
        number=FIRST, attempt=ATTEMPT, patient=PatientId("p1"), registration=registration
    )
    tomorrow.apply(step, NOON)

    assert still_open.number == FIRST
    assert not tomorrow.receipt_book.open()
    assert tomorrow.receipt_book.receipts[FIRST].registration == registration
    assert tomorrow.receipt_book.last_serial == 1
    after = carried(tomorrow, NOON)
    assert (after.receipts, after.last_receipt) == ((), 1)
