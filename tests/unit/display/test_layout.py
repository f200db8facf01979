"""A board laid out otherwise than usual."""

from typing import Any

from display.board import AreaView
from display.footer import FOOTER_S
from display.panels import MISSED_MAX_OF_TWO
from queue_server.contract.board_layout import BoardLayout
from queue_server.rules.terms import TicketKind
from tests.unit.display.board_views import view
from tests.unit.display.samples import (
    board,
    call,
    full_room,
    notices,
    room,
)


def laid_out(**changed: Any) -> AreaView:
    """Twelve full rooms with three calls, laid out otherwise than usual."""
    rooms = [full_room(index) for index in range(12)]
    calls = [call(1), call(2), call(3, number="A002", room="room-203")]
    return view(board(rooms, last_calls=calls, layout=BoardLayout(**changed)))


def test_the_layout_says_how_many_rooms_stand_on_a_page() -> None:
    assert laid_out(rooms_per_page=10).row_count == 6
    assert laid_out(rooms_per_page=4).row_count == 4
    assert laid_out(rooms_per_page=4).page.en.endswith("of 3")


def test_a_list_that_the_layout_leaves_out_is_not_shown() -> None:
    bare = laid_out(lists=[])

    assert not bare.shows_standby
    assert not bare.shows_waiting
    assert bare.panels == ()
    assert all(
        (row.standby, row.waiting, row.more.zh) == ((), (), "") and row.in_room is not None
        for row in bare.rows
    )


def test_the_last_calls_stand_beside_the_missed_the_latest_first_and_each_patient_once() -> None:
    missed, last_calls = laid_out(lists=["missed", "last_calls"]).panels

    assert len(missed.cells) == MISSED_MAX_OF_TWO
    assert last_calls.heading.zh == "最近叫号"
    assert [(one.cell.number, one.room.en) for one in last_calls.cells] == [
        ("A002", "Room 204"),
        ("A001", "Room 202"),
    ]


def test_equal_masked_names_among_the_last_calls_are_left_out_too() -> None:
    [last_calls] = view(
        board(
            [room(0)],
            last_calls=[call(1, masked_name="单*"), call(2, masked_name="单*")],
            layout=BoardLayout(lists=["last_calls"]),
        )
    ).panels

    assert [one.cell.name for one in last_calls.cells] == ["", ""]


def test_the_colour_of_a_kind_is_on_its_marks_and_in_the_legend() -> None:
    shown = laid_out(colours={TicketKind.PRIORITY: "#FFD8A8"})

    marks = {cell.kind: cell.colour for row in shown.rows for cell in row.waiting}
    assert marks["priority"] == "#FFD8A8"
    assert marks["returned"] == ""
    assert {one.kind: one.colour for one in shown.legend}["priority"] == "#FFD8A8"


def test_the_news_take_turns_with_the_notices_and_the_rules_may_be_left_out() -> None:
    layout = BoardLayout(news_zh="流感疫苗接种请到 1 层", news_en="Flu shots", shows_rules=False)
    shown = board([room(0)], layout=layout)
    said = notices(("今天停电", "Power cut"))

    texts_shown = [
        footer.text.zh
        for turn in range(3)
        if (footer := view(shown, said=said, after_s=turn * FOOTER_S).footer)
    ]

    assert set(texts_shown) == {"今天停电", "流感疫苗接种请到 1 层"}
