"""Paying while a device or a provider fails, and receipts that the finance platform numbers.

The real programs: server, kiosk, simulated devices behind their real drivers, the sandbox with its
finance platform. Every step with every fault is tried without windows in
`tests/integration/payments/test_each_step_and_fault.py`; here is what a patient sees of them.
"""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hardware.simulated.page_printer import EMPTY_NAME
from queue_server.demo.controls import ask, read_qr, wait_until
from queue_server.demo.users import CASHIER, PASSWORD, TOTP_SECRET
from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen, total
from queue_server.payments.terms import AttemptState
from queue_server.records.records import Patient
from queue_server.web.second_factor import code_at
from tests.end_to_end.paying_morning import (
    PAID_WITHIN_S,
    PayingMorning,
    at_home,
    running_morning,
)
from tests.end_to_end.purse import debtor

__all__ = ["at_home"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]
_STATE = AttemptState


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayingMorning]:
    folder = tmp_path_factory.mktemp("hospital")
    with running_morning(folder, has_receipt_platform=True) as running:
        yield running


@pytest.fixture(scope="module")
def cashier(morning: PayingMorning) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=morning.demo.address, timeout=20) as client:
        code = code_at(TOTP_SECRET, datetime.now(UTC))
        body = {"user": CASHIER, "password": PASSWORD, "code": code}
        client.post("/api/login", json=body).raise_for_status()
        yield client


def shows_code(morning: PayingMorning, patient: Patient) -> Fen:
    """Go as far as to the QR code; return what is owed."""
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    return owed


def wait_for_paid(morning: PayingMorning) -> None:
    wait_until(lambda: morning.kiosk.screen() == "place", "the kiosk to say paid", PAID_WITHIN_S)


def assert_every_fen_agrees(morning: PayingMorning, patient: Patient, owed: Fen) -> Attempt:
    """Return the one payment that counts; what else there was has kept nothing."""
    attempts = morning.attempts(patient)
    [paid] = [one for one in attempts if one.state is _STATE.FULFILLED]
    ends = {_STATE.FULFILLED, _STATE.CLOSED, _STATE.FAILED, _STATE.REFUNDED}
    assert {one.state for one in attempts} <= ends
    trades = {one["number"]: one for one in morning.trades()}
    for one in attempts:
        trade = trades.get(one.id, {"paid_fen": 0, "refunded_fen": 0})
        assert trade["paid_fen"] - trade["refunded_fen"] == one.kept.fen
    assert total(one.kept for one in attempts) == owed
    [receipt] = morning.receipts(paid)
    assert receipt.amount == owed
    assert all(sheet.is_paid for sheet in morning.sheets(patient))
    return paid


# --- devices ---------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["paper_out", "unplugged"])
def test_whoever_pays_while_no_slip_comes_has_paid_once_and_reads_so(
    morning: PayingMorning, fault: str
) -> None:
    patient = debtor(morning, 2)
    owed = shows_code(morning, patient)
    ask(morning.demo.ports.printer_control, do="set", value=fault)

    morning.pay_what_is_shown()
    wait_for_paid(morning)

    wait_until(
        lambda: "支付已经成功" in morning.kiosk.texts(), "the word of the slip", PAID_WITHIN_S
    )
    assert "请不要再次付款" in morning.kiosk.texts()
    ask(morning.demo.ports.printer_control, do="clear_all")
    assert_every_fen_agrees(morning, patient, owed)


def test_a_receipt_that_the_a4_printer_can_not_print_is_printed_later_and_is_no_copy(
    morning: PayingMorning, tmp_path: Path
) -> None:
    patient = debtor(morning, 1)
    owed = shows_code(morning, patient)
    morning.pay_what_is_shown()
    wait_for_paid(morning)
    morning.new_slip()
    empty = morning.demo.a4_pages / EMPTY_NAME
    empty.parent.mkdir(exist_ok=True)
    empty.touch()

    morning.kiosk.tap("print-receipt")
    wait_until(lambda: "没有打印出来" in morning.kiosk.texts(), "the word of it", PAID_WITHIN_S)
    empty.unlink()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.kiosk.tap("receipts")
    morning.show_card(patient)
    morning.kiosk.wait_for("reports")
    morning.kiosk.tap("receipt-0")

    assert "补打件" not in morning.printed_receipt(tmp_path).text()
    assert_every_fen_agrees(morning, patient, owed)


