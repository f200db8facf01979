"""What the audit list knows beside the acts on queues: who was shown names, who was signed in.

These facts change nothing of the running day: no board, no revision.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from queue_server.rules.terms import AreaId, PatientId, QueueId, TicketId
from queue_server.service.now import Now


class Shown(StrEnum):
    """Where somebody was shown full names."""

    STATION = "station"
    """The nurse station: every name in its areas, from then on until he signs out."""
    CONSOLE = "console"
    """The doctor console: every name in the queue, from then on until he signs out."""
    TICKET = "ticket"
    """One ticket in full."""
    SEARCH = "search"
    DESK = "desk"
    """The information desk, of one patient."""


class Query(StrEnum):
    """What kind of text was searched for; the text itself may be a name and is not kept."""

    NAME = "name"
    NUMBER = "number"
    ID_NUMBER = "id_number"
    ID_NUMBER_END = "id_number_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFact:
    """Base of what is journaled for the audit list only."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Return the day as it is."""
        del written_at
        return now


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesSeen(AuditFact):
    """Somebody was shown the full names of patients."""

    where: Shown
    areas: tuple[AreaId, ...] = ()
    queues: tuple[QueueId, ...] = ()
    tickets: tuple[TicketId, ...] = ()
    patients: tuple[PatientId, ...] = ()
    query: Query | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn(AuditFact):
    """Somebody signed in at a machine."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(AuditFact):
    """Somebody signed out; whoever just goes away is signed out without this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRead(AuditFact):
    """Somebody read the audit list of a clinic day, or took it away as a file."""

    day_on: date
    is_export: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPrintedAgain(AuditFact):
    """The information desk has printed a patient's slip once more."""

    ticket: TicketId


AUDIT_FACTS = (NamesSeen, SignedIn, SignedOut, AuditRead, SlipPrintedAgain)
AnyAuditFact = NamesSeen | SignedIn | SignedOut | AuditRead | SlipPrintedAgain
