"""What the doctor console shows: the doctor's own queue. Pure functions."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.rules.terms import QueueId, QueueStatus, RoomId
from queue_server.service.clinic_day import day_second
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.web.own_acts import OwnAct
from queue_server.web.queue_parts import QueueParts
from queue_server.web.queue_view import ColleagueView, QueueName, QueueView
from queue_server.web.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomView:
    """A room, and whether its doctor is there today."""

    id: RoomId
    room_zh: str
    room_en: str
    doctor_zh: str
    doctor_en: str
    is_own: bool
    is_free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleView:
    """Everything on a doctor's screen, as of entry `entry_count` of the day's journal."""

    day_on: str
    now_s: int
    entry_count: int
    change_count: int
    queue: QueueView
    colleagues: list[ColleagueView]
    """The other doctors of the clinic, whose patients he may take."""
    all_queues: list[QueueName]
    """Where a ticket may be transferred."""
    mdt: list[QueueView]
    """The MDT clinics of his teams."""
    rooms: list[RoomView]
    """Those of his area, in which he may sit today."""
    own_act: OwnAct | None
    """What the doctor did last and can take back."""


def console_view(
    parts: QueueParts, user: User, at: datetime, own_act: OwnAct | None
) -> ConsoleView:
    """Return what the doctor `user` sees at the instant `at`."""
    queue_id = user.own_queue
    assert queue_id is not None, "only doctors have a console"
    setup, now = parts.setup, parts.now
    return ConsoleView(
        day_on=now.day_on.isoformat(),
        now_s=day_second(setup.site, now.day_on, at),
        entry_count=now.day.entry_count,
        change_count=now.change_count,
        queue=parts.queue(queue_id),
        colleagues=[parts.colleague(one.id) for one in setup.colleagues_of(queue_id)],
        mdt=[parts.queue(one) for one in setup.teams_of(queue_id)],
        all_queues=parts.all_queues(),
        rooms=_rooms(setup, now, queue_id),
        own_act=own_act,
    )


def _rooms(setup: Setup, now: Now, own: QueueId) -> list[RoomView]:
    """Return the rooms of a doctor's area by name, each with who sits there."""
    rooms: list[RoomView] = []
    for one in setup.doctors_of(setup.queues[own].area):
        seat, queue = setup.seated(now.day, one.id), now.day.queues[one.id]
        rooms.append(
            RoomView(
                id=seat.room,
                room_zh=seat.room_zh,
                room_en=seat.room_en,
                doctor_zh=seat.doctor_zh,
                doctor_en=seat.doctor_en,
                is_own=one.id == own,
                is_free=not queue.is_attended or queue.status is QueueStatus.STOPPED,
            )
        )
    return sorted(rooms, key=lambda room: room.room_en)
