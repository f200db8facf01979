"""A kiosk and the real server: a stay in the hospital, its deposit, its bills, every fen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from queue_server.contract.inpatient import (
    DayBillFound,
    FindDayBill,
    FindSettlement,
    FindStay,
    SettlementFound,
    StayFound,
    TopUp,
)
from queue_server.contract.messages import Identified, Identify, Refused
from queue_server.contract.payments import FollowPayment, Payment, PaymentState, TellNote
from queue_server.contract.report_messages import ProveIdentity, Proven
from queue_server.journal.journal import Selection
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.terms import AttemptState
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.demo_wards import DemoWards
from queue_server.records.records import Patient
from queue_server.records.wards import Stay
from queue_server.rules.terms import RefusalCode
from queue_server.service.clinic_day import clinic_day
from tests.integration.paying.paying_server import PayingKiosk, PayingServer

pytestmark = pytest.mark.broker
FEN = 1_000_00
CODES = {"wechat": "134567890123450001", "alipay": "281234567890120001"}
"""A bank takes each payment code once."""


@dataclass(frozen=True, kw_only=True)
class AtKiosk:
    """An inpatient who has said who he is."""

    kiosk: PayingKiosk
    patient: Patient
    stay: Stay
    session_id: str

    def found(self) -> StayFound:
        reply = self.kiosk.ask(FindStay(session_id=self.session_id))
        assert isinstance(reply, StayFound), reply
        return reply

    def proves_himself(self) -> None:
        assert self.patient.phone_number is not None
        end = self.patient.phone_number[-4:]
        reply = self.kiosk.ask(ProveIdentity(session_id=self.session_id, phone_end=end))
        assert isinstance(reply, Proven), reply

    def wants(self, channel: str | None = "wechat", fen: int = FEN, **more: str) -> TopUp:
        return TopUp(session_id=self.session_id, amount_fen=fen, channel=channel, **more)

    def begins(self, top_up: TopUp) -> Payment:
        reply = self.kiosk.ask(top_up)
        assert isinstance(reply, Payment), reply
        return reply

    def shown(self, channel: str = "wechat", fen: int = FEN) -> Payment:
        """Begin to top up, and return the payment when it can be paid."""
        begun = self.begins(self.wants(channel, fen))
        if begun.state is PaymentState.WAITING:
            return begun
        return self.kiosk.wait_until_told(begun, PaymentState.WAITING)

    def is_refused(self, body: TopUp | FindStay | FindDayBill | FindSettlement) -> RefusalCode:
        reply = self.kiosk.ask(body)
        assert isinstance(reply, Refused), reply
        return reply.code


@pytest.fixture(scope="module")
def inpatients(server: PayingServer) -> Iterator[tuple[Patient, Stay]]:
    """Gives an inpatient, another one each time."""
    wards = DemoWards(server.records)
    lying = ((one, wards.stay_of(one.patient_id)) for one in Records(server.records).patients())
    return ((one, stay) for one, stay in lying if stay is not None)


@pytest.fixture
def comes(kiosk: PayingKiosk, inpatients: Iterator[tuple[Patient, Stay]]) -> Callable[[], AtKiosk]:
    def come() -> AtKiosk:
        patient, stay = next(inpatients)
        identified = kiosk.ask(Identify(id_number=patient.id_number))
        assert isinstance(identified, Identified), identified
        return AtKiosk(kiosk=kiosk, patient=patient, stay=stay, session_id=identified.session_id)

    return come


@pytest.fixture
def comes_once(kiosk: PayingKiosk, server: PayingServer) -> AtKiosk:
    """The last inpatient, of whom nothing is changed."""
    wards = DemoWards(server.records)
    lying = [(one, wards.stay_of(one.patient_id)) for one in Records(server.records).patients()]
    patient, stay = [(one, stay) for one, stay in lying if stay is not None][-1]
    assert stay is not None
    identified = kiosk.ask(Identify(id_number=patient.id_number))
    assert isinstance(identified, Identified), identified
    return AtKiosk(kiosk=kiosk, patient=patient, stay=stay, session_id=identified.session_id)


@contextmanager
def opened(server: PayingServer) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(server.demo.folder / "data" / JOURNAL_NAME, None)
    yield journal
    journal.close()


Comes = Callable[[], AtKiosk]


@pytest.mark.parametrize("channel", list(CODES))
def test_every_fen_of_a_top_up_is_in_ledger_bank_account_and_receipt_alike(
    channel: str, server: PayingServer, comes: Comes
) -> None:
    patient = comes()
    before = patient.found()
    owed = server.books().account(patient.patient.patient_id).owed

    payment = patient.shown(channel)
    server.use_wallet(payment)
    done = patient.kiosk.wait_until_told(payment, PaymentState.FULFILLED)

    books, after = server.books(), patient.found()
    attempt = server.attempt(payment)
    [receipt] = books.receipt_book.of(attempt.id)
    [entry] = [
        one
        for one in DemoWards(server.records).deposits_of(patient.stay)
        if one.attempt == attempt.id
    ]
    assert attempt.state is AttemptState.FULFILLED
    assert done.receipt is not None
    assert {
        done.amount_fen,
        server.trade(payment)["paid_fen"],
        attempt.kept.fen,
        receipt.amount.fen,
        entry.amount.fen,
        after.deposit_fen - before.deposit_fen,
        books.account(patient.patient.patient_id).deposited.fen,
    } == {FEN}
    assert books.account(patient.patient.patient_id).owed == owed
    assert after.payment is not None
    assert after.payment.payment_id == payment.payment_id
    assert [sheet.is_deposit for sheet in after.payment_sheets] == [True]


def test_the_same_request_twice_is_one_top_up_and_another_one_is_another(
    server: PayingServer, comes: Comes
) -> None:
    patient = comes()
    request = patient.kiosk.request(patient.wants(None, code=CODES["wechat"]))
    for _ in range(3):
        patient.kiosk.post(request)
    first = patient.kiosk.ask_payload(request)
    assert first == patient.kiosk.ask_payload(request)
    [attempt] = server.books().attempts_for(patient.patient.patient_id)
    begun = patient.kiosk.ask(FollowPayment(payment_id=attempt.id))
    assert isinstance(begun, Payment), begun
    if begun.state is not PaymentState.FULFILLED:
        patient.kiosk.wait_until_told(begun, PaymentState.FULFILLED)

    second = patient.begins(patient.wants(None, code=CODES["alipay"]))
    patient.kiosk.wait_until_told(second, PaymentState.FULFILLED)

    account = server.books().account(patient.patient.patient_id)
    assert account.deposited.fen == 2 * FEN


def test_a_top_up_that_is_given_back_leaves_the_account_and_its_receipt_is_void(
    server: PayingServer, comes: Comes, cashier: httpx.Client
) -> None:
    patient = comes()
    before = patient.found().deposit_fen
    payment = patient.begins(patient.wants(None, code="134567890123450003"))
    patient.kiosk.wait_until_told(payment, PaymentState.FULFILLED)
    assert patient.found().deposit_fen == before + FEN

    asked = f"/api/payments/refund/{payment.payment_id}"
    cashier.post(asked, json={"why": "误充"}).raise_for_status()
    patient.kiosk.wait_until_told(payment, PaymentState.REFUNDED)

    own, reversing = server.books().receipt_book.of(server.attempt(payment).id)
    assert reversing.reverses == own.number
    assert server.trade(payment)["refunded_fen"] == FEN
    assert patient.found().deposit_fen == before


def test_while_one_top_up_may_still_be_paid_no_other_begins(comes: Comes) -> None:
    patient = comes()
    payment = patient.shown()

    assert patient.is_refused(patient.wants("alipay", 2 * FEN)) is RefusalCode.PAYMENT_RUNNING

    found = patient.found()
    assert found.payment is not None
    assert found.payment.payment_id == payment.payment_id
    patient.kiosk.server.use_wallet(payment)
    patient.kiosk.wait_until_told(payment, PaymentState.FULFILLED)


def test_bank_notes_top_up_too(server: PayingServer, comes: Comes) -> None:
    patient = comes()
    before = patient.found().deposit_fen
    payment = patient.shown("cash", 200_00)
    for number in (1, 2):
        patient.kiosk.ask(
            TellNote(
                book="stays",
                number=number,
                payment_id=payment.payment_id,
                value_fen=100_00,
                box_count=number,
                expected_count=number - 1,
                credited_at=payment.changed_at,
            )
        )
    patient.kiosk.ask(FollowPayment(payment_id=payment.payment_id))
    patient.kiosk.wait_until_told(payment, PaymentState.FULFILLED)

    assert patient.found().deposit_fen - before == 200_00


@pytest.mark.parametrize("fen", [99_00, 20_001_00, 150_50])
def test_an_amount_out_of_bounds_is_refused(fen: int, comes_once: AtKiosk) -> None:
    asked = comes_once.wants(fen=fen)

    assert comes_once.is_refused(asked) is RefusalCode.DEPOSIT_AMOUNT


def test_what_a_stay_costs_is_told_after_a_second_factor_only(comes_once: AtKiosk) -> None:
    session = comes_once.session_id

    for body in (FindDayBill(session_id=session), FindSettlement(session_id=session)):
        assert comes_once.is_refused(body) is RefusalCode.PROOF_MISSING


def test_the_days_of_a_stay_come_to_its_settlement(server: PayingServer, comes: Comes) -> None:
    patient = comes()
    patient.proves_himself()
    bills: list[DayBillFound] = []
    day_on: str | None = None
    while not bills or day_on is not None:
        asked = FindDayBill(session_id=patient.session_id, day_on=day_on)
        bill = patient.kiosk.ask(asked)
        assert isinstance(bill, DayBillFound), bill
        bills.append(bill)
        day_on = bill.earlier_on

    found = patient.kiosk.ask(FindSettlement(session_id=patient.session_id))

    assert isinstance(found, SettlementFound), found
    items = [item for bill in bills for group in bill.groups for item in group.items]
    assert len(items) == len(DemoWards(server.records).charges_of(patient.stay))
    assert sum(item.self_pay_fen for item in items) == found.self_pay_fen
    assert sum(item.insurance_fen for item in items) == found.insurance_fen
    assert found.price_fen == found.self_pay_fen + found.insurance_fen
    assert found.deposit_fen == patient.found().deposit_fen
    left = found.deposit_fen - found.self_pay_fen
    assert (found.to_pay_fen, found.to_return_fen) == (max(0, -left), max(0, left))
    with opened(server) as journal:
        about = Selection(
            day_on=clinic_day(server.demo.site, server.clock()),
            kinds=frozenset({"DayBillShown", "SettlementShown"}),
            texts=(patient.patient.patient_id,),
            count_max=100,
        )
        shown = [row.written for row in journal.rows(about)]
    assert len(shown) == len(bills) + 1


def test_a_bill_is_kept_nowhere_for_a_repeated_request(
    server: PayingServer, comes_once: AtKiosk
) -> None:
    comes_once.proves_himself()
    comes_once.kiosk.ask(FindDayBill(session_id=comes_once.session_id))

    folder = server.demo.folder / "data"
    kept = b"".join(path.read_bytes() for path in folder.glob(f"{JOURNAL_NAME}*"))
    assert b"DayBillShown" in kept
    assert "床位费".encode() not in kept


def test_who_is_no_inpatient_is_told_so(
    kiosk: PayingKiosk, somebody: Callable[[int], Patient]
) -> None:
    patient = kiosk.comes(somebody(1))

    for body in (
        FindStay(session_id=patient.session_id),
        TopUp(session_id=patient.session_id, amount_fen=FEN, channel="wechat"),
    ):
        reply = kiosk.ask(body)
        assert isinstance(reply, Refused), reply
        assert reply.code is RefusalCode.NO_STAY
