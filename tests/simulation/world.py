"""What all parts of a simulated morning share: seed, time, faults, story, and how it fails."""

import asyncio
import hashlib
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from tests.simulation.weather import CALM, Weather

MORNING: Final = datetime(2026, 11, 22, 23, 55, tzinfo=UTC)
"""07:55 in Beijing."""
LINES_KEPT: Final = 60


class Violation(AssertionError):
    """Something happened that must never happen."""


class Story:
    """What happened, line by line: kept in short, hashed as a whole, told if wished."""

    def __init__(self, tell: Callable[[str], None] | None) -> None:
        self._tell = tell
        self._hash = hashlib.blake2b(digest_size=8)
        self.last_lines: deque[str] = deque(maxlen=LINES_KEPT)

    def add(self, at_s: float, who: str, what: str) -> None:
        line = f"{at_s:9.3f} {who:14} {what}"
        self._hash.update(line.encode())
        self.last_lines.append(line)
        if self._tell is not None:
            self._tell(line)

    @property
    def digest(self) -> str:
        """The same for two mornings in which the same things happened at the same time."""
        return self._hash.hexdigest()


class World:
    """One morning's surroundings. To be made inside the virtual loop."""

    def __init__(self, seed: int, tell: Callable[[str], None] | None = None) -> None:
        self.seed = seed
        self.weather: Weather = CALM
        self.is_healed = False
        self.story = Story(tell)
        self.counts: Counter[str] = Counter()
        self.loop = asyncio.get_running_loop()
        self.failed: asyncio.Future[None] = self.loop.create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self.loop.set_exception_handler(self._escaped)

    def chance(self, name: str) -> Random:
        """Return the dice of one part; what it throws does not depend on the others."""
        return Random(f"{self.seed}/{name}")

    def now(self) -> datetime:
        """Return the true instant, which no clock of a machine need show."""
        return MORNING + timedelta(seconds=self.loop.time())

    def tell(self, who: str, what: str) -> None:
        """Add a line to the story."""
        self.story.add(self.loop.time(), who, what)

    def count(self, what: str) -> None:
        """Count something for the figures."""
        self.counts[what] += 1

    def heal(self) -> None:
        """Let no more faults happen."""
        self.weather = CALM
        self.is_healed = True
        self.tell("world", "heals")

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` beside; if it fails, so does the morning."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def fail(self, error: BaseException) -> None:
        """End the morning with this error, if it is the first one."""
        if not self.failed.done():
            self.failed.set_exception(error)

    async def end(self) -> None:
        """Stop whatever still runs."""
        tasks = asyncio.all_tasks(self.loop) - {asyncio.current_task(self.loop)}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)

    def _escaped(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.fail(context.get("exception") or RuntimeError(context["message"]))


class Machine:
    """A computer: its name, and a clock that may be wrong."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.clock_error_s = 0.0
        self.cut_off_until_s = 0.0

    def now(self) -> datetime:
        """Return what the machine's clock shows."""
        return self.world.now() + timedelta(seconds=self.clock_error_s)

    def tell(self, what: str) -> None:
        """Add a line of this machine to the story."""
        self.world.tell(self.name, what)
