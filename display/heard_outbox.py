"""Carries acknowledgements to the server; they wait while the line is down."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from queue_server.contract.device_messages import Heard

KEPT_MAX: Final = 64


class HeardOutbox:
    """Sends in order, one after the other.

    Args:
        publish: puts one acknowledgement on the line.
    """

    def __init__(self, publish: Callable[[Heard], Awaitable[None]]) -> None:
        self._publish = publish
        self._waiting: deque[Heard] = deque(maxlen=KEPT_MAX)
        self._is_up = False
        self._sending: asyncio.Task[None] | None = None

    def put(self, heard: Heard) -> None:
        """Send `heard` now, or as soon as the line is there."""
        self._waiting.append(heard)
        self._send()

    def line_changed(self, is_up: bool) -> None:
        """The line to the server came or went."""
        self._is_up = is_up
        self._send()

    def _send(self) -> None:
        if self._is_up and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        while self._waiting and self._is_up:
            await self._publish(self._waiting.popleft())
