"""All machines of the simulated hospital: server, broker, kiosks and boards."""

from typing import Final

from tests.simulation.broker import SimulatedBroker
from tests.simulation.disk import Disk
from tests.simulation.display_device import AreaDevice, DoorDevice
from tests.simulation.hospital import make_hospital
from tests.simulation.kiosk_device import KioskDevice
from tests.simulation.money import SimulatedMoney
from tests.simulation.network import Network
from tests.simulation.server import Build, Server
from tests.simulation.witness import Witness
from tests.simulation.world import World

KIOSK_COUNT: Final = 3


class SimulatedSite:
    """The machines, and the witness that looks over their shoulders."""

    def __init__(self, world: World, disk: Disk, build: Build) -> None:
        self._world = world
        self._folder = disk.path.parent
        self._build = build
        self.hospital = make_hospital(world.chance("hospital"))
        self.network = Network(world, SimulatedBroker(world))
        self.witness = Witness(world, self.hospital.setup)
        self.money = SimulatedMoney(world, self.hospital)
        self.server = Server(
            world, self.network, self.hospital, disk, self.witness, build, self.money
        )
        self.money.counter.is_away = lambda: self.server.are_records_away
        self.kiosks = [self.make_kiosk(f"kiosk-{number}") for number in range(KIOSK_COUNT)]
        self.area_boards = self.make_area_boards("board")
        self.door_boards = self.make_door_boards("door")

    def make_kiosk(self, name: str) -> KioskDevice:
        """Return a kiosk that is switched off."""
        disk = Disk(self._folder, self._world.chance(f"disk-{name}"), name)
        notes = Disk(self._folder, self._world.chance(f"notes-{name}"), f"{name}-notes")
        return KioskDevice(
            self._world,
            self.network,
            self.hospital.setup.site.id,
            disk,
            notes,
            self.witness,
            self._build,
        )

    def make_area_boards(self, name: str) -> list[AreaDevice]:
        """Return a board for each area, switched off."""
        site = self.hospital.setup.site
        return [
            AreaDevice(
                self._world,
                self.network,
                site.id,
                area.id,
                f"{name}-{area.id}",
                self._build.area_presenter,
            )
            for area in site.areas
        ]

    def make_door_boards(self, name: str) -> list[DoorDevice]:
        """Return a board for each door, switched off."""
        site = self.hospital.setup.site
        return [
            DoorDevice(self._world, self.network, site.id, queue, f"{name}-{queue.room}")
            for queue in site.queues
        ]

    def devices(self) -> list[KioskDevice | AreaDevice | DoorDevice]:
        """Return what can lose its power."""
        return [*self.kiosks, *self.area_boards, *self.door_boards]

    def switch_on(self) -> None:
        """Start everything."""
        self._world.spawn(self.server.run())
        for device in self.devices():
            device.switch_on()

    def heal(self) -> None:
        """Undo what a fault has left behind: wrong clocks, cut lines, records that are away."""
        self.server.are_records_away = False
        for machine in [self.server.machine, *(device.machine for device in self.devices())]:
            machine.clock_error_s = 0.0
            machine.cut_off_until_s = 0.0
