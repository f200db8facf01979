"""What boards cost on the wire: how often they are published, and how long they are."""

import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt

from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard
from queue_server.contract.codec import decode
from queue_server.rules.terms import AreaId
from tests.benchmark.check_ins import check_in_load, require_checked_in
from tests.benchmark.figure import Figure, figure
from tests.benchmark.hospital import SITE
from tests.benchmark.load import connected_client
from tests.benchmark.programs import running_broker

BENCH: Final = "boards"
AREAS: Final = 3
ROOMS: Final = 4
"""Area 0 has two of them, the others one each."""
FEW: Final = 10
MANY: Final = 300
PER_S: Final = 20.0
TELLS_WITHIN_S: Final = 10.0


class Wall:
    """Follows all area boards, and notes when each came and how long it was."""

    def __init__(self, address: Any) -> None:
        self.came_at: dict[AreaId, list[float]] = defaultdict(list)
        self.bytes: dict[AreaId, int] = {}
        self.waiting: dict[AreaId, int] = {}
        self._news = threading.Condition()
        every_board = topics.area_board(SITE, AreaId("all")).replace("all", "+")
        self._client = connected_client("wall", address, [every_board], self._came)

    def wait_for(self, area: AreaId, waiting_count: int) -> None:
        """Return when the board of `area` says that so many wait in it."""
        with self._news:
            is_told = self._news.wait_for(
                lambda: self.waiting.get(area) == waiting_count, TELLS_WITHIN_S
            )
        assert is_told, f"{area} says {self.waiting.get(area)}, not {waiting_count}"

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _came(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        board = decode(bytes(message.payload), AreaBoard)
        area = AreaId(board.area)
        with self._news:
            self.came_at[area].append(time.monotonic())
            self.bytes[area] = len(message.payload)
            self.waiting[area] = sum(
                len(room.standby) + len(room.waiting) + room.waiting_more_count
                for room in board.rooms
            )
            self._news.notify_all()


def boards(folder: Path, rounds: int, many: int = MANY) -> list[Figure]:
    """Let patients check in as fast as it goes, and look at the boards."""
    per_s, few_bytes, many_bytes, room_bytes = [], [], [], []
    two_rooms, one_room = AreaId("area-0"), AreaId("area-1")
    for number in range(rounds):
        own = folder / str(number)
        with (
            running_broker("Mosquitto", own / "broker") as address,
            check_in_load(own, address, many * ROOMS, areas=AREAS, rooms=ROOMS) as load,
        ):
            wall = Wall(address)
            require_checked_in(load.asker.keep_in_flight(load.check_ins(FEW * ROOMS), 16))
            wall.wait_for(two_rooms, 2 * FEW)
            wall.wait_for(one_room, FEW)
            few_bytes.append(float(wall.bytes[two_rooms]))
            wall.came_at.clear()
            rest = load.check_ins((many - FEW) * ROOMS)
            require_checked_in(load.asker.keep_in_flight(rest, 64))
            wall.wait_for(two_rooms, 2 * many)
            wall.wait_for(one_room, many)
            many_bytes.append(float(wall.bytes[two_rooms]))
            room_bytes.append(wall.bytes[two_rooms] / wall.bytes[one_room])
            per_s.append(max(_per_s(came) for came in wall.came_at.values()))
            wall.close()
    growth = [one / other for one, other in zip(many_bytes, few_bytes, strict=True)]
    return [
        figure(BENCH, "published for an area while all check in", per_s, "/s", at_most=PER_S),
        figure(BENCH, f"bytes of a board, {FEW} wait in each of 2 rooms", few_bytes, "B"),
        figure(BENCH, f"bytes of a board, {many} wait in each", many_bytes, "B"),
        figure(BENCH, f"bytes, {many} waiting of {FEW}", growth, "x", at_most=1.1),
        figure(BENCH, "bytes, two rooms of one", room_bytes, "x", at_most=2.0),
    ]


def _per_s(came_at: list[float]) -> float:
    """Return how often a board came in a second, from the first to the last; 0: it came once."""
    if len(came_at) < 2:
        return 0.0
    return (len(came_at) - 1) / (came_at[-1] - came_at[0])
