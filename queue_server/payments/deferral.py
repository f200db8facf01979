"""Treated first, paid later: what was put off for a patient, until it is paid. Pure.

A deferral pays nothing and is no payment: the charges stay owed. It lets the patient go on, and
says until when he pays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.ledger import Account, require_step_allowed
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.steps import Step
from queue_server.payments.terms import ChargeId, DeferralId, PaymentMode
from queue_server.rules.terms import PatientId, RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The hospital has agreed with a patient that he may pay later."""

    limit: Fen
    """How much he may owe at once."""
    used: Fen
    """What he owes of it that was not put off here, at desks say."""
    pay_within_days: int
    """So many days after it was put off everything is to be paid."""

    @property
    def free(self) -> Fen:
        """What is left of the limit for what is put off here."""
        return self.limit - self.used if self.limit > self.used else NOTHING


class DeferralState(StrEnum):
    """Where a deferral is."""

    ASKED = "asked"
    """Written down; the hospital's system has not said yet that the patient may go on."""
    RELEASED = "released"
    """The patient may go on."""
    REFUSED = "refused"
    """The hospital's system does not let him go on: he pays first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """What a patient has put off in one go."""

    id: DeferralId
    patient: PatientId
    charges: tuple[ChargeId, ...]
    left: tuple[ChargeId, ...]
    """Those that are not paid yet."""
    due_on: date
    """The last day to pay."""
    asked_at: datetime
    state: DeferralState = DeferralState.ASKED

    @property
    def is_open(self) -> bool:
        """Whether something of it has still to be paid."""
        return bool(self.left) and self.state is not DeferralState.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralStep(Step):
    """Something that happened to what is put off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralAsked(DeferralStep):
    """A patient puts charges off; the hospital's system is told after that."""

    deferral: DeferralId
    patient: PatientId
    charges: tuple[ChargeId, ...]
    amount_fen: int
    """What he pays of them later."""
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralReleased(DeferralStep):
    """The hospital's system lets the patient go on."""

    deferral: DeferralId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralRefused(DeferralStep):
    """The hospital's system does not let the patient go on, for certain."""

    deferral: DeferralId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferredSettledElsewhere(DeferralStep):
    """The hospital no longer asks for it: paid at a desk, or taken back."""

    charges: tuple[ChargeId, ...]


class DeferralBook:
    """All deferrals of the books. Changes by steps, and by what is paid."""

    def __init__(self) -> None:
        self.deferrals: dict[DeferralId, Deferral] = {}

    def open(self) -> Sequence[Deferral]:
        """Return those of which something has still to be paid, the first one first."""
        return [one for one in self.deferrals.values() if one.is_open]

    def open_of(self, patient: PatientId) -> Sequence[Deferral]:
        """Return those of a patient of which something has still to be paid."""
        return [one for one in self.open() if one.patient == patient]

    def asked(self) -> Sequence[Deferral]:
        """Return those of which the hospital's system has not said anything yet."""
        return [one for one in self.open() if one.state is DeferralState.ASKED]

    def covering(self, charge: ChargeId) -> Deferral | None:
        """Return the open one that a charge is put off by."""
        return next((one for one in self.open() if charge in one.left), None)

    def apply(self, step: DeferralStep, at: datetime) -> None:
        """Take a step in."""
        match step:
            case DeferralAsked():
                assert step.deferral not in self.deferrals, step.deferral
                assert not any(map(self.covering, step.charges)), step.charges
                self.carry_in(_asked(step, at))
            case DeferralReleased(deferral=deferral):
                self._set(deferral, DeferralState.RELEASED)
            case DeferralRefused(deferral=deferral):
                self._set(deferral, DeferralState.REFUSED)
            case DeferredSettledElsewhere(charges=charges):
                self.settled(charges)
            case _:
                raise AssertionError(f"no step of a deferral: {step!r}")

    def settled(self, charges: Iterable[ChargeId]) -> None:
        """Note that charges have not to be paid any more, whichever deferral they are of."""
        gone = set(charges)
        for one in self.open():
            if gone.intersection(one.left):
                left = tuple(charge for charge in one.left if charge not in gone)
                self.deferrals[one.id] = replace(one, left=left)

    def carry_in(self, deferral: Deferral) -> None:
        """Take one over, from a former day say."""
        self.deferrals[deferral.id] = deferral

    def _set(self, deferral: DeferralId, state: DeferralState) -> None:
        former = self.deferrals[deferral]
        assert former.state is DeferralState.ASKED, former
        self.deferrals[deferral] = replace(former, state=state)


def require_deferral_allowed(
    account: Account, step: Sequence[ChargeId], agreement: Agreement | None, *, is_overdue: bool
) -> None:
    """Let charges be put off, or refuse it.

    Args:
        account: what is put off already, and the charges of the step.
        step: what is to be put off now.
        agreement: with the patient; None: there is none.
        is_overdue: whether something should have been paid by now.

    Raises:
        PaymentRefused: he has to pay first: NO_CREDIT, CREDIT_OVERDUE, CREDIT_LIMIT.
    """
    if agreement is not None and is_overdue:
        raise PaymentRefused(RefusalCode.CREDIT_OVERDUE)
    require_step_allowed(
        account,
        step,
        PaymentMode.TREAT_FIRST,
        credit_limit=None if agreement is None else agreement.free,
    )


def _asked(step: DeferralAsked, at: datetime) -> Deferral:
    return Deferral(
        id=step.deferral,
        patient=step.patient,
        charges=step.charges,
        left=step.charges,
        due_on=step.due_on,
        asked_at=at,
    )
