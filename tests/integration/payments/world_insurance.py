"""The sandbox's insurance without a line, which loses asks and answers as the world has it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from queue_server.payments.claim import Claim, ClaimState, Covered
from queue_server.payments.insurance_platform import Insured
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt_platform import PlatformRefused, PlatformSilent
from queue_server.payments.sandbox.insurance import Insurance, Settled, SettlementRefused
from queue_server.payments.terms import AttemptState, ChargeId, ClaimId

if TYPE_CHECKING:
    from tests.integration.payments.world import World

ID_NUMBER = "11010519491231002X"
T = TypeVar("T")


def a_code(percent: int) -> str:
    """Return an insurance code of the patient, of which so much is paid; 99: all."""
    return f"424{ID_NUMBER[:17]}{percent:02d}110000"


class InsuranceLine:
    """`InsurancePlatform` of an insurance.

    Args:
        insurance: who settles.
        before: called before each call; True: it never gets there.
        after: called after each call; True: its answer is lost.
        refuses: called before it looks or undoes; True: it does not.
    """

    def __init__(
        self,
        insurance: Insurance,
        before: Callable[[], bool],
        after: Callable[[], bool],
        refuses: Callable[[], bool],
    ) -> None:
        self._insurance = insurance
        self._before = before
        self._after = after
        self._refuses = refuses
        self.refuses_work = False
        """Whether it refuses to look and to undo, whatever the dice say."""
        self.loses_settlements = False
        """Whether no answer comes about what it has settled."""

    def query(self, code: str) -> Insured:
        said = self._asked(lambda: self._insurance.query(code))
        return Insured(id_number=said["idNo"], token=said["ecToken"])

    def pre_settle(self, insured: Insured, charges: Sequence[Charge]) -> Sequence[Covered]:
        told = self._asked(lambda: self._insurance.would_pay(insured.token, _details(charges)))
        return [Covered(charge=ChargeId(key), fen=fen) for key, fen in told.items()]

    def settle(
        self, claim: ClaimId, insured: Insured, charges: Sequence[Charge]
    ) -> tuple[str, Sequence[Covered]]:
        details = _details(charges)
        settled = self._asked(lambda: self._insurance.settle(claim, insured.token, details))
        return _told(self._heard(settled))

    def find(self, claim: ClaimId) -> tuple[str, Sequence[Covered]] | None:
        self._require_willing()
        found = self._heard(self._asked(lambda: self._insurance.find(claim)))
        return None if found is None else _told(found)

    def undo(self, claim: ClaimId) -> None:
        self._require_willing()
        self._asked(lambda: self._insurance.undo(claim))

    def _require_willing(self) -> None:
        if self.refuses_work or self._refuses():
            raise PlatformRefused("LOCKED")

    def _heard(self, answer: T) -> T:
        if self.loses_settlements:
            raise PlatformSilent
        return answer

    def _asked(self, call: Callable[[], T]) -> T:
        if self._before():
            raise PlatformSilent
        try:
            answer = call()
        except SettlementRefused as refused:
            raise PlatformRefused(refused.code) from None
        if self._after():
            raise PlatformSilent
        return answer


def _details(charges: Sequence[Charge]) -> list[dict[str, object]]:
    return [{"feedetl_sn": one.id, "amount_fen": one.self_pay.fen} for one in charges]


def _told(one: Settled) -> tuple[str, Sequence[Covered]]:
    covered = [Covered(charge=ChargeId(key), fen=fen) for key, fen in one.covered.items()]
    return one.transaction, covered


def every_claim(world: "World") -> dict[ClaimId, Claim]:
    """Return all claims there were, as they are now."""
    found: dict[ClaimId, Claim] = {}
    for books in world.every_books():
        found.update(books.claim_book.claims)
    return found


def check_claims(world: "World") -> None:
    """The insurance pays for what was paid for and booked, and for nothing else, to the fen."""
    claims = every_claim(world)
    fulfilled = {
        charge
        for attempt in world.every_attempt()
        if attempt.state in (AttemptState.FULFILLED, AttemptState.REVIEW)
        for books in world.every_books()
        if attempt.bill in books.bills
        for charge in books.bills[attempt.bill].charges
    }
    for claim in claims.values():
        assert not claim.is_moving, claim
        settled = world.insurance.settled.get(claim.id)
        is_paid = settled is not None and not settled.is_undone
        assert is_paid is (claim.state is ClaimState.SETTLED), claim
        if claim.state is ClaimState.SETTLED:
            assert set(claim.charges) <= fulfilled, claim
    kept = [one for one in claims.values() if one.state is ClaimState.SETTLED]
    assert world.insurance.paid_fen == sum(one.amount.fen for one in kept)
    assert world.insurance.settled.keys() <= claims.keys(), "settled, and not in the journal"
