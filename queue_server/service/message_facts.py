"""What was told to patients outside the hospital, as the journal keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec.structs import replace

from queue_server.rules.terms import PatientId, TicketId
from queue_server.service.now import Now, Told


class MessageKind(StrEnum):
    """What a patient is told."""

    STOPPED = "stopped"
    """His clinic does not take place today."""
    RESUMED = "resumed"
    """It does after all; only who was told of the stop is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTold:
    """The message service has taken a message for a patient, or will never bring it to him."""

    ticket: TicketId
    patient: PatientId
    kind: MessageKind
    is_reached: bool
    """False: the hospital has no phone number of his, or one that is refused."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Remember what his ticket's patient was told last."""
        del written_at
        before = now.told.get(self.ticket)
        count = 1 if before is None else before.count + 1
        told = Told(kind=self.kind, is_reached=self.is_reached, count=count)
        return replace(now, told={**now.told, self.ticket: told})
