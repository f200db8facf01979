"""What devices ask about paying later: who may, how much is put off, and putting sheets off."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from queue_server.contract.deferral import Deferred
from queue_server.contract.payments import PayLater
from queue_server.payments.credit_office import CreditOffice, OpenSum
from queue_server.payments.deferral import Agreement, DeferralState
from queue_server.payments.fen import Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import ChargeId, SheetId
from queue_server.records.agreements import Agreements
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode


class PutOff(NamedTuple):
    """How a patient stands who may pay later, or has put something off."""

    pay_later: PayLater | None
    """None: nothing was agreed with him."""
    due_on: Mapping[SheetId, date]
    """The last day to pay, of each sheet that is put off."""


NOTHING_PUT_OFF = PutOff(pay_later=None, due_on={})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralDesk:
    """Where paying later is asked about. Each method may block on the records."""

    office: CreditOffice
    agreements: Agreements
    today: Callable[[], date]
    """The clinic day of the cashier's clock."""

    def standing(self, patient: PatientId, sheets: Sequence[Sheet], as_of: datetime) -> PutOff:
        """Return how a patient stands, and let go what the hospital no longer asks for.

        Args:
            patient: who.
            sheets: what the hospital asks of him.
            as_of: an instant before it was asked.
        """
        asked_for = {charge.id for one in sheets if not one.is_paid for charge in one.charges}
        self.office.settled_elsewhere(patient, asked_for, as_of)
        sums = self.office.open_sums(patient)
        agreement = self.agreements.agreement_of(patient)
        return PutOff(
            pay_later=None if agreement is None else self._pay_later(agreement, sums),
            due_on={
                charge.sheet: one.deferral.due_on
                for one in sums
                for charge in one.charges
                if charge.sheet is not None
            },
        )

    def defer(
        self, patient: PatientId, charges: Sequence[Charge], *, by: DeviceId, key: str
    ) -> Deferred:
        """Put charges off that have been posted.

        Raises:
            PaymentRefused: nothing was put off.
        """
        agreement = self.agreements.agreement_of(patient)
        ids = [charge.id for charge in charges]
        deferral = self.office.defer(ids, agreement, by=by, key=key)
        if deferral.state is DeferralState.REFUSED:
            raise PaymentRefused(RefusalCode.CREDIT_REFUSED)
        return Deferred(
            deferral_id=deferral.id,
            sheet_ids=list(dict.fromkeys(one.sheet for one in charges if one.sheet is not None)),
            amount_fen=_amount(charges, deferral.left).fen,
            due_on=deferral.due_on.isoformat(),
            is_released=deferral.state is DeferralState.RELEASED,
            open_fen=total(one.amount for one in self.office.open_sums(patient)).fen,
            limit_fen=0 if agreement is None else agreement.free.fen,
        )

    def _pay_later(self, agreement: Agreement, sums: Sequence[OpenSum]) -> PayLater:
        due_on = self.today() + timedelta(days=agreement.pay_within_days)
        return PayLater(
            limit_fen=agreement.free.fen,
            open_fen=total(one.amount for one in sums).fen,
            due_on=due_on.isoformat(),
        )


def _amount(charges: Sequence[Charge], left: Sequence[ChargeId]) -> Fen:
    return total(charge.self_pay for charge in charges if charge.id in left)
