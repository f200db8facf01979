"""Time that passes only when a test says so, and a loudspeaker that lives in it."""

import asyncio
import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hardware.voice.player import NoSound, duration_s

SETTLE_TURNS = 30


class VirtualTime:
    def __init__(self, start: datetime) -> None:
        self._now = start
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (at, self._count, waking))
        await waking

    async def run_for(self, seconds: float) -> None:
        """Let everything happen that happens within the next `seconds`."""
        end = self._now + timedelta(seconds=seconds)
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            self._now, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                waking.set_result(None)
            await _settle()
        self._now = end


async def _settle() -> None:
    for _ in range(SETTLE_TURNS):
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    name: str
    began_at: datetime
    ended_at: datetime


class SimulatedLoudspeaker:
    """A player of the port `Player`: takes as long as its sounds, can be unplugged."""

    def __init__(self, time: VirtualTime) -> None:
        self._time = time
        self.played: list[Played] = []
        self.is_plugged_in = True

    async def play(self, sounds: Sequence[Path], *, name: str) -> None:
        await self.check()
        began_at = self._time.now()
        await self._time.sleep(duration_s(sounds))
        self.played.append(Played(name=name, began_at=began_at, ended_at=self._time.now()))

    async def check(self) -> None:
        if not self.is_plugged_in:
            raise NoSound("unplugged")
