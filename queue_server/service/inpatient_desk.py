"""What devices ask about a stay in the hospital: its account, the day bill, the settlement.

The hospital's inpatient system says what is charged and what was paid in. Of payments that came
through us our own receipts say whether they still count: what was given back is in no account.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from queue_server.contract.inpatient import (
    CostGroup,
    DayBillFound,
    FindDayBill,
    SettlementFound,
    StayFound,
)
from queue_server.contract.payments import OwedItem, OwedSheet, Payment
from queue_server.payments.deposit import (
    DepositAccount,
    DepositPolicy,
    deposit_account,
    require_top_up_allowed,
    settlement,
    top_up_charge,
)
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.payments.terms import AttemptId, Channel
from queue_server.records.wards import Stay, StayCharge, Wards
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import PatientId, RefusalCode
from queue_server.service.payment_view import owed_item, top_up_sheet

LOOK_BACK_DAYS: Final = 59
"""Payments are given back within so many days; later only the inpatient system knows of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InpatientDesk:
    """Where stays are asked about. Each method may block, and raises `RecordsUnavailable`."""

    wards: Wards
    shelf: ReceiptShelf
    policy: DepositPolicy
    today: Callable[[], date]
    """The clinic day of the cashier's clock."""

    def stay(self, patient: PatientId) -> Stay:
        """Return where a patient lies.

        Raises:
            Refused: NO_STAY.
        """
        stay = self.wards.stay_of(patient)
        if stay is None:
            raise Refused(RefusalCode.NO_STAY)
        return stay

    def account(self, stay: Stay) -> DepositAccount:
        """Return what was paid in for a stay and still counts."""
        entries = self.wards.deposits_of(stay)
        given_back: dict[AttemptId, Fen] = {}
        if any(entry.attempt is not None for entry in entries):
            for one in self.shelf.of_patient(stay.patient, self.today(), LOOK_BACK_DAYS):
                if one.reverses is not None:
                    before = given_back.get(one.attempt, NOTHING)
                    given_back[one.attempt] = before + one.amount
        return deposit_account(entries, given_back)

    def found(
        self,
        patient: PatientId,
        channels: Sequence[Channel],
        credit: Fen,
        payment: Payment | None,
        payment_sheets: list[OwedSheet],
    ) -> StayFound:
        """Return where a patient lies, what was paid in for him, and what became of a payment.

        Raises:
            Refused: NO_STAY.
        """
        stay = self.stay(patient)
        return StayFound(
            ward_zh=stay.ward_zh,
            ward_en=stay.ward_en,
            bed=stay.bed,
            admitted_on=f"{stay.admitted_on:%Y-%m-%d}",
            deposit_fen=self.account(stay).balance.fen,
            used_fen=self.used(stay).fen,
            top_up=top_up_sheet(()),
            least_fen=self.policy.least.fen,
            most_fen=self.policy.most.fen,
            channels=[channel.value for channel in channels],
            credit_fen=credit.fen,
            payment=payment,
            payment_sheets=payment_sheets,
        )

    def used(self, stay: Stay) -> Fen:
        """Return what the patient pays himself of all charges up to now."""
        return total(one.charge.self_pay for one in self.wards.charges_of(stay))

    def top_up(self, patient: PatientId, amount_fen: int, key: str) -> Charge:
        """Return the charge of a top-up.

        Raises:
            Refused: NO_STAY, DEPOSIT_AMOUNT.
        """
        amount = Fen(amount_fen)
        require_top_up_allowed(amount, self.policy)
        return top_up_charge(self.stay(patient).admission, patient, amount, key)

    def day_bill(self, patient: PatientId, asked: FindDayBill) -> DayBillFound:
        """Return the bill of a day.

        Raises:
            Refused: NO_STAY, or the day has no charges.
        """
        stay = self.stay(patient)
        charges = self.wards.charges_of(stay)
        days = sorted({f"{one.day_on:%Y-%m-%d}" for one in charges})
        day_on = asked.day_on or (days[-1] if days else f"{stay.admitted_on:%Y-%m-%d}")
        if days and day_on not in days:
            detail = "当天没有费用 / a day without charges"
            raise Refused(RefusalCode.BAD_REQUEST, detail=detail)
        at = days.index(day_on) if days else 0
        return DayBillFound(
            day_on=day_on,
            earlier_on=days[at - 1] if at > 0 else None,
            later_on=days[at + 1] if at + 1 < len(days) else None,
            groups=_groups([one for one in charges if f"{one.day_on:%Y-%m-%d}" == day_on]),
        )

    def settlement(self, patient: PatientId) -> SettlementFound:
        """Return what leaving would come to now.

        Raises:
            Refused: NO_STAY.
        """
        stay = self.stay(patient)
        charges = self.wards.charges_of(stay)
        found = settlement((one.charge for one in charges), self.account(stay))
        last_on = max((one.day_on for one in charges), default=stay.admitted_on)
        return SettlementFound(
            from_on=f"{stay.admitted_on:%Y-%m-%d}",
            to_on=f"{last_on:%Y-%m-%d}",
            groups=[_by_kind(charges)] if charges else [],
            price_fen=found.price.fen,
            insurance_fen=found.insurance.fen,
            self_pay_fen=found.self_pay.fen,
            deposit_fen=found.deposit.fen,
            to_pay_fen=found.to_pay.fen,
            to_return_fen=found.to_return.fen,
        )


def _kind(one: StayCharge) -> tuple[str, str]:
    return one.group_zh, one.group_en


def _kinds(charges: Sequence[StayCharge]) -> list[tuple[tuple[str, str], list[Charge]]]:
    """Return the charges by their kind, in the order in which the kinds come first."""
    order = list(dict.fromkeys(map(_kind, charges)))
    ordered = sorted(charges, key=lambda one: order.index(_kind(one)))
    return [(kind, [one.charge for one in ones]) for kind, ones in groupby(ordered, key=_kind)]


def _groups(charges: Sequence[StayCharge]) -> list[CostGroup]:
    return [
        CostGroup(title_zh=zh, title_en=en, items=[owed_item(one) for one in ones])
        for (zh, en), ones in _kinds(charges)
    ]


def _by_kind(charges: Sequence[StayCharge]) -> CostGroup:
    items = [
        OwedItem(
            title_zh=zh,
            title_en=en,
            quantity=1,
            self_pay_fen=total(one.self_pay for one in ones).fen,
            insurance_fen=total(one.insurance for one in ones).fen,
        )
        for (zh, en), ones in _kinds(charges)
    ]
    return CostGroup(title_zh="各类费用的个人负担", title_en="Your share, by kind", items=items)
