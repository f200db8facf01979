"""From the doctor's press to the message at the displays, beside a bare publish to the same."""

import base64
import http.client
import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import paho.mqtt.client as mqtt

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.boards import Call
from queue_server.contract.codec import decode
from queue_server.demo.programs import free_port
from queue_server.rules.terms import AreaId, QueueId
from tests.benchmark.check_ins import CheckInLoad, check_in_load, require_checked_in
from tests.benchmark.figure import Figure, figure, percentile
from tests.benchmark.hospital import PASSWORD, SITE, BenchHospital, doctor_of
from tests.benchmark.load import connected_client
from tests.benchmark.programs import Program, running, running_broker
from tests.benchmark.sites import BARE_SITE

BENCH: Final = "calls"
DISPLAYS: Final = 100
RATE_PER_S: Final = 50.0
BURST: Final = 100
ROOMS: Final = 20
P50_OF_BARE: Final = 4.0
P99_OF_BARE: Final = 5.0
CALL_BYTES: Final = 520
"""About what a call has."""
ARRIVES_WITHIN_S: Final = 30.0
LOOK_EVERY_S: Final = 0.1
MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message at one display."""

    at_s: float
    display: int
    topic: str
    payload: bytes
    is_retained: bool


class Doctor:
    """A doctor at his console: signed in, his connection kept open."""

    def __init__(self, queue: QueueId, port: int) -> None:
        self.queue = queue
        self._lock = threading.Lock()
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"Content-Type": "application/json"}
        self._count = 0
        _, cookies = self._post("/api/login", {"user": doctor_of(queue), "password": PASSWORD})
        self._headers["Cookie"] = cookies.partition(";")[0]

    def look_up(self) -> None:
        """Let his connection be there: the server has closed it if he was idle for long."""
        self._connection.close()
        self._connection.request("GET", "/api/me", headers=self._headers)
        self._connection.getresponse().read()

    def call_next(self, pressed_at: list[float]) -> None:
        """Press the key, and note when."""
        now_s = time.monotonic()
        with self._lock:
            pressed_at.append(now_s)
            self._count += 1
            body = {"request_id": f"call-{self._count}"}
            self._post(f"/api/queues/{self.queue}/call-next", body)

    def _post(self, path: str, body: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        self._connection.request("POST", path, json.dumps(body), self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        assert response.status == http.client.OK, answer
        return answer, response.getheader("Set-Cookie", "")


@dataclass(slots=True)
class Waiting:
    """A hospital full of people who wait, doctors who call them, and displays."""

    load: CheckInLoad
    displays: Program
    doctors: Sequence[Doctor]
    bare: mqtt.Client
    number: int = 0

    @property
    def hospital(self) -> BenchHospital:
        """The hospital."""
        return self.load.hospital

    def arrivals(self) -> list[Arrival]:
        """Return what has come to the displays since it was asked last."""
        process = self.displays.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return [
            Arrival(
                at_s=at_s,
                display=display,
                topic=topic,
                payload=base64.b64decode(payload),
                is_retained=is_retained,
            )
            for at_s, display, topic, payload, is_retained in json.loads(process.stdout.readline())
        ]


def calls(folder: Path, rounds: int, count: int, display_count: int = DISPLAYS) -> list[Figure]:
    """Measure calls and bare publishes in turn, then bursts of calls."""
    burst = min(BURST, count)
    of_each = -(-count // ROOMS) - (-burst // ROOMS)
    visit_count = (rounds + 1) * of_each * ROOMS
    port = free_port()
    found: dict[str, list[float]] = defaultdict(list)
    with (
        running_broker("Mosquitto", folder / "broker") as address,
        check_in_load(folder, address, visit_count, areas=10, rooms=ROOMS, http_port=port) as load,
        _displays(load.hospital, address, display_count, folder) as displays,
    ):
        require_checked_in(load.asker.keep_in_flight(load.check_ins(visit_count), 64))
        doctors = [Doctor(queue.id, port) for queue in load.hospital.site.queues]
        bare = connected_client("bare", address, ["hk/v1/bare/nothing"], lambda *_: None)
        waiting = Waiting(load, displays, doctors, bare)
        for number in range(rounds + 1):
            bare_s = _bare(waiting, count, display_count)
            called_s = _called(waiting, count, display_count)
            _burst(waiting, burst, display_count)
            if number:  # the first round warms up
                _note(found, called_s, bare_s)
        bare.disconnect()
        bare.loop_stop()
    return [
        figure(BENCH, "call to display, P50", found["P50"], "ms"),
        figure(BENCH, "bare publish to display, P50", found["bare P50"], "ms"),
        figure(BENCH, "P50, of the bare one's", found["x50"], "x", at_most=P50_OF_BARE),
        figure(BENCH, "call to display, P99", found["P99"], "ms"),
        figure(BENCH, "bare publish to display, P99", found["bare P99"], "ms"),
        figure(BENCH, "P99, of the bare one's", found["x99"], "x", at_most=P99_OF_BARE),
        figure(BENCH, f"bursts of {burst} calls, all there and in order", [rounds + 1.0], ""),
    ]


def _note(found: dict[str, list[float]], called_s: list[float], bare_s: list[float]) -> None:
    for percent in (50, 99):
        call, bare = percentile(called_s, percent), percentile(bare_s, percent)
        found[f"P{percent}"].append(call * MS)
        found[f"bare P{percent}"].append(bare * MS)
        found[f"x{percent}"].append(call / bare)


def _displays(hospital: BenchHospital, address: BrokerAddress, count: int, folder: Path) -> Any:
    areas = [area.id for area in hospital.site.areas]
    arguments = ["-m", "tests.benchmark.displays", address.host, str(address.port), str(count)]
    return running([*arguments, *areas], folder / "displays.log")


def _at_rate(count: int, act: Callable[[int], None]) -> None:
    """Do something `RATE_PER_S` times a second, whether the former one is done or not."""
    pause = threading.Event()
    began_s = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        results = []
        for number in range(count):
            pause.wait(max(0.0, began_s + number / RATE_PER_S - time.monotonic()))
            results.append(pool.submit(act, number))
        for result in results:
            result.result()


def _bare(waiting: Waiting, count: int, display_count: int) -> list[float]:
    """Publish as much as calls are, with nothing behind it; return how long each took."""
    waiting.arrivals()
    areas = [area.id for area in waiting.hospital.site.areas]
    sent_at: dict[bytes, float] = {}

    def publish(number: int) -> None:
        area = areas[number % len(areas)]
        payload = f"{number:08d}".encode().ljust(CALL_BYTES, b"x")
        sent_at[payload] = time.monotonic()
        waiting.bare.publish(topics.call(BARE_SITE, area), payload, 1)

    _at_rate(count, publish)
    wanted = sum(_displays_of(waiting, area, display_count) for area in _in_turn(areas, count))
    arrived = _until(waiting, wanted, lambda one: "/bare/" in one.topic)
    return [one.at_s - sent_at[one.payload] for one in arrived]


def _called(waiting: Waiting, count: int, display_count: int) -> list[float]:
    """Call; return how long each call took to each of its displays."""
    waiting.arrivals()
    pressed_at: dict[str, list[float]] = {_room(doctor): [] for doctor in waiting.doctors}
    doctors = waiting.doctors
    for doctor in doctors:
        doctor.look_up()

    def press(number: int) -> None:
        doctor = doctors[number % len(doctors)]
        doctor.call_next(pressed_at[_room(doctor)])

    _at_rate(count, press)
    called = [_area_of(waiting, doctors[number % len(doctors)].queue) for number in range(count)]
    wanted = sum(_displays_of(waiting, area, display_count) for area in called)
    took_s = []
    heard: Counter[tuple[int, str]] = Counter()
    for one in _until(waiting, wanted, _is_call):
        room = decode(one.payload, Call).room
        took_s.append(one.at_s - pressed_at[room][heard[one.display, room]])
        heard[one.display, room] += 1
    return took_s


def _burst(waiting: Waiting, count: int, display_count: int) -> None:
    """Call all at once; every display must get all of its area's calls, in order."""
    waiting.arrivals()
    doctors = waiting.doctors
    for doctor in doctors:
        doctor.look_up()
    with ThreadPoolExecutor(len(doctors)) as pool:
        pressed = [
            pool.submit(doctors[number % len(doctors)].call_next, []) for number in range(count)
        ]
        for press in pressed:
            press.result()
    called = [doctors[number % len(doctors)].queue for number in range(count)]
    areas = [_area_of(waiting, queue) for queue in called]
    wanted = sum(_displays_of(waiting, area, display_count) for area in areas)
    heard: dict[int, list[int]] = defaultdict(list)
    for one in _until(waiting, wanted, _is_call):
        heard[one.display].append(decode(one.payload, Call).sequence)
    for sequences in heard.values():
        first = sequences[0]
        assert sequences == list(range(first, first + len(sequences))), sequences


def _until(waiting: Waiting, wanted: int, belongs: Callable[[Arrival], bool]) -> list[Arrival]:
    found: list[Arrival] = []
    give_up_at = time.monotonic() + ARRIVES_WITHIN_S
    pause = threading.Event()
    while len(found) < wanted:
        assert time.monotonic() < give_up_at, f"{wanted - len(found)} of {wanted} are missing"
        pause.wait(LOOK_EVERY_S)
        found += [one for one in waiting.arrivals() if belongs(one)]
    assert len(found) == wanted
    return found


def _is_call(arrival: Arrival) -> bool:
    return f"/{SITE}/call/" in arrival.topic


def _room(doctor: Doctor) -> str:
    return doctor.queue.replace("clinic", "room")


def _area_of(waiting: Waiting, queue: QueueId) -> AreaId:
    return next(one.area for one in waiting.hospital.site.queues if one.id == queue)


def _displays_of(waiting: Waiting, area: AreaId, display_count: int) -> int:
    areas = [one.id for one in waiting.hospital.site.areas]
    return len(range(areas.index(area), display_count, len(areas)))


def _in_turn(areas: Sequence[AreaId], count: int) -> list[AreaId]:
    return [areas[number % len(areas)] for number in range(count)]
