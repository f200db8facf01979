"""The deposit account of an inpatient, and what a settlement would come to. Pure.

A deposit pays nothing yet: it is money that the hospital keeps until the patient leaves. So it is
never owed, and what came in through us is booked, receipted and given back as any payment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptId, AttemptState, ChargeId, SheetId, VisitId
from queue_server.rules.terms import PatientId, RefusalCode

NAME_ZH: Final = "住院预交金"
NAME_EN: Final = "Inpatient deposit"
_YUAN: Final = 100
_LIVE: Final = frozenset(
    {
        AttemptState.NEW,
        AttemptState.CREATING,
        AttemptState.WAITING,
        AttemptState.UNKNOWN,
        AttemptState.CLOSING,
        AttemptState.PAID,
    }
)
"""States in which nobody knows yet how a top-up ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPolicy:
    """How much may be paid in at once, in whole yuan."""

    least: Fen
    most: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositEntry:
    """Something that was paid into an account."""

    amount: Fen
    paid_at: datetime
    attempt: AttemptId | None = None
    """The payment it came with; None: it was paid at the hospital's own desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositAccount:
    """What was paid in for one stay, and still counts."""

    entries: tuple[DepositEntry, ...]

    @property
    def balance(self) -> Fen:
        """All of it together."""
        return total(entry.amount for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What leaving would come to now: exactly one of `to_pay` and `to_return` may be more than 0.

    Price is self-pay and insurance together; self-pay is what the deposit pays and `to_pay`.
    """

    self_pay: Fen
    insurance: Fen
    deposit: Fen

    @property
    def price(self) -> Fen:
        """What everything costs."""
        return self.self_pay + self.insurance

    @property
    def to_pay(self) -> Fen:
        """What the patient has still to pay."""
        return self.self_pay - self.deposit if self.self_pay > self.deposit else NOTHING

    @property
    def to_return(self) -> Fen:
        """What the patient gets back."""
        return self.deposit - self.self_pay if self.deposit > self.self_pay else NOTHING


def deposit_account(
    entries: Iterable[DepositEntry], given_back: Mapping[AttemptId, Fen]
) -> DepositAccount:
    """Return the account of what was paid in, less what was given back of those payments."""
    return DepositAccount(
        entries=tuple(
            replace(one, amount=one.amount - given_back[one.attempt])
            if one.attempt is not None and one.attempt in given_back
            else one
            for one in entries
        )
    )


def settlement(charges: Iterable[Charge], account: DepositAccount) -> Settlement:
    """Return what leaving would come to, of all charges of a stay up to now."""
    of_stay = tuple(charges)
    return Settlement(
        self_pay=total(charge.self_pay for charge in of_stay),
        insurance=total(charge.insurance for charge in of_stay),
        deposit=account.balance,
    )


def top_up_charge(admission: VisitId, patient: PatientId, amount: Fen, key: str) -> Charge:
    """Return what a top-up is to the ledger; the same key is the same one."""
    return Charge(
        id=ChargeId(f"deposit-{key}"),
        visit=admission,
        patient=patient,
        name_zh=NAME_ZH,
        name_en=NAME_EN,
        self_pay=amount,
        insurance=NOTHING,
        sheet=SheetId(f"deposit-{key}"),
        is_deposit=True,
    )


def require_top_up_allowed(amount: Fen, policy: DepositPolicy) -> None:
    """Let so much be paid in at once, or refuse it.

    Raises:
        PaymentRefused: DEPOSIT_AMOUNT.
    """
    if not policy.least <= amount <= policy.most or amount.fen % _YUAN:
        raise PaymentRefused(
            RefusalCode.DEPOSIT_AMOUNT,
            least=str(policy.least.fen // _YUAN),
            most=str(policy.most.fen // _YUAN),
        )


def require_no_other(others: Iterable[Attempt]) -> None:
    """Refuse a top-up while another one of the same patient is under way.

    Raises:
        PaymentRefused: PAYMENT_RUNNING.
    """
    if any(one.state in _LIVE for one in others):
        raise PaymentRefused(RefusalCode.PAYMENT_RUNNING)
