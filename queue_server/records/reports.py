"""What the server asks of the hospital's laboratory and imaging systems: the port `Reports`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NewType, Protocol

from queue_server.rules.terms import PatientId, ReportKind, ReportState

ReportId = NewType("ReportId", str)


class Flag(StrEnum):
    """How a measured value lies to its reference range."""

    NORMAL = "normal"
    HIGH = "high"
    LOW = "low"
    ABNORMAL = "abnormal"
    """Not as it should be, where there is no more or less: `positive`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One line of a laboratory report or an ECG, in the words of the laboratory."""

    name: str
    short: str
    """Its usual abbreviation: `WBC`; may be empty."""
    value: str
    unit: str
    reference: str
    """`3.50–9.50`, with a dash that is no minus; empty where there is none."""
    flag: Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What a final report says. Never travels over MQTT, and is never logged."""

    department: str
    ordered_by: str
    specimen: str
    """What was examined: blood, or a part of the body."""
    examined_at: datetime
    reported_at: datetime
    reported_by: str
    verified_by: str
    measurements: tuple[Measurement, ...] = ()
    findings: str = ""
    """What was seen, in sentences."""
    conclusion: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of a patient (FHIR DiagnosticReport)."""

    report_id: ReportId
    patient_id: PatientId
    kind: ReportKind
    title_zh: str
    title_en: str
    ordered_at: datetime
    state: ReportState
    ready_at: datetime | None
    """When it will probably be final; None if nobody can say."""
    printed_count: int
    """How often it has been printed, wherever that was."""
    content: ReportContent | None = field(repr=False)
    """Of a final one only."""


class Reports(Protocol):
    """The hospital's reports.

    Methods may block: call them in a thread, never in the loop. They may be called from several
    threads at once. Each raises `RecordsUnavailable` when the reports can't be reached.
    """

    def reports_of(self, patient_id: PatientId, since: date) -> Sequence[Report]:
        """Return what was ordered for a patient since that day, the latest first."""

    def report(self, report_id: ReportId) -> Report | None:
        """Return a report."""

    def note_printed(self, report_id: ReportId, printing_id: str, printed_at: datetime) -> None:
        """Count a printing; one of the same id is counted once."""
