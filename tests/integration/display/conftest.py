"""A display on a real broker, and somebody who speaks like the queue server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiomqtt
import pytest

from display.announcer import Announcer, Pace
from display.heard_outbox import HeardOutbox
from display.presenter import AreaPresenter
from hardware.voice.loudspeaker import open_loudspeaker
from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.line import Address, Line
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notices
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.contract.message import Message
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import AreaId, DeviceId, SiteId
from tests.unit.display.samples import call, texts

AREA = AreaId("area-a")
DEVICE = DeviceId("board-a")
PULSE_S = 1.0
HEARD_WITHIN_S = 20
M = TypeVar("M", bound=Message)


def fresh_call(sequence: int, **changed: Any) -> Call:
    now = datetime.now(UTC)
    return call(
        sequence,
        **{"called_at": now, "fresh_until": now + timedelta(seconds=300), **changed},
    )


@pytest.fixture
def site(tmp_path: Path) -> SiteId:
    """A site of the test's own: the broker is shared and keeps what was retained."""
    return SiteId(re.sub(r"[^a-z0-9]+", "-", f"{tmp_path.parent.name}-{tmp_path.name}")[-60:])


class Server:
    """Publishes what a queue server would, over a connection that can be torn."""

    def __init__(self, client: aiomqtt.Client, site: SiteId) -> None:
        self._client = client
        self._site = site
        self.heard: list[Heard] = []
        self._heard_came = asyncio.Event()

    async def board(self, board: AreaBoard) -> None:
        await self._publish(topics.area_board(self._site, AREA), board, retain=True)

    async def notices(self, notices: Notices) -> None:
        await self._publish(topics.notice(self._site, AREA), notices, retain=True)

    async def call(self, one: Call) -> None:
        await self._publish(topics.call(self._site, AREA), one)

    async def status(self, *, is_up: bool) -> None:
        self._is_up = is_up
        await self._publish(
            topics.status(self._site, SERVER), DeviceStatus(is_up=is_up), retain=True
        )

    async def pulse(self) -> None:
        """Say again and again how it is, as the queue server does."""
        while True:
            await asyncio.sleep(PULSE_S)
            await self.status(is_up=self._is_up)

    async def listen(self) -> None:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            self.heard.append(decode(message.payload, Heard))
            self._heard_came.set()

    async def has_heard(self, count: int) -> list[Heard]:
        """Wait until so many acknowledgements have come."""
        async with asyncio.timeout(HEARD_WITHIN_S):
            while len(self.heard) < count:
                self._heard_came.clear()
                await self._heard_came.wait()
        return self.heard

    async def _publish(self, topic: str, message: Message, *, retain: bool = False) -> None:
        await self._client.publish(topic, encode(message), qos=1, retain=retain)

    def tear(self) -> None:
        """Lose the connection without a word, so that the broker publishes the will."""
        self._client._client._sock_close()


@asynccontextmanager
async def serving(broker: BrokerProcess, site: SiteId) -> AsyncIterator[Server]:
    will = aiomqtt.Will(
        topics.status(site, SERVER), encode(DeviceStatus(is_up=False)), qos=1, retain=True
    )
    address = broker.address
    with suppress(aiomqtt.MqttError):
        async with aiomqtt.Client(
            address.host, address.port, will=will, protocol=aiomqtt.ProtocolVersion.V311
        ) as client:
            await client.subscribe(topics.heard_filter(site), qos=1)
            server = Server(client, site)
            await server.status(is_up=True)
            tasks = [asyncio.create_task(server.listen()), asyncio.create_task(server.pulse())]
            try:
                yield server
            finally:
                for task in tasks:
                    task.cancel()
                    with suppress(asyncio.CancelledError, aiomqtt.MqttError):
                        await task


@dataclass
class Display:
    """An area board without its window."""

    presenter: AreaPresenter
    announcer: Announcer
    sounds: Path
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def spoken(self) -> list[str]:
        """The names of the announcements, in the order in which they were heard."""
        return [path.stem.split("-", 1)[1] for path in sorted(self.sounds.glob("*.wav"))]

    async def shows(self, condition: Callable[[Any], object], within_s: float = 5) -> Any:
        """Wait until the view is as wanted, and return it."""
        async with asyncio.timeout(within_s):
            while not condition(view := self.presenter.view()):
                self._changed.clear()
                await self._changed.wait()
        return view


@asynccontextmanager
async def displaying(broker: BrokerProcess, site: SiteId, folder: Path) -> AsyncIterator[Display]:
    def now() -> datetime:
        return datetime.now(UTC)

    address = Address(host=broker.address.host, port=broker.address.port, site=site, device=DEVICE)
    line = Line(address, now=now, new_id=lambda: "unused", status=lambda: DeviceStatus(is_up=True))
    outbox = HeardOutbox(lambda heard: line.publish(topics.heard(site, DEVICE), heard))
    loudspeaker = open_loudspeaker(f"file:{folder / 'heard'}", folder / "cache")
    announcer = Announcer(
        loudspeaker,
        now=now,
        sleep=asyncio.sleep,
        acknowledge=outbox.put,
        pace=Pace(pause_s=0, shown_s=0),
    )
    presenter = AreaPresenter(texts(), announcer, now)
    display = Display(presenter=presenter, announcer=announcer, sounds=folder / "heard")
    presenter.on_change = display._changed.set
    line.follow(topics.area_board(site, AREA), AreaBoard, presenter.take_board)
    line.follow(topics.call(site, AREA), Call, announcer.offer)
    line.follow(topics.notice(site, AREA), Notices, presenter.take_notices)

    def line_changed(is_up: bool) -> None:
        presenter.line_changed(is_up)
        outbox.line_changed(is_up)

    line.on_change = line_changed
    running = [asyncio.create_task(line.run()), asyncio.create_task(announcer.run())]
    try:
        yield display
    finally:
        for task in running:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        assert loudspeaker is not None
        await loudspeaker.close()
