"""What devices ask about the medical insurance: settling by its code, and shares it has settled."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.messages import RequestBody
from queue_server.payments.cashier import Cashier
from queue_server.payments.claim import Claim, ClaimState
from queue_server.payments.insurance_office import InsuranceOffice
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode
from queue_server.service.payment_view import paid_sheets, self_pay_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceDesk:
    """Where the insurance is asked about. Each method may block."""

    office: InsuranceOffice
    cashier: Cashier
    id_number_of: Callable[[PatientId], str | None]
    """The ID number that the hospital has of a patient; asks the records."""
    _has_left: dict[str, bool] = field(default_factory=dict)
    """By session for which the insurance is being asked: whether its patient has left."""

    def comes(self, asked: RequestBody) -> None:
        """Take note of who wants to settle and who leaves, in the order in which it comes."""
        match asked:
            case SettleInsurance(session_id=session):
                self._has_left[session] = False
            case CancelInsurance(session_id=session) if session in self._has_left:
                self._has_left[session] = True
            case _:
                pass

    @contextmanager
    def settling(self, session: str, *, by: DeviceId) -> Iterator[None]:
        """Settle within this: what is settled for who has left meanwhile is given up."""
        try:
            yield
        finally:
            if self._has_left.pop(session, False):
                self.left(session, by=by)

    def left(self, session: str, *, by: DeviceId) -> InsuranceCancelled:
        """Give up what was settled for a patient who has left, unless it is paid by then."""
        return InsuranceCancelled(claim_ids=list(self.office.give_up(session, by=by)))

    def settle(
        self,
        patient: PatientId,
        charges: Sequence[Charge],
        asked: SettleInsurance,
        *,
        by: DeviceId,
        key: str,
    ) -> Claim:
        """Have the insurance pay its part of charges that have been posted.

        Raises:
            PaymentRefused: nothing was settled, or it is not known.
        """
        ids = [charge.id for charge in charges]
        id_number = self.id_number_of(patient)
        claim = self.office.settle(
            ids, asked.code, id_number, by=by, key=key, session=asked.session_id
        )
        if claim.state is ClaimState.SETTLED:
            return claim
        is_over = not claim.is_live
        raise PaymentRefused(
            RefusalCode.INSURANCE_REFUSED if is_over else RefusalCode.INSURANCE_PENDING
        )

    def shared(self, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Return sheets with the shares that the insurance has settled of them."""
        return [replace(one, charges=self.cashier.shared(one.charges)) for one in sheets]


def settled_of(claim: Claim, sheets: Sequence[Sheet]) -> InsuranceSettled:
    """Return what a kiosk is told of a claim and the sheets that it is about."""
    charges = [one for sheet in sheets for one in sheet.charges]
    return InsuranceSettled(
        claim_id=claim.id,
        insurance_fen=claim.amount.fen,
        own_fen=self_pay_fen(sheets),
        sheets=paid_sheets(sheets, charges),
    )
