"""Treated first, paid later: a kiosk and the real server, from putting off to the last fen."""

import sqlite3

import httpx
import pytest

from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.messages import Refused
from queue_server.contract.payments import OwedSheet, PaymentState
from queue_server.records.demo_agreements import DemoAgreements
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient
from queue_server.rules.terms import RefusalCode
from tests.integration.paying.paying_server import (
    AtKiosk,
    PayingKiosk,
    PayingServer,
    self_pay_fen,
)

pytestmark = pytest.mark.broker


def agreed(server: PayingServer, *, is_used_up: bool) -> Patient:
    """Return the demo's patient who may pay later, or the one whose limit is used up."""
    agreements = DemoAgreements(server.records)
    for patient in Records(server.records).patients():
        agreement = agreements.agreement_of(patient.patient_id)
        if agreement is not None and (agreement.used.fen > 0) is is_used_up:
            return patient
    raise AssertionError("the demo hospital has both")


def wants_to_put_off(patient: AtKiosk, sheets: list[OwedSheet]) -> Defer:
    return Defer(
        session_id=patient.session_id,
        sheet_ids=[sheet.sheet_id for sheet in sheets],
        amount_fen=self_pay_fen(sheets),
    )


def released(server: PayingServer) -> set[str]:
    """Return the charges with which the demo hospital lets somebody go on."""
    with sqlite3.connect(server.records) as database:
        return {row[0] for row in database.execute("SELECT charge_id FROM release")}


def test_what_is_put_off_is_released_survives_the_servers_death_and_is_paid_in_one_go(
    server: PayingServer, kiosk: PayingKiosk, cashier: httpx.Client
) -> None:
    patient = kiosk.comes(agreed(server, is_used_up=False))
    before = patient.owed()
    assert before.pay_later is not None
    assert before.pay_later.open_fen == 0
    first, *others = before.sheets
    request = kiosk.request(wants_to_put_off(patient, [first]))

    answers = {kiosk.ask_payload(request) for _ in range(2)}

    assert len(answers) == 1, "asked twice, put off once"
    charges = server.counter.sheets_of(patient.patient.patient_id)[0].charges
    assert released(server) == {charge.id for charge in charges}
    fen = self_pay_fen([first])

    server.kill()
    server.start()
    patient = kiosk.comes(patient.patient)
    after = patient.owed()

    assert after.pay_later is not None
    assert after.pay_later.open_fen == fen
    assert [one.due_on is not None for one in after.sheets] == [True, *(False for _ in others)]
    page = cashier.get("/api/payments").raise_for_status().json()
    [row] = page["put_off"]["rows"]
    assert (row["patient"], row["is_released"]) == (patient.patient.patient_id, True)
    assert row["amount"] == page["put_off"]["sum"] == f"{fen // 100}.{fen % 100:02d}"

    payment = patient.shown(after.sheets)
    server.use_wallet(payment)
    kiosk.wait_until_told(payment, PaymentState.FULFILLED)

    settled = patient.owed()
    assert settled.sheets == []
    assert settled.pay_later is not None
    assert settled.pay_later.open_fen == 0
    assert cashier.get("/api/payments").json()["put_off"] == {"rows": [], "sum": "0.00"}


def test_who_has_used_up_his_limit_is_told_what_to_do(
    server: PayingServer, kiosk: PayingKiosk
) -> None:
    patient = kiosk.comes(agreed(server, is_used_up=True))
    owed = patient.owed()
    assert owed.pay_later is not None
    before = released(server)

    refused = kiosk.ask(wants_to_put_off(patient, owed.sheets))

    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.CREDIT_LIMIT
    assert "收费窗口" in refused.message_zh
    assert released(server) == before
    assert patient.owed() == owed


def test_without_an_agreement_nothing_is_offered_and_nothing_put_off(
    server: PayingServer, kiosk: PayingKiosk
) -> None:
    agreements = DemoAgreements(server.records)
    without = [one for one in server.patients(1) if agreements.agreement_of(one.patient_id) is None]
    # The last one: of those before him other tests of this server have left payments that run.
    patient = kiosk.comes(without[-1])
    owed = patient.owed()
    assert owed.pay_later is None

    refused = kiosk.ask(wants_to_put_off(patient, owed.sheets))

    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.NO_CREDIT


def test_another_sum_than_the_hospital_asks_for_is_not_put_off(
    server: PayingServer, kiosk: PayingKiosk
) -> None:
    patient = kiosk.comes(agreed(server, is_used_up=True))
    sheets = patient.owed().sheets
    wrong = Defer(
        session_id=patient.session_id,
        sheet_ids=[sheets[0].sheet_id],
        amount_fen=self_pay_fen(sheets[:1]) + 1,
    )

    refused = kiosk.ask(wrong)

    assert not isinstance(refused, Deferred)
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.UNKNOWN_CHARGE
