"""What goes out to everybody: calls at once, boards at most twenty times a second each."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from queue_server.contract import topics
from queue_server.contract.codec import encode
from queue_server.contract.messages import DeviceStatus
from queue_server.rules.queue import Queue
from queue_server.rules.terms import AreaId, QueueId
from queue_server.service.board_view import (
    RoomShown,
    area_board,
    call_message,
    has_ticket,
    notices_message,
    room_board,
    room_shown,
)
from queue_server.service.door import SERVER, Door
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.site import QueueSetup

BOARD_INTERVAL_S: Final = 0.05
"""The shortest time between two boards of an area."""
BOARDS_REST: Final = 4
"""Boards rest so many times as long as the last ones took: check-ins come before boards."""
BOARDS_REST_S_MAX: Final = 0.5
REPEAT_S: Final = 2.0
"""Everything retained is published so often: a broker may lose it to whoever has just come."""


class Announcing:
    """Keeps what displays should know, and publishes what they don't know yet.

    Args:
        setup: the site.
        door: where it goes out.
        repeat_s: how often everything retained is told again.
    """

    def __init__(self, setup: Setup, door: Door, repeat_s: float) -> None:
        self._setup = setup
        self._door = door
        self._repeat_s = repeat_s
        self._told: Now | None = None
        self._due_at: dict[AreaId, float] = {}
        self._dirty: set[AreaId] = set()
        self._dirty_rooms: set[QueueId] = set()
        self._shown: dict[QueueId, tuple[Queue, object, RoomShown]] = {}
        self._repeat_at: float | None = None
        self._rest_until = 0.0

    def tell_everything(self, at: datetime) -> None:
        """Everything retained goes out anew: the broker may have lost it."""
        topic = topics.status(self._setup.site.id, SERVER)
        status = encode(DeviceStatus(is_up=True, reported_at=at))
        self._door.publish(topic, status, retain=True)
        self._make_all_dirty()
        if self._told is not None:
            self._tell_all_notices(self._told, at)

    def changed(self, now: Now, at: datetime) -> None:
        """Publish new calls and notices at once; boards wait for their turn."""
        before = self._told
        self._told = now
        if before is None or before.day_on != now.day_on:
            self._make_all_dirty()
            self._tell_all_notices(now, at)
            return
        for area in self._setup.areas:
            if before.notices.get(area) != now.notices.get(area):
                self._tell_notices(now, area, at)
            self._tell_calls(before, now, area)
        changed = {
            queue
            for queue, state in now.day.queues.items()
            if state is not before.day.queues[queue]
        }
        self._dirty_rooms |= changed
        self._dirty |= {self._setup.queues[queue].area for queue in changed}

    def _make_all_dirty(self) -> None:
        self._dirty = set(self._setup.areas)
        self._dirty_rooms = set(self._setup.queues)

    def wait_s(self, clock_s: float) -> float | None:
        """Return the seconds until a board is due, or None if none is."""
        if not self._dirty:
            return None
        due_at = min(self._due_at.get(area, 0.0) for area in self._dirty)
        return max(0.0, due_at - clock_s, self._rest_until - clock_s)

    def publish_due_boards(self, monotonic: Callable[[], float], at: datetime) -> None:
        """Publish the boards whose turn it is, unless boards took too much of the time just now.

        On a machine that is too slow for twenty a second they come less often, not the answers.
        """
        clock_s = monotonic()
        if self._told is None or clock_s < self._rest_until:
            return
        if self._repeat_at is not None and clock_s >= self._repeat_at:
            self.tell_everything(at)
            self._repeat_at = None
        if self._repeat_at is None:
            self._repeat_at = clock_s + self._repeat_s
        for area in sorted(self._dirty):
            if self._due_at.get(area, 0.0) <= clock_s:
                self._tell_boards(self._told, area, at)
                self._due_at[area] = clock_s + BOARD_INTERVAL_S
                self._dirty.discard(area)
        took_s = monotonic() - clock_s
        self._rest_until = clock_s + took_s + min(took_s * BOARDS_REST, BOARDS_REST_S_MAX)

    def _tell_boards(self, now: Now, area: AreaId, at: datetime) -> None:
        site = self._setup.site.id
        board = area_board(self._setup, now, area, at, self._room_shown)
        self._door.publish(topics.area_board(site, area), encode(board), retain=True)
        for queue in self._setup.queues_of(area):
            if queue.id in self._dirty_rooms:
                door_board = room_board(self._setup, now, queue, at, self._room_shown)
                topic = topics.room_board(site, queue.room)
                self._door.publish(topic, encode(door_board), retain=True)
                self._dirty_rooms.discard(queue.id)

    def _room_shown(self, setup: Setup, now: Now, queue: QueueSetup) -> RoomShown:
        """Return what boards show of a room, made once for each state of its queue.

        Three of four boards of a busy area would be made again of what has not changed.
        """
        state = now.day.queues[queue.id]
        kept = self._shown.get(queue.id)
        # A name may become known later, when the records can be asked again.
        if kept is None or kept[0] is not state or kept[1] is not now.masked_names:
            kept = (state, now.masked_names, room_shown(setup, now, queue))
            self._shown[queue.id] = kept
        return kept[2]

    def _tell_calls(self, before: Now, now: Now, area: AreaId) -> None:
        told_count = len(before.calls.get(area, ()))
        for made in now.calls.get(area, ())[told_count:]:
            if has_ticket(now, made):
                call = call_message(self._setup, now, made)
                self._door.publish(topics.call(self._setup.site.id, area), encode(call))

    def _tell_all_notices(self, now: Now, at: datetime) -> None:
        for area in self._setup.areas:
            self._tell_notices(now, area, at)

    def _tell_notices(self, now: Now, area: AreaId, at: datetime) -> None:
        topic = topics.notice(self._setup.site.id, area)
        self._door.publish(topic, encode(notices_message(now, area, at)), retain=True)
