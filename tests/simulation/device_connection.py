"""The port `Connection` of a device's line, on the simulated network."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from queue_server.client.connection import (
    PUBLISH_WITHIN_S,
    Connect,
    Connection,
    ConnectionBroken,
    Will,
)
from tests.simulation.network import Link, Network
from tests.simulation.world import Machine

CONNECT_WITHIN_S: Final = 10.0


def connector(network: Network, machine: Machine) -> Connect:
    """Return how a line of `machine` connects."""

    @asynccontextmanager
    async def connect(
        host: str, port: int, *, identifier: str, will: Will
    ) -> AsyncIterator[Connection]:
        await asyncio.sleep(network.delay_s())
        if not network.is_reachable(machine):
            raise ConnectionBroken("nobody listens")
        connection = _DeviceConnection(network, Link(network, machine))
        try:
            await connection.open(identifier, will)
            yield connection
        finally:
            connection.close()

    return connect


class _DeviceConnection:
    def __init__(self, network: Network, link: Link) -> None:
        self._broker = network.broker
        self._link = link
        self._came: asyncio.Queue[tuple[str, bytes] | None] = asyncio.Queue()
        self._is_broken = False
        link.receive = lambda topic, payload, delivery: self._came.put_nowait((topic, payload))
        link.on_broken = self._broke

    async def open(self, identifier: str, will: Will) -> None:
        await self._round_trip(
            lambda: self._broker.connect(
                self._link, identifier, is_clean=True, will=(will.topic, will.payload)
            ),
            CONNECT_WITHIN_S,
        )

    def close(self) -> None:
        self._link.close()

    async def subscribe(self, topics: Sequence[str]) -> None:
        await self._round_trip(lambda: self._broker.subscribe(self._link, topics), CONNECT_WITHIN_S)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        await self._round_trip(
            lambda: self._broker.publish(topic, payload, retain=retain), PUBLISH_WITHIN_S
        )

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        while (message := await self._came.get()) is not None:
            yield message
        raise ConnectionBroken("the line broke")

    async def _round_trip(self, at_broker: Callable[[], None], within_s: float) -> None:
        """Have the broker do something, and wait for its word that it has."""
        if self._is_broken:
            raise ConnectionBroken("the line broke")
        is_done = asyncio.Event()

        def do() -> None:
            at_broker()
            self._link.to_client("", is_done.set)

        self._link.to_broker(do)
        try:
            async with asyncio.timeout(within_s):
                await is_done.wait()
        except TimeoutError:
            raise ConnectionBroken("no word from the broker") from None

    def _broke(self) -> None:
        self._is_broken = True
        self._came.put_nowait(None)
