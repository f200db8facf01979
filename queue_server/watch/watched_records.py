"""The hospital's records, and how they answer: timed, counted, and known to have fallen silent."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TypeVar

from queue_server.records.records import (
    Appointment,
    Patient,
    Records,
    RecordsUnavailable,
)
from queue_server.rules.terms import CardId, PatientId
from queue_server.watch.metrics import Metrics

T = TypeVar("T")


class WatchedRecords:
    """A `Records` that asks another one.

    Args:
        records: whoever answers.
        metrics: where it is counted.
        now: gives the present instant.
    """

    def __init__(self, records: Records, metrics: Metrics, now: Callable[[], datetime]) -> None:
        self._records = records
        self._metrics = metrics
        self._now = now
        self.fail_since: datetime | None = None
        """Since when every question has failed; None while they answer."""

    def appointments_on(self, day: date) -> Sequence[Appointment]:
        """Return the appointments of a clinic day, by queue and number."""
        return self._asked("day", lambda: self._records.appointments_on(day))

    def patients_on(self, day: date) -> Sequence[Patient]:
        """Return the patients who have an appointment on a clinic day."""
        return self._asked("day", lambda: self._records.patients_on(day))

    def appointments_of(self, patient_id: PatientId) -> Sequence[Appointment]:
        """Return a patient's appointments of all days, the earliest first."""
        return self._asked("appointments", lambda: self._records.appointments_of(patient_id))

    def patient(self, patient_id: PatientId) -> Patient | None:
        """Return a patient."""
        return self._asked("patient", lambda: self._records.patient(patient_id))

    def patient_by_id_number(self, id_number: str) -> Patient | None:
        """Return whoever has this identity number; a final `x` may be small."""
        return self._asked("patient", lambda: self._records.patient_by_id_number(id_number))

    def patient_by_card_id(self, card_id: CardId) -> Patient | None:
        """Return whose virtual card it is."""
        return self._asked("patient", lambda: self._records.patient_by_card_id(card_id))

    def patient_by_chip_card(self, number: str) -> Patient | None:
        """Return whose chip card has this number."""
        return self._asked("patient", lambda: self._records.patient_by_chip_card(number))

    def card_id_of(self, patient_id: PatientId) -> CardId | None:
        """Return the id of a patient's virtual card."""
        return self._asked("card", lambda: self._records.card_id_of(patient_id))

    def _asked(self, question: str, ask: Callable[[], T]) -> T:
        began_s = time.monotonic()
        has_failed = True
        try:
            answer = ask()
            has_failed = False
            self.fail_since = None
        except RecordsUnavailable:
            self.fail_since = self.fail_since or self._now()
            raise
        finally:
            seconds = time.monotonic() - began_s
            self._metrics.asked_records(question, seconds, has_failed=has_failed)
        return answer
