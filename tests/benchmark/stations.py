"""From a nurse's move at one station until it is on all the others that show the queue.

Every station shows every room of the hospital, which is more than any nurse has to look after:
so each move goes to all of them.
"""

import http.client
import json
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from queue_server.demo.programs import free_port
from tests.benchmark.check_ins import CheckInLoad, check_in_load, require_checked_in
from tests.benchmark.figure import Figure, figure, percentile
from tests.benchmark.programs import Program, running, running_broker
from tests.benchmark.station_pages import HOST, signed_in

BENCH: Final = "nurse stations"
P99_MS: Final = 500.0
AREAS: Final = 10
EVERY_S: Final = 0.25
PLACE: Final = 2
"""Where the last of the list is put: behind those who stand by."""
CHECKED_IN_AT_ONCE: Final = 1000
ARRIVES_WITHIN_S: Final = 30.0
LOOK_EVERY_S: Final = 0.1
MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A ticket was put somewhere else by the nurse at `station`."""

    pressed_s: float
    station: int
    queue: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A change at one station: the lists that it tells, and how long it was."""

    at_s: float
    station: int
    size_bytes: int
    listed: Mapping[str, Sequence[str]]


class Nurse:
    """She who moves: signed in, her connection kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port)
        self._headers = signed_in(self._connection)
        self._count = 0
        self.lists: dict[str, list[str]] = {}
        """The list of each queue as she sees it."""

    def look_up(self) -> None:
        """Let her connection be there: the server has closed it if she was idle for long."""
        self._connection.close()
        self._connection.request("GET", "/api/me", headers=self._headers)
        self._connection.getresponse().read()

    def call_everywhere(self) -> None:
        """Let every doctor have a patient, as on any morning; then look at the lists."""
        for queue in self._view()["queues"]:
            self._act(queue["name"]["id"], "call-next", {})
        self.lists = {
            queue["name"]["id"]: [ticket["id"] for ticket in queue["tickets"]["listed"]]
            for queue in self._view()["queues"]
        }

    def move(self, station: int, queue: str) -> Move:
        """Put the last of the list near the front."""
        listed = self.lists[queue]
        ticket = listed.pop()
        body = {"ticket": ticket, "before": listed[PLACE], "why": "老人，独自一人"}
        listed.insert(PLACE, ticket)
        pressed_s = time.monotonic()
        self._act(queue, "move", body)
        return Move(pressed_s=pressed_s, station=station, queue=queue, ticket=ticket)

    def _view(self) -> Any:
        self._connection.request("GET", "/api/station/view", headers=self._headers)
        return json.loads(self._connection.getresponse().read())

    def _act(self, queue: str, name: str, body: Mapping[str, str]) -> None:
        self._count += 1
        asked = json.dumps({"request_id": f"stations-{self._count}", **body})
        self._connection.request("POST", f"/api/queues/{queue}/{name}", asked, self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        assert answer.status == http.client.OK, told


def stations(
    folder: Path,
    rounds: int,
    *,
    room_count: int = 200,
    waiting_count: int = 5000,
    station_count: int = 40,
    move_count: int = 40,
) -> list[Figure]:
    """Measure rounds of moves, each at another station and in another queue."""
    port = free_port()
    # One of each room is with the doctor.
    visit_count = waiting_count + room_count
    found: dict[str, list[float]] = defaultdict(list)
    with (
        running_broker("Mosquitto", folder / "broker") as address,
        check_in_load(
            folder, address, visit_count, areas=AREAS, rooms=room_count, http_port=port
        ) as load,
    ):
        _check_all_in(load, visit_count)
        nurse = Nurse(port)
        nurse.call_everywhere()
        assert sum(map(len, nurse.lists.values())) == waiting_count
        pages = ["-m", "tests.benchmark.station_pages", str(port), str(station_count)]
        with running(pages, folder / "pages.log") as program:
            for number in range(rounds + 1):
                _arrivals(program)
                began_s = load.server.cpu_s()
                moves = _moves(nurse, station_count, move_count)
                arrived = _until_all_have(program, moves, station_count)
                if number:  # the first round warms up
                    used_s = load.server.cpu_s() - began_s
                    found["cpu"].append(used_s / move_count * MS)
                    _note(found, moves, arrived)
            found["view"].append(float(program.said) / 1000)
    return _figures(found, station_count)


def _figures(found: Mapping[str, list[float]], station_count: int) -> list[Figure]:
    others = station_count - 1
    return [
        figure(BENCH, f"move to the {others} others, P50", found["P50"], "ms"),
        figure(BENCH, f"move to the {others} others, P99", found["P99"], "ms", at_most=P99_MS),
        figure(BENCH, f"move to the {others} others, longest", found["most"], "ms"),
        figure(BENCH, "what is sent to each of them", found["bytes"], "kB"),
        figure(BENCH, "what is sent to one that opens", found["view"], "kB"),
        figure(BENCH, "server's processor time for one move", found["cpu"], "ms"),
    ]


def _check_all_in(load: CheckInLoad, count: int) -> None:
    while load.used < count:
        step = min(CHECKED_IN_AT_ONCE, count - load.used)
        require_checked_in(load.asker.keep_in_flight(load.check_ins(step), 64))


def _moves(nurse: Nurse, station_count: int, move_count: int) -> list[Move]:
    pause = threading.Event()
    queues = list(nurse.lists)
    nurse.look_up()
    moves = []
    for number in range(move_count):
        pause.wait(EVERY_S)
        # Each in another area than the one before.
        moves.append(nurse.move(number % station_count, queues[number % len(queues)]))
    return moves


def _arrivals(pages: Program) -> list[Arrival]:
    """Return what has come to the stations since it was asked last."""
    assert pages.process.stdin is not None
    assert pages.process.stdout is not None
    pages.process.stdin.write("\n")
    pages.process.stdin.flush()
    return [
        Arrival(at_s=at_s, station=station, size_bytes=size_bytes, listed=listed)
        for at_s, station, size_bytes, listed in json.loads(pages.process.stdout.readline())
    ]


def _until_all_have(pages: Program, moves: Sequence[Move], station_count: int) -> list[Arrival]:
    """Return what has come when every move is on every station."""
    wanted = {(station, move.ticket) for station in range(station_count) for move in moves}
    came: list[Arrival] = []
    give_up_s = time.monotonic() + ARRIVES_WITHIN_S
    pause = threading.Event()
    while wanted:
        assert time.monotonic() < give_up_s, f"{len(wanted)} are missing"
        pause.wait(LOOK_EVERY_S)
        for one in _arrivals(pages):
            came.append(one)
            wanted -= {(one.station, listed[PLACE]) for listed in one.listed.values()}
    return came


def _note(found: dict[str, list[float]], moves: Sequence[Move], arrived: Sequence[Arrival]) -> None:
    took_ms, sizes = [], []
    for move in moves:
        for one in arrived:
            listed = one.listed.get(move.queue, ())
            if one.station != move.station and listed and listed[PLACE] == move.ticket:
                took_ms.append((one.at_s - move.pressed_s) * MS)
                sizes.append(one.size_bytes / 1000)
    found["P50"].append(percentile(took_ms, 50))
    found["P99"].append(percentile(took_ms, 99))
    found["most"].append(max(took_ms))
    found["bytes"].append(percentile(sizes, 50))
