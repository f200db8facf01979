"""How long a server takes to serve again with a long day in its journal."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.messages import FindPlace
from queue_server.journal.snapshot_file import SNAPSHOT_NAME
from queue_server.rules.terms import DeviceId
from tests.benchmark.check_ins import make_question
from tests.benchmark.figure import Figure, figure
from tests.benchmark.hospital import SITE, BenchHospital, make_hospital
from tests.benchmark.load import connected_client
from tests.benchmark.long_day import EVENTS_OF_A_VISIT, write_long_day
from tests.benchmark.programs import running_broker, running_server

BENCH: Final = "restart"
EVENTS: Final = 1_000_000
WITHOUT_S: Final = 30.0
WITH_S: Final = 5.0
ASK_EVERY_S: Final = 0.05
STARTS_WITHIN_S: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A start of the server, until it has answered a request."""

    served_after_s: float
    memory_mb: float


def restart(folder: Path, rounds: int, event_count: int = EVENTS) -> list[Figure]:
    """Start without and with a snapshot, in turn."""
    hospital = make_hospital(
        folder, area_count=10, room_count=20, visit_count=-(-event_count // EVENTS_OF_A_VISIT)
    )
    events = write_long_day(hospital)
    snapshot = hospital.data_folder / SNAPSHOT_NAME
    without, with_one = [], []
    with running_broker("Mosquitto", folder / "broker") as address:
        for _ in range(rounds):
            snapshot.unlink(missing_ok=True)
            without.append(_start(hospital, address))
            with_one.append(_start(hospital, address))
    size_mb = snapshot.stat().st_size / 1e6
    return [
        figure(BENCH, "events of the running day in the journal", [events], ""),
        figure(BENCH, "its file", [hospital.journal_file.stat().st_size / 1e6], "MB"),
        figure(
            BENCH,
            "until it serves, without a snapshot",
            [start.served_after_s for start in without],
            "s",
            at_most=WITHOUT_S,
        ),
        figure(
            BENCH,
            "until it serves, with a snapshot",
            [start.served_after_s for start in with_one],
            "s",
            at_most=WITH_S,
        ),
        figure(BENCH, "the snapshot", [size_mb], "MB"),
        figure(BENCH, "memory, without", [start.memory_mb for start in without], "MB"),
        figure(BENCH, "memory, with", [start.memory_mb for start in with_one], "MB"),
    ]


def _start(hospital: BenchHospital, address: BrokerAddress) -> Start:
    """Start the server and ask for the place of a slip until it answers; then end it."""
    is_answered = threading.Event()

    def answered(*_: Any) -> None:
        is_answered.set()

    device = DeviceId("kiosk-00")
    client = connected_client("asks", address, [topics.reply(SITE, device)], answered)
    slip = f"hk:{hospital.day_on:%Y%m%d}:{hospital.visits[-1].ticket}"
    asking = threading.Thread(target=lambda: _ask(hospital, client, slip, is_answered))
    began_s = time.perf_counter()
    asking.start()
    try:
        with running_server(hospital, address) as server:
            assert is_answered.wait(STARTS_WITHIN_S), "the server does not answer"
            served_after_s = time.perf_counter() - began_s
            return Start(served_after_s=served_after_s, memory_mb=server.memory_mb())
    finally:
        is_answered.set()
        asking.join()
        client.disconnect()
        client.loop_stop()


def _ask(hospital: BenchHospital, client: Any, slip: str, is_answered: threading.Event) -> None:
    while not is_answered.wait(ASK_EVERY_S):
        question = make_question(hospital, SITE, 0, FindPlace(slip_code=slip))
        client.publish(question.topic, question.payload, 1)
