"""What happens beside the queues, and is journaled like them: help, notices, identifications."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from queue_server.contract.boards import Notice
from queue_server.contract.messages import SESSION_LIFE_S
from queue_server.journal.journal import JournaledFact
from queue_server.payments.step_codec import FACT_PREFIX
from queue_server.rules.terms import AreaId, DeviceAct, DeviceId, PatientId, TicketId
from queue_server.service.audit_facts import AUDIT_FACTS, AnyAuditFact
from queue_server.service.message_facts import PatientTold
from queue_server.service.now import (
    ActiveAlarm,
    DeviceCommand,
    HelpCall,
    Now,
    OpenConflict,
    Session,
)
from queue_server.service.policy_facts import POLICY_FACTS, AnyPolicyFact
from queue_server.service.report_facts import AnyReportFact


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
    is_by_card: bool = False
    """Whether it was by his virtual card."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Open the session, and forget those that have ended."""
        ends_at = written_at + timedelta(seconds=SESSION_LIFE_S)
        session = Session(
            device=self.device,
            patient=self.patient,
            ends_at=ends_at,
            is_by_card=self.is_by_card,
        )
        live = dict(now.sessions)
        # They stand in the order in which they end: in a full lobby thousands are alive.
        for key, one in now.sessions.items():
            if one.ends_at > written_at:
                break
            del live[key]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCommanded:
    """Somebody at the devices page has asked a device to do something."""

    device: DeviceId
    do: DeviceAct
    by: str
    """Who it was: `administrator:qin`."""

    def change(self, now: Now, written_at: datetime) -> Now:
        """Add it to the commands of the day."""
        command = DeviceCommand(device=self.device, do=self.do, by=self.by, asked_at=written_at)
        return replace(now, device_commands=(*now.device_commands, command))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmBegan:
    """A rule of the watch has found something wrong, for as long as it has to last."""

    code: str
    about: str
    parts: dict[str, str]

    def change(self, now: Now, written_at: datetime) -> Now:
        """Add it to the active ones, once."""
        alarm = ActiveAlarm(code=self.code, about=self.about, parts=self.parts, began_at=written_at)
        return replace(now, alarms=(*_without(now, self.code, self.about), alarm))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEnded:
    """What was wrong is right again."""

    code: str
    about: str

    def change(self, now: Now, written_at: datetime) -> Now:
        """Take it off the active ones."""
        return replace(now, alarms=_without(now, self.code, self.about))


def _without(now: Now, code: str, about: str) -> tuple[ActiveAlarm, ...]:
    return tuple(one for one in now.alarms if (one.code, one.about) != (code, about))


OwnFact = (
    HelpCalled
    | HelpAnswered
    | NoticesSet
    | Identified
    | TakenOver
    | NotTakenOver
    | ConflictSettled
    | DeviceCommanded
    | AlarmBegan
    | AlarmEnded
    | PatientTold
)
AnyFact = OwnFact | AnyReportFact | AnyAuditFact | AnyPolicyFact
FACTS: Final[dict[str, type[AnyFact]]] = {
    kind.__name__: kind
    for kind in (*get_args(OwnFact), *get_args(AnyReportFact), *AUDIT_FACTS, *POLICY_FACTS)
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
