"""One run: build the hospital, let people and faults at it, heal, look once more, judge."""

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from tests.simulation.processes.browsers import Books, Browser
from tests.simulation.processes.building import CHECKOUT, Building
from tests.simulation.processes.fault_plan import (
    KINDS,
    LONG_AWAY,
    POWER_CUT,
    SERVER_WIRE,
    Kind,
    make_plan,
)
from tests.simulation.processes.hands import PLUGS, Hands
from tests.simulation.processes.hospital import (
    NURSES,
    ProcessHospital,
    clock_offset,
    make_hospital,
)
from tests.simulation.processes.judge import Evidence, Verdict, judge
from tests.simulation.processes.last_look import LastLook
from tests.simulation.processes.machines import (
    BrokerMachine,
    EmbeddedBroker,
    OwnBroker,
    ServerMachine,
)
from tests.simulation.processes.people import Crowd, Doctor, Nurse
from tests.simulation.processes.records import read_notes
from tests.simulation.processes.relay import Relay, mirror
from tests.simulation.processes.small_disk import SmallDisk
from tests.simulation.processes.story import Story
from tests.simulation.processes.truth import Truth, stored_replies
from tests.simulation.world import Violation

DISK_MB: Final = 96
FIRST_START_WITHIN_S: Final = 60.0
FIRST_CALLS: Final = 2
"""In each area."""
FIRST_CALLS_WITHIN_S: Final = 90.0
LONG_RUN_S: Final = 240.0
"""In a run of such a length a display may be away until its calls are stale."""
THREADS: Final = 16
LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a run is like. `gap_s`: between two faults, on average."""

    seed: int
    broker: str
    run_s: float
    folder: Path
    gap_s: float = 4.0
    kiosk_pause_s: float = 6.0
    doctor_pause_s: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went."""

    options: Options
    wrong: list[str]
    counts: Counter[str]
    verdict: Verdict
    kinds: tuple[str, ...]
    """Of the faults that were in the plan."""
    remarks: list[str]
    """What this machine would not let us do."""


