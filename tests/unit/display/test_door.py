from datetime import timedelta

from display.door import DoorView, door_view
from display.header import LineState
from display.texts import NO_TEXT
from queue_server.contract.board_layout import BoardLayout
from queue_server.contract.boards import RoomBoard
from queue_server.rules.terms import MemberState, QueueStatus, TicketState
from tests.unit.display.samples import (
    NOW,
    call,
    full_room,
    mdt_room,
    room,
    room_board,
    texts,
    ticket,
)


def view(shown: RoomBoard | None, *, is_up: bool = True) -> DoorView:
    return door_view(shown, LineState(is_up=is_up, lost_at=None if is_up else NOW), NOW, texts())


def test_a_door_shows_room_clinic_doctor_and_who_is_called() -> None:
    shown = view(room_board(full_room(1)))

    assert (shown.room.zh, shown.clinic.en) == ("202 诊室", "Cardiology")
    assert (shown.doctor.zh, shown.doctor_title.en) == ("陆书宁", "Attending Physician")
    assert shown.in_room is not None
    assert (shown.in_room.number, shown.in_room.is_called) == ("B013", True)
    assert shown.in_room_word.zh == "请进"
    assert [cell.number for cell in shown.standby] == ["B014"]
    assert shown.waiting.en == "16 waiting"


def test_an_empty_room_asks_to_wait() -> None:
    shown = view(room_board(room(0)))

    assert shown.in_room is None
    assert shown.sentence.en == "Please wait for your call"


def test_a_paused_queue_says_so_and_still_shows_who_is_inside() -> None:
    shown = view(room_board(full_room(0, status=QueueStatus.PAUSED)))

    assert shown.status.en == "Calling is paused. Please wait"
    assert shown.in_room is not None


def test_a_stopped_clinic_asks_nobody_to_get_ready() -> None:
    shown = view(room_board(room(0, status=QueueStatus.STOPPED, standby=[ticket("A2")])))

    assert "停诊" in shown.sentence.zh
    assert shown.standby == ()
    assert shown.standby_word.zh == ""


def test_a_stopped_clinic_still_shows_the_last_patient() -> None:
    inside = ticket("A1", "王*", state=TicketState.IN_SERVICE)

    shown = view(room_board(room(0, status=QueueStatus.STOPPED, in_room=inside)))

    assert shown.in_room is not None
    assert "停诊" in shown.status.zh
    assert shown.sentence.zh == ""


def test_a_fresh_call_pulses() -> None:
    calls = [call(1, room="room-202", number="B013", called_at=NOW - timedelta(seconds=3))]

    assert view(room_board(full_room(1), last_calls=calls)).is_flashing
    assert not view(room_board(full_room(1))).is_flashing


def test_more_standby_patients_than_fit_are_counted_as_waiting() -> None:
    standby = [ticket(f"A{index}") for index in range(5)]

    shown = view(room_board(room(0, standby=standby)))

    assert len(shown.standby) == 3
    assert shown.waiting.en == "2 waiting"


def test_two_equal_names_before_one_door_are_shown_by_number_only() -> None:
    shown = view(room_board(room(0, in_room=ticket("A1", "张*"), standby=[ticket("A2", "张*")])))

    assert shown.in_room is not None
    assert shown.in_room.name == ""
    assert shown.standby[0].name == ""


def test_a_broken_line_is_marked() -> None:
    assert "09:42" in view(room_board(room(0)), is_up=False).header.line_mark.en
    assert view(None, is_up=False).sentence.en == "Connecting to the server"
    assert view(None).sentence.en == "Waiting for the queue"


def test_the_door_of_a_team_tells_of_each_doctor_and_asks_to_wait_for_the_quorum() -> None:
    states = (MemberState.PRESENT, MemberState.ABSENT, MemberState.ABSENT)

    shown = view(room_board(mdt_room(states, in_room=None)))

    assert [line.state.zh for line in shown.team] == ["已到", "未到", "未到"]
    assert shown.doctor.zh == ""
    assert "到齐" in shown.sentence.zh
    complete = (MemberState.PRESENT, MemberState.PRESENT, MemberState.ABSENT)
    assert "到齐" not in view(room_board(mdt_room(complete, in_room=None))).sentence.zh


def test_a_door_board_leaves_out_the_lists_that_its_area_leaves_out() -> None:
    bare = view(room_board(full_room(1), layout=BoardLayout(lists=["missed"])))

    assert (bare.standby, bare.standby_word, bare.waiting) == ((), NO_TEXT, NO_TEXT)
    assert bare.in_room is not None
