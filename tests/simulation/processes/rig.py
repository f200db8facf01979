"""The machines of a run: disk, broker, server, building; started in order, stopped in reverse."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.mosquitto import mosquitto
from queue_server.demo.programs import free_port
from queue_server.journal.journal_file import JOURNAL_NAME
from tests.simulation.processes.building import KIOSK_COUNT, Building
from tests.simulation.processes.hospital import ProcessHospital, clock_offset, make_hospital
from tests.simulation.processes.machines import (
    BrokerMachine,
    EmbeddedBroker,
    OwnBroker,
    ServerMachine,
)
from tests.simulation.processes.relay import Relay, mirror
from tests.simulation.processes.small_disk import SmallDisk
from tests.simulation.processes.story import Story
from tests.simulation.processes.truth import Truth

DISK_MB: Final = 96
FIRST_START_WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is like. `gap_s`: between two faults, on average; `only`: kinds of faults whose
    names have this text in them, all without."""

    seed: int
    broker: str
    run_s: float
    folder: Path
    gap_s: float = 4.0
    kiosk_pause_s: float = 6.0
    doctor_pause_s: float = 8.0
    only: str = ""


class Rig:
    """Everything that a run is about. `build()` before anything else."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder = options.folder
        self.http_port, self.broker_port = free_port(), free_port()
        self.disk: SmallDisk
        self.hospital: ProcessHospital
        self.story: Story
        self.truth: Truth
        self.server: ServerMachine
        self.broker: BrokerMachine
        self.building: Building
        self.server_wire: Relay | None = None

    def chance(self, name: str) -> Random:
        """Return the dice of one part."""
        return Random(f"{self.options.seed}/{name}")

    @property
    def journal(self) -> Path:
        """The server's journal."""
        return self.disk.folder / JOURNAL_NAME

    async def build(self, stack: AsyncExitStack) -> None:
        """Start everything; `stack` stops it."""
        options = self.options
        self.disk = SmallDisk(self.folder / "data", DISK_MB)
        stack.callback(self.disk.remove)
        now = datetime.now(UTC)
        patient_count = 60 + round(options.run_s * KIOSK_COUNT / options.kiosk_pause_s)
        self.hospital = make_hospital(
            self.folder,
            self.disk.folder,
            patient_count=patient_count,
            now=now,
            chance=self.chance("hospital"),
        )
        self.story = Story(self.folder, clock_offset(self.hospital, now))
        stack.callback(self.story.close)
        patients = {one.patient_id: one for one in self.hospital.patients}
        self.truth = Truth(self.hospital.setup, self.hospital.day_on, patients)
        await self._start_server(stack)
        self.building = Building(self.folder, self.hospital.setup, self.story, self.broker_port)
        stack.push_async_callback(self.building.close)
        await self.building.open()
        for device in self.building.plan:
            await self.building.switch_on(device)
        self.story.tell("building", f"{len(self.building.plan)} devices are on")

    async def _start_server(self, stack: AsyncExitStack) -> None:
        broker_port = self.broker_port
        arguments = ["--broker-listen", f"127.0.0.1:{broker_port}"]
        own: OwnBroker | None = None
        if self.options.broker == "mosquitto":
            own = OwnBroker(self._started_mosquitto(stack, broker_port))
            self.server_wire = Relay("127.0.0.1", broker_port)
            stack.push_async_callback(self.server_wire.stop)
            watching = asyncio.create_task(mirror([self.server_wire], broker_port))
            stack.callback(watching.cancel)
            arguments = ["--broker", f"127.0.0.1:{await self.server_wire.listen()}"]
        self.server = ServerMachine(
            lambda: self._server_command(arguments),
            self.http_port,
            self.folder / "server.log",
            self.story,
        )
        self.server.disk = self.disk
        self.broker = own or EmbeddedBroker(self.server)
        running = asyncio.create_task(self.server.run())
        stack.push_async_callback(self.server.end)
        stack.callback(running.cancel)
        async with asyncio.timeout(FIRST_START_WITHIN_S):
            await self.server.serving()
        self.story.tell("server", "is there")

    def _started_mosquitto(self, stack: AsyncExitStack, port: int) -> BrokerProcess:
        broker = mosquitto(self.folder / "broker", port=port)
        broker.start()
        stack.callback(broker.stop)
        return broker

    def _server_command(self, arguments: list[str]) -> list[str]:
        offset_s = round(self.story.clock_offset.total_seconds())
        return [
            *("-m", "queue_server", "server", "--site", str(self.hospital.site_file)),
            *("--users", str(self.hospital.users_file), "--data", str(self.disk.folder)),
            *("--http", f"127.0.0.1:{self.http_port}", "--clock-offset-s", str(offset_s)),
            *arguments,
        ]
