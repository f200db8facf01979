"""The queue server and its broker as processes: started, killed, frozen, started again."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from queue_server.bootstrap import JOURNAL_BROKEN
from queue_server.broker.broker_process import BrokerProcess
from queue_server.cli import NOT_NOW
from tests.simulation.processes.small_disk import SmallDisk
from tests.simulation.processes.story import Story

LOOK_S: Final = 0.1
START_AGAIN_AFTER_S: Final = 2.0
"""As the server's service file says."""


class BrokerMachine(Protocol):
    """The broker of a run."""

    def pid(self) -> int | None:
        """Return its process, None while there is none."""

    def started(self) -> None:
        """Start it again after it was killed or ended, if nobody else does."""


class OwnBroker:
    """A broker that we start: Mosquitto, as the hospital would run it."""

    def __init__(self, broker: BrokerProcess) -> None:
        self._broker = broker

    def pid(self) -> int | None:
        """Return its process."""
        process = self._broker._process
        return process.pid if process is not None and process.poll() is None else None

    def started(self) -> None:
        """Start it, unless it runs."""
        if self.pid() is None:
            self._broker.stop()
            self._broker.start()

    def stop(self) -> None:
        """End it."""
        self._broker.stop()


class EmbeddedBroker:
    """The server's own broker: the server starts it, and has to start it again."""

    def __init__(self, server: "ServerMachine") -> None:
        self._server = server

    def pid(self) -> int | None:
        """Return the server's only child."""
        if self._server.pid is None:
            return None
        for task in Path(f"/proc/{self._server.pid}/task").glob("*/children"):
            with suppress(OSError):
                for pid in task.read_text().split():
                    if "nats-server" in Path(f"/proc/{pid}/comm").read_text():
                        return int(pid)
        return None

    def started(self) -> None:
        """Leave it to the server."""


class ServerMachine:
    """Starts the server and, as systemd would, starts it again whenever it has ended."""

    def __init__(
        self, command: Callable[[], list[str]], http_port: int, log: Path, story: Story
    ) -> None:
        self._command = command
        self._http_port = http_port
        self._log = log
        self._story = story
        self._is_wanted = True
        self._may_end_with: set[int] = set()
        self._process: asyncio.subprocess.Process | None = None
        self._may_start = asyncio.Event()
        self._may_start.set()
        self.disk: SmallDisk | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def run(self) -> None:
        """Keep it up until it is ended for good."""
        while self._is_wanted:
            await self._may_start.wait()
            self._may_end_with = {NOT_NOW}
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    # Should we be killed, so is the server.
                    *("setpriv", "--pdeathsig", "KILL", "--", sys.executable),
                    *self._command(),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            if self.disk is not None:
                self.disk.limit(self.pid)
            self._note_end(await self._process.wait())
            if self._is_wanted:
                await asyncio.sleep(START_AGAIN_AFTER_S)

    def _note_end(self, code: int) -> None:
        self._story.tell("server", f"has ended with {code}")
        if code == JOURNAL_BROKEN:
            self._story.count("servers that stopped because the disk was full")
        elif code == NOT_NOW:
            self._story.count("starts of the server that were refused in words")
        if code not in self._may_end_with:
            self._story.did_not_expect(f"the server ended with {code}, see {self._log.name}")

    async def serving(self) -> None:
        """Return when its pages can be asked for."""
        await listening(self._http_port)

    async def gone(self) -> None:
        """Return when the process that is there now has ended."""
        if self._process is not None:
            await self._process.wait()

    def disk_is_full(self) -> None:
        """From now on it may stop because of the journal."""
        self._may_end_with.add(JOURNAL_BROKEN)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if there is anybody to get it."""
        self._may_end_with |= {-number, 0} if number is signal.SIGTERM else {-number}
        send_signal(self.pid, number)

    def hold_back(self) -> None:
        """Don't start it again before `let_start`."""
        self._may_start.clear()

    def let_start(self) -> None:
        """Start it again."""
        self._may_start.set()

    async def end(self) -> int:
        """End it for good; returns its exit code."""
        self._is_wanted = False
        self.signal(signal.SIGTERM)
        return await self._process.wait() if self._process is not None else 0


def send_signal(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone."""
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


async def listening(port: int) -> None:
    """Return when somebody listens at a port of this machine."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(LOOK_S)
        else:
            writer.close()
            return
