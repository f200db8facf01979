"""A real connection that counts what a line asks of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from queue_server.client.connection import Connection, Will, connect_mqtt
from tests.integration.client.answering_server import WAIT_S


class Counted:
    """`connect` is for a line."""

    def __init__(self) -> None:
        self.connects = 0
        self.subscribes = 0
        self._news = asyncio.Condition()

    @asynccontextmanager
    async def connect(
        self, host: str, port: int, *, identifier: str, will: Will
    ) -> AsyncIterator[Connection]:
        """Connect to the broker at the address."""
        self.connects += 1
        async with connect_mqtt(host, port, identifier=identifier, will=will) as connection:
            yield _CountedConnection(connection, self)

    async def subscribed(self) -> None:
        """The broker has confirmed a subscription."""
        async with self._news:
            self.subscribes += 1
            self._news.notify_all()

    async def until_subscribed(self, more: int) -> None:
        """Return when the broker has confirmed so many subscriptions more."""
        wanted = self.subscribes + more
        async with asyncio.timeout(WAIT_S), self._news:
            await self._news.wait_for(lambda: self.subscribes >= wanted)


class _CountedConnection:
    def __init__(self, connection: Connection, counted: Counted) -> None:
        self._connection = connection
        self._counted = counted
        self.publish = connection.publish
        self.messages = connection.messages

    async def subscribe(self, topics: Sequence[str]) -> None:
        await self._connection.subscribe(topics)
        await self._counted.subscribed()
