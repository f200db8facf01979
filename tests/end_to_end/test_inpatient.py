"""An inpatient tops up his deposit at a kiosk, and every fen agrees: by phone and in bank notes.

The programs are the real ones, with TLS as delivered, and the sandbox instead of WeChat Pay.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from queue_server.demo.cash_scenes import CASH_KEY
from queue_server.demo.controls import wait_until
from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen
from queue_server.payments.receipt import in_groups
from queue_server.payments.terms import AttemptState
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.demo_wards import DemoWards
from queue_server.records.records import Patient
from tests.end_to_end.paying_morning import (
    PAID_WITHIN_S,
    PayingMorning,
    at_home,
    morning,
    read_slip,
)
from tests.end_to_end.purse import Purse
from tests.end_to_end.test_paying_patient import assert_verified, shown_and_paid

__all__ = ["at_home", "morning"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]
TOP_UP = Fen(500_00)


def inpatient(morning: PayingMorning) -> Patient:
    """Return an inpatient whom no test has had yet."""
    wards = DemoWards(morning.records)
    for patient in Records(morning.records).patients():
        is_lying = wards.stay_of(patient.patient_id) is not None
        if is_lying and patient.patient_id not in morning.given:
            morning.given.add(patient.patient_id)
            return patient
    raise AssertionError("the demo hospital has no such patient left")


def paid_while_the_callback_is_lost(morning: PayingMorning) -> None:
    morning.fault(on="callback", do="lose_request")
    morning.fault(on="query", do="lose_reply", times=2)
    shown_and_paid(morning)


def paid_in_notes(morning: PayingMorning) -> None:
    morning.kiosk.tap(CASH_KEY)
    morning.kiosk.wait_for("cash")
    purse = Purse(morning=morning)
    for _ in range(5):
        purse.insert(100)


@pytest.mark.parametrize("pay", [shown_and_paid, paid_while_the_callback_is_lost, paid_in_notes])
def test_a_top_up_is_in_account_ledger_bank_slip_and_receipt_alike(
    morning: PayingMorning, pay: Callable[[PayingMorning], None], tmp_path: Path
) -> None:
    patient, wards, kiosk = inpatient(morning), DemoWards(morning.records), morning.kiosk
    stay = wards.stay_of(patient.patient_id)
    assert stay is not None
    morning.wait_for_the_line()
    kiosk.tap("inpatient")
    kiosk.wait_for("identify")
    morning.show_card(patient)
    kiosk.wait_for("stay")
    kiosk.tap("top-up")
    kiosk.wait_for("deposit-pad")
    kiosk.tap("amount-500")
    kiosk.tap("confirm")
    kiosk.wait_for("channels")

    pay(morning)
    slip = morning.wait_until_paid()
    wait_until(lambda: "电子票据号" in kiosk.texts(), "the receipt's number", PAID_WITHIN_S)
    shown = kiosk.texts()
    kiosk.tap("print-receipt")
    paper = morning.printed_receipt(tmp_path).text()

    [attempt] = morning.attempts(patient)
    [entry] = [one for one in wards.deposits_of(stay) if one.attempt == attempt.id]
    [receipt] = morning.receipts(attempt)
    assert attempt.state is AttemptState.FULFILLED
    assert attempt.kept == entry.amount == receipt.amount == TOP_UP
    assert morning.books().account(patient.patient_id).deposited == TOP_UP
    paid = [one["paid_fen"] for one in morning.trades() if one["number"] == attempt.id]
    assert paid in ([], [TOP_UP.fen])
    assert bool(paid) is (attempt.channel == "wechat")
    number = in_groups(receipt.number)
    assert f"{TOP_UP}\u00a0元" in shown
    assert number in shown
    said = read_slip(slip)
    assert str(TOP_UP) in said
    assert number.replace(" ", "") in said
    assert_verified(slip, receipt)
    assert f"¥ {TOP_UP}" in paper
    assert capitals(TOP_UP) in paper
    assert number in paper
    assert "住院预交金" in paper
