"""What the service knows of the running day's reports: wrong proofs, releases, printings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queue_server.records.reports import ReportId
from queue_server.rules.terms import DeviceId, PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A report that a kiosk may fetch, once, until `expires_at`."""

    device: DeviceId
    patient: PatientId
    report_id: ReportId
    token_digest: str
    expires_at: datetime
    is_fetched: bool = False
    is_told: bool = False
    """Whether the kiosk has said what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """All of the day."""

    wrong_proofs: Mapping[PatientId, tuple[datetime, ...]] = field(default_factory=dict)
    """When a patient was proved wrongly since he last proved himself, the earliest first."""
    releases: Mapping[str, Release] = field(default_factory=dict)
    """By the id of the request."""
    printed: Mapping[ReportId, int] = field(default_factory=dict)
    """How often a report was printed today."""
