"""When doctors were late, away, pausing or stopped on a day, as the journal tells it."""

from collections.abc import Iterable, Iterator

import msgspec

from queue_server.rules.events import AbsenceBegan, AbsenceEnded
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond, QueueId


class AbsenceHappening(msgspec.Struct, frozen=True, kw_only=True):
    """An absence has begun or ended: when, who said so, and in which act of the journal."""

    entry: int
    at_s: DaySecond
    by: str
    event: AbsenceBegan | AbsenceEnded


class DoctorAbsence(msgspec.Struct, frozen=True, kw_only=True):
    """One absence of a doctor; what was told of it last counts."""

    queue: QueueId
    kind: AbsenceKind
    cause: AbsenceCause | None
    began_s: DaySecond
    ended_s: DaySecond | None
    """None: it lasts, or lasted until the day was over."""
    returns_s: DaySecond | None
    """The return that was announced."""
    approval: str
    by: str
    """Who said so, as an account; `rule` of a doctor whom nobody had seen."""

    @property
    def lasted_s(self) -> int | None:
        """How long it was; None: it lasts."""
        return None if self.ended_s is None else self.ended_s - self.began_s


def absences(happenings: Iterable[AbsenceHappening]) -> Iterator[DoctorAbsence]:
    """Yield the absences of one queue, in order."""
    running: DoctorAbsence | None = None
    for one in happenings:
        if isinstance(one.event, AbsenceEnded):
            if running is not None:
                yield msgspec.structs.replace(running, ended_s=one.at_s)
            running = None
            continue
        told = _told(one, one.event)
        if running is not None and running.kind is told.kind:
            # The same absence, told anew: with another cause, or a later return.
            told = msgspec.structs.replace(told, began_s=running.began_s, by=running.by)
        elif running is not None:
            yield msgspec.structs.replace(running, ended_s=one.at_s)
        running = told
    if running is not None:
        yield running


def _told(one: AbsenceHappening, event: AbsenceBegan) -> DoctorAbsence:
    return DoctorAbsence(
        queue=event.queue,
        kind=event.kind,
        cause=event.cause,
        began_s=one.at_s,
        ended_s=None,
        returns_s=event.returns_s,
        approval=event.approval,
        by=one.by,
    )
