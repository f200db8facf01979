"""What the tests of a line have in common: a line, and what it told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from itertools import count

from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.connection import Connect
from queue_server.client.line import SILENT_AFTER_S, Address, Line
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import CallHelp
from queue_server.rules.terms import DeviceId, SiteId

WAIT_S = 8.0
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KIOSK = DeviceId("kiosk-01")
HELP = CallHelp(screen="welcome")


class Watch:
    """Collects what a line tells; awaited until it fits."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self._news = asyncio.Condition()

    def __call__(self, *told: object) -> None:
        self.told.append(told[0] if len(told) == 1 else told)
        self._wake = asyncio.create_task(self._notify())

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def until(self, *expected: object) -> None:
        """Return when just this has been told."""
        try:
            async with asyncio.timeout(WAIT_S), self._news:
                await self._news.wait_for(lambda: self.told == list(expected))
        except TimeoutError:
            raise AssertionError(f"told {self.told}, expected {expected}") from None

    async def until_count(self, count: int) -> None:
        """Return when so much has been told."""
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(lambda: len(self.told) >= count)


def make_line(
    broker: BrokerProcess,
    site: SiteId,
    device: DeviceId = KIOSK,
    silent_after_s: float = SILENT_AFTER_S,
    connect: Connect | None = None,
) -> Line:
    numbers = count(1)
    address = broker.address
    return Line(
        Address(host=address.host, port=address.port, site=site, device=device),
        now=lambda: NOON,
        new_id=lambda: f"ask-{next(numbers)}",
        status=lambda: DeviceStatus(is_up=True, version="1.0", paper="ok"),
        silent_after_s=silent_after_s,
        connect=connect,
    )


@contextlib.asynccontextmanager
async def running(line: Line) -> AsyncIterator[Line]:
    task = asyncio.create_task(line.run())
    try:
        yield line
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextlib.asynccontextmanager
async def connected(line: Line) -> AsyncIterator[Line]:
    """Run a line and wait until it is up."""
    is_up = asyncio.Event()
    line.on_change = lambda up: is_up.set() if up else None
    async with running(line):
        async with asyncio.timeout(WAIT_S):
            await is_up.wait()
        yield line


async def in_thread(do: Callable[[], object]) -> None:
    await asyncio.to_thread(do)
