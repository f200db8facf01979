"""The real kiosk on a real screen with real drivers: how quick it is, and what it takes."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console
from rich.progress import track

from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker import BrokerAddress
from queue_server.demo.programs import free_port
from queue_server.records.virtual_card import CardIssuer, load_or_make_key
from tests.benchmark.check_ins import CheckInLoad, check_in_load, require_checked_in
from tests.benchmark.figure import Figure, figure, percentile
from tests.benchmark.hospital import SITE, BenchHospital, Visit
from tests.benchmark.programs import CHECKOUT, STOP_WITHIN_S, running_broker
from tests.benchmark.screen import Screen, running_screen

BENCH: Final = "kiosk"
SIZE: Final = "1080x1920"
FIRST_SCREEN_S: Final = 1.5
NUMBER_MS: Final = 150.0
IDLE_PERCENT: Final = 5.0
IDLE_S: Final = 20.0
GROWTH_MB: Final = 5.0
SETTLES_S: Final = 0.4
"""Longer than a picture takes to be drawn."""
LOOK_S: Final = 0.02
WITHIN_S: Final = 60.0
HOME: Final = "请选择要办的事"
LINE_DOWN: Final = "现在连不上医院系统，请到护士台办理。"
MS: Final = 1000
_KIOSK: Final = """\
site = "{site}"
device = "kiosk-00"
hospital = {{ zh = "测速医院", en = "Bench Hospital" }}
voice = "none"
clock_offset_s = {offset_s}
[broker]
host = "{broker.host}"
port = {broker.port}
[printer]
driver = "network"
host = "{printer_host}"
port = {printer_port}
[scanner]
driver = "serial"
port = "{scanner}"
"""


@dataclass(slots=True)
class Devices:
    """What is plugged in."""

    printer: SimulatedTicketPrinter
    scanner: SimulatedScanner


@dataclass(slots=True)
class RunningKiosk:
    """The program, asked over its remote control."""

    process: subprocess.Popen[bytes]
    port: int
    scanner: SimulatedScanner
    _line: Any = None

    def be_ready(self) -> None:
        """Return when its home screen stands there, its line is up and its scanner is open."""
        self._connect()
        self.wait_for(HOME)
        give_up_at = time.monotonic() + WITHIN_S
        while LINE_DOWN in self.texts() or not self._has_open(self.scanner.address):
            assert time.monotonic() < give_up_at, "the kiosk does not get ready"
            threading.Event().wait(LOOK_S)

    def _has_open(self, path: str) -> bool:
        files = Path(f"/proc/{self.process.pid}/fd").iterdir()
        return os.path.realpath(path) in {os.path.realpath(file) for file in files}

    def _connect(self) -> None:
        """Return when the remote control answers."""
        give_up_at = time.monotonic() + WITHIN_S
        while True:
            try:
                self._line = socket.create_connection(("127.0.0.1", self.port)).makefile("rwb")
            except OSError:
                assert time.monotonic() < give_up_at, "the kiosk does not start"
                assert self.process.poll() is None, "the kiosk has ended"
                threading.Event().wait(LOOK_S)
            else:
                return

    def ask(self, **question: str) -> dict[str, Any]:
        """Ask the remote control."""
        self._line.write(json.dumps(question).encode() + b"\n")
        self._line.flush()
        answer: dict[str, Any] = json.loads(self._line.readline())
        assert "error" not in answer, (question, answer, self.texts())
        return answer

    def texts(self) -> list[str]:
        """Return what is on the screen."""
        self._line.write(b'{"do": "texts"}\n')
        self._line.flush()
        return list(json.loads(self._line.readline())["texts"])

    def wait_for(self, words: str) -> None:
        """Return when the screen says `words`."""
        give_up_at = time.monotonic() + WITHIN_S
        while not any(words in text for text in self.texts()):
            assert time.monotonic() < give_up_at, (words, self.texts())
            threading.Event().wait(LOOK_S)

    def tap(self, test_name: str) -> float:
        """Touch a key; return when the finger was lifted, on the monotonic clock."""
        return float(self.ask(do="tap", test_name=test_name)["lifted_s"])

    def rows_of(self, test_name: str) -> tuple[int, int]:
        """Return the rows of pixels that a widget takes: its first, and the one after its last."""
        place = self.ask(do="find", test_name=test_name)
        top = int(place["y"] - place["height"] / 2)
        return max(0, top), top + int(place["height"])

    def memory_mb(self) -> float:
        """Return its resident memory."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 1e6)

    def cpu_s(self) -> float:
        """Return the processor time it has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def plugged_in(folder: Path) -> Iterator[Devices]:
    """Plug a simulated printer and a simulated scanner in."""
    printer = SimulatedTicketPrinter(
        endpoint=TcpEndpoint("127.0.0.1", 0), slips_folder=folder / "slips"
    )
    scanner = SimulatedScanner(endpoint=PtyEndpoint(folder / "scanner"))
    printer.start()
    scanner.start()
    try:
        yield Devices(printer, scanner)
    finally:
        printer.stop()
        scanner.stop()


@contextmanager
def running_kiosk(
    folder: Path,
    hospital: BenchHospital,
    broker: BrokerAddress,
    devices: Devices,
    environment: Mapping[str, str],
    size: str = SIZE,
) -> Iterator[RunningKiosk]:
    """Run `python -m kiosk`; it is being started when this returns."""
    host, _, printer_port = devices.printer.address.rpartition(":")
    config = folder / "kiosk.toml"
    config.write_text(
        _KIOSK.format(
            site=SITE,
            offset_s=hospital.clock_offset_s,
            broker=broker,
            printer_host=host,
            printer_port=printer_port,
            scanner=devices.scanner.address,
        ),
        encoding="utf-8",
    )
    port = free_port()
    arguments = ["-m", "kiosk", "--config", str(config), "--windowed", "--size", size]
    with (folder / "kiosk.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments, "--remote-control", str(port)],
            cwd=CHECKOUT,
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "SDL_AUDIODRIVER": "dummy",
                # On the screen that is watched, whatever the tests around it draw on.
                "SDL_VIDEODRIVER": "x11",
                **environment,
            },
        )
    try:
        yield RunningKiosk(process, port, devices.scanner)
    finally:
        process.terminate()
        process.wait(STOP_WITHIN_S)


def kiosk(folder: Path, rounds: int, scan_count: int) -> list[Figure]:
    """Start it, scan slips and cards, and leave it alone for a while."""
    starts_s, idle, slips, cards, taps = [], [], [], [], []
    visit_count = 2 * scan_count * rounds
    with (
        running_broker("Mosquitto", folder / "broker") as address,
        check_in_load(folder, address, visit_count) as load,
        plugged_in(folder) as devices,
        running_screen(folder, SIZE) as screen,
    ):
        require_checked_in(load.asker.keep_in_flight(load.check_ins(scan_count * rounds), 16))
        for number in range(rounds):
            began_s = time.monotonic()
            environment = {"DISPLAY": screen.name}
            hospital = load.hospital
            with running_kiosk(folder, hospital, address, devices, environment) as one:
                starts_s.append(_first_screen_s(screen, began_s))
                one.be_ready()
                idle.append(_idle_percent(one, IDLE_S if rounds > 1 else 1.0))
                visits = hospital.visits[number * scan_count :][:scan_count]
                slips.append([_slip_s(one, screen, hospital, visit) for visit in visits])
                visits = hospital.visits[(rounds + number) * scan_count :][:scan_count]
                both = [_card_s(one, screen, hospital, visit) for visit in visits]
                cards.append([card_s for card_s, _ in both])
                taps.append([tap_s for _, tap_s in both])
    return [
        figure(BENCH, "start to first screen", starts_s, "s", at_most=FIRST_SCREEN_S),
        *_number_figures("slip scanned to number on screen", slips),
        *_number_figures("card scanned to visit and number on screen", cards),
        *_number_figures("check-in tapped (finger lifted) to number on screen", taps),
        figure(BENCH, "idle, of a core", idle, "%", at_most=IDLE_PERCENT),
    ]


def _number_figures(what: str, rounds: list[list[float]]) -> list[Figure]:
    p50s = [percentile(one, 50) * MS for one in rounds]
    p99s = [percentile(one, 99) * MS for one in rounds]
    return [
        figure(BENCH, f"{what}, P50", p50s, "ms"),
        figure(BENCH, f"{what}, P99", p99s, "ms", at_most=NUMBER_MS),
    ]


def _first_screen_s(screen: Screen, began_s: float) -> float:
    """Return the seconds until there was a picture, to a hundredth of a second."""
    while not screen.shows_a_picture():
        assert time.monotonic() < began_s + WITHIN_S, "the kiosk shows nothing"
        threading.Event().wait(0.01)
    return time.monotonic() - began_s


def _idle_percent(one: RunningKiosk, for_s: float) -> float:
    began_s, used_s = time.monotonic(), one.cpu_s()
    threading.Event().wait(for_s)
    return (one.cpu_s() - used_s) / (time.monotonic() - began_s) * 100


def _slip_s(one: RunningKiosk, screen: Screen, hospital: BenchHospital, visit: Visit) -> float:
    """Scan a slip; return the seconds until its number was there."""
    scanned_at = time.monotonic()
    one.scanner.scan(f"hk:{hospital.day_on:%Y%m%d}:{visit.ticket}")
    _let_it_draw(one, visit)
    took_s = screen.last_change_s(*one.rows_of("number")) - scanned_at
    one.tap("done")
    one.wait_for(HOME)
    return took_s


def _card_s(
    one: RunningKiosk, screen: Screen, hospital: BenchHospital, visit: Visit
) -> tuple[float, float]:
    """Scan a card, check in; return the seconds until the visit and its number were there."""
    code = card_of(hospital, visit)
    scanned_at = time.monotonic()
    one.scanner.scan(code)
    _let_it_draw(one, visit)
    card_s = screen.last_change_s() - scanned_at
    lifted_s = one.tap("check-in")
    _let_it_draw(one, visit)
    # Below the number the picture changes once more when the slip has been printed.
    tap_s = screen.last_change_s(*one.rows_of("number")) - lifted_s
    one.wait_for("小票已打印")
    one.tap("done")
    one.wait_for(HOME)
    return card_s, tap_s


def card_of(hospital: BenchHospital, visit: Visit) -> str:
    """Return what the patient's phone shows at this moment."""
    key = load_or_make_key(hospital.data_folder / "card-key.json")
    return CardIssuer(key, SITE).issue(visit.card, hospital.now(), uuid.uuid4().hex)


