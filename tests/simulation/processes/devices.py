"""What a device process is told when it is switched on, and what all devices have in common."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from queue_server.client.connection import Connect, Connection, Will, connect_mqtt
from queue_server.client.line import Address, Line
from queue_server.contract import topics
from queue_server.contract.device_messages import DeviceStatus
from queue_server.rules.terms import DeviceId, SiteId
from tests.simulation.processes.records import LineIs, Notebook, Received, Sent, Started


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Switches a device on."""

    name: str
    kind: str
    """`kiosk`, `area` or `door`."""
    place: str
    """The area or room of a board."""
    host: str
    port: int
    site: str
    timezone: str
    clock_offset_s: float
    folder: str

    @property
    def notes(self) -> Path:
        """Where the device writes down what happens to it."""
        return Path(self.folder) / f"{self.name}.jsonl"

    @property
    def socket(self) -> Path:
        """Where patients step in front of a kiosk."""
        return Path(self.folder) / f"{self.name}.sock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """The parts that every device has."""

    order: Order
    now: Callable[[], datetime]
    notebook: Notebook
    line: Line


def make_device(order: Order) -> Device:
    """Return a device that has just got its power."""
    zone, offset = ZoneInfo(order.timezone), timedelta(seconds=order.clock_offset_s)

    def now() -> datetime:
        return datetime.now(zone) + offset

    notebook = Notebook(order.notes, now)
    notebook.note(Started())
    connect = _noting(connect_mqtt, notebook) if order.kind == "kiosk" else connect_mqtt
    line = Line(
        Address(
            host=order.host,
            port=order.port,
            site=SiteId(order.site),
            device=DeviceId(order.name),
        ),
        now=now,
        new_id=lambda: uuid.uuid4().hex,
        status=lambda: DeviceStatus(is_up=True, reported_at=now()),
        connect=connect,
    )
    return Device(order=order, now=now, notebook=notebook, line=line)


def line_change(device: Device, then: Callable[[bool], None]) -> Callable[[bool], None]:
    """Return what notes that the line came or went, and then passes it on."""

    def changed(is_up: bool) -> None:
        device.notebook.note(LineIs(is_up=is_up))
        then(is_up)

    return changed


async def together(*parts: asyncio.Task[None]) -> None:
    """Run until one of the parts fails: then the whole device does."""
    done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def _noting(connect: Connect, notebook: Notebook) -> Connect:
    """Return a `connect` that writes down requests and replies as they pass."""

    @asynccontextmanager
    async def connect_and_note(
        host: str, port: int, *, identifier: str, will: Will
    ) -> AsyncIterator[Connection]:
        async with connect(host, port, identifier=identifier, will=will) as connection:
            yield _NotingConnection(connection, notebook)

    return connect_and_note


class _NotingConnection:
    def __init__(self, connection: Connection, notebook: Notebook) -> None:
        self._connection = connection
        self._notebook = notebook

    async def subscribe(self, wanted: Sequence[str]) -> None:
        await self._connection.subscribe(wanted)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        if topic.startswith(topics.PREFIX) and topic.split("/")[3] == "request":
            self._notebook.note(Sent(payload=payload.decode()))
        await self._connection.publish(topic, payload, retain=retain)

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        async for topic, payload in self._connection.messages():
            if topic.split("/")[3] == "reply":
                self._notebook.note(Received(payload=payload.decode()))
            yield topic, payload
