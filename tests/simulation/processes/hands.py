"""The hands that carry the faults of a plan out, and undo them."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Final

from tests.simulation.processes.building import FLOORS, LOBBY
from tests.simulation.processes.fault_plan import LONG_AWAY, POWER_CUT, Fault
from tests.simulation.processes.machines import send_signal
from tests.simulation.processes.relay import Relay
from tests.simulation.processes.rig import Rig
from tests.simulation.processes.story import EVERYBODY, Trouble

SKIPPED: Final = timedelta(seconds=150)
"""How long the house is without power, by its clocks: longer than a call is fresh."""
LONG_AWAY_S: Final = 130.0
DISK_FELT_WITHIN_S: Final = 10.0
SERVES_WITHIN_S: Final = 20.0
PLUGS: Final = {"plug pulled in the lobby": LOBBY, "plug pulled on the floors": FLOORS}


class Hands:
    """Carries faults out, and undoes them."""

    def __init__(self, rig: Rig) -> None:
        self._story = rig.story
        self._server = rig.server
        self._broker = rig.broker
        self._building = rig.building
        self._disk = rig.disk
        self._server_wire = rig.server_wire
        self._busy: set[str] = set()
        self._changed = asyncio.Condition()
        self._ways: dict[str, Callable[[Fault], Awaitable[None]]] = {
            "server killed": lambda fault: self._end_server(fault, signal.SIGKILL),
            "server ended": lambda fault: self._end_server(fault, signal.SIGTERM),
            "server frozen": self._freeze_server,
            "broker killed": lambda fault: self._end_broker(fault, signal.SIGKILL),
            "broker restarted": lambda fault: self._end_broker(fault, signal.SIGTERM),
            "broker frozen": self._freeze_broker,
            "disk full": self._fill_disk,
            "kiosks killed": lambda fault: self._kill_devices(fault, ("kiosk",), 5),
            "displays killed": lambda fault: self._kill_devices(fault, ("area", "door"), 4),
            LONG_AWAY: lambda fault: self._kill_devices(fault, ("area",), 1),
            "plug pulled in the lobby": self._pull_plug,
            "plug pulled on the floors": self._pull_plug,
            "wire cut": lambda fault: self._trouble_wires(fault, Relay.cut),
            "wire silent": lambda fault: self._trouble_wires(fault, Relay.silence),
            "wire slow": lambda fault: self._trouble_wires(
                fault, lambda relay: relay.slow_down(0.05 + fault.for_s / 20)
            ),
            "server's wire cut": lambda fault: self._trouble_server_wire(fault, Relay.cut),
            "server's wire silent": lambda fault: self._trouble_server_wire(fault, Relay.silence),
            POWER_CUT: self._cut_power,
        }

    async def carry_out(self, fault: Fault) -> None:
        """Let `fault` happen, and be over."""
        await self._ways[fault.kind](fault)

    # --- server, broker, disk --------------------------------------------------------------------

    async def _end_server(self, fault: Fault, number: signal.Signals) -> None:
        async def work() -> None:
            self._server.hold_back()
            self._server.signal(number)
            await asyncio.sleep(fault.for_s)
            self._server.let_start()

        await self._alone("server", fault, [EVERYBODY], work)

    async def _freeze_server(self, fault: Fault) -> None:
        await self._alone(
            "server", fault, [EVERYBODY], lambda: self._freeze(self._server.pid, fault)
        )

    async def _freeze_broker(self, fault: Fault) -> None:
        await self._alone(
            "broker", fault, [EVERYBODY], lambda: self._freeze(self._broker.pid(), fault)
        )

    async def _freeze(self, pid: int | None, fault: Fault) -> None:
        send_signal(pid, signal.SIGSTOP)
        await asyncio.sleep(fault.for_s)
        send_signal(pid, signal.SIGCONT)

    async def _end_broker(self, fault: Fault, number: signal.Signals) -> None:
        async def work() -> None:
            send_signal(self._broker.pid(), number)
            await asyncio.sleep(fault.for_s)
            self._broker.started()

        await self._alone("broker", fault, [EVERYBODY], work)

    async def _fill_disk(self, fault: Fault) -> None:
        async def work() -> None:
            # Only who writes can feel it.
            with suppress(TimeoutError):
                async with asyncio.timeout(SERVES_WITHIN_S):
                    await self._server.serving()
            self._server.disk_is_full()
            pid = self._server.pid
            self._disk.fill(pid)
            with suppress(TimeoutError):
                async with asyncio.timeout(DISK_FELT_WITHIN_S):
                    await self._server.gone()
            await asyncio.sleep(fault.for_s)
            self._disk.make_room(self._server.pid)

        await self._alone("server", fault, [EVERYBODY], work)

    async def _cut_power(self, fault: Fault) -> None:
        """Everything dies at once; when the power is back, so much time has passed."""
        devices = list(self._building.plan)

        async def work() -> None:
            self._server.hold_back()
            self._server.signal(signal.SIGKILL)
            send_signal(self._broker.pid(), signal.SIGKILL)
            for device in devices:
                self._building.kill(device)
            await asyncio.sleep(fault.for_s)
            self._story.clock_offset += SKIPPED
            self._broker.started()
            self._server.let_start()
            await self._switch_on(devices)

        await self._turn({"server", "broker"})
        # Nothing else happens to machines that have no power.
        self._busy |= {"broker", *devices}
        await self._alone("server", fault, [EVERYBODY], work)
        self._busy -= {"broker", *devices}
        async with self._changed:
            self._changed.notify_all()

    # --- devices and wires -----------------------------------------------------------------------

    async def _kill_devices(self, fault: Fault, kinds: Sequence[str], at_most: int) -> None:
        devices = await self._some(fault, at_most, kinds)

        async def work() -> None:
            for device in devices:
                self._building.kill(device)
            await asyncio.sleep(LONG_AWAY_S if fault.kind == LONG_AWAY else fault.for_s)
            await self._switch_on(devices)

        await self._alone(" ".join(devices), fault, devices, work)

    async def _switch_on(self, devices: Sequence[str]) -> None:
        for device in devices:
            await self._building.switch_on(device)

    async def _trouble_wires(self, fault: Fault, trouble: Callable[[Relay], None]) -> None:
        devices = await self._some(fault, 6, ("kiosk", "area", "door"))
        relays = [self._building.relays[device] for device in devices]
        await self._alone(
            " ".join(devices), fault, devices, lambda: self._trouble(relays, fault, trouble)
        )

    async def _trouble_server_wire(self, fault: Fault, trouble: Callable[[Relay], None]) -> None:
        assert self._server_wire is not None
        wires = [self._server_wire]
        await self._alone(
            "server's wire", fault, [EVERYBODY], lambda: self._trouble(wires, fault, trouble)
        )

    async def _trouble(
        self, relays: Sequence[Relay], fault: Fault, trouble: Callable[[Relay], None]
    ) -> None:
        for relay in relays:
            trouble(relay)
        await asyncio.sleep(fault.for_s)
        for relay in relays:
            relay.heal()

    async def _pull_plug(self, fault: Fault) -> None:
        host = PLUGS[fault.kind]
        devices = [name for name, placed in self._building.plan.items() if placed.host == host]

        async def work() -> None:
            self._building.hosts[host].pull_the_plug()
            await asyncio.sleep(fault.for_s)
            self._building.hosts[host].plug_in()

        await self._alone(host, fault, devices, work)

    async def _some(self, fault: Fault, at_most: int, kinds: Sequence[str]) -> list[str]:
        """Return up to `at_most` devices that nothing else is being done to."""
        chance = Random(fault.dice)
        wanted = {name for name, placed in self._building.plan.items() if placed.kind in kinds}
        if fault.is_first:
            async with self._changed:
                await self._changed.wait_for(lambda: wanted - self._busy)
        free = sorted(wanted - self._busy)
        return sorted(chance.sample(free, min(len(free), chance.randint(1, at_most))))

    async def _turn(self, wanted: set[str]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: not self._busy & wanted)

    async def _alone(
        self,
        what: str,
        fault: Fault,
        devices: Sequence[str],
        work: Callable[[], Awaitable[None]],
    ) -> None:
        """Do `work` unless something else is being done to the same thing; note the trouble."""
        held = set(what.split()) if devices != [EVERYBODY] else {what}
        if fault.is_first:
            await self._turn(held)
        if not held or held & self._busy:
            self._story.tell("faults", f"{fault.kind}: {what or 'nobody'} is in trouble already")
            return
        self._busy |= held
        self._story.count(f"fault: {fault.kind}")
        self._story.tell("faults", f"{fault.kind}: {what}, {fault.for_s:.1f} s")
        began_at = self._story.seconds
        try:
            await work()
        finally:
            self._busy -= held
            async with self._changed:
                self._changed.notify_all()
            self._story.tell("faults", f"{fault.kind}: {what}: over")
            self._story.troubles += [
                Trouble(
                    kind=fault.kind, began_at=began_at, ended_at=self._story.seconds, device=device
                )
                for device in devices
            ]
