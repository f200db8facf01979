"""How a queue stands as a whole: whether it moves, and what is told of its doctor."""

import msgspec
from msgspec.structs import replace

from queue_server.rules import events as happened
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    QueueId,
    QueueStatus,
    RoomId,
)


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Why the doctor sees nobody, since when, and until when as far as that is known."""

    kind: AbsenceKind
    cause: AbsenceCause | None
    since_s: DaySecond
    returns_s: DaySecond | None
    approval: str = ""
    """The number of the approval, of a stop that needed one."""


class AskedStop(msgspec.Struct, frozen=True, kw_only=True):
    """A stop that somebody has asked for and a second person has to confirm."""

    by: str
    asked_s: DaySecond
    cause: AbsenceCause | None
    returns_s: DaySecond | None
    approval: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a queue moves, what is told of its doctor, and where he sits."""

    status: QueueStatus = QueueStatus.OPEN
    absence: Absence | None = None
    asked_stop: AskedStop | None = None
    present: tuple[QueueId, ...] = ()
    """At an MDT clinic: the doctors of the team who are there; an undo does not send them away."""
    room: RoomId | None = None
    """Where the doctor sits today; None: in the room of the site file."""


def standing_after(standing: Standing, event: happened.Event, entry: happened.Entry) -> Standing:
    """Return whether the queue moves and what is told of its doctor, after `event`."""
    match event:
        case happened.StatusChanged():
            is_stopped = event.status is QueueStatus.STOPPED
            asked_stop = None if is_stopped else standing.asked_stop
            return replace(standing, status=event.status, asked_stop=asked_stop)
        case happened.AbsenceBegan():
            absence = Absence(
                kind=event.kind,
                cause=event.cause,
                since_s=entry.at_s,
                returns_s=event.returns_s,
                approval=event.approval,
            )
            return replace(standing, absence=absence)
        case happened.RoomTaken():
            return replace(standing, room=event.room)
        case happened.MemberJoined():
            return replace(standing, present=(*standing.present, event.member))
        case happened.MemberLeft():
            present = tuple(one for one in standing.present if one != event.member)
            return replace(standing, present=present)
        case happened.AbsenceEnded():
            return replace(standing, absence=None)
        case happened.StopAsked():
            asked_for = AskedStop(
                by=entry.by,
                asked_s=entry.at_s,
                cause=event.cause,
                returns_s=event.returns_s,
                approval=event.approval,
            )
            return replace(standing, asked_stop=asked_for)
        case _:
            return replace(standing, asked_stop=None)


def restored_standing(standing: Standing, before: Standing, became: Standing) -> Standing:
    """Return `standing` without the change from `before` to `became`; what came later stays."""
    changes = {
        name: getattr(before, name)
        for name in ("status", "absence", "asked_stop", "room")
        if getattr(standing, name) == getattr(became, name)
    }
    return replace(standing, **changes)
