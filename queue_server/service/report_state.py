"""What the service knows of the day's documents: wrong proofs, releases, printings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queue_server.records.reports import ReportId
from queue_server.rules.terms import DeviceId, PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedReceipt:
    """A receipt that is printed."""

    number: str
    is_copy: bool
    """Whether there may be one on paper already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A document that a kiosk may fetch, once, until `expires_at`."""

    device: DeviceId
    patient: PatientId
    document: ReportId | ReleasedReceipt
    token_digest: str
    expires_at: datetime
    printing_number: int = 0
    """Which printing of a report it is, counted from 1 wherever it was printed; 0: not known."""
    is_fetched: bool = False
    is_told: bool = False
    """Whether the kiosk has said what became of it."""
    has_failed: bool = False
    """Whether it has said that nothing came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDesk:
    """All of the day."""

    wrong_proofs: Mapping[PatientId, tuple[datetime, ...]] = field(default_factory=dict)
    """When a patient was proved wrongly since he last proved himself, the earliest first."""
    releases: Mapping[str, Release] = field(default_factory=dict)
    """By the id of the request."""
    printed: Mapping[ReportId, int] = field(default_factory=dict)
    """How often a report was printed, of those that came out today."""
