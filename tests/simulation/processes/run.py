"""One run: build the hospital, let people and faults at it, heal, look once more, judge."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from tests.simulation.processes.browsers import Books, Browser
from tests.simulation.processes.building import CHECKOUT
from tests.simulation.processes.fault_plan import (
    KINDS,
    LONG_AWAY,
    POWER_CUT,
    SERVER_WIRE,
    Kind,
    make_plan,
    power_cut,
)
from tests.simulation.processes.hands import PLUGS, Hands
from tests.simulation.processes.hospital import NURSES
from tests.simulation.processes.judge import Evidence, Verdict, judge
from tests.simulation.processes.last_look import LastLook
from tests.simulation.processes.people import Crowd, Doctor, Nurse
from tests.simulation.processes.records import read_notes
from tests.simulation.processes.rig import Options, Rig
from tests.simulation.processes.truth import stored_replies
from tests.simulation.world import Violation

FIRST_CALLS: Final = 2
"""In each area."""
FIRST_CALLS_WITHIN_S: Final = 90.0
LONG_RUN_S: Final = 240.0
"""In a run of such a length a display may be away until its calls are stale."""
THREADS: Final = 16
HARMLESS: Final = re.compile(
    r"Exception in callback BaseSelectorEventLoop\.add_(?:reader|writer)"
    r".*?OSError: \[Errno 9\] Bad file descriptor\n"
    r"|Unexpected message ID \"\d+\" in on_subscribe callback\n.*?KeyError: \d+\n",
    re.DOTALL,
)
"""The MQTT library connects in a thread. A connection that breaks before the loop has heard of its
socket is told by asyncio in these words; the line tries again. And it complains of an answer that
comes in the very moment in which the line has given it up."""
LOOK_S: Final = 0.1


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
    """People and faults on a rig, and what is said of it afterwards."""

    def __init__(self, options: Options, progress: Callable[[float], None]) -> None:
        self.rig = Rig(options)
        self.doctors: list[Doctor] = []
        self.nurses: list[Nurse] = []
        self._progress = progress
        self._books = Books()

    async def run(self) -> Outcome:
        """Do it all."""
        verdict = Verdict()
        async with AsyncExitStack() as stack:
            await self.rig.build(stack)
            try:
                await self._let_it_happen(stack)
                await LastLook(self.rig, self.doctors, self.nurses[0]).look()
                await self._stop()
                verdict = self._judged()
            except Violation as violation:
                verdict.wrong.append(str(violation))
            finally:
                self._keep_evidence()
        return Outcome(
            options=self.rig.options,
            wrong=[*self.rig.story.unexpected, *verdict.wrong],
            counts=self.rig.story.counts + verdict.counts,
            verdict=verdict,
            kinds=(
                *(kind.name for kind in self._kinds()),
                *([POWER_CUT] if self._has_power_cut else []),
            ),
            remarks=self._remarks(),
        )

    # --- the faults ------------------------------------------------------------------------------

    async def _let_it_happen(self, stack: AsyncExitStack) -> None:
        people = self._people(stack)
        await self._wait_for_the_first_calls()
        hands = Hands(self.rig)
        options = self.rig.options
        plan = make_plan(self.rig.chance("faults"), self._kinds(), options.run_s, options.gap_s)
        if self._has_power_cut:
            plan.append(power_cut(options.run_s))
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        faults: list[asyncio.Task[None]] = []
        for fault in sorted(plan, key=lambda fault: fault.at_s):
            while (wait_s := began_s + fault.at_s - loop.time()) > 0.0:
                self._progress(loop.time() - began_s)
                # Bit by bit: all at the end would keep the wires, which live here, for seconds.
                self.rig.truth.read(self.rig.journal)
                await asyncio.sleep(min(wait_s, 0.5))
            faults.append(asyncio.create_task(hands.carry_out(fault)))
        await asyncio.sleep(max(0.0, began_s + options.run_s - loop.time()))
        await asyncio.gather(*faults)
        self._progress(options.run_s)
        self.rig.story.tell("faults", "are over")
        for task in people:
            task.cancel()
        await asyncio.gather(*people, return_exceptions=True)

    async def _wait_for_the_first_calls(self) -> None:
        """Let nothing happen before there is something to lose."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + FIRST_CALLS_WITHIN_S
        while True:
            self.rig.truth.read(self.rig.journal)
            if min(len(calls) for calls in self.rig.truth.calls.values()) >= FIRST_CALLS:
                self.rig.story.tell("people", "are there, the first are called")
                return
            if loop.time() > give_up_at:
                raise Violation("without any fault, nobody is called")
            await asyncio.sleep(LOOK_S)

    def _kinds(self) -> list[Kind]:
        kinds = [
            kind for kind in KINDS if kind.name not in PLUGS or self.rig.building.has_namespaces
        ]
        if self.rig.server_wire is not None:
            kinds += SERVER_WIRE
        if self.rig.options.run_s >= LONG_RUN_S:
            kinds.append(Kind(name=LONG_AWAY, for_s=(0.0, 0.0), weight=0.5))
        return [kind for kind in kinds if self.rig.options.only in kind.name]

    @property
    def _has_power_cut(self) -> bool:
        return self.rig.options.only in POWER_CUT

    def _remarks(self) -> list[str]:
        remarks = []
        if not self.rig.building.has_namespaces:
            remarks.append(f"plugs can't be pulled here: {self.rig.building.why_no_namespaces}")
        if not self.rig.disk.is_mounted:
            remarks.append("no file system may be mounted here: a limit on files is the full disk")
        return remarks

    def _people(self, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
        rig, options = self.rig, self.rig.options
        pool = stack.enter_context(ThreadPoolExecutor(THREADS, thread_name_prefix="browser"))

        def browser(user: str, role: str) -> Browser:
            return Browser(user, role, rig.http_port, pool, rig.chance(user), self._books)

        site = rig.hospital.setup.site
        # Nobody calls from an area queue, nor at an MDT clinic without its team.
        queues = [queue.id for queue in site.queues if queue.id not in site.teams]
        self.doctors = [
            Doctor(browser(queue, "doctor"), rig.story, options.doctor_pause_s) for queue in queues
        ]
        self.nurses = [
            Nurse(browser(name, "nurse"), rig.story, options.doctor_pause_s) for name in NURSES
        ]
        crowd = Crowd(rig.hospital, rig.story, options.kiosk_pause_s, rig.chance("crowd"))
        kiosks = [device for device, placed in rig.building.plan.items() if placed.kind == "kiosk"]
        works = [
            *(crowd.queue_at(rig.folder / f"{device}.sock") for device in kiosks),
            *(doctor.work() for doctor in self.doctors),
            *(nurse.work() for nurse in self.nurses),
        ]
        return [asyncio.create_task(work) for work in works]

    # --- after -----------------------------------------------------------------------------------

    async def _stop(self) -> None:
        await self.rig.building.close()
        code = await self.rig.server.end()
        if code != 0:
            self.rig.story.did_not_expect(f"the server, asked to end, ended with {code}")

    def _judged(self) -> Verdict:
        rig = self.rig
        rig.truth.read(rig.journal)
        verify = [
            sys.executable,
            "-m",
            "queue_server",
            "verify",
            "--data",
            str(rig.disk.folder),
        ]
        verified = subprocess.run(verify, cwd=CHECKOUT, check=False, capture_output=True, text=True)
        if verified.returncode != 0:
            rig.story.did_not_expect(f"the journal is not sound: {verified.stdout}")
        for log in sorted(rig.folder.glob("*.log")):
            said = log.read_text(encoding="utf-8", errors="replace")
            if "Traceback" in HARMLESS.sub("", said):
                rig.story.did_not_expect(f"an error that nobody expected stands in {log.name}")
        notes = {
            device: read_notes(rig.folder / f"{device}.jsonl")[0] for device in rig.building.plan
        }
        rig.story.counts["entries in the journal"] = len(rig.truth.entries)
        return judge(
            Evidence(
                truth=rig.truth,
                placed=rig.building.plan,
                notes=notes,
                troubles=rig.story.troubles,
                replies=stored_replies(rig.journal),
                browsers=self._books,
            )
        )

    def _keep_evidence(self) -> None:
        """Copy what is on the small disk, which is about to go."""
        for path in self.rig.disk.folder.glob("journal*"):
            shutil.copy2(path, self.rig.folder / path.name)
