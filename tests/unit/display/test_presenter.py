from datetime import datetime, timedelta

import pytest

from display.announcer import Announcer, Pace
from display.presenter import AreaPresenter, DoorPresenter
from queue_server.contract.device_messages import Heard
from tests.unit.display.samples import NOW, board, notices, room, room_board, texts


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def no_sleep(_: float) -> None:
    return None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def area(clock: Clock) -> AreaPresenter:
    heard: list[Heard] = []
    announcer = Announcer(None, now=clock, sleep=no_sleep, acknowledge=heard.append, pace=Pace())
    return AreaPresenter(texts(), announcer, clock)


def test_a_late_older_board_changes_nothing(area: AreaPresenter) -> None:
    area.take_board(board([room(0), room(1)], revision=7))
    area.take_board(board([room(0)], revision=6))

    assert len(area.view().rows) == 2


def test_the_mark_keeps_the_moment_at_which_the_line_was_lost(
    area: AreaPresenter, clock: Clock
) -> None:
    area.line_changed(True)
    area.take_board(board([room(0)]))
    area.line_changed(False)
    clock.now += timedelta(minutes=10)
    area.line_changed(False)

    assert "09:42" in area.view().header.line_mark.en

    area.line_changed(True)

    assert area.view().header.line_mark.en == ""


def test_whatever_comes_the_window_is_told(area: AreaPresenter) -> None:
    told: list[str] = []
    area.on_change = lambda: told.append("changed")

    area.take_board(board([]))
    area.take_notices(notices(("请戴口罩", "Please wear a mask")))
    area.line_changed(True)

    assert told == ["changed"] * 3


def test_a_door_follows_its_room_and_its_line(clock: Clock) -> None:
    door = DoorPresenter(texts(), clock)
    door.line_changed(True)
    door.take_board(room_board(room(2)))
    door.take_board(room_board(room(3), revision=1))

    assert door.view().room.en == "Room 203"

    door.line_changed(False)

    assert "09:42" in door.view().header.line_mark.en
