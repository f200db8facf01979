"""The building: two hosts with twenty kiosks and ten boards, and the wires that lead to them."""

import asyncio
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from queue_server.service.setup import Setup
from tests.simulation.processes.devices import Order
from tests.simulation.processes.host import Word
from tests.simulation.processes.machines import send_signal
from tests.simulation.processes.network import Host, NoNamespaces, make_host
from tests.simulation.processes.relay import Relay, mirror
from tests.simulation.processes.story import Story

LOBBY: Final = "lobby"
FLOORS: Final = "floors"
KIOSK_COUNT: Final = 20
DOOR_COUNT: Final = 6
CHECKOUT: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a device is and where it stands; `shows` is the area or room of a board."""

    kind: str
    host: str
    shows: str = ""


def make_plan(setup: Setup) -> dict[str, Placed]:
    """Return twenty kiosks; a board for each area, a second one for the first; six doors."""
    areas = [area.id for area in setup.site.areas]
    kiosks = {
        f"kiosk-{number:02d}": Placed(kind="kiosk", host=LOBBY) for number in range(KIOSK_COUNT)
    }
    boards = {
        f"board-{number}": Placed(kind="area", host=FLOORS, shows=area)
        for number, area in enumerate([*areas, areas[0]])
    }
    doors = {
        f"door-{number}": Placed(kind="door", host=FLOORS, shows=queue.room)
        for number, queue in enumerate(setup.site.queues[:DOOR_COUNT])
    }
    return kiosks | boards | doors


class Building:
    """The devices of a run as processes.

    Args:
        folder: gets notes and logs.
        setup: the site.
        story: gets what happens.
        broker_port: of this machine.
    """

    def __init__(self, folder: Path, setup: Setup, story: Story, broker_port: int) -> None:
        self.plan = make_plan(setup)
        self.folder = folder
        self.relays: dict[str, Relay] = {}
        self.hosts: dict[str, Host] = {}
        self.why_no_namespaces = ""
        self._setup = setup
        self._story = story
        self._broker_port = broker_port
        self._ports: dict[str, int] = {}
        self._pids: dict[str, int] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._listening: list[asyncio.Task[None]] = []
        self._watching: list[asyncio.Task[None]] = []
        self._starting: dict[str, asyncio.Future[int]] = {}

    @property
    def has_namespaces(self) -> bool:
        """Whether plugs can be pulled."""
        return all(host.namespace for host in self.hosts.values())

    async def open(self) -> None:
        """Make networks, wires and hosts; no device is on yet."""
        for number, name in enumerate((LOBBY, FLOORS)):
            self.hosts[name] = self._make_host(name, number)
        for device, placed in self.plan.items():
            host = self.hosts[placed.host]
            self.relays[device] = Relay(host.address, self._broker_port)
            self._ports[device] = await self.relays[device].listen()
        watching = asyncio.create_task(mirror(self.relays.values(), self._broker_port))
        self._watching.append(watching)
        for name, host in self.hosts.items():
            with (self.folder / f"{name}.log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    *host.command,
                    *(sys.executable, "-m", "tests.simulation.processes.host", str(self.folder)),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    cwd=CHECKOUT,
                    start_new_session=True,
                )
            self._processes[name] = process
            self._listening.append(asyncio.create_task(self._listen(process)))

    def _make_host(self, name: str, number: int) -> Host:
        try:
            return make_host(name, number)
        except NoNamespaces as refused:
            self.why_no_namespaces = str(refused)
            self._story.tell(name, f"has no network of its own: {refused}")
            return Host(name=name, address="127.0.0.1")

    async def switch_on(self, device: str) -> None:
        """Start a device, unless it runs."""
        if device in self._pids:
            return
        placed = self.plan[device]
        order = Order(
            name=device,
            kind=placed.kind,
            place=placed.shows,
            host=self.hosts[placed.host].address,
            port=self._ports[device],
            site=self._setup.site.id,
            timezone=self._setup.site.timezone,
            clock_offset_s=self._story.clock_offset.total_seconds(),
            folder=str(self.folder),
        )
        started = asyncio.get_running_loop().create_future()
        self._starting[device] = started
        stdin = self._processes[placed.host].stdin
        assert stdin is not None
        stdin.write(msgspec.json.encode(order) + b"\n")
        self._pids[device] = await started

    def kill(self, device: str) -> None:
        """End a device at once (SIGKILL), as a power cut would."""
        send_signal(self._pids.pop(device, None), signal.SIGKILL)

    async def close(self) -> None:
        """End everything and give the networks back. Does nothing the second time."""
        processes, self._processes = self._processes, {}
        if not processes:
            return
        for process in processes.values():
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()
        await asyncio.gather(*self._listening)
        for watching in self._watching:
            watching.cancel()
        for relay in self.relays.values():
            await relay.stop()
        for host in self.hosts.values():
            host.remove()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            word = msgspec.json.decode(line, type=Word)
            if word.code is None:
                self._starting.pop(word.name).set_result(word.pid)
            else:
                self._pids.pop(word.name, None)
                what = f"{word.name} ended with {word.code}, see {word.name}.log"
                self._story.did_not_expect(what)
