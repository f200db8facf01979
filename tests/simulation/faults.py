"""What happens to machines now and then: by the hour, as the weather says."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tests.simulation.network import Network
from tests.simulation.server import Server
from tests.simulation.world import Machine, World

HOUR_S: Final = 3600.0
SAVE_INTERVAL_S: Final = 60.0


class Device(Protocol):
    """What can lose its power."""

    machine: Machine

    def switch_on(self) -> None:
        """Start."""

    def power_cut(self) -> None:
        """Lose the memory."""


class Faults:
    """Throws the dice for machines, broker and clocks."""

    def __init__(
        self, world: World, network: Network, server: Server, devices: Sequence[Device]
    ) -> None:
        self._world = world
        self._network = network
        self._server = server
        self._devices = devices
        self._chance = world.chance("faults")
        self._machines = [server.machine, *(device.machine for device in devices)]

    def begin(self) -> None:
        """Let each kind of fault come in its own time."""
        weather = self._world.weather
        for rate, fault in (
            (weather.cut_lines, self._cut_line),
            (weather.slow_lines, self._slow_line),
            (weather.broker_crashes, self._crash_broker),
            (weather.server_kills, self._end_server),
            (weather.device_crashes, self._crash_device),
            (weather.clock_jumps, self._jump_clock),
            (weather.records_outages, self._lose_records),
            (weather.server_hangs, self._hang_server),
        ):
            if rate > 0.0:
                self._world.spawn(self._now_and_then(rate, fault))
        self._world.spawn(self._save())

    async def _now_and_then(self, rate: float, fault: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(self._chance.expovariate(rate / HOUR_S))
            if self._world.is_healed:
                return
            fault()

    async def _save(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0.0, SAVE_INTERVAL_S))
            self._network.broker.save()

    def _cut_line(self) -> None:
        seconds = self._chance.choice([0.5, 5.0, 30.0, 90.0]) * self._chance.random()
        self._network.cut_off(self._chance.choice(self._machines), seconds)

    def _slow_line(self) -> None:
        seconds = self._chance.uniform(0.5, 6.0)
        self._network.slow_down(self._chance.choice(self._machines), seconds)

    def _crash_broker(self) -> None:
        if self._network.broker.is_up:
            self._network.crash_broker(self._chance.uniform(0.2, 10.0))

    def _end_server(self) -> None:
        if self._chance.random() < 0.7:
            self._server.kill()
        else:
            self._server.stop()

    def _hang_server(self) -> None:
        seconds = self._chance.choice([3.0, 20.0, 90.0]) * self._chance.random()
        self._world.count("server hangs")
        self._server.machine.tell(f"hangs for {seconds:.1f} s")
        self._server.hang(seconds)

    def _crash_device(self) -> None:
        device = self._chance.choice(self._devices)
        self._world.count("device crashes")
        device.machine.tell("loses its power")
        device.power_cut()
        device.switch_on()

    def _jump_clock(self) -> None:
        machine = self._chance.choice(self._machines)
        machine.clock_error_s = self._chance.gauss(0.0, self._chance.choice([1.0, 30.0, 600.0]))
        self._world.count("clock jumps")
        machine.tell(f"has a clock that is {machine.clock_error_s:+.1f} s wrong")

    def _lose_records(self) -> None:
        self._world.count("records outages")
        self._server.are_records_away = True
        self._world.tell("records", "are away")
        self._world.loop.call_later(self._chance.uniform(1.0, 60.0), self._find_records)

    def _find_records(self) -> None:
        self._server.are_records_away = False
