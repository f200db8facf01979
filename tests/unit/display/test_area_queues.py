"""Who has no doctor yet, on the board of his area."""

from tests.unit.display.board_views import view
from tests.unit.display.samples import (
    area_queue,
    board,
    full_room,
    room,
    ticket,
)


def test_who_has_no_doctor_yet_stands_below_the_rooms_and_is_told_to_wait_in_the_area() -> None:
    shown = view(board([full_room(0)], area_queues=[area_queue(3)]))

    row = shown.rows[-1]
    assert row.is_unassigned
    assert (row.room.zh, row.doctor.zh) == ("呼吸与危重症医学科", "待分配诊室")
    assert row.note.zh == "请在本区等候，分到诊室后叫号"
    assert [cell.number for cell in row.waiting] == ["R000", "R001", "R002"]
    assert row.in_room is None
    assert "priority" in {one.kind for one in shown.legend}


def test_an_area_queue_counts_who_does_not_fit_and_a_sensitive_clinic_has_no_name() -> None:
    sensitive = area_queue(8, clinic_zh="", clinic_en="", waiting_more_count=5)

    row = view(board([], area_queues=[sensitive])).rows[-1]

    assert row.room.zh == "待分配诊室"
    assert row.more.en == "and 5 more"


def test_one_who_has_no_doctor_yet_shares_his_masked_name_with_nobody() -> None:
    queue = area_queue(1, waiting=[ticket("R1", "张*三")])

    shown = view(board([room(0, in_room=ticket("A1", "张*三"))], area_queues=[queue]))

    assert shown.rows[0].in_room is not None
    assert shown.rows[0].in_room.name == shown.rows[1].waiting[0].name == ""


def test_an_area_queue_takes_its_place_on_a_page_as_a_room_does() -> None:
    rooms = [full_room(index) for index in range(8)]

    first = view(board(rooms, area_queues=[area_queue(2)]))

    assert first.row_count == 5
    assert first.page.en in {"Page 1 of 2", "Page 2 of 2"}
