"""The books of a clinic day: charges, bills and attempts, as the steps in the journal tell them.

`apply` is the only way they change, and it decides nothing. A new day begins with what the day
before has left open, so one day can be read without the days before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt, after, given_as_credit, opened
from queue_server.payments.cash_box import CashBox, box_after
from queue_server.payments.claim import Claim, ClaimBook, ClaimState, ClaimStep
from queue_server.payments.deferral import Deferral, DeferralBook, DeferralStep
from queue_server.payments.fen import Fen, total
from queue_server.payments.ledger import Account, Bill, Charge, account
from queue_server.payments.receipt import (
    Receipt,
    ReceiptBook,
    ReceiptIssued,
    ReceiptRefused,
    ReceiptRegistered,
)
from queue_server.payments.terms import AttemptId, AttemptState, BillId, ChargeId, VisitId
from queue_server.rules.terms import DeviceId, PatientId

LATE_MONEY_FOR: Final = timedelta(days=3)
"""So long a closed attempt is kept in mind, in case that it is paid all the same."""

_AT_REST: Final = frozenset({AttemptState.FULFILLED, AttemptState.REFUNDED, AttemptState.REVIEW})
_PAYING: Final = frozenset({AttemptState.PAID, AttemptState.FULFILLED, AttemptState.PART_REFUNDING})


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksOpened(happened.Step):
    """A clinic day begins with what the one before has left open."""

    charges: tuple[Charge, ...] = ()
    """Those that are being paid or put off. What is owed beside them the hospital posts anew."""
    bills: tuple[Bill, ...] = ()
    """Those of the attempts; where one charge is on several, the one that counts is first."""
    attempts: tuple[Attempt, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    """Those of the attempts, and those that the finance platform has not registered yet."""
    last_receipt: int = 0
    """The serial of the last receipt: the series goes on."""
    boxes: tuple[CashBox, ...] = ()
    deferrals: tuple[Deferral, ...] = ()
    """Those of which something has still to be paid."""
    claims: tuple[Claim, ...] = ()
    """Those that are not settled and paid for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecalled(happened.Step):
    """An attempt that was settled on a former day is needed once more, for a refund say."""

    bill: Bill
    attempt: Attempt
    receipt: Receipt | None = None
    """Its receipt, where it has one that was not taken back."""
    claims: tuple[Claim, ...] = ()
    """What the insurance pays of its charges."""


