"""After the faults: everybody sees the truth, hears the calls, is answered; nothing is lost."""

import asyncio
from datetime import timedelta
from typing import Final

from display.board import area_view
from display.door import door_view
from display.header import LineState
from queue_server.contract.messages import CallHelp, HelpCalled
from queue_server.service.board_view import CALL_FRESH_S, area_board, notices_message, room_board
from queue_server.service.clinic_day import local_time
from queue_server.service.now import Now
from tests.simulation.display_device import TEXTS, AreaDevice, DoorDevice
from tests.simulation.network import SILENT_AFTER_S
from tests.simulation.people import Doctor
from tests.simulation.server import PULSE_S, RESTART_AFTER_S_MAX
from tests.simulation.site import SimulatedSite
from tests.simulation.world import Violation, World

CALLS_HEARD_WITHIN_S: Final = 120.0
BOOT_S: Final = 15.0
SETTLED_WITHIN_S: Final = 900.0


class LastLook:
    """Looks at everything once the network has healed."""

    def __init__(self, world: World, site: SimulatedSite) -> None:
        self._world = world
        self._site = site

    async def look(self, doctors: list[Doctor]) -> None:
        """Look.

        Raises:
            Violation: with what is not as it should be.
        """
        called_from = self._sequences()
        for doctor in doctors:
            await doctor.call_until_heard()
        await asyncio.sleep(CALLS_HEARD_WITHIN_S)
        self._check_calls_heard(called_from)
        await self._check_kiosks()
        self._check_outboxes()
        self._check_boards(self._site.area_boards, self._site.door_boards)
        await self._check_that_a_hanging_server_is_noticed()
        await self._wait_until_calls_are_stale()
        await self._check_fresh_boards("fresh")
        self._site.server.kill()
        await asyncio.sleep(RESTART_AFTER_S_MAX + BOOT_S)
        await self._check_fresh_boards("after-restart")
        await self._check_money()

    def _now(self) -> Now:
        writer = self._site.server.writer
        _require(writer is not None, "the server does not come back")
        assert writer is not None
        return writer.now

    def _sequences(self) -> dict[str, int]:
        calls = self._now().calls
        areas = self._site.hospital.setup.areas
        return {area: calls[area][-1].sequence if calls.get(area) else 0 for area in areas}

    def _check_calls_heard(self, called_from: dict[str, int]) -> None:
        for board in self._site.area_boards:
            made = [one.sequence for one in self._now().calls.get(board.area, ())]
            new = [one for one in made if one > called_from[board.area]]
            spoken = [heard.sequence for heard in board.heard if heard.was_spoken]
            missing = [one for one in new if one not in spoken]
            _require(not missing, f"{board.machine.name} has not spoken the calls {missing}")

    async def _wait_until_calls_are_stale(self) -> None:
        """Wait until a board that is switched on has nothing left to announce.

        Calls that were made while the server's clock was ahead are fresh for longer.
        """
        made = [one.called_at for calls in self._now().calls.values() for one in calls]
        until = max(made, default=self._world.now()) + timedelta(seconds=CALL_FRESH_S)
        await asyncio.sleep(max(0.0, (until - self._world.now()).total_seconds()))

    async def _check_kiosks(self) -> None:
        for kiosk in self._site.kiosks:
            _require(kiosk.state.is_line_up, f"{kiosk.machine.name} has no line")
            answer = await kiosk.line.ask(CallHelp(screen="home"))
            _require(isinstance(answer, HelpCalled), f"{kiosk.machine.name} is not answered")

    async def _check_that_a_hanging_server_is_noticed(self) -> None:
        """Nobody goes on trusting a server that stands still while its line is there."""
        devices = self._site.devices()
        self._site.server.hang(SILENT_AFTER_S + PULSE_S)
        await asyncio.sleep(SILENT_AFTER_S + PULSE_S)
        trusting = [device.machine.name for device in devices if device.line.is_up]
        _require(not trusting, f"{trusting} trust a server that hangs")
        await asyncio.sleep(2 * PULSE_S)
        lost = [device.machine.name for device in devices if not device.line.is_up]
        _require(not lost, f"{lost} do not see that the server goes on")

    def _check_outboxes(self) -> None:
        for kiosk in self._site.kiosks:
            left = kiosk.outbox.oldest()
            _require(left is None, f"{kiosk.machine.name} has not handed over {left}")
        self._site.witness.promises.check_kept()

    async def _check_money(self) -> None:
        """Wait until everything is settled, and what is closed was looked at once more."""
        await asyncio.sleep(SETTLED_WITHIN_S)
        for kiosk in self._site.kiosks:
            _require(not kiosk.cash.untold, f"{kiosk.machine.name} has not told every note")
        self._site.witness.ledger.check(
            self._site.money.trades(),
            self._site.money.counter.booked,
            [kiosk.cash.mechanism.box_fen for kiosk in self._site.kiosks],
        )

    async def _check_fresh_boards(self, name: str) -> None:
        """A screen that is switched on sees the truth at once."""
        areas = self._site.make_area_boards(name)
        doors = self._site.make_door_boards(name)
        for device in [*areas, *doors]:
            device.switch_on()
        await asyncio.sleep(BOOT_S)
        self._check_boards(areas, doors)

    def _check_boards(self, areas: list[AreaDevice], doors: list[DoorDevice]) -> None:
        setup, now = self._site.hospital.setup, self._now()
        at = local_time(setup.site, self._world.now())
        self._site.witness.check_now(now)
        up = LineState(is_up=True)
        for area in areas:
            board = area_board(setup, now, area.area, at)
            for room in board.rooms:
                self._site.witness.check_room(room)
            true_view = area_view(
                board, notices_message(now, area.area, at), up, area.machine.now(), TEXTS
            )
            _require(
                area.presenter.view() == true_view, f"{area.machine.name} does not show the truth"
            )
        for door in doors:
            true_board = room_board(setup, now, door.queue, at)
            _require(
                door.presenter.view() == door_view(true_board, up, door.machine.now(), TEXTS),
                f"{door.machine.name} does not show the truth",
            )


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
