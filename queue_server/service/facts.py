"""What happens beside the queues, and is journaled like them: help, notices, identifications."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from queue_server.contract.messages import SESSION_LIFE_S, Notice
from queue_server.journal.journal import JournaledFact
from queue_server.rules.terms import AreaId, DeviceId, PatientId
from queue_server.service.now import HelpCall, Now, Session


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
        live = dict(now.sessions)
        # They stand in the order in which they end: in a full lobby thousands are alive.
        for key, one in now.sessions.items():
            if one.ends_at > written_at:
                break
            del live[key]
        return replace(now, sessions={**live, self.session_id: session})


FACTS: Final[dict[str, type[HelpCalled | HelpAnswered | NoticesSet | Identified]]] = {
    kind.__name__: kind for kind in (HelpCalled, HelpAnswered, NoticesSet, Identified)
}
AnyFact = HelpCalled | HelpAnswered | NoticesSet | Identified


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
    """Return the state after a journaled fact."""
    fact = msgspec.convert(written.body, FACTS[written.name])
    changed = fact.change(now, written.written_at)
    return replace(changed, change_count=now.change_count + 1)
