"""Tells a line that is quiet from one that is broken, sooner than TCP does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from queue_server.client.connection import ConnectionBroken

DOUBTED_AFTER_S: Final = 2.4
"""After so long without a message, longer than between two of the server's repetitions, the broker
is asked whether the line is still there."""
ANSWER_WITHIN_S: Final = 1.8
"""How long the broker may take for that answer. A line without it is broken: where a cable was
pulled TCP waits longer and longer, and long after the cable is back."""


class Doubt:
    """Watches over one connection.

    Args:
        ask: has the broker answer something, whatever it is.
        doubted_after_s: how long nothing may come before it is asked.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]], doubted_after_s: float) -> None:
        self._ask = ask
        self._doubted_after_s = doubted_after_s
        self._heard_at_s = 0.0

    def heard(self) -> None:
        """Something has come."""
        self._heard_at_s = asyncio.get_running_loop().time()

    async def watch(self) -> None:
        """Watch until the line is broken.

        It is the broker that is asked, not the server: when that one hangs, the line is as good as
        it was, and a hundred devices that connect anew would help nobody.

        Raises:
            ConnectionBroken: neither a message came nor the broker's answer.
        """
        loop = asyncio.get_running_loop()
        self.heard()
        while True:
            left_s = self._heard_at_s + self._doubted_after_s - loop.time()
            if left_s > 0.0:
                await asyncio.sleep(left_s)
                continue
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._ask()
            except TimeoutError:
                raise ConnectionBroken("the line to the broker is silent / 连接无响应") from None
            self.heard()
