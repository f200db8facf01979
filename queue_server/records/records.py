"""What the server asks of the hospital's records: the port `Records` and what it hands out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType, Protocol

from queue_server.rules.terms import (
    CardId,
    FullName,
    PatientId,
    PriorityRank,
    QueueId,
    Slot,
    TicketKind,
)

AppointmentId = NewType("AppointmentId", str)


class Sex(StrEnum):
    """Sex as the hospital has written it down (HL7 administrative gender)."""

    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A person whom the hospital knows."""

    patient_id: PatientId
    full_name: FullName
    sex: Sex
    birth_on: date
    id_number: str | None = field(repr=False)
    """Resident identity number; None of somebody who has none, as a newborn child."""
    phone_number: str | None = field(repr=False, default=None)
    """As the hospital has it; its end is a second factor. None: it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A booked visit (FHIR Appointment): one patient, one queue, one day."""

    appointment_id: AppointmentId
    patient_id: PatientId
    queue_id: QueueId
    day_on: date
    slot: Slot | None
    """None of an extra ticket without a time."""
    number: int
    """From 1, unique within a queue and day."""
    kind: TicketKind
    rank: PriorityRank | None
    """The entitled group of a priority ticket."""


class RecordsUnavailable(Exception):
    """The hospital's records can't be asked now; asking again later may help."""


class Records(Protocol):
    """The hospital's records.

    Methods may block: call them in a thread, never in the loop. They may be called from several
    threads at once. Each raises `RecordsUnavailable` when the records can't be reached; what is
    not there is None or empty.
    """

    def appointments_on(self, day: date) -> Sequence[Appointment]:
        """Return the appointments of a clinic day, by queue and number."""

    def appointments_of(self, patient_id: PatientId) -> Sequence[Appointment]:
        """Return a patient's appointments of all days, the earliest first."""

    def patients_on(self, day: date) -> Sequence[Patient]:
        """Return the patients who have an appointment on a clinic day."""

    def patient(self, patient_id: PatientId) -> Patient | None:
        """Return a patient."""

    def patient_by_id_number(self, id_number: str) -> Patient | None:
        """Return whoever has this identity number; a final `x` may be small."""

    def patient_by_card_id(self, card_id: CardId) -> Patient | None:
        """Return whose virtual card it is."""

    def patient_by_chip_card(self, number: str) -> Patient | None:
        """Return whose chip card has this number; the hospital's own cards, if it has any."""

    def card_id_of(self, patient_id: PatientId) -> CardId | None:
        """Return the id of a patient's virtual card."""
