"""Takes what devices ask about money, in threads of its own: gateways and records may be slow.

An answer goes back into the service's inbox, so that it is sent by the writer like any other. It
tells what is in the journal already. What happens to a payment later is told to the device that
has begun it, or asked for it last.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from queue_server.contract import topics
from queue_server.contract.codec import encode
from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.inpatient import (
    FindDayBill,
    FindSettlement,
    StayFound,
    TopUp,
)
from queue_server.contract.insurance import CancelInsurance, SettleInsurance
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    NoteNoted,
    Owed,
    OwedSheet,
    Pay,
    Payment,
    TellNote,
)
from queue_server.contract.report_messages import PayCopies
from queue_server.journal.journal import JournalUnusable
from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier
from queue_server.payments.deposit import require_no_other
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import valid_receipt
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, AttemptState, Channel, ChargeId, SheetId
from queue_server.payments.till import NoteTold
from queue_server.records.records import RecordsUnavailable
from queue_server.records.sheets import Sheet, Sheets
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode, SiteId
from queue_server.service.deferral_desk import NOTHING_PUT_OFF, DeferralDesk
from queue_server.service.door import Door
from queue_server.service.inpatient_desk import InpatientDesk
from queue_server.service.insurance_desk import InsuranceDesk, settled_of
from queue_server.service.jobs import Asked, Job, MoneyAnswer
from queue_server.service.money_request import (
    asker_of,
    channel_named,
    key_of,
    require_one_way,
)
from queue_server.service.payment_view import (
    last_to_tell,
    owed_of,
    paid_sheets,
    payment_of,
    self_pay_fen,
)
from queue_server.service.receipt_view import ReceiptChecks

THREADS: Final = 8
"""So many patients may wait for gateways at once."""
_TOLD_NO_MORE: Final = frozenset({AttemptState.CLOSED, AttemptState.FAILED, AttemptState.REFUNDED})
"""Whoever follows such a payment has heard all of it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskParts:
    """What the desk works with."""

    cashier: Cashier
    channels: Sequence[Channel]
    change_max: Fen = NOTHING
    """The most change that a note may leave."""
    sheets: Sheets
    inpatients: InpatientDesk | None = None
    """Where stays in the hospital are asked about; None: nowhere."""
    deferrals: DeferralDesk | None = None
    """Where paying later is asked about; None: nowhere."""
    insurance: InsuranceDesk | None = None
    """Where insurance codes are settled; None: nowhere."""
    checks: ReceiptChecks
    door: Door
    site: SiteId
    clock: Callable[[], datetime]
    """The clock of the cashier."""
    fatal: Callable[[Exception], None]
    """Called when the journal can't be written: the process has to stop."""
    threads: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="payment-desk")
    )
    """Where gateways and records are waited for."""