def test_a_scanner_that_is_unplugged_while_the_code_is_shown_costs_no_payment(
    morning: PayingMorning,
) -> None:
    patient = debtor(morning, 1)
    owed = shows_code(morning, patient)
    ask(morning.demo.ports.scanner_control, do="set", value="unplugged")

    morning.pay_what_is_shown()
    wait_for_paid(morning)
    morning.new_slip()
    ask(morning.demo.ports.scanner_control, do="clear_all")

    assert_every_fen_agrees(morning, patient, owed)
    another = debtor(morning, 1)
    morning.kiosk.tap("dock-home")
    identified_again(morning, another)


def identified_again(morning: PayingMorning, patient: Patient) -> None:
    """Wait until the scanner that was plugged in again reads a card."""

    def is_read() -> bool:
        if morning.kiosk.screen() == "home":
            # Where nobody was heard of for long, it has gone back.
            morning.kiosk.tap("pay")
        if morning.kiosk.screen() == "identify":
            morning.show_card(patient)
        return morning.kiosk.screen() == "bills"

    wait_until(is_read, "the scanner", PAID_WITHIN_S)


# --- providers -------------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["forge", "duplicate"])
def test_a_strange_callback_changes_nothing_and_the_payment_counts_once(
    morning: PayingMorning, do: str
) -> None:
    patient = debtor(morning, 1)
    owed = shows_code(morning, patient)
    morning.fault(on="callback", do=do)

    morning.pay_what_is_shown()
    wait_for_paid(morning)
    morning.new_slip()

    assert_every_fen_agrees(morning, patient, owed)


def test_a_payment_after_it_was_cancelled_goes_back_and_the_bill_is_paid_once(
    morning: PayingMorning,
) -> None:
    patient = debtor(morning, 2)
    morning.fault(on="close", do="pay_after_close")
    owed = shows_code(morning, patient)
    picture = morning.demo.folder / "late.png"
    morning.kiosk.screenshot(picture)
    morning.kiosk.tap("cancel-payment")
    morning.kiosk.wait_for("refusal")
    wait_until(lambda: state_of(morning, patient) is _STATE.CLOSED, "the close", PAID_WITHIN_S)

    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()
    wait_until(lambda: state_of(morning, patient) is _STATE.REFUNDED, "the refund", PAID_WITHIN_S)

    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("bills")
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("channels")
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    morning.pay_what_is_shown()
    wait_for_paid(morning)
    morning.new_slip()
    assert_every_fen_agrees(morning, patient, owed)


def state_of(morning: PayingMorning, patient: Patient) -> AttemptState:
    return morning.attempts(patient)[0].state


# --- the finance platform --------------------------------------------------------------------


def test_a_receipt_is_numbered_by_the_finance_platform_printed_and_taken_back(
    morning: PayingMorning, cashier: httpx.Client, tmp_path: Path
) -> None:
    patient = debtor(morning, 2)
    owed = shows_code(morning, patient)
    morning.pay_what_is_shown()
    wait_for_paid(morning)
    morning.new_slip()
    paid = assert_every_fen_agrees(morning, patient, owed)
    [receipt] = morning.receipts(paid)
    assert receipt.registration is not None
    [numbered] = [one for one in morning.numbered() if one["number"] == receipt.number]
    assert (numbered["official"], numbered["fen"]) == (receipt.registration.number, owed.fen)

    morning.kiosk.tap("print-receipt")
    paper = morning.printed_receipt(tmp_path).text()
    refunded = cashier.post(f"/api/payments/refund/{paid.id}", json={"why": "误开"})

    assert receipt.registration.number in paper
    assert receipt.registration.check_code in paper
    refunded.raise_for_status()
    wait_until(
        lambda: all(one.registration for one in morning.receipts(paid)),
        "the reversing number",
        PAID_WITHIN_S,
    )
    own, reversing = morning.receipts(paid)
    assert reversing.reverses == own.number
    [red] = [one for one in morning.numbered() if one["reverses"] == own.number]
    assert reversing.registration is not None
    assert (red["official"], red["fen"]) == (reversing.registration.number, owed.fen)
    assert morning.trade(paid)["refunded_fen"] == owed.fen
    row = cashier.get("/api/payments").json()["rows"]
    [shown] = [one for one in row if one["attempt"] == paid.id]
    assert receipt.registration.number in shown["official"]
