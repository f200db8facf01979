"""The programs of a bench: broker and server as the product runs them, and what is beside them."""

import compileall
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from queue_server.broker.broker import BrokerAddress
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.mosquitto import mosquitto
from queue_server.demo.programs import free_port
from tests.benchmark.hospital import BenchHospital

BROKERS: Final = {"Mosquitto": mosquitto, "NATS": embedded_nats}
STOP_WITHIN_S: Final = 30.0
CHECKOUT: Final = Path(__file__).parents[2]


class Program(NamedTuple):
    """A running child process that has said that it is ready."""

    process: subprocess.Popen[str]
    said: str
    """Its first line."""

    def cpu_s(self) -> float:
        """Return the processor time it has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        """Return its resident memory."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 1e6)


def all_programs_cpu_s() -> float:
    """Return the processor time of this program and of all that it runs."""
    this = psutil.Process()
    times = [one.cpu_times() for one in (this, *this.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def compile_programs() -> None:
    """Compile what programs import, as an installation does: started is what was installed."""
    for part in ("queue_server", "kiosk", "display", "hardware", "assets"):
        compileall.compile_dir(CHECKOUT / part, quiet=1)


class ProgramEnded(Exception):
    """A program ended before it was ready; its log says why."""


@contextmanager
def running_broker(kind: str, folder: Path) -> Iterator[BrokerAddress]:
    """Run a broker of our own configuration."""
    broker: BrokerProcess = BROKERS[kind](folder)
    broker.start()
    try:
        yield broker.address
    finally:
        broker.stop()


@contextmanager
def running(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Program]:
    """Run `python ARGUMENTS` from its first line of output until it is no longer needed."""
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        if not said:
            raise ProgramEnded(f"{arguments}: see {log}: {log.read_text()[-2000:]}")
        yield Program(process, said.strip())
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def server_arguments(hospital: BenchHospital, address: BrokerAddress, http_port: int) -> list[str]:
    """Return how the server of `hospital` is started."""
    return [
        *("-m", "queue_server", "server"),
        *("--site", str(hospital.site_file), "--users", str(hospital.users_file)),
        *("--data", str(hospital.data_folder), "--http", f"127.0.0.1:{http_port}"),
        *("--broker", str(address), "--clock-offset-s", str(hospital.clock_offset_s)),
    ]


@contextmanager
def running_server(
    hospital: BenchHospital,
    address: BrokerAddress,
    environment: Mapping[str, str] | None = None,
    http_port: int | None = None,
) -> Iterator[Program]:
    """Run the queue server, its pages at any free port unless one is named."""
    arguments = server_arguments(hospital, address, http_port or free_port())
    with running(arguments, hospital.folder / "server.log", environment) as program:
        yield program


@contextmanager
def running_echo(
    address: BrokerAddress, site: str, reply_bytes: int, log: Path
) -> Iterator[Program]:
    """Run the echo."""
    arguments = ["-m", "tests.benchmark.echo", address.host, str(address.port), site]
    with running([*arguments, str(reply_bytes)], log) as program:
        yield program
