"""Receipts: one for each payment that is booked, and a reversing one where it is given back. Pure.

Where a part is given back, the whole receipt is taken back and a new one is issued for the rest.

A number is decided in the very commit that books or gives back, so there is never a payment without
a receipt, nor a number without one. It is the clinic day and a serial that goes on over the days:
whoever has a number knows where to look, and whoever has all of them sees that none is missing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import AttemptId, Channel, ChargeId, ReceiptNo
from queue_server.rules.terms import PatientId

_DAY_LENGTH: Final = 8
_SERIAL_LENGTH: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the finance platform has given a receipt: from then on these are its numbers."""

    code: str
    number: str
    check_code: str
    address: str
    """Where anybody may verify it; empty: nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a patient has paid, or was given back, as it was said once and for all."""

    number: ReceiptNo
    attempt: AttemptId
    channel: Channel
    patient: PatientId
    charges: tuple[Charge, ...]
    issued_at: datetime
    reverses: ReceiptNo | None = None
    """The receipt that this one takes back."""
    awaits_platform: bool = False
    """Whether the finance platform is to give it its numbers."""
    registration: Registration | None = None
    refusal: str = ""
    """The platform's last word against it; it is asked again."""

    @property
    def amount(self) -> Fen:
        """What the patient has paid, or got back."""
        return total(charge.self_pay for charge in self.charges)

    @property
    def insurance(self) -> Fen:
        """What the medical insurance has paid."""
        return total(charge.insurance for charge in self.charges)

    @property
    def is_open(self) -> bool:
        """Whether the platform has still to say its numbers."""
        return self.awaits_platform and self.registration is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued(happened.Step):
    """A payment was booked, or given back: here is its receipt, with all it says."""

    number: ReceiptNo
    attempt: AttemptId
    channel: Channel
    patient: PatientId
    charges: tuple[Charge, ...]
    reverses: ReceiptNo | None = None
    awaits_platform: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRegistered(happened.Step):
    """The finance platform has given a receipt its numbers."""

    number: ReceiptNo
    attempt: AttemptId
    patient: PatientId
    registration: Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRefused(happened.Step):
    """The finance platform refuses a receipt; somebody has to find out why."""

    number: ReceiptNo
    attempt: AttemptId
    code: str


ReceiptStep = ReceiptIssued | ReceiptRegistered | ReceiptRefused


class ReceiptBook:
    """The receipts of a clinic day, and those of former days that still matter."""

    def __init__(self) -> None:
        self.receipts: dict[ReceiptNo, Receipt] = {}
        self.last_serial = 0
        self._of: dict[AttemptId, list[ReceiptNo]] = {}
        self._open: dict[ReceiptNo, None] = {}

    def of(self, attempt: AttemptId) -> Sequence[Receipt]:
        """Return a payment's receipts in their order: its own, its reversal, the rest's."""
        return [self.receipts[number] for number in self._of.get(attempt, ())]

    def open(self) -> Sequence[Receipt]:
        """Return those to which the platform has still to give numbers, the first one first."""
        return [self.receipts[number] for number in self._open]

    def apply(self, step: ReceiptStep, at: datetime) -> None:
        """Take a step in."""
        match step:
            case ReceiptIssued():
                assert serial_of(step.number) == self.last_serial + 1, step.number
                self.last_serial += 1
                self.carry_in(issued_receipt(step, at))
            case ReceiptRegistered(registration=registration):
                self._keep(replace(self.receipts[step.number], registration=registration))
            case ReceiptRefused(code=code):
                self._keep(replace(self.receipts[step.number], refusal=code))

    def carry_in(self, receipt: Receipt) -> None:
        """Take over a receipt, as of a former day."""
        assert receipt.number not in self.receipts, receipt.number
        self._keep(receipt)
        self._of.setdefault(receipt.attempt, []).append(receipt.number)

    def carried(self, attempts: Sequence[AttemptId]) -> tuple[Receipt, ...]:
        """Return those that the next day needs: of these attempts, and what is open."""
        wanted = dict.fromkeys([*attempts, *(one.attempt for one in self.open())])
        return tuple(receipt for attempt in wanted for receipt in self.of(attempt))

    def _keep(self, receipt: Receipt) -> None:
        self.receipts[receipt.number] = receipt
        if receipt.is_open:
            self._open[receipt.number] = None
        else:
            self._open.pop(receipt.number, None)


