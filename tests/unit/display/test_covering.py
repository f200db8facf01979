"""Whatever a board shows, its covered view holds no name and no word that nurses have written."""

import msgspec

from display.board import area_view
from display.covering import COVER, covered_area, covered_door
from display.door import door_view
from display.header import LineState
from tests.unit.display.samples import (
    NAMES,
    NOW,
    board,
    call,
    full_room,
    notices,
    room_board,
    texts,
)

UP = LineState(is_up=True)
WRITTEN = ("王小明的家属请到护士站", "Family of Wang Xiaoming, please come to the desk")


def test_no_masked_name_is_left_on_an_area_board() -> None:
    rooms = [full_room(index) for index in range(8)]
    view = area_view(
        board(rooms, last_calls=[call(1)]), notices(WRITTEN), UP, NOW, texts(), announced=call(1)
    )

    shown = str(msgspec.to_builtins(view))
    left = str(msgspec.to_builtins(covered_area(view)))

    assert all(name in shown for name in [*NAMES[:8], "孙*甲", "刘*", *WRITTEN])
    assert not [name for name in [*NAMES, "孙*", "刘*", *WRITTEN] if name in left]
    assert "*" not in left
    assert COVER in left
    assert "A012" in left
    assert "沈怀仁" in left


def test_no_masked_name_is_left_on_a_door_board() -> None:
    view = door_view(room_board(full_room(1)), UP, NOW, texts())

    left = str(msgspec.to_builtins(covered_door(view)))

    assert "*" in str(msgspec.to_builtins(view))
    assert "*" not in left
    assert "B013" in left


def test_a_clinic_that_shows_no_names_shows_no_cover_either() -> None:
    nameless = [full_room(0, in_room=None, standby=[], waiting=[], missed=[])]
    view = area_view(board(nameless), None, UP, NOW, texts())

    assert covered_area(view).rows == view.rows