class Books:
    """Charges, bills and attempts. Whoever changes them does so one step at a time."""

    def __init__(self) -> None:
        self.charges: dict[ChargeId, Charge] = {}
        self.bills: dict[BillId, Bill] = {}
        self.attempts: dict[AttemptId, Attempt] = {}
        self.receipt_book = ReceiptBook()
        self.deferral_book = DeferralBook()
        self.claim_book = ClaimBook()
        self.boxes: dict[DeviceId, CashBox] = {}
        self._unsettled: dict[AttemptId, None] = {}
        self._bill_of: dict[ChargeId, BillId] = {}
        self._attempts_of: dict[BillId, list[AttemptId]] = {}
        self._charges_of: dict[PatientId, list[ChargeId]] = {}

    # --- what they say ---------------------------------------------------------------------------

    def bill_of(self, charge: ChargeId) -> Bill | None:
        """Return the bill that a charge is on."""
        bill = self._bill_of.get(charge)
        return None if bill is None else self.bills[bill]

    def attempts_of(self, bill: BillId) -> Iterator[Attempt]:
        """Yield the attempts to pay a bill, the first one first."""
        for attempt in self._attempts_of.get(bill, ()):
            yield self.attempts[attempt]

    def unsettled(self) -> tuple[Attempt, ...]:
        """Return the attempts that may still change by themselves, the first one first."""
        return tuple(self.attempts[attempt] for attempt in self._unsettled)

    def occupant(self, bill: BillId) -> Attempt | None:
        """Return the one attempt that may pay a bill or has paid it."""
        return next((one for one in self.attempts_of(bill) if one.occupies_bill), None)

    def attempts_for(self, patient: PatientId) -> Sequence[Attempt]:
        """Return the attempts to pay what a patient owes, the first one first."""
        mine = self._charges_of.get(patient, ())
        bills = dict.fromkeys(self._bill_of[one] for one in mine if one in self._bill_of)
        return [attempt for bill in bills for attempt in self.attempts_of(bill)]

    def held_for(self, patient: PatientId) -> Sequence[Attempt]:
        """Return the attempts of which something is kept for a patient, the first one first."""
        mine = (one for one in self.attempts.values() if one.patient == patient)
        return [one for one in mine if one.held]

    def amount(self, bill: Bill) -> Fen:
        """Return what the patient pays with a bill."""
        return total(self.charges[charge].self_pay for charge in bill.charges)

    def is_paid(self, charge: ChargeId) -> bool:
        """Tell whether the patient's share of a charge is paid."""
        bill = self._bill_of.get(charge)
        occupant = None if bill is None else self.occupant(bill)
        return occupant is not None and occupant.state in _PAYING

    def given_back(self, charge: ChargeId) -> Fen:
        """Return what was given back of a charge that is paid."""
        bill = self._bill_of.get(charge)
        occupant = None if bill is None else self.occupant(bill)
        refunds = () if occupant is None else occupant.refunds
        parts = (part for refund in refunds for part in refund.parts)
        return Fen(sum(part.fen for part in parts if part.charge == charge))

    def is_in_use(self, charge: ChargeId) -> bool:
        """Tell whether a charge is paid or being paid."""
        bill = self._bill_of.get(charge)
        return bill is not None and self.occupant(bill) is not None

    def account(self, patient: PatientId, visit: VisitId | None = None) -> Account:
        """Return the account of a patient, or of one of his visits."""
        charges = [self.charges[charge] for charge in self._charges_of.get(patient, ())]
        mine = [one for one in charges if visit is None or one.visit == visit]
        back = {one.id: self.given_back(one.id) for one in mine}
        return account(mine, (one.id for one in mine if self.is_paid(one.id)), back)

    # --- how they change -------------------------------------------------------------------------

    def apply(  # noqa: C901, PLR0912 - one line a step
        self, step: happened.Step, at: datetime
    ) -> None:
        """Take a step in. One that does not fit is a bug: it stops the process."""
        match step:
            case happened.AttemptOpened():
                occupant = self.occupant(step.bill)
                assert occupant is None, f"{step.bill} is occupied by {occupant}"
                self._add_attempt(opened(step, at))
            case happened.NoteTaken() | happened.BoxDiffered() | happened.BoxEmptied():
                self.boxes[step.device] = box_after(self.boxes.get(step.device), step)
            case happened.AttemptStep():
                if isinstance(step, happened.CreditUsed):
                    source = self.attempts[step.source]
                    self._keep(given_as_credit(source, Fen(step.amount_fen)))
                self._keep(after(self.attempts[step.attempt], step, at))
                if isinstance(step, happened.Booked):
                    bill = self.bills[self.attempts[step.attempt].bill]
                    self.deferral_book.settled(bill.charges)
            case happened.ChargePosted():
                self._add_charge(_charge(step))
            case happened.ChargeWithdrawn():
                self._withdraw(step.charge)
            case happened.BillMade():
                self._make_bill(Bill(id=step.bill, charges=step.charges))
            case BooksOpened():
                self._carry_in(step)
            case AttemptRecalled():
                self._recall(step)
            case ReceiptIssued() | ReceiptRegistered() | ReceiptRefused():
                self.receipt_book.apply(step, at)
            case ClaimStep():
                self.claim_book.apply(step, at, self.charges)
            case DeferralStep():
                self.deferral_book.apply(step, at)
            case _:
                raise AssertionError(f"no step of the books: {step!r}")

    def _add_charge(self, charge: Charge) -> None:
        assert charge.id not in self.charges, charge.id
        self.charges[charge.id] = charge
        self._charges_of.setdefault(charge.patient, []).append(charge.id)

    def _withdraw(self, charge: ChargeId) -> None:
        assert not self.is_in_use(charge), charge
        self._leave_bill(charge)
        self._charges_of[self.charges.pop(charge).patient].remove(charge)

    def _make_bill(self, bill: Bill) -> None:
        for charge in bill.charges:
            assert not self.is_in_use(charge), charge
            self._leave_bill(charge)
            self._bill_of[charge] = bill.id
        self.bills[bill.id] = bill

    def _leave_bill(self, charge: ChargeId) -> None:
        """Take a charge off its bill; what is left there is billed anew when it is paid."""
        former = self._bill_of.pop(charge, None)
        if former is not None:
            for other in self.bills[former].charges:
                self._bill_of.pop(other, None)

    def _add_attempt(self, attempt: Attempt) -> None:
        assert attempt.id not in self.attempts, attempt.id
        self._keep(attempt)
        self._attempts_of.setdefault(attempt.bill, []).append(attempt.id)

    def _keep(self, attempt: Attempt) -> None:
        self.attempts[attempt.id] = attempt
        if attempt.state in _AT_REST:
            self._unsettled.pop(attempt.id, None)
        else:
            self._unsettled[attempt.id] = None

    def _recall(self, step: AttemptRecalled) -> None:
        self.bills.setdefault(step.bill.id, step.bill)
        self._add_attempt(step.attempt)
        receipt = step.receipt
        # One that the platform has not registered yet may have come along before.
        if receipt is not None and receipt.number not in self.receipt_book.receipts:
            self.receipt_book.carry_in(receipt)
        for claim in step.claims:
            self.claim_book.carry_in(claim)

    def _carry_in(self, step: BooksOpened) -> None:
        assert not self.charges, "a day is opened once"
        assert not self.attempts, "a day is opened once"
        for charge in step.charges:
            self._add_charge(charge)
        for bill in step.bills:
            self.bills[bill.id] = bill
            for charge_id in bill.charges:
                if charge_id in self.charges:
                    self._bill_of.setdefault(charge_id, bill.id)
        for attempt in step.attempts:
            self._add_attempt(attempt)
        self.receipt_book.last_serial = step.last_receipt
        for receipt in step.receipts:
            self.receipt_book.carry_in(receipt)
        self.boxes.update({box.device: box for box in step.boxes})
        for deferral in step.deferrals:
            self.deferral_book.carry_in(deferral)
        for claim in step.claims:
            self.claim_book.carry_in(claim)