class Run:
    """Everything of one run, started in order and stopped in reverse."""

    def __init__(self, options: Options, progress: Callable[[float], None]) -> None:
        self._options = options
        self._progress = progress
        self.folder = options.folder
        self.story: Story
        self.hospital: ProcessHospital
        self.building: Building
        self.server: ServerMachine
        self.broker: BrokerMachine
        self.truth: Truth
        self.books = Books()
        self.doctors: list[Doctor] = []
        self.nurses: list[Nurse] = []
        self._disk: SmallDisk
        self._server_wire: Relay | None = None

    def chance(self, name: str) -> Random:
        """Return the dice of one part."""
        return Random(f"{self._options.seed}/{name}")

    @property
    def journal(self) -> Path:
        """The server's journal."""
        return self._disk.folder / JOURNAL_NAME

    async def run(self) -> Outcome:
        """Do it all."""
        verdict = Verdict()
        async with AsyncExitStack() as stack:
            await self._build(stack)
            try:
                await self._let_it_happen(stack)
                await LastLook(self).look()
                await self._stop()
                verdict = self._judged()
            except Violation as violation:
                verdict.wrong.append(str(violation))
            finally:
                self._keep_evidence()
        return Outcome(
            options=self._options,
            wrong=[*self.story.unexpected, *verdict.wrong],
            counts=self.story.counts + verdict.counts,
            verdict=verdict,
            kinds=(*(kind.name for kind in self._kinds()), POWER_CUT),
            remarks=self._remarks(),
        )

    # --- before ----------------------------------------------------------------------------------

    async def _build(self, stack: AsyncExitStack) -> None:
        options = self._options
        self._disk = SmallDisk(self.folder / "data", DISK_MB)
        stack.callback(self._disk.remove)
        now = datetime.now(UTC)
        patient_count = 60 + round(options.run_s * 20 / options.kiosk_pause_s)
        self.hospital = make_hospital(
            self.folder,
            self._disk.folder,
            patient_count=patient_count,
            now=now,
            chance=self.chance("hospital"),
        )
        self.story = Story(self.folder, clock_offset(self.hospital, now))
        stack.callback(self.story.close)
        patients = {one.patient_id: one for one in self.hospital.patients}
        self.truth = Truth(self.hospital.setup, self.hospital.day_on, patients)
        broker_port = await self._start_server(stack)
        self.building = Building(self.folder, self.hospital.setup, self.story, broker_port)
        stack.push_async_callback(self.building.close)
        await self.building.open()
        for device in self.building.plan:
            await self.building.switch_on(device)
        self.story.tell("building", f"{len(self.building.plan)} devices are on")

    async def _start_server(self, stack: AsyncExitStack) -> int:
        """Start broker and server; returns the broker's port."""
        self.http_port, self.broker_port = free_port(), free_port()
        broker_port = self.broker_port
        arguments = ["--broker-port", str(broker_port)]
        own: OwnBroker | None = None
        if self._options.broker == "mosquitto":
            own = OwnBroker(self._started_mosquitto(stack, broker_port))
            self._server_wire = Relay("127.0.0.1", broker_port)
            stack.push_async_callback(self._server_wire.stop)
            watching = asyncio.create_task(mirror([self._server_wire], broker_port))
            stack.callback(watching.cancel)
            arguments = ["--broker", f"127.0.0.1:{await self._server_wire.listen()}"]
        self.server = ServerMachine(
            lambda: self._server_command(arguments),
            self.http_port,
            self.folder / "server.log",
            self.story,
        )
        self.server.disk = self._disk
        self.broker = own or EmbeddedBroker(self.server)
        running = asyncio.create_task(self.server.run())
        stack.push_async_callback(self.server.end)
        stack.callback(running.cancel)
        async with asyncio.timeout(FIRST_START_WITHIN_S):
            await self.server.serving()
        self.story.tell("server", "is there")
        return broker_port

    def _started_mosquitto(self, stack: AsyncExitStack, port: int) -> BrokerProcess:
        broker = mosquitto(self.folder / "broker", port=port)
        broker.start()
        stack.callback(broker.stop)
        return broker

    def _server_command(self, arguments: list[str]) -> list[str]:
        offset_s = round(self.story.clock_offset.total_seconds())
        return [
            *("-m", "queue_server", "server", "--site", str(self.hospital.site_file)),
            *("--users", str(self.hospital.users_file), "--data", str(self._disk.folder)),
            *("--http", f"127.0.0.1:{self.http_port}", "--clock-offset-s", str(offset_s)),
            *arguments,
        ]

    # --- the faults ------------------------------------------------------------------------------

    async def _let_it_happen(self, stack: AsyncExitStack) -> None:
        people = self._people(stack)
        await self._wait_for_the_first_calls()
        hands = Hands(
            self.story,
            self.server,
            self.broker,
            self.building,
            self._disk,
            self._server_wire,
        )
        options = self._options
        plan = make_plan(self.chance("faults"), self._kinds(), options.run_s, options.gap_s)
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        faults: list[asyncio.Task[None]] = []
        for fault in plan:
            while (wait_s := began_s + fault.at_s - loop.time()) > 0.0:
                self._progress(loop.time() - began_s)
                await asyncio.sleep(min(wait_s, 0.5))
            faults.append(asyncio.create_task(hands.carry_out(fault)))
        await asyncio.sleep(max(0.0, began_s + options.run_s - loop.time()))
        await asyncio.gather(*faults)
        self._progress(options.run_s)
        self.story.tell("faults", "are over")
        for task in people:
            task.cancel()
        await asyncio.gather(*people, return_exceptions=True)

    async def _wait_for_the_first_calls(self) -> None:
        """Let nothing happen before there is something to lose."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + FIRST_CALLS_WITHIN_S
        while True:
            self.truth.read(self.journal)
            if min(len(calls) for calls in self.truth.calls.values()) >= FIRST_CALLS:
                self.story.tell("people", "are there, the first are called")
                return
            if loop.time() > give_up_at:
                raise Violation("without any fault, nobody is called")
            await asyncio.sleep(LOOK_S)

    def _kinds(self) -> list[Kind]:
        kinds = [kind for kind in KINDS if kind.name not in PLUGS or self.building.has_namespaces]
        if self._server_wire is not None:
            kinds += SERVER_WIRE
        if self._options.run_s >= LONG_RUN_S:
            kinds.append(Kind(name=LONG_AWAY, for_s=(0.0, 0.0), weight=0.5))
        return kinds

    def _remarks(self) -> list[str]:
        remarks = []
        if not self.building.has_namespaces:
            remarks.append(f"plugs can't be pulled here: {self.building.why_no_namespaces}")
        if not self._disk.is_mounted:
            remarks.append("no file system may be mounted here: a limit on files is the full disk")
        return remarks

    def _people(self, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
        options = self._options
        pool = stack.enter_context(ThreadPoolExecutor(THREADS, thread_name_prefix="browser"))

        def browser(user: str, role: str) -> Browser:
            return Browser(user, role, self.http_port, pool, self.chance(user), self.books)

        queues = self.hospital.setup.queues
        self.doctors = [
            Doctor(browser(queue, "doctor"), self.story, options.doctor_pause_s) for queue in queues
        ]
        self.nurses = [
            Nurse(browser(name, "nurse"), self.story, options.doctor_pause_s) for name in NURSES
        ]
        crowd = Crowd(self.hospital, self.story, options.kiosk_pause_s, self.chance("crowd"))
        kiosks = [device for device, placed in self.building.plan.items() if placed.kind == "kiosk"]
        works = [
            *(crowd.queue_at(self.folder / f"{device}.sock") for device in kiosks),
            *(doctor.work() for doctor in self.doctors),
            *(nurse.work() for nurse in self.nurses),
        ]
        return [asyncio.create_task(work) for work in works]

    # --- after -----------------------------------------------------------------------------------

    async def _stop(self) -> None:
        await self.building.close()
        code = await self.server.end()
        if code != 0:
            self.story.did_not_expect(f"the server, asked to end, ended with {code}")

    def _judged(self) -> Verdict:
        self.truth.read(self.journal)
        verify = [sys.executable, "-m", "queue_server", "verify", "--data", str(self._disk.folder)]
        verified = subprocess.run(verify, cwd=CHECKOUT, check=False, capture_output=True, text=True)
        if verified.returncode != 0:
            self.story.did_not_expect(f"the journal is not sound: {verified.stdout}")
        for log in sorted(self.folder.glob("*.log")):
            if "Traceback" in log.read_text(encoding="utf-8", errors="replace"):
                self.story.did_not_expect(f"an error that nobody expected stands in {log.name}")
        notes = {
            device: read_notes(self.folder / f"{device}.jsonl")[0] for device in self.building.plan
        }
        self.story.counts["entries in the journal"] = len(self.truth.entries)
        return judge(
            Evidence(
                truth=self.truth,
                placed=self.building.plan,
                notes=notes,
                troubles=self.story.troubles,
                replies=stored_replies(self.journal),
                browsers=self.books,
            )
        )

    def _keep_evidence(self) -> None:
        """Copy what is on the small disk, which is about to go."""
        for path in self._disk.folder.glob("journal*"):
            shutil.copy2(path, self.folder / path.name)
