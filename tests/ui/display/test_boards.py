"""What stands on a board can be read: nothing is cut, nothing juts out, nothing is missing."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets.theme import PALETTE
from display.announcer import Announcer
from display.presenter import AreaPresenter, DoorPresenter
from display.rows import FLASH_S
from queue_server.contract.absence import Absence
from queue_server.contract.board_layout import BoardLayout
from queue_server.contract.boards import AreaBoard, BoardRoom
from queue_server.rules.terms import AbsenceKind, QueueStatus, TicketKind
from tests.ui.display.conftest import AREA_SIZE, DOOR_SIZE, Clock, Seen
from tests.unit.display.samples import (
    NOW,
    area_queue,
    board,
    call,
    full_room,
    notices,
    room,
    room_board,
    ticket,
)

pytestmark = pytest.mark.ui
Opened = Callable[..., Any]

NOTICE = (
    "今天上午 10:00 至 10:30 采血窗口暂停，请改到 3 层。",
    "Blood sampling: please use floor 3.",
)


def full_board(count: int = 8, **changed: Any) -> AreaBoard:
    return board([full_room(index) for index in range(count)], **changed)


def assert_readable(seen: Seen, letters_min: float) -> None:
    """Nothing ends in an ellipsis, nothing leaves the window, nothing is smaller than wanted."""
    width, height = seen.app.root.size
    for label in seen.labels():
        assert not label.shorten, f"{label.text!r} is cut"
        assert label.font_size >= letters_min, f"{label.text!r} is {label.font_size} high"
        x, y = label.to_window(*label.pos)
        assert -2 <= x <= x + label.width <= width + 3, f"{label.text!r} juts out sideways"
        assert y >= -14, f"{label.text!r} juts out below"
        assert y + label.height <= height + 14, f"{label.text!r} juts out above"


async def test_eight_full_rooms_can_be_read(area: AreaPresenter, opened: Opened) -> None:
    area.line_changed(True)
    area.take_board(full_board())
    area.take_notices(notices(NOTICE))

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=15)
        shown = seen.texts()
        assert {"A012", "H019", "麦麦提·***", "J*** S****", "还有 7 位", NOTICE[0]} <= set(shown)
        numbers = [label.font_size for label in seen.labels() if label.text in ("A012", "F017")]
        assert min(numbers) > 55


async def test_the_fullest_page_of_many_rooms_can_be_read(
    area: AreaPresenter, opened: Opened
) -> None:
    missed = [ticket(f"X{index:03d}", f"欧阳*{index}") for index in range(6)]
    area.line_changed(True)
    area.take_board(
        board([full_room(index, missed=missed, missed_more_count=3) for index in range(16)])
    )

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=15)
        assert "第 1 页，共 2 页" in seen.texts() or "第 2 页，共 2 页" in seen.texts()


def longest_room(index: int) -> BoardRoom:
    return full_room(
        index,
        room_zh="生殖医学中心第 12 诊室",
        room_en="Reproductive Medicine Room 12",
        doctor_zh="阿卜杜热合曼",
        doctor_en="Dr. Abdurahman Abdukerim",
        doctor_title_zh="副主任医师",
        in_room=ticket("VIP-1024", "阿卜杜热合曼·***"),
        standby=[ticket("VIP-1025", "阿*·***"), ticket("VIP-1026", "Wolfeschlegel*** S****")],
    )


async def test_the_longest_names_shrink_and_stay_whole(area: AreaPresenter, opened: Opened) -> None:
    area.line_changed(True)
    area.take_board(board([longest_room(index) for index in range(8)]))

    async with opened(area, AREA_SIZE) as seen:
        numbers = [label for label in seen.labels() if label.text.startswith("VIP")]
        assert numbers
        assert not [label.text for label in numbers if label.shorten]
        rooms = [label for label in seen.labels() if label.text == "生殖医学中心第 12 诊室"]
        assert len(rooms) >= 8
        assert max(label.font_size for label in rooms) > 24, "the English name did not give way"


async def test_who_has_no_doctor_yet_can_be_read_below_full_rooms(
    area: AreaPresenter, opened: Opened
) -> None:
    area.line_changed(True)
    waiting = area_queue(8, waiting_more_count=12)
    area.take_board(board([full_room(index) for index in range(7)], area_queues=[waiting]))

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=14)
        assert {"呼吸与危重症医学科", "待分配诊室", "R007", "还有 12 位"} <= set(seen.texts())


COLOURS = {
    TicketKind.PRIORITY: "#FFB347",
    TicketKind.RETURNED: "#9AD0F5",
    TicketKind.MISSED: "#E0C3FC",
    TicketKind.EMERGENCY: "#FF5252",
}
LAYOUTS = {
    "ten rooms and every list": BoardLayout(
        rooms_per_page=10, lists=["standby", "waiting", "missed", "last_calls"], colours=COLOURS
    ),
    "waiting and last calls": BoardLayout(
        lists=["waiting", "last_calls"], news_zh="流感疫苗接种请到 1 层", news_en="Flu vaccination"
    ),
    "standby alone": BoardLayout(lists=["standby"]),
    "nothing but the rooms": BoardLayout(rooms_per_page=5, lists=[]),
}


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("is_line_up", [True, False])
async def test_each_layout_can_be_read_at_its_fullest(
    area: AreaPresenter, opened: Opened, name: str, is_line_up: bool
) -> None:
    area.line_changed(True)
    layout = LAYOUTS[name]
    calls = [
        call(
            number,
            masked_name="阿卜杜热合曼·***" if number == 8 else f"张*{number}",
            room_zh="生殖医学中心第 12 诊室" if number == 7 else "201 诊室",
        )
        for number in range(1, 9)
    ]
    rooms = [full_room(index) for index in range(layout.rooms_per_page)]
    area.take_board(board(rooms, last_calls=calls, layout=layout))
    if not is_line_up:
        area.line_changed(False)

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=11)
        shown = seen.texts()
        assert ("A013" in shown) == ("standby" in layout.lists)
        assert ("A014" in shown) == ("waiting" in layout.lists)
        assert ("最近叫号" in shown) == ("last_calls" in layout.lists)
        assert ("过号" in shown) == ("missed" in layout.lists)
        for panel in seen.app.root.ids.panels.children:
            heading, body = panel.children[-1], panel.children[0]
            assert all(body.y - 2 <= one.y <= one.top <= body.top + 2 for one in body.children)
            assert heading.y >= body.top - 2


@pytest.mark.parametrize("size", [(1280, 720), (3840, 2160), (1600, 1200)])
async def test_a_board_scales_with_its_window(
    area: AreaPresenter, opened: Opened, size: tuple[int, int]
) -> None:
    area.line_changed(True)
    area.take_board(full_board())

    async with opened(area, size) as seen:
        assert_readable(seen, letters_min=14 * min(size[0] / 1920, size[1] / 1080))


async def test_an_empty_area_says_so(area: AreaPresenter, opened: Opened) -> None:
    area.line_changed(True)
    area.take_board(board([]))

    async with opened(area, AREA_SIZE) as seen:
        assert "今日暂无出诊" in seen.texts()
        assert "过号" not in seen.texts()


async def test_a_broken_line_is_marked_and_the_mark_goes_when_it_is_back(
    area: AreaPresenter, opened: Opened, clock: Clock
) -> None:
    area.line_changed(True)
    area.take_board(full_board())

    async with opened(area, AREA_SIZE) as seen:
        area.line_changed(False)
        clock.now += timedelta(minutes=5)
        await seen.frames()
        assert any("以下为 09:42 的情况" in text for text in seen.texts())
        assert "A012" in seen.texts()
        assert_readable(seen, letters_min=13)

        area.line_changed(True)
        await seen.frames()
        assert not any("以下为" in text for text in seen.texts())


async def test_a_call_lies_over_the_board_and_goes(
    area: AreaPresenter, announcer: Announcer, opened: Opened, clock: Clock, tmp_path: Path
) -> None:
    area.line_changed(True)
    area.take_board(full_board())
    speaking = asyncio.create_task(announcer.run())

    async with opened(area, AREA_SIZE) as seen:
        announcer.offer(call(12, fresh_until=NOW + timedelta(seconds=60)))
        banner = seen.app.root.ids.banner
        while banner.opacity < 1 or "A012" not in [one.text for one in seen._labels(banner)]:
            await seen.frames(1)
        (number,) = [label for label in seen._labels(banner) if label.text == "A012"]
        assert number.font_size >= 160
        assert "单*" in [label.text for label in seen._labels(banner)]
        assert share_of(seen.picture(tmp_path / "call.png"), PALETTE["board_call"]) > 0.02

        clock.now += timedelta(seconds=30)
        while seen.app.root.ids.banner.opacity:
            await seen.frames(1)

    speaking.cancel()


async def test_a_called_row_pulses_and_comes_to_rest(
    area: AreaPresenter, opened: Opened, clock: Clock
) -> None:
    area.line_changed(True)
    area.take_board(full_board(last_calls=[call(1, room="room-202", number="B013")]))

    async with opened(area, AREA_SIZE) as seen:
        pulses = [widget for widget in seen.app.root.walk() if hasattr(widget, "glow")]
        while not any(pulse.glow for pulse in pulses):
            await seen.frames(1)
        assert [pulse.is_on for pulse in pulses].count(True) == 1

        clock.now += timedelta(seconds=FLASH_S)
        area.on_change()
        await seen.frames()
        assert not any(pulse.glow for pulse in pulses)


async def test_nothing_is_drawn_while_nothing_changes(area: AreaPresenter, opened: Opened) -> None:
    from kivy.core.window import Window  # noqa: PLC0415

    area.line_changed(True)
    area.take_board(full_board())

    async with opened(area, AREA_SIZE) as seen:
        await seen.frames(10)
        drawn: list[int] = []

        def draw(*_: Any) -> None:
            drawn.append(1)

        Window.bind(on_draw=draw)
        for _ in range(3):
            seen.app.refresh()
            await seen.frames(5)
        Window.unbind(on_draw=draw)

        assert drawn == []


async def test_two_equal_names_leave_only_larger_numbers(
    area: AreaPresenter, opened: Opened
) -> None:
    area.line_changed(True)
    area.take_board(
        board(
            [
                room(0, in_room=ticket("A001", "张*三")),
                room(1, in_room=ticket("B001", "张*三")),
                room(2, in_room=ticket("C001", "李*")),
                *(room(index) for index in range(3, 8)),
            ]
        )
    )

    async with opened(area, AREA_SIZE) as seen:
        assert "张*三" not in seen.texts()
        sizes = {label.text: label.font_size for label in seen.labels()}
        assert sizes["A001"] == sizes["B001"] > sizes["C001"]


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (DOOR_SIZE, QueueStatus.OPEN),
        (DOOR_SIZE, QueueStatus.STOPPED),
        ((800, 1280), QueueStatus.PAUSED),
        ((1080, 1920), QueueStatus.OPEN),
        ((1024, 600), QueueStatus.PAUSED),
    ],
)
async def test_a_door_can_be_read_upright_and_wide(
    door: DoorPresenter, opened: Opened, size: tuple[int, int], status: QueueStatus
) -> None:
    door.line_changed(True)
    door.take_board(room_board(full_room(2, status=status)))
    door.line_changed(False)

    async with opened(door, size) as seen:
        assert_readable(seen, letters_min=11)
        (number,) = [label for label in seen.labels() if label.text == "C014"]
        assert number.font_size > 0.14 * min(size)
        assert ("暂停叫号，请稍候" in seen.texts()) == (status is QueueStatus.PAUSED)


async def test_chinese_letters_have_their_chinese_shape(
    area: AreaPresenter, opened: Opened
) -> None:
    from kivy.core.text import LabelBase  # noqa: PLC0415

    area.line_changed(True)
    async with opened(area, AREA_SIZE) as seen:
        assert {label.font_name for label in seen.labels()} == {"board"}
        regular, *_ = LabelBase._fonts["board"]
        assert "CJKsc" in regular


def share_of(picture: Path, colour: str) -> float:
    """Return which share of a picture has exactly that colour."""
    wanted = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    with Image.open(picture) as image:
        rgb = image.convert("RGB")
        counts = {shade: count for count, shade in rgb.getcolors(maxcolors=1 << 24) or []}
        return counts.get(wanted, 0) / (rgb.width * rgb.height)


def absence(kind: AbsenceKind, cause: tuple[str, str] = ("", ""), returns: str = "") -> Absence:
    return Absence(kind=kind, cause_zh=cause[0], cause_en=cause[1], returns_text=returns)


LATE = absence(AbsenceKind.LATE)
LEFT = absence(AbsenceKind.LEFT, ("临时工作安排", "called to other duties"), "10:30")
STOPPED = absence(AbsenceKind.STOPPED, ("处理紧急事务", "urgent matters"), "14:00")


async def test_who_is_late_left_or_stopped_can_be_read_on_the_fullest_board(
    area: AreaPresenter, opened: Opened
) -> None:
    rooms = [full_room(index) for index in range(8)]
    empty = [full_room(0, in_room=None, absence=LATE), full_room(1, in_room=None, absence=LEFT)]
    stopped = room(2, status=QueueStatus.STOPPED, absence=STOPPED)
    area.line_changed(True)
    area.take_board(board([*empty, stopped, full_room(3, absence=LEFT), *rooms[4:]]))

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=15)
        shown = set(seen.texts())
        assert {"医生迟到", "医生暂时离开", "今日停诊"} <= shown
        assert {"临时工作安排，预计 10:30 返回", "处理紧急事务，预计 14:00 恢复"} <= shown


@pytest.mark.parametrize("told", [LATE, LEFT, STOPPED], ids=lambda told: told.kind.value)
@pytest.mark.parametrize("size", [DOOR_SIZE, DOOR_SIZE[::-1]], ids=["lying", "upright"])
async def test_the_door_tells_why_its_doctor_sees_nobody(
    door: DoorPresenter, opened: Opened, told: Absence, size: tuple[int, int]
) -> None:
    status = QueueStatus.STOPPED if told is STOPPED else QueueStatus.OPEN
    door.line_changed(True)
    door.take_board(room_board(full_room(2, in_room=None, status=status, absence=told)))

    async with opened(door, size) as seen:
        assert_readable(seen, letters_min=18)
        words = {LATE: "医生迟到", LEFT: "医生暂时离开", STOPPED: "今日停诊"}
        assert any(text.startswith(words[told]) for text in seen.texts())
