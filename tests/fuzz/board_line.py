"""What boards are sent: the real line, presenters and announcer take it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from assets import translations
from display.announcer import Announcer, Pace
from display.presenter import AreaPresenter, DoorPresenter
from display.texts import Texts
from hardware.voice.loudspeaker import Loudspeaker
from hardware.voice.reading import Reading
from queue_server.client.line import Line
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notices, RoomBoard
from queue_server.contract.device_messages import Command, DeviceStatus
from queue_server.contract.message import Message
from queue_server.contract.messages import Reply
from queue_server.rules.terms import DeviceId
from tests.fuzz.campaign import Fuzzer, Try
from tests.fuzz.device_line import AREA, DEVICE, ROOM, SITE, Clock, Feed, real_line, running, turns
from tests.fuzz.wire import instants, payloads
from tests.integration.service.known_hospital import OPENING

_rooms = st.sampled_from(["room-1", "room-2"])
_BOARD_KNOWN = {
    "area": st.just("area-a"),
    "room": _rooms,
    "number": st.sampled_from(["A001", "A002", "A003"]),
    "masked_name": st.sampled_from(["张*", "欧阳*月", ""]),
    "day_on": st.sampled_from(["2026-11-23", "2026-11-24"]),
    "sequence": st.integers(1, 4),
    "spoken_zh": st.sampled_from(
        ["请 A001 号张* 到 201 诊室就诊", "12:60 请到 3.14 号", "120元 2位"]
    ),
    "fresh_until": st.integers(-60, 600).map(
        lambda seconds: datetime.isoformat(OPENING + timedelta(seconds=seconds))
    )
    | instants,
}


class _Ears(Loudspeaker):
    """A loudspeaker that makes no sound; what is said has been made a reading of."""

    def __init__(self) -> None:
        pass

    async def say(
        self, readings: Sequence[Reading], *, name: str = "", with_chime: bool = False
    ) -> None:
        assert all(isinstance(one.text, str) for one in readings)

    async def check(self) -> None:
        pass


def boards_show_something(line: Callable[..., Line], thrown: list[tuple[str, bytes, int]]) -> None:
    """Whatever comes in, both boards have something to show, and the loudspeaker goes on."""
    asyncio.run(_boards(line, thrown))


async def _boards(line_of: Callable[..., Line], thrown: list[tuple[str, bytes, int]]) -> None:
    feed, clock = Feed(), Clock()
    line = line_of(feed, clock)
    texts = Texts(translations.load("display", "zh"), translations.load("display", "en"))
    announcer = Announcer(
        _Ears(),
        now=clock,
        sleep=lambda _: asyncio.sleep(0),
        acknowledge=lambda heard: None,
        pace=Pace(),
    )
    area, door = AreaPresenter(texts, announcer, clock), DoorPresenter(texts, clock)
    line.follow(topics.area_board(SITE, AREA), AreaBoard, area.take_board)
    line.follow(topics.room_board(SITE, ROOM), RoomBoard, door.take_board)
    line.follow(topics.call(SITE, AREA), Call, announcer.offer)
    line.follow(topics.notice(SITE, AREA), Notices, area.take_notices)
    line.follow(
        topics.command(SITE, DEVICE), Command, lambda one: announcer.be_silent(one.do == "silence")
    )

    def line_changed(is_up: bool) -> None:
        area.line_changed(is_up)
        door.line_changed(is_up)

    line.on_change = line_changed
    async with running(line.run(), announcer.run()):
        for topic, payload, seconds in thrown:
            clock.now += timedelta(seconds=seconds)
            feed.incoming.put_nowait((topic, payload))
            await turns()
            assert area.view().header.clock
            assert door.view().header.clock


def _at(topic: str, kind: type[Message]) -> st.SearchStrategy[Any]:
    seconds = st.sampled_from([0, 0, 1, 9, 20, 700, -3600, 86400])
    return st.tuples(st.just(topic), payloads(kind, _BOARD_KNOWN), seconds)


_to_boards = st.one_of(
    _at(topics.area_board(SITE, AREA), AreaBoard),
    _at(topics.room_board(SITE, ROOM), RoomBoard),
    _at(topics.call(SITE, AREA), Call),
    _at(topics.notice(SITE, AREA), Notices),
    _at(topics.command(SITE, DEVICE), Command),
    _at(topics.status(SITE, DeviceId("queue-server")), DeviceStatus),
    _at(topics.reply(SITE, DEVICE), Reply),
)


BOARD_LINE = Fuzzer(
    name="mqtt",
    target=real_line,
    tries=(
        Try(
            name="what boards are sent",
            inputs=st.lists(_to_boards, min_size=1, max_size=6),
            check=boards_show_something,
        ),
    ),
)
