"""`kill -9` of the server at any moment: every check-in is answered, and is there once."""

import asyncio
import contextlib
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.line import Address, Line
from queue_server.contract import topics
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import (
    CheckedIn,
    CheckIn,
    Identified,
    Identify,
    ReplyBody,
    RequestBody,
)
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.events import CheckedIn as CheckedInEvent
from queue_server.rules.terms import DeviceId, RequestId, SiteId
from tests.integration.service import server_process
from tests.integration.service.known_hospital import CROWD, MONDAY, OPENING, id_number
from tests.integration.service.served_site import Listener
from tests.integration.service.server_process import AFTER_COMMIT_S

KILLS = 8
ANSWER_WITHIN_S = 45.0
ROOT = Path(__file__).parents[3]


class KilledServer:
    """Starts the server's process anew each time it is killed."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = [sys.executable, "-m", server_process.__name__, *arguments]
        self._process: subprocess.Popen[bytes] | None = None
        self.kill_count = 0

    def start(self) -> None:
        self._process = subprocess.Popen(self._arguments, cwd=ROOT)

    def kill_and_start(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kill_count += 1
        self.start()

    def end(self) -> None:
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(10) == 0


class Kiosk:
    """Checks patients in, one after the other, by the product's own line."""

    def __init__(self, line: Line) -> None:
        self.line = line

    async def ask(self, body: RequestBody) -> ReplyBody:
        return await self.line.ask(body, within_s=ANSWER_WITHIN_S)

    async def check_in(self, name: str) -> CheckedIn:
        found = await self.ask(Identify(id_number=id_number(name)))
        assert isinstance(found, Identified), found
        [visit] = found.visits
        done = await self.ask(CheckIn(session_id=found.session_id, ticket_id=visit.ticket_id))
        assert isinstance(done, CheckedIn), done
        return done


@contextlib.asynccontextmanager
async def kiosk_of(address: Address, offset: timedelta) -> AsyncIterator[Kiosk]:
    chance = random.Random(address.device)
    line = Line(
        address,
        now=lambda: datetime.now(UTC) + offset,
        new_id=lambda: f"{address.device}-{chance.getrandbits(64):x}",
        status=lambda: DeviceStatus(is_up=True),
    )
    running = asyncio.create_task(line.run())
    yield Kiosk(line)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def kill_now_and_then(server: KilledServer, watcher: Listener, chance: random.Random) -> None:
    """Kill the server as its requests pass by: before they are written, and before the answer."""
    for _ in range(KILLS):
        await asyncio.to_thread(watcher.wait_for_count, len(watcher.heard) + chance.randrange(2, 9))
        await asyncio.sleep(chance.uniform(0, 2 * AFTER_COMMIT_S))
        await asyncio.to_thread(server.kill_and_start)


@pytest.mark.timeout(120)
async def test_a_server_killed_at_any_moment_loses_nothing_and_does_nothing_twice(
    broker: BrokerProcess, records_file: Path, tmp_path: Path
) -> None:
    site = SiteId("killed")
    offset = OPENING - datetime.now(UTC)
    host, port = broker.address.host, broker.address.port
    server = KilledServer(
        [str(tmp_path), str(records_file), host, str(port), site, str(offset.total_seconds())]
    )
    watcher = Listener(broker.address, topics.requests_filter(site))
    server.start()
    async with contextlib.AsyncExitStack() as stack:
        kiosks = [
            await stack.enter_async_context(
                kiosk_of(
                    Address(host=host, port=port, site=site, device=DeviceId(f"kiosk-{number}")),
                    offset,
                )
            )
            for number in range(4)
        ]

        async def work(kiosk: Kiosk, names: list[str]) -> list[CheckedIn]:
            return [await kiosk.check_in(name) for name in names]

        *done, _ = await asyncio.gather(
            *(work(kiosk, list(CROWD[index::4])) for index, kiosk in enumerate(kiosks)),
            kill_now_and_then(server, watcher, random.Random(7)),
        )
    watcher.close()
    server.end()

    answers = [answer for one in done for answer in one or []]
    assert server.kill_count == KILLS
    assert len(answers) == len(CROWD)
    assert_each_is_there_once(tmp_path / "journal.db", answers)


def assert_each_is_there_once(path: Path, answers: list[CheckedIn]) -> None:
    journal = SqliteJournal(path)
    journal.open(OPENING)
    checked_in = Counter(
        event.ticket
        for written in journal.entries(MONDAY)
        for event in written.entry.events
        if isinstance(event, CheckedInEvent)
    )
    assert set(checked_in.values()) == {1}
    assert sorted(checked_in) == sorted(answer.visit.ticket_id for answer in answers)
    assert len({answer.visit.number for answer in answers}) == len(answers)
    assert journal.reply_to(RequestId("nobody/asked")) is None
    journal.close()
    with contextlib.closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
