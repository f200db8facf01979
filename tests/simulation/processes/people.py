"""Who comes, waits, treats and helps."""

import asyncio
from collections import deque
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from queue_server.records.records import Patient
from tests.simulation.processes.browsers import Browser, Gone
from tests.simulation.processes.hospital import ProcessHospital
from tests.simulation.processes.kiosk_process import Left
from tests.simulation.processes.kiosk_process import Patient as InFront
from tests.simulation.processes.story import Story

KIOSK_BACK_S: Final = 0.5
VISIT_WITHIN_S: Final = 60.0
TRIES_AGAIN_S: Final = 1.0


class Crowd:
    """The patients: who has not come yet, and who was sent away by a dead kiosk.

    Args:
        hospital: who is booked.
        story: gets the counts.
        pause_s: between two patients at one kiosk, at most.
        chance: the crowd's dice.
    """

    def __init__(
        self, hospital: ProcessHospital, story: Story, pause_s: float, chance: Random
    ) -> None:
        self._hospital = hospital
        self._story = story
        self._pause_s = pause_s
        self._chance = chance
        self._to_come = deque(hospital.patients)
        self._seen: list[Patient] = []

    async def queue_at(self, kiosk: Path) -> None:
        """Step in front of one kiosk, one patient after the other, for ever."""
        while True:
            await asyncio.sleep(self._chance.uniform(0.0, self._pause_s))
            patient = self._next()
            if patient is None:
                return
            try:
                left = await self._visit(kiosk, patient)
            except (OSError, TimeoutError, msgspec.DecodeError):
                # The kiosk has died under his hands: he tries another one.
                self._story.count("patients whose kiosk died or hung")
                self._to_come.appendleft(patient)
                await asyncio.sleep(KIOSK_BACK_S)
                continue
            self._story.count(f"patients who left with {left.screen} {left.code}".rstrip())
            if left.screen == "Refusal":
                self._to_come.append(patient)
                await asyncio.sleep(TRIES_AGAIN_S)
            else:
                self._seen.append(patient)

    def _next(self) -> Patient | None:
        # Some come back: to look where they stand, or after a missed call.
        if self._seen and (not self._to_come or self._chance.random() < 0.15):
            return self._chance.choice(self._seen)
        return self._to_come.popleft() if self._to_come else None

    async def _visit(self, kiosk: Path, patient: Patient) -> Left:
        reader, writer = await asyncio.open_unix_connection(kiosk)
        try:
            writer.write(msgspec.json.encode(InFront(code=self._code(patient))) + b"\n")
            async with asyncio.timeout(VISIT_WITHIN_S):
                return msgspec.json.decode(await reader.readline(), type=Left)
        finally:
            writer.close()

    def _code(self, patient: Patient) -> str:
        if self._chance.random() < 0.4:
            token_id = f"{self._chance.getrandbits(64):016x}"
            return self._hospital.card(patient, self._story.now(), token_id)
        assert patient.id_number is not None
        return patient.id_number


class Doctor:
    """Calls, treats, sends away, misses: one queue."""

    def __init__(self, browser: Browser, story: Story, pause_s: float) -> None:
        self._browser = browser
        self._story = story
        self._pause_s = pause_s
        self.queue = browser.user

    async def work(self) -> None:
        """Go on for ever."""
        chance = self._browser.chance
        while True:
            await asyncio.sleep(chance.uniform(self._pause_s / 3, self._pause_s))
            try:
                view = await self._browser.view("/api/console/view")
            except Gone:
                continue
            if view is not None and "queue" in view:
                await self._act(view, chance)

    async def call(self) -> bool:
        """Call the next one; tell whether there was anybody."""
        await self._do("reopen", {})
        return await self._do("call-next", {}) is not None

    async def _act(self, view: Any, chance: Random) -> None:
        tickets = view["queue"]["tickets"]
        in_room = tickets["in_room"]
        if in_room is None or chance.random() < 0.3:
            await self._do("call-next", {})
            return
        kinds = ["finish", "away-for-results"]
        if in_room["state"] == "called":
            kinds = ["start", "start", "recall", "miss"]
        seen = view["entry_count"] if chance.random() < 0.8 else None
        await self._do(chance.choice(kinds), {"ticket": in_room["id"], "seen_entry": seen})

    async def _do(self, what: str, body: dict[str, Any]) -> int | None:
        return await self._browser.act(self._story, self.queue, what, **body)


class Nurse:
    """Re-orders, adds, holds, sends elsewhere, takes back."""

    def __init__(self, browser: Browser, story: Story, pause_s: float) -> None:
        self._browser = browser
        self._story = story
        self._pause_s = pause_s

    async def work(self) -> None:
        """Go on for ever."""
        chance = self._browser.chance
        while True:
            await asyncio.sleep(chance.uniform(self._pause_s / 3, self._pause_s))
            try:
                view = await self._browser.view("/api/station/view")
            except Gone:
                continue
            if view is not None and "queues" in view:
                queue = chance.choice(view["queues"])
                act = self._act(queue, view, chance)
                if act is not None:
                    what, body = act
                    await self._browser.act(self._story, queue["name"]["id"], what, **body)

    async def add(self, queue: str) -> None:
        """Give somebody without an appointment a number."""
        await self._browser.act(self._story, queue, "walk-in", kind="ordinary")

    def _act(self, queue: Any, view: Any, chance: Random) -> tuple[str, dict[str, Any]] | None:
        if queue["status"] != "open":
            return "reopen", {}
        pick = chance.random()
        if pick < 0.15:
            return "walk-in", {"kind": "emergency" if chance.random() < 0.2 else "ordinary"}
        if pick < 0.2:
            return "pause", {}
        own = view["own_act"]
        if pick < 0.3:
            is_here = own is not None and own["queue"] == queue["name"]["id"]
            return ("undo", {"entry": own["entry"]}) if is_here else None
        return self._about_a_ticket(queue, view, chance)

    def _about_a_ticket(
        self, queue: Any, view: Any, chance: Random
    ) -> tuple[str, dict[str, Any]] | None:
        tickets = queue["tickets"]
        listed, held, away = tickets["listed"], tickets["held"], tickets["away"]
        if held and chance.random() < 0.5:
            return "resume", {"ticket": held[0]["id"]}
        if away and chance.random() < 0.5:
            return "results-ready", {"ticket": chance.choice(away)["id"]}
        if not listed:
            return None
        ticket, other = chance.choice(listed)["id"], chance.choice(listed)["id"]
        pick = chance.random()
        if pick < 0.5:
            return "move", {"ticket": ticket, "before": other, "why": "老人"}
        if pick < 0.65:
            queues = [one["id"] for one in view["all_queues"]]
            return "transfer", {"ticket": ticket, "to_queue": chance.choice(queues)}
        if pick < 0.8:
            return "priority", {"ticket": ticket, "rank": "aged_80"}
        return "hold", {"ticket": ticket}
