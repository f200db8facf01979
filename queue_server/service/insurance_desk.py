"""What devices ask about the medical insurance: settling by its code, and shares it has settled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from queue_server.payments.cashier import Cashier
from queue_server.payments.claim import Claim, ClaimState
from queue_server.payments.insurance_office import InsuranceOffice
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceDesk:
    """Where the insurance is asked about. Each method may block."""

    office: InsuranceOffice
    cashier: Cashier
    id_number_of: Callable[[PatientId], str | None]
    """The ID number that the hospital has of a patient; asks the records."""

    def settle(
        self, patient: PatientId, charges: Sequence[Charge], code: str, *, by: DeviceId, key: str
    ) -> Claim:
        """Have the insurance pay its part of charges that have been posted.

        Raises:
            PaymentRefused: nothing was settled, or it is not known.
        """
        ids = [charge.id for charge in charges]
        claim = self.office.settle(ids, code, self.id_number_of(patient), by=by, key=key)
        if claim.state is ClaimState.SETTLED:
            return claim
        is_over = not claim.is_live
        raise PaymentRefused(
            RefusalCode.INSURANCE_REFUSED if is_over else RefusalCode.INSURANCE_PENDING
        )

    def shared(self, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Return sheets with the shares that the insurance has settled of them."""
        return [replace(one, charges=self.cashier.shared(one.charges)) for one in sheets]
