"""What the server asks of the hospital's inpatient system: the port `Wards`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from queue_server.payments.deposit import DepositEntry
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import VisitId
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A patient lies in the hospital (Encounter of class inpatient)."""

    admission: VisitId
    patient: PatientId
    ward_zh: str
    ward_en: str
    bed: str
    admitted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StayCharge:
    """A charge of a stay, as it stands on the daily bill."""

    charge: Charge
    day_on: date
    """The day that it belongs to."""
    group_zh: str
    """What kind of cost it is, in the hospital's words: 药品费, 床位费."""
    group_en: str


class Wards(Protocol):
    """The hospital's inpatient system; each method may block.

    Each raises `RecordsUnavailable` when it can't be asked.
    """

    def stay_of(self, patient: PatientId) -> Stay | None:
        """Return where a patient lies now; None: he is no inpatient."""

    def charges_of(self, stay: Stay) -> Sequence[StayCharge]:
        """Return all charges of a stay up to now, the earliest day first."""

    def deposits_of(self, stay: Stay) -> Sequence[DepositEntry]:
        """Return what was paid in for a stay, at desks and booked by us, the earliest first."""
