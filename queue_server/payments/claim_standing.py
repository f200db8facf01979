"""How a claim stands in the books: what may be settled, waits too long, is stuck. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from queue_server.payments.books import Books
from queue_server.payments.claim import Claim
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId
from queue_server.rules.terms import RefusalCode

UNPAID_FOR: Final = timedelta(minutes=2)
"""So long the own share may wait for somebody to begin, or begin again, to pay it."""
SILENT_FOR: Final = timedelta(minutes=10)
"""A claim of which nothing is known for so long needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckClaim:
    """A claim that needs a person, and what it is for, as far as that is known today."""

    claim: Claim
    charges: tuple[Charge, ...]


def wanted(books: Books, charges: Sequence[ChargeId]) -> Sequence[Charge]:
    """Return what is to be settled.

    Raises:
        PaymentRefused: it can't be, or not now.
    """
    if not charges or any(one not in books.charges for one in charges):
        raise PaymentRefused(RefusalCode.UNKNOWN_CHARGE)
    if any(map(books.is_in_use, charges)) or any(map(books.claim_book.live_of, charges)):
        raise PaymentRefused(RefusalCode.PAYMENT_RUNNING)
    return [books.charges[one] for one in charges]


def nobody_pays(books: Books, claim: Claim, now: datetime) -> bool:
    """Tell whether the own share of a settled claim waits for somebody who does not come."""
    if any(map(books.is_in_use, claim.charges)):
        return False
    if claim.is_given_up:
        return True
    bills = {bill.id for one in claim.charges if (bill := books.bill_of(one)) is not None}
    tried = [one.changed_at for bill in bills for one in books.attempts_of(bill)]
    return now - max((claim.changed_at, *tried)) >= UNPAID_FOR


def is_stuck(claim: Claim, now: datetime) -> bool:
    """Tell whether a claim needs a person: the insurance refuses, or has been silent for long."""
    return claim.is_moving and (bool(claim.refusal) or now - claim.changed_at >= SILENT_FOR)


def stuck_claims(books: Books, now: datetime) -> Sequence[StuckClaim]:
    """Return the claims that need a person."""
    return [
        StuckClaim(
            claim=claim,
            charges=tuple(books.charges[one] for one in claim.charges if one in books.charges),
        )
        for claim in books.claim_book.claims.values()
        if is_stuck(claim, now)
    ]