def _let_it_draw(one: RunningKiosk, visit: Visit) -> None:
    # First let it be, so that asking does not slow it down.
    threading.Event().wait(SETTLES_S)
    one.wait_for(visit.ticket.partition(":")[2])


def sessions(folder: Path, count: int) -> list[Figure]:
    """Let `count` patients check in one after the other, each with his card and his slip."""
    with (
        running_broker("Mosquitto", folder / "broker") as address,
        check_in_load(folder, address, count) as load,
        plugged_in(folder) as devices,
        running_screen(folder, "540x960") as screen,
        running_kiosk(
            folder,
            load.hospital,
            address,
            devices,
            {"DISPLAY": screen.name},
            size="540x960",
        ) as one,
    ):
        one.be_ready()
        memory_mb = _memory_over_sessions(one, load, count)
    tenth = len(memory_mb) // 10
    return [
        figure("kiosk's memory", f"after {count // 10:,} patients", [memory_mb[tenth]], "MB"),
        figure("kiosk's memory", f"after {count:,} patients", [memory_mb[-1]], "MB"),
        figure(
            "kiosk's memory",
            "what it grew by since",
            [memory_mb[-1] - memory_mb[tenth]],
            "MB",
            at_most=GROWTH_MB,
        ),
    ]


def _memory_over_sessions(one: RunningKiosk, load: CheckInLoad, count: int) -> list[float]:
    memory_mb = []
    # Ten thousand take two hours: somebody may want to know that they go on.
    for visit in track(load.hospital.visits[:count], "patients", console=Console(stderr=True)):
        one.scanner.scan(card_of(load.hospital, visit))
        one.wait_for("请核对后签到")
        one.tap("check-in")
        one.wait_for("小票已打印")
        one.tap("done")
        one.wait_for(HOME)
        memory_mb.append(one.memory_mb())
    return memory_mb
