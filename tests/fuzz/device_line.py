"""A device's line, on which a fuzzer says what comes in."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any

from queue_server.client.connection import Connection, Will
from queue_server.client.line import Address, Line
from queue_server.contract import topics
from queue_server.contract.codec import decode
from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.contract.messages import Request
from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId
from tests.integration.service.known_hospital import OPENING

SITE, DEVICE, AREA, ROOM = SiteId("north"), DeviceId("device-1"), AreaId("area-a"), RoomId("room-1")
_TURNS = 12
"""How often everybody in the loop gets his turn after something has come in."""


class Feed:
    """A `Connection` on which a test says what comes in, and hears what goes out."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.requests: list[Request] = []
        self.is_open = asyncio.Event()

    async def subscribe(self, topics: Sequence[str]) -> None:
        self.followed = topics

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if topic == topics.request(SITE, DEVICE):
            self.requests.append(decode(payload, Request))
        elif topic == topics.heard(SITE, DEVICE):
            decode(payload, Heard)

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        self.is_open.set()
        while True:
            yield await self.incoming.get()

    @asynccontextmanager
    async def connect(
        self, host: str, port: int, *, identifier: str, will: Will
    ) -> AsyncIterator[Connection]:
        yield self


class Clock:
    def __init__(self) -> None:
        self.now = OPENING

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()


def make_line(feed: Feed, clock: Callable[[], datetime], kind: type[Line] = Line) -> Line:
    """Return a device's line on which `feed` says what comes in."""
    numbers = itertools.count(1)
    return kind(
        Address(host="", port=1, site=SITE, device=DEVICE),
        now=clock,
        new_id=lambda: f"request-{next(numbers)}",
        status=lambda: DeviceStatus(is_up=True),
        connect=feed.connect,
    )


async def turns() -> None:
    for _ in range(_TURNS):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    """Run parts of a program; one that fails meanwhile fails the try."""
    tasks = [asyncio.get_running_loop().create_task(part) for part in parts]
    await turns()
    try:
        yield
        for task in tasks:
            if task.done():
                task.result()
                raise AssertionError("a part of the program has ended")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def real_line(line_of: Callable[..., Line] = make_line) -> Iterator[Callable[..., Line]]:
    """Yield what makes a device's line, as it is shipped."""
    yield line_of
