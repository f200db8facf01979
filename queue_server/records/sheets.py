"""What the hospital asks a patient to pay: the port `Sheets`, beside which stands `Booking`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from queue_server.payments.ledger import Charge
from queue_server.payments.terms import SheetId
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Charges that the hospital has put together, as a prescription; paid whole or not at all."""

    id: SheetId
    name_zh: str
    name_en: str
    next_zh: str
    """What the patient does once it is paid, and where."""
    next_en: str
    charges: tuple[Charge, ...]
    """Of one patient."""
    is_paid: bool
    """Whether the hospital has booked a payment of it."""


class Sheets(Protocol):
    """The part of the hospital's records that asks for money."""

    def sheets_of(self, patient: PatientId) -> Sequence[Sheet]:
        """Return what a patient has to pay or has lately paid, the oldest first. May block.

        Raises:
            RecordsUnavailable: the records can't be asked now.
        """
