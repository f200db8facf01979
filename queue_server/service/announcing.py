"""What goes out to everybody: calls at once, boards at most twenty times a second each."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from queue_server.contract import topics
from queue_server.contract.codec import encode
from queue_server.contract.device_messages import DeviceStatus, OfflineRules
from queue_server.contract.topics import SERVER
from queue_server.rules.queue import Queue
from queue_server.rules.terms import AreaId, QueueId, RoomId
from queue_server.service.absence_view import absences_message
from queue_server.service.board_view import (
    RoomShown,
    area_board,
    call_message,
    has_ticket,
    notices_message,
    room_board,
    room_shown,
)
from queue_server.service.door import Door
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.site import QueueSetup
from queue_server.watch.metrics import Metrics

BOARD_INTERVAL_S: Final = 0.05
"""The shortest time between two boards of an area."""
BOARDS_REST: Final = 9
"""Boards rest so many times as long as the last ones took: check-ins come before boards."""
BOARDS_REST_S_MAX: Final = 0.5
REPEAT_S: Final = 2.0
"""Everything retained is published so often: a broker may lose it to whoever has just come."""
PULSE_S: Final = 2.0
"""The server says so often that it is there: whoever hears nothing knows that it hangs."""


class Announcing:
    """Keeps what displays should know, and publishes what they don't know yet.

    Args:
        setup: the site.
        door: where it goes out.
        card_keys: the public keys of virtual cards, as text.
        repeat_s: how often everything retained is told again.
        pulse_s: how often the server says that it is there.
        metrics: where it is counted.
    """

    def __init__(
        self,
        setup: Setup,
        door: Door,
        *,
        card_keys: Sequence[str],
        repeat_s: float,
        pulse_s: float,
        metrics: Metrics,
    ) -> None:
        self._setup = setup
        self._door = door
        self._card_keys = card_keys
        self._repeat_s = repeat_s
        self._pulse_s = pulse_s
        self._metrics = metrics
        self._told: Now | None = None
        self._due_at: dict[AreaId, float] = {}
        self._dirty: set[AreaId] = set()
        self._dirty_rooms: set[QueueId] = set()
        self._shown: dict[QueueId, tuple[Queue, object, RoomShown]] = {}
        self._repeat_at: float | None = None
        self._pulse_at: float | None = None
        self._rest_until = 0.0

    def use(self, setup: Setup) -> None:
        """Go by other policies from now on: every board has their text."""
        self._setup = setup
        self._shown.clear()
        self._make_all_dirty()

    def tell_everything(self, at: datetime) -> None:
        """Everything retained goes out anew: the broker may have lost it."""
        self._tell_that_we_are_there(at)
        self._tell_all_retained(at)

    def changed(self, now: Now, at: datetime) -> None:
        """Publish new calls and notices at once; boards wait for their turn."""
        before = self._told
        self._told = now
        if before is None or before.day_on != now.day_on:
            self._make_all_dirty()
            self._tell_all_notices(now, at)
            self._tell_absences(now, at)
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
        if any(_tells_of_doctor(now, one) != _tells_of_doctor(before, one) for one in changed):
            self._tell_absences(now, at)
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
            self._tell_all_retained(at)
            self._repeat_at = None
        if self._repeat_at is None:
            self._repeat_at = clock_s + self._repeat_s
        if self._pulse_at is not None and clock_s >= self._pulse_at:
            self._tell_that_we_are_there(at)
            self._pulse_at = None
        if self._pulse_at is None:
            self._pulse_at = clock_s + self._pulse_s
        for area in sorted(self._dirty):
            if self._due_at.get(area, 0.0) <= clock_s:
                self._tell_boards(self._told, area, at)
                self._due_at[area] = clock_s + BOARD_INTERVAL_S
                self._dirty.discard(area)
        took_s = monotonic() - clock_s
        self._rest_until = clock_s + took_s + min(took_s * BOARDS_REST, BOARDS_REST_S_MAX)

    def _tell_all_retained(self, at: datetime) -> None:
        self._make_all_dirty()
        self._tell_offline_rules(at)
        if self._told is not None:
            self._tell_all_notices(self._told, at)
            self._tell_absences(self._told, at)

    def _tell_that_we_are_there(self, at: datetime) -> None:
        topic = topics.status(self._setup.site.id, SERVER)
        status = encode(DeviceStatus(is_up=True, reported_at=at))
        self._door.publish(topic, status, retain=True)

    def _tell_offline_rules(self, at: datetime) -> None:
        site = self._setup.site
        rules = OfflineRules(
            published_at=at,
            may_check_in=site.offline_check_in,
            card_keys=list(self._card_keys) if site.offline_check_in else [],
            day_rolls_over_s=site.day_rolls_over_at,
        )
        self._door.publish(topics.offline(site.id), encode(rules), retain=True)

    def _tell_absences(self, now: Now, at: datetime) -> None:
        topic = topics.absences(self._setup.site.id)
        self._door.publish(topic, encode(absences_message(self._setup, now, at)), retain=True)
        self._metrics.published("absences")

    def _tell_boards(self, now: Now, area: AreaId, at: datetime) -> None:
        site = self._setup.site.id
        board = area_board(self._setup, now, area, at, self._room_shown)
        self._door.publish(topics.area_board(site, area), encode(board), retain=True)
        self._metrics.published("area_board")
        for queue in self._setup.queues_of(area):
            if queue.id in self._dirty_rooms:
                door_board = room_board(self._setup, now, queue, at, self._room_shown)
                topic = topics.room_board(site, RoomId(door_board.room.room))
                self._door.publish(topic, encode(door_board), retain=True)
                self._metrics.published("room_board")
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
                self._metrics.published("call")

    def _tell_all_notices(self, now: Now, at: datetime) -> None:
        for area in self._setup.areas:
            self._tell_notices(now, area, at)

    def _tell_notices(self, now: Now, area: AreaId, at: datetime) -> None:
        topic = topics.notice(self._setup.site.id, area)
        self._door.publish(topic, encode(notices_message(now, area, at)), retain=True)
        self._metrics.published("notices")


def _tells_of_doctor(now: Now, queue: QueueId) -> tuple[object, ...]:
    """Return what kiosks are told of a queue's doctor."""
    state = now.day.queues[queue]
    return state.absence, state.status
