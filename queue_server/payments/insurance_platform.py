"""The port `InsurancePlatform`: the medical insurance, asked with the code that a patient shows.

Silence is never a refusal: whatever is no answer that counts raises `PlatformSilent`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from queue_server.payments.claim import Covered
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import ClaimId


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """Whose code it is, and what he can be asked for with it. Never kept, never logged."""

    id_number: str = field(repr=False)
    token: str = field(repr=False)


class InsurancePlatform(Protocol):
    """The medical insurance. May block for seconds.

    Each raises `PlatformRefused`, for certain, or `PlatformSilent`.
    """

    def query(self, code: str) -> Insured:
        """Return whose code it is (ec.query)."""

    def pre_settle(self, insured: Insured, charges: Sequence[Charge]) -> Sequence[Covered]:
        """Return what it would pay of each charge (2206). Changes nothing."""

    def settle(
        self, claim: ClaimId, insured: Insured, charges: Sequence[Charge]
    ) -> tuple[str, Sequence[Covered]]:
        """Settle (2207): its own number, and what it pays. Our number is the key of it."""

    def find(self, claim: ClaimId) -> tuple[str, Sequence[Covered]] | None:
        """Return what it pays for our number; None: it does not know it."""

    def undo(self, claim: ClaimId) -> None:
        """Undo a settlement (2208), once; a number that it does not know it never settles."""
