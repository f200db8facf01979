"""How further copies of reports are paid for, and which of a patient's are."""

from collections.abc import Sequence
from dataclasses import dataclass

from queue_server.payments.cashier import Cashier
from queue_server.payments.fen import Fen
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.payments.report_copy import paid_copies
from queue_server.payments.terms import Channel, ChargeId
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySale:
    """What a patient may pay copies with, and those that he has paid."""

    paid: frozenset[ChargeId]
    channels: tuple[Channel, ...]
    credit: Fen
    """What is kept for him, and counted in when he pays in cash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyDesk:
    """Where further copies are paid for: what is paid stands on the receipts of all days."""

    cashier: Cashier
    shelf: ReceiptShelf
    channels: Sequence[Channel]

    def sale(self, patient: PatientId, days: int) -> CopySale:
        """Return how it stands with a patient's copies of the last `days`. May block.

        Raises:
            JournalUnusable: the journal can't be read.
        """
        receipts = self.shelf.of_patient(patient, self.cashier.today, days)
        return CopySale(
            paid=paid_copies(receipts),
            channels=tuple(self.channels),
            credit=self.cashier.till.credit_of(patient),
        )