class PaymentDesk:
    """What a kiosk asks about money. `open()` first, and in the end `close()`."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._put: Callable[[Job], None] = lambda job: None
        self._open_jobs: set[tuple[DeviceId, str]] = set()
        self._followers: dict[AttemptId, DeviceId] = {}

    def open(self, put: Callable[[Job], None]) -> None:
        """Put answers into that inbox from now on."""
        self._put = put

    def close(self) -> None:
        """Finish what is being asked."""
        self._parts.threads.shutdown()

    def take(self, job: Asked, patient: PatientId | None, copies: Sequence[Charge] = ()) -> None:
        """Begin to work on a request; returns at once.

        What is being worked on already is left to that: its answer is one for both.

        Args:
            job: the request.
            patient: whose session it names.
            copies: what further copies of reports are charged, where it is about them.
        """
        if asker_of(job) in self._open_jobs:
            self._parts.door.acknowledge(job.delivery)
            return
        self._open_jobs.add(asker_of(job))
        if self._parts.insurance is not None:
            self._parts.insurance.comes(job.request.body)
        self._parts.threads.submit(self._work, job, patient, copies)

    def changed(self, attempt: Attempt) -> None:
        """Tell whoever follows it. Called by the cashier, once it is in the journal."""
        device = self._followers.get(attempt.id)
        if device is None:
            return
        if attempt.state in _TOLD_NO_MORE:
            del self._followers[attempt.id]
        topic = topics.payment(self._parts.site, device)
        self._parts.door.publish(topic, encode(self._told(attempt)))

    # --- inside ----------------------------------------------------------------------------------

    def _work(  # noqa: C901, PLR0912 - one line a request
        self, job: Asked, patient: PatientId | None, copies: Sequence[Charge]
    ) -> None:
        try:
            match job.request.body:
                case Pay() as pay:
                    assert patient is not None
                    self._pay(job, pay, patient)
                case CancelPayment(payment_id=payment_id):
                    self._follow(job, payment_id)
                    self._parts.cashier.cancel(
                        AttemptId(payment_id),
                        by=job.device,
                        given_up=lambda attempt: self._answer(job, self._told(attempt)),
                    )
                case FollowPayment(payment_id=payment_id):
                    self._answer(job, self._told(self._follow(job, payment_id)))
                case TellNote() as note:
                    self._answer(job, self._noted(job, note))
                case PayCopies() as pay_copies:
                    self._pay_copies(job, pay_copies, copies)
                case Defer() as defer:
                    assert patient is not None
                    self._answer(job, self._deferred(job, defer, patient))
                case SettleInsurance() as settle:
                    assert patient is not None
                    self._settle(job, settle, patient)
                case CancelInsurance(session_id=session):
                    self._answer(job, self._insurance().left(session, by=job.device))
                case FindOwed():
                    assert patient is not None
                    self._answer(job, self._owed(patient))
                case _:
                    assert patient is not None
                    self._work_on_stay(job, patient)
        except Refused as refused:
            self._answer(job, refused)
        except RecordsUnavailable:
            self._answer(job, Refused(RefusalCode.BUSY))
        except JournalUnusable as error:
            self._parts.fatal(error)
        except Exception as error:  # noqa: BLE001  # the patient must get an answer, whatever it is
            _log.error("a payment request has failed: %s", type(error).__name__, exc_info=error)
            self._answer(job, Refused(RefusalCode.BUSY))

    def _answer(self, job: Asked, answer: MoneyAnswer | Refused) -> None:
        """Have a request answered; what comes after its answer is no answer."""
        if asker_of(job) in self._open_jobs:
            self._open_jobs.discard(asker_of(job))
            self._put(replace(job, told=answer))

    def _told(self, attempt: Attempt) -> Payment:
        charges = self._parts.cashier.charges_of(attempt)
        receipt = valid_receipt(self._parts.cashier.receipts_of(attempt.id))
        parts = self._parts
        return payment_of(
            attempt, charges, receipt, parts.checks, parts.clock(), change_max=parts.change_max
        )

    def _noted(self, job: Asked, note: TellNote) -> NoteNoted:
        told = NoteTold(
            device=job.device,
            book=note.book,
            number=note.number,
            attempt=AttemptId(note.payment_id),
            value_fen=note.value_fen,
            box_count=note.box_count,
            expected_count=note.expected_count,
        )
        attempt = self._parts.cashier.till.take(told)
        if attempt is None:
            return NoteNoted(number=note.number)
        return NoteNoted(number=note.number, payment=self._told(attempt))

    def _follow(self, job: Asked, payment_id: str) -> Attempt:
        attempt = self._parts.cashier.attempt(AttemptId(payment_id))
        self._followers[attempt.id] = job.device
        return attempt

    def _owed(self, patient: PatientId) -> Owed:
        cashier, deferrals = self._parts.cashier, self._parts.deferrals
        as_of = self._parts.clock()
        sheets = self._sheets(patient)
        put_off = NOTHING_PUT_OFF
        if deferrals is not None:
            put_off = deferrals.standing(patient, sheets, as_of)
        attempts = cashier.attempts_for(patient)
        taken = [
            charge.sheet
            for attempt in attempts
            if attempt.occupies_bill
            for charge in cashier.charges_of(attempt)
            if charge.sheet is not None
        ]
        if self._parts.insurance is not None:
            moving = self._parts.insurance.office.moving()
            taken += [sheet.id for sheet in sheets for one in sheet.charges if one.id in moving]
        last = self._last(attempts, sheets)
        credit = cashier.till.credit_of(patient)
        return owed_of(
            sheets,
            taken,
            self._parts.channels,
            last,
            credit,
            put_off=put_off,
            takes_insurance_code=self._parts.insurance is not None,
        )

    def _last(
        self, attempts: Sequence[Attempt], sheets: Sequence[Sheet]
    ) -> tuple[Payment | None, list[OwedSheet]]:
        """Return a patient's last payment, if it is still told of, and what it pays."""
        last = last_to_tell(attempts, self._parts.clock())
        if last is None:
            return None, []
        return self._told(last), paid_sheets(sheets, self._parts.cashier.charges_of(last))

    # --- paying ----------------------------------------------------------------------------------

    def _pay(self, job: Asked, pay: Pay, patient: PatientId) -> None:
        require_one_way(pay, self._parts.channels)
        self._begin(job, pay, self._charges(pay, patient))

    def _pay_copies(self, job: Asked, pay: PayCopies, copies: Sequence[Charge]) -> None:
        require_one_way(pay, self._parts.channels)
        if total(charge.self_pay for charge in copies).fen != pay.amount_fen:
            raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
        self._begin(job, pay, copies)

    def _begin(self, job: Asked, pay: Pay | TopUp | PayCopies, charges: Sequence[Charge]) -> None:
        cashier, key = self._parts.cashier, key_of(job)
        ids = [charge.id for charge in charges]
        self._post(charges)

        def opened(attempt: Attempt) -> None:
            self._followers[attempt.id] = job.device
            self._answer(job, self._told(attempt))

        if pay.code is None:
            channel = channel_named(pay.channel)
            attempt = cashier.begin(ids, channel, by=job.device, key=key, opened=opened)
        else:
            attempt = cashier.begin_by_code(ids, pay.code, by=job.device, key=key, opened=opened)
        # One that was begun before has not been told yet.
        opened(attempt)

    def _sheets(self, patient: PatientId) -> Sequence[Sheet]:
        """Return what the hospital asks of a patient, with what the insurance has settled of it."""
        sheets = self._parts.sheets.sheets_of(patient)
        insurance = self._parts.insurance
        return sheets if insurance is None else insurance.shared(sheets)

    def _charges(self, pay: Pay | Defer | SettleInsurance, patient: PatientId) -> list[Charge]:
        """Return what is to be paid, now or later.

        Raises:
            Refused: it is not what the patient was shown.
        """
        known = {sheet.id: sheet for sheet in self._sheets(patient)}
        wanted: list[Sheet] = []
        for sheet_id in dict.fromkeys(pay.sheet_ids):
            if SheetId(sheet_id) not in known:
                raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
            wanted.append(known[SheetId(sheet_id)])
        if not isinstance(pay, Pay) and any(sheet.is_paid for sheet in wanted):
            raise PaymentRefused(RefusalCode.ALREADY_PAID)
        if self_pay_fen(wanted) != pay.amount_fen:
            raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
        return [charge for sheet in wanted for charge in sheet.charges]

    def _deferred(self, job: Asked, defer: Defer, patient: PatientId) -> Deferred:
        if self._parts.deferrals is None:
            raise PaymentRefused(RefusalCode.NO_CREDIT, owed=Fen(defer.amount_fen))
        charges = self._charges(defer, patient)
        self._post(charges)
        return self._parts.deferrals.defer(patient, charges, by=job.device, key=key_of(job))

    def _insurance(self) -> InsuranceDesk:
        if self._parts.insurance is None:
            raise Refused(RefusalCode.INSURANCE_OFF)
        return self._parts.insurance

    def _settle(self, job: Asked, settle: SettleInsurance, patient: PatientId) -> None:
        """Have the insurance settle; what costs the patient nothing is paid with that."""
        insurance, key = self._insurance(), key_of(job)
        with insurance.settling(settle.session_id, by=job.device):
            charges = self._charges(settle, patient)
            self._post(charges)
            claim = insurance.settle(patient, charges, settle, by=job.device, key=key)
            sheets = [one for one in self._sheets(patient) if one.id in settle.sheet_ids]
            if self_pay_fen(sheets):
                self._answer(job, settled_of(claim, sheets))
            else:
                self._begin_settled(job, claim.charges, key)

    def _begin_settled(self, job: Asked, charges: Sequence[ChargeId], key: str) -> None:
        attempt = self._parts.cashier.begin(charges, Channel.INSURANCE, by=job.device, key=key)
        self._followers[attempt.id] = job.device
        self._answer(job, self._told(attempt))

    # --- stays in the hospital -------------------------------------------------------------------

    def _inpatients(self) -> InpatientDesk:
        if self._parts.inpatients is None:
            raise Refused(RefusalCode.INPATIENTS_OFF)
        return self._parts.inpatients

    def _work_on_stay(self, job: Asked, patient: PatientId) -> None:
        match job.request.body:
            case TopUp() as top_up:
                self._top_up(job, top_up, patient)
            case FindDayBill() as asked:
                self._answer(job, self._inpatients().day_bill(patient, asked))
            case FindSettlement():
                self._answer(job, self._inpatients().settlement(patient))
            case _:
                self._answer(job, self._stay(patient))

    def _stay(self, patient: PatientId) -> StayFound:
        desk, cashier = self._inpatients(), self._parts.cashier
        sheets = self._sheets(patient)
        payment, payment_sheets = self._last(cashier.attempts_for(patient), sheets)
        credit = cashier.till.credit_of(patient)
        return desk.found(patient, self._parts.channels, credit, payment, payment_sheets)

    def _top_up(self, job: Asked, top_up: TopUp, patient: PatientId) -> None:
        require_one_way(top_up, self._parts.channels)
        cashier = self._parts.cashier
        charge = self._inpatients().top_up(patient, top_up.amount_fen, key_of(job))
        others = [
            attempt
            for attempt in cashier.attempts_for(patient)
            if any(one.is_deposit and one.id != charge.id for one in cashier.charges_of(attempt))
        ]
        require_no_other(others)
        self._begin(job, top_up, [charge])

    def _post(self, charges: Sequence[Charge]) -> None:
        """Take over what the hospital asks for; what is paid or being paid stays as it was."""
        try:
            self._parts.cashier.post(charges, by="records")
        except PaymentRefused:
            _log.warning("the records have changed a charge that is paid or being paid")
            raise
