"""A report is printed again for a fee: a kiosk and the real server, paid once, printed once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest

from queue_server.contract.messages import Refused
from queue_server.contract.payments import CancelPayment, Payment, PaymentState
from queue_server.contract.report_messages import (
    ListedReport,
    ListReports,
    PayCopies,
    PrintReport,
    ProveIdentity,
    Proven,
    ReportReleased,
    ReportsListed,
    TellPrinted,
)
from queue_server.payments.fen import Fen
from queue_server.payments.terms import AttemptId
from queue_server.records.records import Patient
from queue_server.rules.terms import PrintOutcome, RefusalCode
from tests.integration.paying.paying_server import AtKiosk, PayingKiosk, PayingServer, self_pay_fen

pytestmark = pytest.mark.broker
CODE = RefusalCode
FEE_FEN = 200
PAYMENT_CODE = "134567890123459001"
Somebody = Callable[[int], Patient]


@dataclass(frozen=True, kw_only=True)
class AtReports:
    """A patient who has proved himself."""

    at: AtKiosk

    @property
    def kiosk(self) -> PayingKiosk:
        return self.at.kiosk

    def listed(self) -> ReportsListed:
        reply = self.kiosk.ask(ListReports(session_id=self.at.session_id))
        assert isinstance(reply, ReportsListed), reply
        return reply

    def report(self, report_id: str) -> ListedReport:
        [found] = [one for one in self.listed().reports if one.report_id == report_id]
        return found

    def release(self, report_id: str) -> ReportReleased | Refused:
        reply = self.kiosk.ask(PrintReport(session_id=self.at.session_id, report_id=report_id))
        assert isinstance(reply, ReportReleased | Refused), reply
        return reply

    def prints(self, report_id: str, outcome: PrintOutcome = PrintOutcome.PRINTED) -> None:
        release = self.release(report_id)
        assert isinstance(release, ReportReleased), release
        self.kiosk.ask(TellPrinted(release_id=release.release_id, outcome=outcome))

    def wants_copies(self, *report_ids: str, channel: str = "wechat") -> PayCopies:
        return PayCopies(
            session_id=self.at.session_id,
            report_ids=list(report_ids),
            amount_fen=FEE_FEN * len(report_ids),
            channel=channel,
        )

    def begins(self, *report_ids: str) -> Payment:
        """Begin to pay copies, and return the payment when there is a QR code."""
        begun = self.kiosk.ask(self.wants_copies(*report_ids))
        assert isinstance(begun, Payment), begun
        if begun.state is PaymentState.WAITING:
            return begun
        return self.kiosk.wait_until_told(begun, PaymentState.WAITING)

    def pays(self, *report_ids: str) -> Payment:
        payment = self.begins(*report_ids)
        self.kiosk.server.use_wallet(payment)
        return self.kiosk.wait_until_told(payment, PaymentState.FULFILLED)


def at_reports(kiosk: PayingKiosk, patient: Patient) -> AtReports:
    at = kiosk.comes(patient)
    assert patient.phone_number is not None
    proof = ProveIdentity(session_id=at.session_id, phone_end=patient.phone_number[-4:])
    assert isinstance(kiosk.ask(proof), Proven)
    return AtReports(at=at)


@pytest.fixture
def patient(kiosk: PayingKiosk, somebody: Somebody) -> AtReports:
    return at_reports(kiosk, somebody(2))


@pytest.fixture
def second_kiosk(server: PayingServer) -> Iterator[PayingKiosk]:
    made = PayingKiosk(server, "kiosk-02")
    yield made
    made.close()


@pytest.fixture
def printed(patient: AtReports) -> str:
    """A report whose free print is used up."""
    report = next(one for one in patient.listed().reports if one.can_print)
    assert report.copy is None
    patient.prints(report.report_id)
    return report.report_id


def test_what_another_copy_costs_is_listed_and_it_is_not_printed_unpaid(
    patient: AtReports, printed: str
) -> None:
    report = patient.report(printed)

    assert not report.can_print
    assert report.copy is not None
    assert self_pay_fen([report.copy]) == FEE_FEN
    assert "wechat" in patient.listed().channels
    refused = patient.release(printed)
    assert isinstance(refused, Refused)
    assert refused.code is CODE.REPORT_COPY_UNPAID
    assert "2.00 元" in refused.message_zh
    assert "¥2.00" in refused.message_en


def test_what_is_paid_is_printed_once_whatever_fails_before_and_dies_in_between(
    server: PayingServer, patient: AtReports, printed: str, second_kiosk: PayingKiosk
) -> None:
    payment = patient.pays(printed)

    [charge] = server.books().receipt_book.of(AttemptId(payment.payment_id))[0].charges
    assert (charge.self_pay, charge.name_zh[-4:]) == (Fen(FEE_FEN), "报告补打")
    assert server.trade(payment)["paid_fen"] == FEE_FEN
    assert patient.report(printed).can_print
    patient.prints(printed, PrintOutcome.FAILED)
    server.kill()
    server.start()
    elsewhere = at_reports(second_kiosk, patient.at.patient)
    assert elsewhere.report(printed).can_print

    elsewhere.prints(printed)

    assert not elsewhere.report(printed).can_print
    refused = elsewhere.release(printed)
    assert isinstance(refused, Refused)
    assert refused.code is CODE.REPORT_COPY_UNPAID


def test_the_next_copy_is_paid_for_again(patient: AtReports, printed: str) -> None:
    first = patient.pays(printed)
    patient.prints(printed)

    second = patient.pays(printed)

    assert first.payment_id != second.payment_id
    assert set(first.sheet_ids).isdisjoint(second.sheet_ids)
    patient.prints(printed)


def test_a_copy_is_never_paid_twice_at_two_kiosks_or_by_an_answer_that_was_lost(
    server: PayingServer, patient: AtReports, printed: str, second_kiosk: PayingKiosk
) -> None:
    request = patient.kiosk.request(patient.wants_copies(printed))
    answers = {patient.kiosk.ask_payload(request) for _ in range(2)}
    assert len(answers) == 1
    elsewhere = at_reports(second_kiosk, patient.at.patient)

    first, second = patient.begins(printed), elsewhere.begins(printed)

    assert first.payment_id == second.payment_id
    other_way = elsewhere.wants_copies(printed, channel="alipay")
    assert elsewhere.kiosk.code_of(other_way) is CODE.PAYMENT_RUNNING
    server.use_wallet(first)
    # Who asked last is told.
    second_kiosk.wait_until_told(first, PaymentState.FULFILLED)
    assert elsewhere.kiosk.code_of(other_way) is CODE.REPORT_COPY_PAID
    assert len([one for one in server.trades(first) if one["number"] == first.payment_id]) == 1


def test_one_that_nobody_pays_is_owed_by_nobody_and_stands_in_no_way(
    server: PayingServer, patient: AtReports, printed: str
) -> None:
    before = patient.at.owed().sheets

    payment = patient.begins(printed)
    patient.kiosk.ask(CancelPayment(payment_id=payment.payment_id))
    patient.kiosk.ask_until(lambda: patient.kiosk.stands(payment).state is PaymentState.CLOSED)

    assert patient.at.owed().sheets == before
    bills = patient.at.shown(before)
    server.use_wallet(bills)
    patient.kiosk.wait_until_told(bills, PaymentState.FULFILLED)
    assert patient.report(printed).copy is not None
    patient.pays(printed)
    patient.prints(printed)


def test_several_copies_are_paid_in_one_go_and_each_is_printed(
    server: PayingServer, patient: AtReports
) -> None:
    ids = [one.report_id for one in patient.listed().reports if one.can_print][:2]
    assert len(ids) == 2
    for one in ids:
        patient.prints(one)

    payment = patient.pays(*ids)

    assert len(payment.sheet_ids) == 2
    assert server.attempt(payment).kept == Fen(2 * FEE_FEN)
    for one in ids:
        patient.prints(one)


def test_a_paid_copy_comes_out_at_one_kiosk_at_a_time(
    patient: AtReports, printed: str, second_kiosk: PayingKiosk
) -> None:
    patient.pays(printed)
    release = patient.release(printed)
    assert isinstance(release, ReportReleased)
    elsewhere = at_reports(second_kiosk, patient.at.patient)

    refused = elsewhere.release(printed)

    assert isinstance(refused, Refused)
    assert refused.code is CODE.REPORT_AT_PRINTER
    release = patient.release(printed)
    assert isinstance(release, ReportReleased), "an answer that was lost is asked for again"
    failed = TellPrinted(release_id=release.release_id, outcome=PrintOutcome.FAILED)
    patient.kiosk.ask(failed)
    elsewhere.prints(printed)


def test_what_the_cashier_has_given_back_is_paid_for_anew(
    patient: AtReports, printed: str, cashier: httpx.Client
) -> None:
    payment = patient.pays(printed)

    answer = cashier.post(f"/api/payments/refund/{payment.payment_id}", json={"why": "没有打印"})

    answer.raise_for_status()
    patient.kiosk.ask_until(lambda: not patient.report(printed).can_print)
    assert patient.pays(printed).payment_id != payment.payment_id


def test_the_last_payment_of_a_copy_is_told_with_what_it_pays(
    patient: AtReports, printed: str
) -> None:
    payment = patient.pays(printed)

    owed = patient.at.owed()

    assert owed.payment is not None
    assert owed.payment.payment_id == payment.payment_id
    [sheet] = owed.payment_sheets
    assert sheet.is_copy
    assert [sheet.sheet_id] == payment.sheet_ids


def test_what_is_not_for_sale_is_refused_and_nothing_begins(
    patient: AtReports, printed: str, second_kiosk: PayingKiosk, somebody: Somebody
) -> None:
    kiosk, listed = patient.kiosk, patient.listed().reports
    free = next(one.report_id for one in listed if one.can_print)
    unfinished = next(one.report_id for one in listed if not one.can_print and one.copy is None)
    other = second_kiosk.comes(somebody(1))
    unproven = AtReports(at=other).wants_copies(printed)

    assert kiosk.code_of(patient.wants_copies(free)) is CODE.REPORT_COPY_PAID
    assert kiosk.code_of(patient.wants_copies(unfinished)) is CODE.REPORT_NOT_FINAL
    assert second_kiosk.code_of(unproven) is CODE.PROOF_MISSING
    stranger = at_reports(second_kiosk, other.patient)
    assert second_kiosk.code_of(stranger.wants_copies(printed)) is CODE.UNKNOWN_REPORT
    cheap = PayCopies(
        session_id=patient.at.session_id, report_ids=[printed], amount_fen=1, channel="wechat"
    )
    assert kiosk.code_of(cheap) is CODE.UNKNOWN_CHARGE
    both = PayCopies(
        session_id=patient.at.session_id,
        report_ids=[printed],
        amount_fen=FEE_FEN,
        channel="wechat",
        code=PAYMENT_CODE,
    )
    assert kiosk.code_of(both) is CODE.BAD_REQUEST
