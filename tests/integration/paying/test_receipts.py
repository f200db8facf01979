"""A receipt at a kiosk: told with the payment, on paper once as the first one, verified, void."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from queue_server.contract.payments import Payment, PaymentState, Receipt
from queue_server.contract.receipt_messages import (
    ListReceipts,
    PrintReceipt,
    ReceiptsListed,
    ReceiptState,
)
from queue_server.contract.report_messages import (
    REPORT_PATH,
    PrintingNoted,
    ReportReleased,
    TellPrinted,
)
from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen
from queue_server.payments.terms import AttemptId
from queue_server.records.records import Patient
from queue_server.rules.terms import PrintOutcome, RefusalCode
from tests.integration.documents.paper import Paper
from tests.integration.paying.paying_server import AtKiosk, PayingKiosk, PayingServer

GONE = 410
pytestmark = pytest.mark.broker
Somebody = Callable[[int], Patient]


def has_paid(server: PayingServer, patient: AtKiosk) -> Payment:
    payment = patient.shown(patient.owed().sheets)
    server.use_wallet(payment)
    return patient.kiosk.wait_until_told(payment, PaymentState.FULFILLED)


def receipt_of(payment: Payment) -> Receipt:
    assert payment.receipt is not None
    return payment.receipt


def released(patient: AtKiosk, receipt: Receipt) -> ReportReleased:
    body = PrintReceipt(session_id=patient.session_id, receipt_id=receipt.receipt_id)
    reply = patient.kiosk.ask(body)
    assert isinstance(reply, ReportReleased), reply
    return reply


def fetched(patient: AtKiosk, release: ReportReleased) -> tuple[int, bytes]:
    said = {
        "device": patient.kiosk.name,
        "release_id": release.release_id,
        "token": release.token,
    }
    asked = urllib.request.Request(
        patient.kiosk.server.demo.address + REPORT_PATH,
        data=json.dumps(said).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def printed(patient: AtKiosk, receipt: Receipt, folder: Path, outcome: PrintOutcome) -> Paper:
    release = released(patient, receipt)
    status, pdf = fetched(patient, release)
    assert status == 200
    told = patient.kiosk.ask(TellPrinted(release_id=release.release_id, outcome=outcome))
    assert isinstance(told, PrintingNoted)
    return Paper(folder, pdf)


def listed(patient: AtKiosk) -> ReceiptsListed:
    reply = patient.kiosk.ask(ListReceipts(session_id=patient.session_id))
    assert isinstance(reply, ReceiptsListed), reply
    return reply


@pytest.fixture
def patient(kiosk: PayingKiosk, somebody: Somebody) -> AtKiosk:
    return kiosk.comes(somebody(2))


def test_every_fen_on_the_paper_is_that_of_books_and_bank(
    server: PayingServer, patient: AtKiosk, tmp_path: Path
) -> None:
    payment = has_paid(server, patient)
    receipt = receipt_of(payment)

    paper = printed(patient, receipt, tmp_path, PrintOutcome.PRINTED)

    attempt, trade = server.attempt(payment), server.trade(payment)
    [issued] = server.books().receipt_book.of(AttemptId(payment.payment_id))
    amount = attempt.kept
    assert Fen(trade["paid_fen"]) == amount == issued.amount == Fen(payment.amount_fen)
    text = paper.text()
    assert f"¥ {amount}" in text
    assert capitals(amount) in text
    for charge in issued.charges:
        assert charge.name_zh in re.sub(r"\s", "", text) or charge.name_zh in text
        assert str(charge.self_pay) in text
    assert patient.patient.full_name.reveal() in text
    assert receipt.number in text
    assert receipt.check_code in text
    assert "补打件" not in text
    assert paper.qr_codes() == [receipt.check_address]


def test_a_second_one_is_marked_as_a_copy_and_one_that_did_not_come_out_is_not(
    server: PayingServer, patient: AtKiosk, tmp_path: Path
) -> None:
    receipt = receipt_of(has_paid(server, patient))

    failed = printed(patient, receipt, tmp_path, PrintOutcome.FAILED).text()
    first = printed(patient, receipt, tmp_path, PrintOutcome.PRINTED).text()
    second = printed(patient, receipt, tmp_path, PrintOutcome.PRINTED).text()

    assert [("补打件" in text) for text in (failed, first, second)] == [False, False, True]


def test_a_released_receipt_is_fetched_once(server: PayingServer, patient: AtKiosk) -> None:
    release = released(patient, receipt_of(has_paid(server, patient)))

    assert fetched(patient, release)[0] == 200
    assert fetched(patient, release)[0] == GONE


def test_nobody_gets_the_receipt_of_another_one(
    server: PayingServer, kiosk: PayingKiosk, patient: AtKiosk, somebody: Somebody
) -> None:
    receipt = receipt_of(has_paid(server, patient))
    other = kiosk.comes(somebody(1))

    body = PrintReceipt(session_id=other.session_id, receipt_id=receipt.receipt_id)

    assert kiosk.code_of(body) is RefusalCode.UNKNOWN_RECEIPT
    assert listed(other).receipts == []
    second = PayingKiosk(server, "kiosk-02")
    stolen = PrintReceipt(session_id=patient.session_id, receipt_id=receipt.receipt_id)
    assert second.code_of(stolen) is RefusalCode.SESSION_ENDED
    second.close()


def test_what_is_given_back_is_void_on_screen_paper_and_page(
    server: PayingServer, patient: AtKiosk, cashier: httpx.Client, tmp_path: Path
) -> None:
    payment = has_paid(server, patient)
    receipt = receipt_of(payment)
    assert "真实有效" in page_of(receipt)

    refunded = cashier.post(f"/api/payments/refund/{payment.payment_id}", json={"why": "误开"})

    refunded.raise_for_status()
    reversing, own = listed(patient).receipts
    assert [own.state, reversing.state] == [ReceiptState.VOIDED, ReceiptState.REVERSING]
    assert own.receipt == receipt
    assert own.amount_fen == reversing.amount_fen == payment.amount_fen
    [row] = [one for one in refunded.json()["rows"] if one["attempt"] == payment.payment_id]
    assert row["receipt"] == receipt.number
    assert row["reversal"] == reversing.receipt.number
    assert "已作废" in page_of(receipt)
    assert "红字票据" in page_of(reversing.receipt)
    assert "已作废" in printed(patient, receipt, tmp_path, PrintOutcome.PRINTED).text()
    red = printed(patient, reversing.receipt, tmp_path, PrintOutcome.PRINTED).text()
    assert f"¥ −{Fen(payment.amount_fen)}" in red
    assert f"负{capitals(Fen(payment.amount_fen))}" in red


def test_a_wrong_code_verifies_nothing(server: PayingServer, patient: AtKiosk) -> None:
    receipt = receipt_of(has_paid(server, patient))
    address, _, code = receipt.check_address.rpartition("/")

    other = f"{address[:-1]}{'1' if address.endswith('0') else '0'}"
    for wrong in (f"{address}/{code[::-1]}", f"{other}/{code}", f"{address}x/{code}"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(wrong, timeout=30)
        with refused.value as answer:
            assert answer.code == 404


def test_receipts_outlive_the_server(server: PayingServer, patient: AtKiosk) -> None:
    receipt = receipt_of(has_paid(server, patient))
    server.kill()
    server.start()

    [one] = listed(patient).receipts

    assert one.receipt == receipt


def page_of(receipt: Receipt) -> str:
    with urllib.request.urlopen(receipt.check_address, timeout=30) as answer:
        return str(answer.read().decode())
