"""The boards of an MDT clinic: each of its doctors and where he is can be read."""

from collections.abc import Callable
from typing import Any

import pytest

from display.presenter import AreaPresenter, DoorPresenter
from queue_server.rules.terms import MemberState
from tests.ui.display.conftest import AREA_SIZE, DOOR_SIZE
from tests.ui.display.test_boards import assert_readable
from tests.unit.display.samples import board, full_room, mdt_room, room_board

pytestmark = pytest.mark.ui
Opened = Callable[..., Any]


@pytest.mark.parametrize("size", [DOOR_SIZE, DOOR_SIZE[::-1]], ids=["lying", "upright"])
async def test_the_door_shows_each_doctor_of_the_team_and_where_he_is(
    door: DoorPresenter, opened: Opened, size: tuple[int, int]
) -> None:
    door.line_changed(True)
    states = (MemberState.WITH_PATIENT, MemberState.PRESENT, MemberState.ABSENT)
    door.take_board(room_board(mdt_room(states)))

    async with opened(door, size) as seen:
        assert_readable(seen, letters_min=13)
        assert {"欧阳静", "韩铁山", "白露", "会诊中", "已到", "未到"} <= set(seen.texts())
        door.take_board(room_board(mdt_room((MemberState.DONE,) * 3)))
        await seen.frames(8)
        assert seen.texts().count("已看完") == 3
        assert "未到" not in seen.texts()


async def test_the_door_of_a_team_of_six_can_be_read(door: DoorPresenter, opened: Opened) -> None:
    door.line_changed(True)
    door.take_board(room_board(mdt_room((MemberState.PRESENT,) * 6, in_room=None)))

    async with opened(door, DOOR_SIZE) as seen:
        assert_readable(seen, letters_min=12)


async def test_an_mdt_clinic_stands_on_the_area_board_beside_others(
    area: AreaPresenter, opened: Opened
) -> None:
    area.line_changed(True)
    states = (MemberState.PRESENT, MemberState.ABSENT, MemberState.ABSENT)
    area.take_board(board([*map(full_room, range(7)), mdt_room(states, index=7)]))

    async with opened(area, AREA_SIZE) as seen:
        assert_readable(seen, letters_min=15)
