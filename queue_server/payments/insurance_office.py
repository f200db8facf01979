"""The insurance office: settles with the medical insurance, and undoes what is not paid for.

Rule 1: a settlement is in the journal, with what the insurance would pay, before it is asked for.
Rule 2: an outcome that is not known is asked about until it is; nothing of it is paid meanwhile.
Rule 3: what is settled and whose own share nobody pays, or which goes back, is undone: in the
journal first, then asked for until it is done.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import Bookkeeper
from queue_server.payments.claim import (
    Claim,
    ClaimAsked,
    ClaimGivenUp,
    ClaimRefused,
    ClaimSettled,
    ClaimState,
    ClaimStep,
    ClaimUndoAsked,
    ClaimUndone,
    ClaimWorkRefused,
    Covered,
    covered_sums,
)
from queue_server.payments.claim_standing import (
    StuckClaim,
    is_stuck,
    nobody_pays,
    stuck_claims,
    wanted,
)
from queue_server.payments.insurance_platform import InsurancePlatform, Insured
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt_platform import PlatformRefused, PlatformSilent
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId, ClaimId
from queue_server.rules.terms import RefusalCode

ABSENT_FOR: Final = timedelta(seconds=60)
"""A settlement that the insurance does not know may still be on its way to it for so long."""
AGAIN_AFTER: Final = timedelta(seconds=5)
"""So long an insurance that gave no answer is left alone about a claim."""
AFTER_REFUSAL: Final = timedelta(minutes=10)
"""So long one that refuses is left alone about it."""

_log = logging.getLogger(__name__)


class InsuranceOffice:
    """Settles and undoes. Any thread may ask.

    Each method raises `JournalUnusable` when a step can't be kept: the process has to stop.

    Args:
        keeper: whose books.
        platform: the insurance.
        clock: gives the present instant.
        begin: begins a payment of nothing, for what the insurance has settled whole.
    """

    def __init__(
        self,
        keeper: Bookkeeper,
        platform: InsurancePlatform,
        clock: Callable[[], datetime],
        begin: Callable[[Sequence[ChargeId]], Attempt],
    ) -> None:
        self._keeper = keeper
        self._platform = platform
        self._clock = clock
        self._begin = begin
        self._at_work: set[ClaimId] = set()
        self._not_before: dict[ClaimId, datetime] = {}

    def settle(
        self,
        charges: Sequence[ChargeId],
        code: str,
        id_number: str | None,
        *,
        by: str,
        key: str,
        session: str = "",
    ) -> Claim:
        """Have the insurance pay its part of charges of one patient. Blocks on it.

        Args:
            charges: what is to be paid in one go; they have been posted before.
            code: the insurance code that was shown: never kept, never logged.
            id_number: of the patient; the code has to be his.
            by: who asks.
            key: of this very ask, at most 16 of `[0-9a-z]`: it settles once.
            session: of the patient at the device, by which he gives it up when he leaves.

        Raises:
            PaymentRefused: nothing was settled.
        """
        with self._keeper.today() as books:
            number = ClaimId(f"I{self._keeper.day_on:%Y%m%d}{key}")
            if number in books.claim_book.claims:
                return books.claim_book.claims[number]
            asked_for = wanted(books, charges)
        insured, covered = self._would_pay(asked_for, code, id_number)
        with self._keeper.today() as books:
            if wanted(books, charges) != asked_for:
                raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
            step = ClaimAsked(
                claim=number,
                patient=asked_for[0].patient,
                covered=tuple(covered),
                session=session,
            )
            self._keeper.write([step], by=by)
            self._at_work.add(number)
        try:
            return self._settled(number, insured, asked_for)
        finally:
            self._leave(number)

    def give_up(self, session: str, *, by: str) -> Sequence[ClaimId]:
        """Note that the patient of a session has left; return what is undone unless it is paid."""
        with self._keeper.today() as books:
            left = [
                one.id
                for one in books.claim_book.claims.values()
                if one.session == session and one.is_live and not one.is_given_up
            ]
            self._keeper.write([ClaimGivenUp(claim=one) for one in left], by=by)
            return left

    def moving(self) -> frozenset[ChargeId]:
        """Return the charges of which it is not known yet what the insurance pays."""
        with self._keeper.today() as books:
            claims = books.claim_book.claims.values()
            return frozenset(one for claim in claims if claim.is_moving for one in claim.charges)

    def stuck(self) -> Sequence[StuckClaim]:
        """Return what the insurance refuses to tell of or to undo, or is silent about for long."""
        with self._keeper.today() as books:
            return stuck_claims(books, self._clock())

    def undone_by_hand(self, number: ClaimId, *, by: str) -> bool:
        """Note that a person has seen to it that the insurance pays nothing of a stuck claim.

        False: nothing was noted, for it is not stuck, or is being asked about just now.
        """
        with self._keeper.today() as books:
            claim = books.claim_book.claims.get(number)
            if claim is None or number in self._at_work or not is_stuck(claim, self._clock()):
                return False
            steps: list[ClaimStep] = [ClaimUndone(claim=number)]
            if claim.state is ClaimState.ASKED:
                steps.insert(0, ClaimUndoAsked(claim=number, why="by hand"))
            self._keeper.write(steps, by=by)
            return True

    def sweep(self) -> None:
        """Work on everything that is due, one after the other. Blocks on the insurance."""
        now = self._clock()
        for charges in self._settled_whole():
            self._begin(charges)
        with self._keeper.today() as books:
            for claim in list(books.claim_book.claims.values()):
                if claim.state is ClaimState.SETTLED and nobody_pays(books, claim, now):
                    undo = ClaimUndoAsked(claim=claim.id, why="own share not paid")
                    self._keeper.write([undo], by="cashier")
            moving = [one.id for one in books.claim_book.claims.values() if one.is_moving]
        self._not_before = {one: at for one, at in self._not_before.items() if one in moving}
        for number in moving:
            not_before = self._not_before.get(number)
            if not_before is None or now >= not_before:
                self._work_on(number)

    def _settled_whole(self) -> Sequence[Sequence[ChargeId]]:
        """Return what costs the patient nothing, and was never begun to be paid."""
        with self._keeper.today() as books:
            claims = list(books.claim_book.claims.values())
            return [
                one.charges
                for one in claims
                if one.state is ClaimState.SETTLED
                and not any(books.bill_of(charge) for charge in one.charges)
                and all(charge in books.charges for charge in one.charges)
                and not any(books.charges[charge].self_pay for charge in one.charges)
            ]

    # --- inside ----------------------------------------------------------------------------------

    def _would_pay(
        self, charges: Sequence[Charge], code: str, id_number: str | None
    ) -> tuple[Insured, Sequence[Covered]]:
        """Return whose code it is and what the insurance would pay. Changes nothing anywhere."""
        try:
            insured = self._platform.query(code)
            if id_number is None or insured.id_number != id_number:
                raise PaymentRefused(RefusalCode.INSURANCE_OTHER_PERSON)
            covered = self._platform.pre_settle(insured, charges)
        except PlatformRefused as refused:
            _log.warning("the insurance refuses a code: %s", refused.code[:64])
            raise PaymentRefused(RefusalCode.INSURANCE_REFUSED) from None
        except PlatformSilent:
            raise PaymentRefused(RefusalCode.INSURANCE_SILENT) from None
        if not covered_sums(charges, covered):
            raise PaymentRefused(RefusalCode.INSURANCE_REFUSED)
        return insured, covered

    def _settled(self, number: ClaimId, insured: Insured, charges: Sequence[Charge]) -> Claim:
        try:
            transaction, covered = self._platform.settle(number, insured, charges)
        except PlatformRefused as refused:
            return self._write(number, ClaimRefused(claim=number, code=refused.code[:64]))
        except PlatformSilent:
            self._not_before[number] = self._clock() + AGAIN_AFTER
            return self._write(number, None)
        return self._write(number, self._outcome(number, transaction, covered))

    def _outcome(
        self, number: ClaimId, transaction: str, covered: Sequence[Covered]
    ) -> ClaimSettled | ClaimUndoAsked:
        """Return what follows from a settlement: other sums than were told are taken back."""
        with self._keeper.today() as books:
            expected = books.claim_book.claims[number].covered
        if sorted(covered, key=str) != sorted(expected, key=str):
            return ClaimUndoAsked(claim=number, why="amount differs")
        return ClaimSettled(claim=number, transaction=transaction[:64])

    def _work_on(self, number: ClaimId) -> None:
        with self._keeper.today() as books:
            claim = books.claim_book.claims[number]
            if number in self._at_work or not claim.is_moving:
                return
            self._at_work.add(number)
        try:
            self._write(number, self._looked(claim))
        finally:
            self._leave(number)

    def _looked(self, claim: Claim) -> ClaimStep | None:
        """Ask about a claim that moves; return what follows, None: nothing yet."""
        self._not_before[claim.id] = self._clock() + AGAIN_AFTER
        try:
            if claim.state is ClaimState.UNDOING:
                self._platform.undo(claim.id)
                return ClaimUndone(claim=claim.id)
            found = self._platform.find(claim.id)
        except PlatformSilent:
            return None
        except PlatformRefused as refused:
            code = refused.code[:64]
            _log.error("the insurance refuses to look or undo: %s", code)
            self._not_before[claim.id] = self._clock() + AFTER_REFUSAL
            return None if code == claim.refusal else ClaimWorkRefused(claim=claim.id, code=code)
        if found is not None:
            # What has to be undone need not wait.
            self._not_before.pop(claim.id, None)
            return self._outcome(claim.id, *found)
        if self._clock() - claim.changed_at < ABSENT_FOR:
            return None
        return ClaimUndoAsked(claim=claim.id, why="not known")

    def _write(self, number: ClaimId, step: ClaimStep | None) -> Claim:
        with self._keeper.today() as books:
            if step is not None:
                self._keeper.write([step], by="insurance")
            return books.claim_book.claims[number]

    def _leave(self, number: ClaimId) -> None:
        with self._keeper.today():
            self._at_work.discard(number)
