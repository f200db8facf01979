"""A server that answers by the contract what a test has told it to."""

import asyncio
from collections import deque
from collections.abc import Callable

from queue_server.client.line import NoAnswer
from queue_server.contract.messages import ReplyBody, RequestBody

Answer = ReplyBody | type[NoAnswer]


class ScriptedServer:
    """Gives the answers of its script, one a question, in order; then it never answers."""

    def __init__(self, *script: Answer) -> None:
        self.script: deque[Answer] = deque(script)
        self.asked: list[RequestBody] = []
        self.cancelled_count = 0
        self.on_change: Callable[[], None] = lambda: None

    async def ask(self, body: RequestBody) -> ReplyBody:
        self.asked.append(body)
        self.on_change()
        if not self.script:
            await self._never()
        answer = self.script.popleft()
        if isinstance(answer, type):
            raise NoAnswer("request-1")
        return answer

    async def _never(self) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled_count += 1
            self.on_change()
            raise