def number_of(day_on: date, serial: int) -> ReceiptNo:
    """Return the number of a receipt: the day, and where it stands in the series."""
    return ReceiptNo(f"{day_on:%Y%m%d}{serial:0{_SERIAL_LENGTH}d}")


def serial_of(number: ReceiptNo) -> int:
    """Return where a receipt stands in the series."""
    return int(number[_DAY_LENGTH:])


def day_of(number: str) -> date | None:
    """Return the clinic day of a number; None: it is none."""
    if len(number) != _DAY_LENGTH + _SERIAL_LENGTH or not (number.isascii() and number.isdigit()):
        return None
    try:
        return date.fromisoformat(number[:_DAY_LENGTH])
    except ValueError:
        return None


def in_groups(number: str) -> str:
    """Return a number as people read it: `20261127 00000123`."""
    return f"{number[:_DAY_LENGTH]} {number[_DAY_LENGTH:]}"


def receipt_for(
    attempt: Attempt, charges: Sequence[Charge], number: ReceiptNo, *, awaits_platform: bool
) -> ReceiptIssued:
    """Return the receipt of a payment that is booked."""
    return ReceiptIssued(
        number=number,
        attempt=attempt.id,
        channel=attempt.channel,
        patient=charges[0].patient,
        charges=tuple(charges),
        awaits_platform=awaits_platform,
    )


def reversal_for(receipt: Receipt, number: ReceiptNo) -> ReceiptIssued:
    """Return what takes a receipt back; the platform has a say if it had one before."""
    return ReceiptIssued(
        number=number,
        attempt=receipt.attempt,
        channel=receipt.channel,
        patient=receipt.patient,
        charges=receipt.charges,
        reverses=receipt.number,
        awaits_platform=receipt.awaits_platform,
    )


def rest_for(
    receipt: Receipt, parts: Sequence[happened.ReturnedPart], number: ReceiptNo
) -> ReceiptIssued:
    """Return the receipt of what stays paid after `parts` of another one have gone back."""
    return ReceiptIssued(
        number=number,
        attempt=receipt.attempt,
        channel=receipt.channel,
        patient=receipt.patient,
        charges=rest_of(receipt.charges, parts),
        awaits_platform=receipt.awaits_platform,
    )


def rest_of(
    charges: Sequence[Charge], parts: Sequence[happened.ReturnedPart]
) -> tuple[Charge, ...]:
    """Return what is left of charges; one whose share has gone back whole is none any more."""
    back: Counter[ChargeId] = Counter()
    for part in parts:
        back[part.charge] += part.fen
    left = (replace(charge, self_pay=charge.self_pay - Fen(back[charge.id])) for charge in charges)
    return tuple(one for one in left if one.self_pay or not back[one.id])


def valid_receipt(receipts: Sequence[Receipt]) -> Receipt | None:
    """Return the one of a payment that counts; None: there is none, or it is taken back."""
    last = receipts[-1] if receipts else None
    return last if last is not None and last.reverses is None else None


def issued_receipt(step: ReceiptIssued, at: datetime) -> Receipt:
    """Return the receipt that was issued by a step."""
    return Receipt(
        number=step.number,
        attempt=step.attempt,
        channel=step.channel,
        patient=step.patient,
        charges=step.charges,
        issued_at=at,
        reverses=step.reverses,
        awaits_platform=step.awaits_platform,
    )
