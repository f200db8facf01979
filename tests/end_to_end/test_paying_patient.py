"""A patient with only a phone checks in and pays two bills in one go, and every fen agrees.

The programs are the real ones, with TLS as delivered: server, kiosk, simulated printer and scanner,
and the sandbox instead of WeChat Pay and Alipay. What fails meanwhile is the test's doing.
"""

import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from queue_server.demo.controls import read_qr, wait_until
from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen, total
from queue_server.payments.receipt import Receipt, in_groups
from queue_server.payments.terms import AttemptState, Channel
from tests.end_to_end.paying_morning import (
    PAID_WITHIN_S,
    PayingMorning,
    at_home,
    morning,
    read_slip,
)

__all__ = ["at_home", "morning"]
pytestmark = [pytest.mark.end_to_end, pytest.mark.broker, pytest.mark.timeout(300)]
CODES = ("134567890123456789", "134567890123456790")
"""Payment codes are good for one payment each."""


def shown_and_paid(morning: PayingMorning) -> None:
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    morning.pay_what_is_shown()


def paid_while_the_callback_is_lost(morning: PayingMorning) -> None:
    morning.fault(on="callback", do="lose_request")
    morning.fault(on="query", do="lose_reply", times=2)
    shown_and_paid(morning)


def paid_while_the_server_is_dead(morning: PayingMorning) -> None:
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")
    picture = morning.demo.folder / "shown.png"
    morning.kiosk.screenshot(picture)
    morning.kill_server()
    assert "不要再次付款" in morning.kiosk.texts()
    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()
    morning.start_server()


def paid_by_code_whose_answer_is_lost(morning: PayingMorning) -> None:
    morning.fault(on="create", do="lose_reply")
    morning.scan(CODES[0])


def paid_by_code_while_the_server_is_killed(morning: PayingMorning) -> None:
    count = len(morning.trades())
    morning.fault(on="create", do="delay", seconds=8)
    morning.scan(CODES[1])
    wait_until(lambda: len(morning.trades()) > count, "the bank to be asked")
    morning.kill_server()
    morning.start_server()


@pytest.mark.parametrize(
    "pay",
    [
        shown_and_paid,
        paid_while_the_callback_is_lost,
        paid_while_the_server_is_dead,
        paid_by_code_whose_answer_is_lost,
        paid_by_code_while_the_server_is_killed,
    ],
)
def test_two_bills_are_paid_in_one_go_and_every_fen_agrees(
    morning: PayingMorning, pay: Callable[[PayingMorning], None], tmp_path: Path
) -> None:
    patient = morning.somebody(2)
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.check_in(patient)
    morning.choose_bills(patient)
    assert f"{owed}\u00a0元" in morning.kiosk.texts()

    pay(morning)
    slip = morning.wait_until_paid()
    is_shown = f"{owed}\u00a0元" in morning.kiosk.texts()
    # Before the slip is read: nobody is waited for at a kiosk for as long as that takes.
    morning.kiosk.tap("print-receipt")
    paper = morning.printed_receipt(tmp_path).text()

    [attempt] = morning.attempts(patient)
    [trade] = [one for one in morning.trades() if one["number"] == attempt.id]
    assert attempt.state is AttemptState.FULFILLED
    assert attempt.channel is Channel.WECHAT
    assert attempt.kept == owed
    assert trade["paid_fen"] == owed.fen
    assert trade["refunded_fen"] == 0
    assert all(sheet.is_paid for sheet in morning.sheets(patient))
    assert is_shown
    said = read_slip(slip)
    assert str(owed) in said
    [receipt] = morning.receipts(attempt)
    assert receipt.amount == owed
    assert in_groups(receipt.number).replace(" ", "") in said
    assert_verified(slip, receipt)
    assert f"¥ {owed}" in paper
    assert capitals(owed) in paper
    assert in_groups(receipt.number) in paper


def assert_verified(slip: Path, receipt: Receipt) -> None:
    """Open what the code on the slip leads to, as a stranger's phone does."""
    with urllib.request.urlopen(read_qr(slip), timeout=20) as answer:
        page = answer.read().decode()
    assert "真实有效" in page
    assert f"¥ {receipt.amount}" in page
    assert in_groups(receipt.number) in page


def test_a_receipt_is_printed_again_and_says_that_it_is_a_copy(
    morning: PayingMorning, tmp_path: Path
) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    shown_and_paid(morning)
    morning.wait_until_paid()
    morning.kiosk.tap("print-receipt")
    first = morning.printed_receipt(tmp_path).text()
    morning.kiosk.tap("dock-home")
    morning.kiosk.wait_for("home")

    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.kiosk.tap("receipts")
    morning.show_card(patient)
    morning.kiosk.wait_for("reports")
    morning.kiosk.tap("receipt-0")
    again = morning.printed_receipt(tmp_path).text()

    [attempt] = morning.attempts(patient)
    [receipt] = morning.receipts(attempt)
    for text in (first, again):
        assert in_groups(receipt.number) in text
        assert f"¥ {attempt.kept}" in text
    assert ["补打件" in text for text in (first, again)] == [False, True]


def test_a_payment_that_is_cancelled_takes_no_money_and_can_be_made_again(
    morning: PayingMorning,
) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")

    morning.kiosk.tap("cancel-payment")
    morning.kiosk.wait_for("refusal")
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("bills")

    [attempt] = morning.attempts(patient)
    assert attempt.state is AttemptState.CLOSED
    assert attempt.kept == Fen(0)
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("channels")
    shown_and_paid(morning)
    morning.wait_until_paid()


def test_a_payment_that_is_left_alone_is_closed_by_the_server(morning: PayingMorning) -> None:
    patient = morning.somebody(1)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-0")
    morning.kiosk.wait_for("paying")

    morning.kiosk.tap("dock-home")

    morning.kiosk.wait_for("home")
    wait_until(
        lambda: morning.attempts(patient)[0].state is AttemptState.CLOSED, "the payment's end"
    )


def test_a_kiosk_that_is_killed_finds_the_payment_again_with_its_patient(
    morning: PayingMorning,
) -> None:
    patient = morning.somebody(1)
    owed = total(charge.self_pay for sheet in morning.sheets(patient) for charge in sheet.charges)
    morning.choose_bills(patient)
    morning.kiosk.tap("channel-1")
    morning.kiosk.wait_for("paying")
    picture = morning.demo.folder / "before.png"
    morning.kiosk.screenshot(picture)
    morning.demo.programs.kill("kiosk")
    urllib.request.urlopen(f"{read_qr(picture)}/confirm", data=b"", timeout=20).close()

    morning.demo.start_kiosk("1080x1920")
    morning.wait_for_the_line()
    morning.kiosk.tap("pay")
    morning.kiosk.wait_for("identify")
    morning.show_card(patient)

    wait_until(lambda: morning.kiosk.screen() == "place", "the kiosk to say paid", PAID_WITHIN_S)
    assert f"{owed}\u00a0元" in morning.kiosk.texts()
    morning.kiosk.tap("print-again")
    assert str(owed) in read_slip(morning.new_slip())
    assert [attempt.kept for attempt in morning.attempts(patient)] == [owed]


def test_no_payment_code_stands_in_any_log(morning: PayingMorning) -> None:
    logs = {
        log.name: log.read_text(errors="replace") for log in morning.demo.programs.logs.iterdir()
    }

    assert {"server.log", "kiosk.log"} <= set(logs)
    assert [name for name, text in logs.items() if any(code in text for code in CODES)] == []
