"""What the medical insurance pays of charges after its code was shown: a claim. Pure.

A settled claim moves a part of each charge from the patient's share to the insurance's; a claim
that is undone moves it back. The price stays what it was, to the fen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.steps import Step
from queue_server.payments.terms import ChargeId, ClaimId
from queue_server.rules.terms import PatientId


class ClaimState(StrEnum):
    """Where a claim is."""

    ASKED = "asked"
    """Written down, and the insurance is being asked to settle it: settled or not."""
    SETTLED = "settled"
    """The insurance pays its part; the patient's own share is to be paid."""
    REFUSED = "refused"
    """The insurance does not pay, for certain."""
    UNDOING = "undoing"
    """Its settlement has to be undone: the own share was not paid, or went back."""
    UNDONE = "undone"
    """The insurance pays nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What the insurance pays of a charge, beyond what it pays anyway."""

    charge: ChargeId
    fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One settlement with the medical insurance, under our own number."""

    id: ClaimId
    patient: PatientId
    covered: tuple[Covered, ...]
    """Every charge of it, be it that the insurance pays nothing of one."""
    changed_at: datetime
    state: ClaimState = ClaimState.ASKED
    is_applied: bool = False
    """Whether the charges have the shares that it has settled."""
    transaction: str = ""
    """The insurance's own number of it."""
    session: str = ""
    """Of the patient at the device from which it was asked for."""
    is_given_up: bool = False
    """Whether he has left: it is undone as soon as nobody is paying its own share."""
    refusal: str = ""
    """Why the insurance does not tell of it, or does not undo it; empty: it does."""

    @property
    def charges(self) -> tuple[ChargeId, ...]:
        """What it settles."""
        return tuple(one.charge for one in self.covered)

    @property
    def amount(self) -> Fen:
        """What the insurance pays of it."""
        return Fen(sum(one.fen for one in self.covered))

    @property
    def is_live(self) -> bool:
        """Whether the insurance may pay for it."""
        return self.state not in (ClaimState.REFUSED, ClaimState.UNDONE)

    @property
    def is_moving(self) -> bool:
        """Whether its shares may still change: nothing of it can be paid now."""
        return self.state in (ClaimState.ASKED, ClaimState.UNDOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStep(Step):
    """Something that happened to a claim."""

    claim: ClaimId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAsked(ClaimStep):
    """The insurance is asked to settle after this; so much it has said it would pay."""

    patient: PatientId
    covered: tuple[Covered, ...]
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGivenUp(ClaimStep):
    """The patient has left the device; what is paid by then still counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSettled(ClaimStep):
    """The insurance pays what it has said."""

    transaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefused(ClaimStep):
    """The insurance does not settle it, for certain."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimUndoAsked(ClaimStep):
    """The insurance is asked to undo it after this."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWorkRefused(ClaimStep):
    """The insurance refuses, for certain, to tell of it or to undo it: a person is needed."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimUndone(ClaimStep):
    """The insurance has undone it, or never knew of it and never will."""


class ClaimBook:
    """The claims of the books."""

    def __init__(self) -> None:
        self.claims: dict[ClaimId, Claim] = {}

    def live_of(self, charge: ChargeId) -> Claim | None:
        """Return the claim that a charge is on, if the insurance may pay for it."""
        live = (one for one in self.claims.values() if one.is_live)
        return next((one for one in live if charge in one.charges), None)

    def original(self, charge: Charge) -> Charge:
        """Return a charge as the hospital has posted it."""
        claim = self.live_of(charge.id)
        return _moved(charge, claim, back=True) if claim and claim.is_applied else charge

    def apply(self, step: ClaimStep, at: datetime, charges: dict[ChargeId, Charge]) -> None:
        """Take a step in, and move the shares of `charges` as it says."""
        if isinstance(step, ClaimAsked):
            assert step.claim not in self.claims, step.claim
            self.claims[step.claim] = Claim(
                id=step.claim,
                patient=step.patient,
                covered=step.covered,
                changed_at=at,
                session=step.session,
            )
            return
        claim = replace(self.claims[step.claim], changed_at=at, refusal="")
        match step:
            case ClaimGivenUp():
                claim = replace(self.claims[claim.id], is_given_up=True)
            case ClaimWorkRefused():
                assert claim.is_moving, claim
                # Since when it is under way stays as it was.
                claim = replace(self.claims[claim.id], refusal=step.code)
            case ClaimSettled():
                assert claim.state is ClaimState.ASKED, claim
                self._move(claim, charges, back=False)
                state, number = ClaimState.SETTLED, step.transaction
                claim = replace(claim, state=state, transaction=number, is_applied=True)
            case ClaimRefused():
                assert claim.state is ClaimState.ASKED, claim
                claim = replace(claim, state=ClaimState.REFUSED)
            case ClaimUndoAsked():
                assert claim.state in (ClaimState.ASKED, ClaimState.SETTLED), claim
                claim = replace(claim, state=ClaimState.UNDOING)
            case ClaimUndone():
                assert claim.state is ClaimState.UNDOING, claim
                if claim.is_applied:
                    self._move(claim, charges, back=True)
                claim = replace(claim, state=ClaimState.UNDONE, is_applied=False)
            case _:
                raise AssertionError(f"no step of a claim: {step!r}")
        self.claims[claim.id] = claim

    def carry_in(self, claim: Claim) -> None:
        """Take one over from a former day; its charges come along with their shares."""
        self.claims.setdefault(claim.id, claim)

    @staticmethod
    def _move(claim: Claim, charges: dict[ChargeId, Charge], *, back: bool) -> None:
        for one in claim.charges:
            # Those of a former day's payment are not there: only the insurance has to hear.
            if one in charges:
                charges[one] = _moved(charges[one], claim, back=back)


def covered_sums(charges: Sequence[Charge], covered: Sequence[Covered]) -> bool:
    """Tell whether the insurance says of each charge once how much it pays, and not too much."""
    left = {charge.id: charge.self_pay.fen for charge in charges}
    told = {one.charge: one.fen for one in covered}
    is_complete = len(told) == len(covered) and told.keys() == left.keys()
    return is_complete and all(0 <= told[one] <= left[one] for one in left)


def _moved(charge: Charge, claim: Claim, *, back: bool) -> Charge:
    part = Fen(next(one.fen for one in claim.covered if one.charge == charge.id))
    if back:
        return replace(charge, self_pay=charge.self_pay + part, insurance=charge.insurance - part)
    return replace(charge, self_pay=charge.self_pay - part, insurance=charge.insurance + part)
