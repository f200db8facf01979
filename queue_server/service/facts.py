"""What happens beside the queues, and is journaled like them: help, notices, identifications."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, get_args

import msgspec

from queue_server.contract.messages import SESSION_LIFE_S, Notice
from queue_server.journal.journal import JournaledFact
from queue_server.payments.step_codec import FACT_PREFIX
from queue_server.rules.terms import AreaId, DeviceId, PatientId, TicketId
from queue_server.service.audit_facts import AUDIT_FACTS, AnyAuditFact
from queue_server.service.now import HelpCall, Now, OpenConflict, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCalled:
    """A patient pressed the help key."""

    help_id: str
    device: DeviceId
    screen: str

    def change(self, now: Now, written_at: datetime) -> Now:
        """Add it to the open ones; the same device is listed once."""
        call = HelpCall(
            help_id=self.help_id, device=self.device, screen=self.screen, called_at=written_at
        )
        others = tuple(other for other in now.help_calls if other.device != self.device)
        return replace(now, help_calls=(*others, call))


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAnswered:
    """A nurse goes there."""

    help_id: str

    def change(self, now: Now, written_at: datetime) -> Now:
        """Take it off the open ones."""
        left = tuple(call for call in now.help_calls if call.help_id != self.help_id)
        return replace(now, help_calls=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesSet:
    """The nurses tell an area something; the list replaces the former one."""

    area: AreaId
    notices: tuple[Notice, ...]

    def change(self, now: Now, written_at: datetime) -> Now:
        """Replace the notices of the area."""
        return replace(now, notices={**now.notices, self.area: self.notices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A patient has identified himself at a device, which has been given his name."""

    session_id: str
    device: DeviceId
    patient: PatientId

    def change(self, now: Now, written_at: datetime) -> Now:
        """Open the session, and forget those that have ended."""
        ends_at = written_at + timedelta(seconds=SESSION_LIFE_S)
        session = Session(device=self.device, patient=self.patient, ends_at=ends_at)
        live = {key: one for key, one in now.sessions.items() if one.ends_at > written_at}
        return replace(now, sessions={**live, self.session_id: session})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """A check-in that a kiosk had accepted alone is now one of ours."""

    slip_code: str
    device: DeviceId
    number: str
    """The provisional one."""
    checked_in_at: datetime
    tickets: tuple[TicketId, ...]

    def change(self, now: Now, written_at: datetime) -> Now:
        """Let the provisional slip find the tickets."""
        return replace(now, provisional={**now.provisional, self.slip_code: self.tickets})


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTakenOver:
    """A check-in that a kiosk had accepted alone can't be one of ours: a nurse has to help."""

    conflict_id: str
    slip_code: str
    device: DeviceId
    number: str
    """The provisional one."""
    checked_in_at: datetime
    why: str
    """A `Conflict`."""
    patient: PatientId | None
    tickets: tuple[TicketId, ...]
    """What it was for, as far as that is known."""
    has_a_place: bool
    """Whether the provisional slip finds those tickets all the same."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Put it before the nurses."""
        conflict = OpenConflict(
            conflict_id=self.conflict_id,
            device=self.device,
            number=self.number,
            checked_in_at=self.checked_in_at,
            why=self.why,
            patient=self.patient,
            tickets=self.tickets,
        )
        found = self.tickets if self.has_a_place else ()
        return replace(
            now,
            conflicts=(*now.conflicts, conflict),
            provisional={**now.provisional, self.slip_code: found},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSettled:
    """A nurse has seen to it."""

    conflict_id: str

    def change(self, now: Now, written_at: datetime) -> Now:
        """Take it off the open ones."""
        left = tuple(one for one in now.conflicts if one.conflict_id != self.conflict_id)
        return replace(now, conflicts=left)


OwnFact = (
    HelpCalled | HelpAnswered | NoticesSet | Identified | TakenOver | NotTakenOver | ConflictSettled
)
AnyFact = OwnFact | AnyAuditFact
FACTS: Final[dict[str, type[AnyFact]]] = {
    kind.__name__: kind for kind in (*get_args(OwnFact), *AUDIT_FACTS)
}


def written_fact(fact: AnyFact, now: Now, written_at: datetime, by: str) -> JournaledFact:
    """Return `fact` as the journal keeps it."""
    return JournaledFact(
        day_on=now.day_on,
        written_at=written_at,
        by=by,
        name=type(fact).__name__,
        body=msgspec.to_builtins(fact),
    )


def with_fact(now: Now, written: JournaledFact) -> Now:
    """Return the state after a journaled fact; one about money is the cashier's business."""
    if written.name.startswith(FACT_PREFIX):
        return now
    fact = msgspec.convert(written.body, FACTS[written.name])
    changed = fact.change(now, written.written_at)
    if changed is now:
        return now
    return replace(changed, change_count=now.change_count + 1)
