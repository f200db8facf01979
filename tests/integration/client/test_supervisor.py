import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from queue_server.client.supervisor import Supervisor


class ServiceManager:
    """The end of the line that systemd holds."""

    def __init__(self, path: str) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.bind(path)
        self._line.setblocking(False)

    def heard(self) -> list[str]:
        words = []
        with suppress(BlockingIOError):
            while True:
                words.append(self._line.recv(100).decode())
        return words

    def close(self) -> None:
        self._line.close()


@pytest.fixture(params=["in the file system", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ServiceManager, str]]:
    path = str(tmp_path / "notify")
    is_abstract = request.param == "abstract"
    manager = ServiceManager(f"\0{path}" if is_abstract else path)
    yield manager, f"@{path}" if is_abstract else path
    manager.close()


def test_the_service_manager_hears_the_beginning_and_the_end(
    manager: tuple[ServiceManager, str],
) -> None:
    end, address = manager
    supervisor = Supervisor({"NOTIFY_SOCKET": address}, monotonic=lambda: 0.0)

    supervisor.ready()
    supervisor.stopping()

    assert end.heard() == ["READY=1", "STOPPING=1"]


def test_a_loop_that_turns_is_heard_three_times_in_each_timeout_however_fast_it_turns(
    manager: tuple[ServiceManager, str],
) -> None:
    end, address = manager
    at_s = 0.0
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "30000000"}
    supervisor = Supervisor(environment, monotonic=lambda: at_s)

    for second in range(60):
        at_s = float(second)
        supervisor.alive()
        supervisor.alive()

    assert supervisor.alive_every_s == 10
    assert end.heard() == ["WATCHDOG=1"] * 6


async def test_a_loop_says_so_by_itself(manager: tuple[ServiceManager, str]) -> None:
    end, address = manager
    loop = asyncio.get_running_loop()
    environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000"}
    watching = asyncio.create_task(Supervisor(environment, loop.time).watch_the_loop())
    words: list[str] = []

    async with asyncio.timeout(10):
        while len(words) < 3:
            await asyncio.sleep(0)
            words += end.heard()

    watching.cancel()
    assert set(words) == {"WATCHDOG=1"}


def test_a_program_started_by_hand_says_nothing_and_goes_on(tmp_path: Path) -> None:
    Supervisor({}, monotonic=lambda: 0.0).ready()
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}, monotonic=lambda: 0.0).ready()

    assert not list(tmp_path.iterdir())
