"""The insurance code at a kiosk and the real server: settled, the own share paid, or undone."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.contract.codec import decode
from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.messages import Refused, Reply
from queue_server.contract.payments import CancelPayment, OwedSheet, Payment, PaymentState
from queue_server.records.records import Patient
from queue_server.rules.terms import RefusalCode
from tests.integration.paying.paying_server import (
    AtKiosk,
    PayingKiosk,
    PayingServer,
    self_pay_fen,
)

pytestmark = pytest.mark.broker
Somebody = Callable[[int], Patient]
PERCENT, ALL = 70, 99


def insurance_code(patient: Patient, percent: int) -> str:
    assert patient.id_number is not None
    return f"424{patient.id_number[:17]}{percent:02d}110000"


def settle(patient: AtKiosk, sheets: list[OwedSheet], percent: int = PERCENT) -> SettleInsurance:
    return SettleInsurance(
        session_id=patient.session_id,
        sheet_ids=[sheet.sheet_id for sheet in sheets],
        amount_fen=self_pay_fen(sheets),
        code=insurance_code(patient.patient, percent),
    )


def price_fen(sheets: list[OwedSheet]) -> int:
    return sum(one.self_pay_fen + one.insurance_fen for each in sheets for one in each.items)


def settlements(server: PayingServer) -> list[dict[str, Any]]:
    return list(server.control("insurance/settlements"))


def test_the_insurance_pays_its_part_and_the_own_share_is_paid_by_phone(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(2))
    sheets = patient.owed().sheets

    settled = kiosk.ask(settle(patient, sheets))

    assert isinstance(settled, InsuranceSettled)
    assert settled.insurance_fen + settled.own_fen == self_pay_fen(sheets)
    assert self_pay_fen(settled.sheets) == settled.own_fen
    assert price_fen(settled.sheets) == price_fen(sheets)
    assert patient.owed().sheets == settled.sheets
    payment = patient.shown(settled.sheets)
    server.use_wallet(payment)
    kiosk.wait_until_told(payment, PaymentState.FULFILLED)
    assert server.trade(payment)["paid_fen"] == settled.own_fen
    [at_insurance] = [one for one in settlements(server) if one["number"] == settled.claim_id]
    assert (at_insurance["fen"], at_insurance["is_undone"]) == (settled.insurance_fen, False)
    [receipt] = server.books().receipt_book.of(server.attempt(payment).id)
    assert receipt.amount.fen == settled.own_fen
    assert receipt.amount.fen + receipt.insurance.fen == price_fen(sheets)


def test_with_nothing_left_to_pay_it_is_paid_at_once(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    sheets = patient.owed().sheets

    payment = kiosk.ask(settle(patient, sheets, ALL))

    assert isinstance(payment, Payment)
    assert (payment.state, payment.amount_fen) == (PaymentState.FULFILLED, 0)
    assert payment.channel == "insurance"
    assert all(one.is_paid for one in server.counter.sheets_of(patient.patient.patient_id))
    assert patient.owed().sheets == []


def test_the_same_request_twice_is_one_settlement(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    request = kiosk.request(settle(patient, patient.owed().sheets))
    before = len(settlements(server))

    assert kiosk.ask_payload(request) == kiosk.ask_payload(request)

    assert len(settlements(server)) == before + 1


@pytest.mark.parametrize(
    ("on", "do", "code"),
    [
        ("ec_query", "lose_reply", RefusalCode.INSURANCE_SILENT),
        ("pre_settle", "bad_signature", RefusalCode.INSURANCE_SILENT),
        ("ec_query", "refuse", RefusalCode.INSURANCE_REFUSED),
        ("settle", "refuse", RefusalCode.INSURANCE_REFUSED),
    ],
)
def test_a_refusal_or_silence_before_the_settlement_leaves_all_as_it_was(
    server: PayingServer,
    kiosk: PayingKiosk,
    somebody: Somebody,
    on: str,
    do: str,
    code: RefusalCode,
) -> None:
    patient = kiosk.comes(somebody(1))
    owed = patient.owed()
    before = settlements(server)
    server.fault("insurance", on=on, do=do)

    refused = kiosk.ask(settle(patient, owed.sheets))

    assert isinstance(refused, Refused)
    assert refused.code is code
    assert settlements(server) == before
    assert patient.owed().sheets == owed.sheets


@pytest.mark.parametrize("do", ["lose_reply", "bad_signature"])
def test_a_settlement_whose_answer_is_lost_is_found_by_asking(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody, do: str
) -> None:
    patient = kiosk.comes(somebody(1))
    sheets = patient.owed().sheets
    server.fault("insurance", on="settle", do=do)

    refused = kiosk.ask(settle(patient, sheets))

    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.INSURANCE_PENDING
    found = kiosk.ask_until(lambda: patient.owed().sheets)
    assert self_pay_fen(found) < self_pay_fen(sheets)
    assert price_fen(found) == price_fen(sheets)


def is_undone(server: PayingServer, number: str) -> bool:
    return any(one["number"] == number and one["is_undone"] for one in settlements(server))


def test_who_leaves_before_he_has_paid_owes_all_of_it_again(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    owed = patient.owed()
    settled = kiosk.ask(settle(patient, owed.sheets))
    assert isinstance(settled, InsuranceSettled)
    payment = patient.shown(settled.sheets)

    kiosk.ask(CancelPayment(payment_id=payment.payment_id))
    cancelled = kiosk.ask(CancelInsurance(session_id=patient.session_id))

    assert cancelled == InsuranceCancelled(claim_ids=[settled.claim_id])
    kiosk.ask_until(lambda: is_undone(server, settled.claim_id))
    kiosk.ask_until(lambda: patient.owed().sheets == owed.sheets)


def test_who_leaves_while_the_answer_is_lost_leaves_no_settlement_behind(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    owed = patient.owed()
    before = {one["number"] for one in settlements(server)}
    server.fault("insurance", on="settle", do="lose_reply")
    refused = kiosk.ask(settle(patient, owed.sheets))
    assert isinstance(refused, Refused)

    cancelled = kiosk.ask(CancelInsurance(session_id=patient.session_id))

    assert isinstance(cancelled, InsuranceCancelled)
    [number] = cancelled.claim_ids
    assert {one["number"] for one in settlements(server)} - before == {number}
    kiosk.ask_until(lambda: is_undone(server, number))
    kiosk.ask_until(lambda: patient.owed().sheets == owed.sheets)


def test_who_leaves_while_the_insurance_is_still_asked_leaves_no_settlement_behind(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient = kiosk.comes(somebody(1))
    owed = patient.owed()
    server.fault("insurance", on="pre_settle", do="delay", seconds=3)

    # Both are on their way before the first is answered, as when he walks away from the kiosk.
    first = kiosk.request(settle(patient, owed.sheets))
    kiosk.post(first)
    cancelled = kiosk.ask(CancelInsurance(session_id=patient.session_id))
    settled = decode(kiosk.reply_to(first), Reply).body

    assert isinstance(cancelled, InsuranceCancelled)
    assert isinstance(settled, InsuranceSettled)
    kiosk.ask_until(lambda: is_undone(server, settled.claim_id))
    kiosk.ask_until(lambda: patient.owed().sheets == owed.sheets)


def test_anothers_code_is_refused_and_no_code_is_in_any_log_or_journal(
    server: PayingServer, kiosk: PayingKiosk, somebody: Somebody
) -> None:
    patient, other = kiosk.comes(somebody(1)), somebody(1)
    sheets = patient.owed().sheets
    mine = settle(patient, sheets)
    wrong = replace(mine, code=insurance_code(other, PERCENT))

    refused = kiosk.ask(wrong)

    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.INSURANCE_OTHER_PERSON
    assert isinstance(kiosk.ask(mine), InsuranceSettled)
    kept = [path for path in server.demo.folder.rglob("*") if path.suffix in {".log", ".sqlite"}]
    assert kept
    for path in kept:
        for code in (mine.code, wrong.code):
            assert code.encode() not in path.read_bytes(), path
