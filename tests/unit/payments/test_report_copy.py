"""Copies of reports: a wish that nobody owes, named for good, and paid until it is given back."""

from datetime import date

from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge, account
from queue_server.payments.receipt import (
    Receipt,
    issued_receipt,
    number_of,
    receipt_for,
    rest_for,
    reversal_for,
)
from queue_server.payments.report_copy import copy_charge, copy_id, paid_copies
from queue_server.payments.steps import ReturnedPart
from queue_server.rules.terms import PatientId, ReportKind
from tests.unit.payments.samples import NOON, a_charge, an_attempt

TODAY = date(2026, 11, 26)


def a_copy(number: int = 2, report_id: str = "lab-1") -> Charge:
    return copy_charge(
        report_id, number, kind=ReportKind.LABORATORY, patient=PatientId("p1"), fee=Fen(200)
    )


def a_receipt(*charges: Charge) -> Receipt:
    issued = receipt_for(an_attempt(), charges, number_of(TODAY, 1), awaits_platform=False)
    return issued_receipt(issued, NOON)


def test_the_same_printing_of_the_same_report_is_the_same_charge_and_no_other_is() -> None:
    assert a_copy().id == a_copy().id == copy_id("lab-1", 2)
    assert len({a_copy(2).id, a_copy(3).id, a_copy(2, "lab-2").id}) == 3
    assert len(a_copy(report_id="x" * 200).id) < 64


def test_a_copy_that_is_not_paid_is_owed_by_nobody() -> None:
    blood = a_charge("blood", 2550)

    found = account([blood, a_copy()], [])

    assert found.owed_charges == (blood,)
    assert found.self_paid + found.owed + found.insurance == found.price == Fen(2550)


def test_a_copy_that_is_paid_counts_among_what_is_paid() -> None:
    found = account([a_charge("blood", 2550), a_copy()], [a_copy().id])

    assert (found.self_paid, found.owed) == (Fen(200), Fen(2550))
    assert found.self_paid + found.owed == found.price


def test_what_a_receipt_says_of_copies_is_paid_for() -> None:
    receipt = a_receipt(a_copy(2, "lab-1"), a_charge("blood", 600), a_copy(3, "lab-2"))

    assert paid_copies([receipt]) == {copy_id("lab-1", 2), copy_id("lab-2", 3)}


def test_a_copy_whose_money_has_gone_back_is_not_paid_for() -> None:
    receipt = a_receipt(a_copy())
    reversal = issued_receipt(reversal_for(receipt, number_of(TODAY, 2)), NOON)

    assert paid_copies([receipt, reversal]) == frozenset()
    assert paid_copies([reversal, receipt]) == frozenset()


def test_of_two_copies_the_one_whose_money_has_stayed_is_paid_for() -> None:
    one, other = a_copy(2, "lab-1"), a_copy(2, "lab-2")
    receipt = a_receipt(one, other)
    reversal = issued_receipt(reversal_for(receipt, number_of(TODAY, 2)), NOON)
    part = ReturnedPart(charge=one.id, fen=200)
    rest = issued_receipt(rest_for(receipt, [part], number_of(TODAY, 3)), NOON)

    assert paid_copies([receipt, reversal, rest]) == {other.id}


def test_other_charges_are_no_copies() -> None:
    assert paid_copies([a_receipt(a_charge("blood", 600))]) == frozenset()
