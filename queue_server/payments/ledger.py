"""What a visit costs, who pays which share, what is paid, and whether the next step may be done.

Pure. The three modes of payment differ in one question only: may this step be done now, though
it is not paid?
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import BillId, ChargeId, PaymentMode, SheetId, VisitId
from queue_server.rules.terms import PatientId, RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the hospital asks for one thing (ChargeItem); its two shares are the price."""

    id: ChargeId
    visit: VisitId
    patient: PatientId
    name_zh: str
    name_en: str
    self_pay: Fen
    """What the patient pays himself."""
    insurance: Fen
    """What the medical insurance pays."""
    quantity: int = 1
    """How many of it; the shares are for all of them together."""
    unit_zh: str = ""
    unit_en: str = ""
    sheet: SheetId | None = None
    """The sheet of the hospital that it stands on."""
    is_deposit: bool = False
    """Whether it only adds to what the hospital keeps for an inpatient: nobody owes it."""
    is_copy: bool = False
    """Whether a report is printed again for it: a wish, which nobody owes until it is paid."""

    @property
    def price(self) -> Fen:
        """Both shares together."""
        return self.self_pay + self.insurance


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Charges of one patient that are paid in one go, perhaps of several visits."""

    id: BillId
    charges: tuple[ChargeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The charges of a visit, or of all visits of a patient, and which of them are paid."""

    charges: tuple[Charge, ...]
    paid: frozenset[ChargeId]
    returned: Mapping[ChargeId, Fen] = field(default_factory=dict)
    """What was given back of charges that are paid."""

    @property
    def owed_charges(self) -> tuple[Charge, ...]:
        """Charges that the patient still has to pay something of."""
        return tuple(
            one
            for one in self.charges
            if one.self_pay and one.id not in self.paid and not one.is_deposit and not one.is_copy
        )

    @property
    def owed(self) -> Fen:
        """What the patient still has to pay."""
        return total(charge.self_pay for charge in self.owed_charges)

    @property
    def self_paid(self) -> Fen:
        """What the patient has paid of it, and not got back."""
        return total(
            self._kept(charge)
            for charge in self.charges
            if charge.id in self.paid and not charge.is_deposit
        )

    @property
    def deposited(self) -> Fen:
        """What the patient has paid in for his stay; it pays none of these charges yet."""
        return total(
            self._kept(charge)
            for charge in self.charges
            if charge.id in self.paid and charge.is_deposit
        )

    @property
    def given_back(self) -> Fen:
        """What the patient has got back of what he had paid of it."""
        mine = (charge.id for charge in self.charges if not charge.is_deposit)
        return total(self.returned.get(charge, NOTHING) for charge in mine)

    @property
    def insurance(self) -> Fen:
        """What the medical insurance pays."""
        return total(charge.insurance for charge in self.charges)

    @property
    def price(self) -> Fen:
        """Everything together: what is paid, given back or owed, and what the insurance pays."""
        return total(
            charge.price
            for charge in self.charges
            if not charge.is_deposit and (charge.id in self.paid or not charge.is_copy)
        )

    def _kept(self, charge: Charge) -> Fen:
        return charge.self_pay - self.returned.get(charge.id, NOTHING)


def account(
    charges: Iterable[Charge],
    paid: Iterable[ChargeId],
    returned: Mapping[ChargeId, Fen] | None = None,
) -> Account:
    """Return the account of `charges`, of which so much was given back."""
    mine = tuple(charges)
    mine_paid = frozenset(paid) & {charge.id for charge in mine}
    return Account(charges=mine, paid=mine_paid, returned=returned or {})


def require_step_allowed(
    account: Account,
    step: Sequence[ChargeId],
    mode: PaymentMode,
    *,
    is_last: bool = False,
    credit_limit: Fen | None = None,
) -> None:
    """Let a step of a visit be done now, or refuse it.

    Args:
        account: of the visit; the charges of the step are in it.
        step: the charges of the step.
        mode: how the hospital has agreed with the patient that he pays.
        is_last: whether the patient leaves after it, as after fetching his medicines.
        credit_limit: how much a patient of `treat_first` may owe; None: nothing was agreed.

    Raises:
        PaymentRefused: he has to pay first; `owed` is what.
    """
    unpaid = {charge.id: charge for charge in account.owed_charges}
    own = total(unpaid[charge].self_pay for charge in step if charge in unpaid)
    match mode:
        case PaymentMode.EACH_STEP if own:
            raise PaymentRefused(RefusalCode.PAY_FIRST, owed=own)
        case PaymentMode.ONCE_PER_VISIT if is_last and account.owed:
            raise PaymentRefused(RefusalCode.PAY_FIRST, owed=account.owed)
        case PaymentMode.TREAT_FIRST if credit_limit is None and own:
            raise PaymentRefused(RefusalCode.NO_CREDIT, owed=own)
        case PaymentMode.TREAT_FIRST if credit_limit is not None and account.owed > credit_limit:
            owed, limit = account.owed, str(credit_limit)
            raise PaymentRefused(RefusalCode.CREDIT_LIMIT, owed=owed, limit=limit)
        case _:
            return