def carried(books: Books, now: datetime) -> BooksOpened:
    """Return what the next clinic day begins with."""
    attempts = [one for one in books.attempts.values() if _is_open(one, now)]
    bills = [books.bills[bill] for bill in dict.fromkeys(one.bill for one in attempts)]
    # Not those of a bill that is paid and done with: its payment stays behind, so on the new day
    # they would look as if nobody had paid them.
    occupied = {one.bill for one in attempts if one.occupies_bill}
    # A bill with nobody on it any more must not take charges from the one that came after it.
    bills.sort(key=lambda bill: bill.id not in occupied)
    deferrals = books.deferral_book.open()
    kept = [one for bill in bills if bill.id in occupied for one in bill.charges]
    kept += [one for deferral in deferrals for one in deferral.left]
    claims = [one for one in books.claim_book.claims.values() if _is_claim_open(books, one)]
    kept += [one for claim in claims for one in claim.charges if one in books.charges]
    return BooksOpened(
        charges=tuple(books.charges[one] for one in dict.fromkeys(kept)),
        bills=tuple(bills),
        attempts=tuple(attempts),
        receipts=books.receipt_book.carried([one.id for one in attempts]),
        last_receipt=books.receipt_book.last_serial,
        boxes=tuple(books.boxes.values()),
        deferrals=tuple(deferrals),
        claims=tuple(claims),
    )


def _is_claim_open(books: Books, claim: Claim) -> bool:
    """Tell whether a claim may still change by itself."""
    if claim.state is not ClaimState.SETTLED:
        return claim.is_live
    bills = [books.bill_of(charge) for charge in claim.charges]
    payers = [None if bill is None else books.occupant(bill.id) for bill in bills]
    return any(one is None or one.state is not AttemptState.FULFILLED for one in payers)


def _is_open(attempt: Attempt, now: datetime) -> bool:
    if attempt.held:
        return True
    if attempt.state in (AttemptState.FULFILLED, AttemptState.REFUNDED):
        return False
    is_over = attempt.state in (AttemptState.CLOSED, AttemptState.FAILED)
    return not is_over or now - attempt.changed_at < LATE_MONEY_FOR


def _charge(step: happened.ChargePosted) -> Charge:
    return Charge(
        id=step.charge,
        visit=step.visit,
        patient=step.patient,
        name_zh=step.name_zh,
        name_en=step.name_en,
        self_pay=Fen(step.self_pay_fen),
        insurance=Fen(step.insurance_fen),
        quantity=step.quantity,
        unit_zh=step.unit_zh,
        unit_en=step.unit_en,
        sheet=step.sheet,
        is_deposit=step.is_deposit,
        is_copy=step.is_copy,
    )
