"""Boards: the real presenters, announcer and line, without window and sound."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Final

from assets import translations
from display.announcer import Announcer, Pace
from display.heard_outbox import HeardOutbox
from display.presenter import AreaPresenter, DoorPresenter
from display.texts import Texts
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.player import NoSound
from hardware.voice.reading import Reading
from queue_server.client.line import Address, Line
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notices, RoomBoard
from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.rules.terms import AreaId, DeviceId, SiteId
from queue_server.site import QueueSetup
from tests.simulation.device_connection import connector
from tests.simulation.network import SILENT_AFTER_S, Network
from tests.simulation.world import Machine, Violation, World

SPEAKING_S: Final = 5.0
TEXTS: Final = Texts(translations.load("display", "zh"), translations.load("display", "en"))


class _SilentLoudspeaker(Loudspeaker):
    """Takes its time, and is broken now and then."""

    def __init__(self, world: World, chance: Random) -> None:
        self._world = world
        self._chance = chance

    async def say(
        self, readings: Sequence[Reading], *, name: str = "", with_chime: bool = False
    ) -> None:
        await asyncio.sleep(SPEAKING_S)
        if self._chance.random() < self._world.weather.doubled / 4:
            raise NoSound("the plug is out")

    async def check(self) -> None:
        pass


class _Board:
    """One screen with the power that can go off."""

    def __init__(self, world: World, network: Network, site: SiteId, name: str) -> None:
        self.machine = Machine(world, name)
        self.world = world
        self.site = site
        self.line: Line
        self._network = network
        self._tasks: list[asyncio.Task[None]] = []
        self._revision = -1

    def switch_on(self) -> None:
        """Start the programs with an empty memory."""
        self._revision = -1
        self.line = Line(
            Address(host="broker", port=1883, site=self.site, device=DeviceId(self.machine.name)),
            now=self.machine.now,
            new_id=lambda: "none",
            status=lambda: DeviceStatus(is_up=True),
            connect=connector(self._network, self.machine),
            silent_after_s=SILENT_AFTER_S,
        )
        self.start_programs()

    def start_programs(self) -> None:
        """Let the line follow what the screen shows."""
        raise AssertionError("each kind of board has its own")

    def power_cut(self) -> None:
        """Lose everything that stands in memory."""
        self.line.on_change = lambda is_up: None
        for link in self._network.links_of(self.machine):
            link.cut(is_noticed=True)
        for task in self._tasks:
            task.cancel()

    def run_beside(self, *tasks: asyncio.Task[None]) -> None:
        """Remember what a power cut ends."""
        self._tasks = list(tasks)

    def shows(self, revision: int) -> None:
        """Note what stands on the screen: it never goes back."""
        if revision < self._revision:
            raise Violation(f"{self.machine.name} went back to revision {revision}")
        self._revision = revision


class AreaDevice(_Board):
    """The board of a waiting area, with its loudspeaker."""

    def __init__(
        self,
        world: World,
        network: Network,
        site: SiteId,
        area: AreaId,
        name: str,
        presenter: type[AreaPresenter],
    ) -> None:
        super().__init__(world, network, site, name)
        self._presenter_type = presenter
        self.area = area
        self.presenter: AreaPresenter
        self.board: AreaBoard | None = None
        self.heard: list[Heard] = []

    def start_programs(self) -> None:
        """Make presenter and announcer anew."""
        self.board = None
        self.heard = []
        machine = self.machine
        heard_at = topics.heard(self.site, self.line.address.device)
        outbox = HeardOutbox(lambda heard: self.line.publish(heard_at, heard))

        def acknowledge(heard: Heard) -> None:
            self._heard(heard)
            outbox.put(heard)

        announcer = Announcer(
            _SilentLoudspeaker(self.world, self.world.chance(machine.name)),
            now=machine.now,
            sleep=asyncio.sleep,
            acknowledge=acknowledge,
            pace=Pace(),
        )
        self.presenter = self._presenter_type(TEXTS, announcer, machine.now)
        self.line.follow(topics.area_board(self.site, self.area), AreaBoard, self._take_board)
        self.line.follow(topics.call(self.site, self.area), Call, announcer.offer)
        notices_at = topics.notice(self.site, self.area)
        self.line.follow(notices_at, Notices, self.presenter.take_notices)

        def line_changed(is_up: bool) -> None:
            self.presenter.line_changed(is_up)
            outbox.line_changed(is_up)

        self.line.on_change = line_changed
        self.run_beside(self.world.spawn(self.line.run()), self.world.spawn(announcer.run()))

    def _take_board(self, board: AreaBoard) -> None:
        self.presenter.take_board(board)
        shown = self.presenter._board
        assert shown is not None
        self.board = shown
        self.shows(shown.revision)

    def _heard(self, heard: Heard) -> None:
        self.machine.tell(f"call {heard.sequence} {heard.why_not or 'spoken'}")
        self.world.count("calls spoken" if heard.was_spoken else "calls not spoken")
        self.heard.append(heard)


class DoorDevice(_Board):
    """The board at a consulting-room door."""

    def __init__(
        self, world: World, network: Network, site: SiteId, queue: QueueSetup, name: str
    ) -> None:
        super().__init__(world, network, site, name)
        self.queue = queue
        self.presenter: DoorPresenter
        self.board: RoomBoard | None = None

    def start_programs(self) -> None:
        """Make the presenter anew."""
        self.board = None
        self.presenter = DoorPresenter(TEXTS, self.machine.now)
        self.line.follow(topics.room_board(self.site, self.queue.room), RoomBoard, self._take_board)
        self.line.on_change = self.presenter.line_changed
        self.run_beside(self.world.spawn(self.line.run()))

    def _take_board(self, board: RoomBoard) -> None:
        self.presenter.take_board(board)
        shown = self.presenter._board
        assert shown is not None
        self.board = shown
        self.shows(shown.revision)
