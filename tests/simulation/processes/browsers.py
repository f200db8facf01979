"""Doctors and nurses: HTTP clients that ask again, with the same id, until they are answered."""

import asyncio
import http.client
import json
from concurrent.futures import Executor
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.simulation.processes.hospital import PASSWORD
from tests.simulation.processes.story import Story

ANSWER_WITHIN_S: Final = 8.0
TRIES_MAX: Final = 20
ASK_AGAIN_AFTER_S: Final = 0.5
REFUSED_FROM, FAILED_FROM = 400, 500


class Gone(Exception):
    """The server did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEntry:
    """A browser was told that its act is on disk."""

    by: str
    entry: int
    do: str


class Books:
    """What all browsers have asked, and were told."""

    def __init__(self) -> None:
        self.told: list[ToldEntry] = []
        self.asked: dict[str, int] = {}


class Browser:
    """One user at one browser.

    Args:
        user: who signs in.
        role: `nurse` or `doctor`.
        port: of this machine, where the pages are.
        pool: where requests wait for their answers.
        chance: the user's dice.
    """

    def __init__(
        self, user: str, role: str, port: int, pool: Executor, chance: Random, books: Books
    ) -> None:
        self.user = user
        self.chance = chance
        self.by = f"{role}:{user}"
        self._port = port
        self._pool = pool
        self._books = books
        self._cookie = ""

    async def view(self, path: str) -> Any:
        """Return what a page shows.

        Raises:
            Gone: nobody answers.
        """
        return (await self._ask("GET", path, None))[1]

    async def act(self, story: Story, queue: str, do: str, **body: Any) -> int | None:
        """Do something; return the entry, or None when it was refused or nobody answered."""
        body["request_id"] = f"{self.chance.getrandbits(64):016x}"
        self._books.asked[self.by] = self._books.asked.get(self.by, 0) + 1
        for _ in range(TRIES_MAX):
            try:
                status, answer = await self._ask("POST", f"/api/queues/{queue}/{do}", body)
            except Gone:
                await asyncio.sleep(ASK_AGAIN_AFTER_S)
                continue
            if status >= FAILED_FROM:
                continue
            if status >= REFUSED_FROM:
                story.count("acts refused")
                return None
            story.count("acts answered")
            entry = int(answer["entry"])
            self._books.told.append(ToldEntry(by=self.by, entry=entry, do=do))
            return entry
        story.count("acts without an answer")
        return None

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._ask_now, method, path, body)

    def _ask_now(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        status, answer = self._exchange(method, path, body)
        if status == http.client.UNAUTHORIZED:
            # A server that was started again knows no sessions.
            self._exchange("POST", "/api/login", {"user": self.user, "password": PASSWORD})
            status, answer = self._exchange(method, path, body)
        return status, answer

    def _exchange(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN_S)
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            cookie = answer.getheader("Set-Cookie")
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        finally:
            connection.close()
        if cookie is not None:
            self._cookie = cookie.partition(";")[0]
        return answer.status, json.loads(text) if text else None
