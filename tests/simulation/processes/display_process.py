"""A board as a process: the real presenters, announcer and line, without window and sound."""

import asyncio
from collections.abc import Sequence
from typing import Final

from assets import translations
from display.announcer import Announcer, Pace
from display.heard_outbox import HeardOutbox
from display.presenter import AreaPresenter, DoorPresenter
from display.texts import Texts
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import Reading
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notices, RoomBoard
from queue_server.contract.device_messages import Heard
from queue_server.rules.terms import AreaId, RoomId
from tests.simulation.processes.devices import Device, Order, line_change, make_device, together
from tests.simulation.processes.records import Notebook, Said, Told, board_note

ROUND_S: Final = 0.3
PACE: Final = Pace(rounds=2, pause_s=0.1, shown_s=0.8)
"""A call takes a second in place of 25, so that a run of minutes has room for hundreds."""
ANNOUNCEMENT_S: Final = 1.0


class _NotingLoudspeaker(Loudspeaker):
    """Takes its time and writes down what is said."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    async def say(
        self, readings: Sequence[Reading], *, name: str = "", with_chime: bool = False
    ) -> None:
        self._notebook.note(Said(sequence=int(name.partition("-")[0])))
        await asyncio.sleep(ROUND_S)

    async def check(self) -> None:
        pass


async def run_display(order: Order) -> None:
    """Be the board of an area or a door until killed."""
    device = make_device(order)
    texts = Texts(translations.load("display", "zh"), translations.load("display", "en"))
    running = [_area, _door][order.kind == "door"](device, texts)
    await together(*running, asyncio.create_task(device.line.run()))


def _door(device: Device, texts: Texts) -> list[asyncio.Task[None]]:
    presenter = DoorPresenter(texts, device.now)

    def take(board: RoomBoard) -> None:
        presenter.take_board(board)
        assert presenter._board is not None
        device.notebook.note(board_note(presenter._board))

    topic = topics.room_board(device.line.address.site, RoomId(device.order.place))
    device.line.follow(topic, RoomBoard, take)
    device.line.on_change = line_change(device, presenter.line_changed)
    return []


def _area(device: Device, texts: Texts) -> list[asyncio.Task[None]]:
    line, site, area = device.line, device.line.address.site, AreaId(device.order.place)
    heard_at = topics.heard(site, line.address.device)
    outbox = HeardOutbox(lambda heard: line.publish(heard_at, heard))

    def acknowledge(heard: Heard) -> None:
        device.notebook.note(Told(sequence=heard.sequence, why_not=heard.why_not))
        outbox.put(heard)

    announcer = Announcer(
        _NotingLoudspeaker(device.notebook),
        now=device.now,
        sleep=asyncio.sleep,
        acknowledge=acknowledge,
        pace=PACE,
    )
    presenter = AreaPresenter(texts, announcer, device.now)

    def take(board: AreaBoard) -> None:
        presenter.take_board(board)
        assert presenter._board is not None
        device.notebook.note(board_note(presenter._board))

    def line_changed(is_up: bool) -> None:
        presenter.line_changed(is_up)
        outbox.line_changed(is_up)

    line.follow(topics.area_board(site, area), AreaBoard, take)
    line.follow(topics.call(site, area), Call, announcer.offer)
    line.follow(topics.notice(site, area), Notices, presenter.take_notices)
    line.on_change = line_change(device, line_changed)
    return [asyncio.create_task(announcer.run())]
