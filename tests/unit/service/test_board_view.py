"""What boards and calls say, and what they never say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.board_setup import BoardSetup
from queue_server.contract.boards import (
    BOARD_CALLS_MAX,
    BOARD_MISSED_MAX,
    BOARD_WAITING_MAX,
    BoardRoom,
)
from queue_server.contract.codec import encode
from queue_server.rules import commands as asked
from queue_server.rules.policy_text import rule_text
from queue_server.rules.terms import AreaId, QueueId, QueueStatus, TicketId
from queue_server.service.board_view import (
    CALL_FRESH_S,
    area_board,
    call_message,
    notices_message,
    room_board,
)
from tests.unit.service.morning import CARDIOLOGY, DERMATOLOGY, MIDNIGHT, Morning

AT = MIDNIGHT + timedelta(hours=8)
AREA_A, AREA_B, AREA_C = AreaId("area-a"), AreaId("area-b"), AreaId("area-c")
NAMES = ["张小三", "欧阳明月", "麦麦提·赛帕克", "John Smith"]


def board_room(morning: Morning, area: AreaId = AREA_A) -> BoardRoom:
    return area_board(morning.setup, morning.now, area, AT).rooms[0]


@pytest.fixture
def crowded() -> Morning:
    """Fifteen wait at cardiology; the first four have names."""
    morning = Morning(NAMES)
    for number in range(1, 16):
        name = NAMES[number - 1] if number <= len(NAMES) else ""
        morning.check_in(morning.book(number, name=name))
    return morning


def test_a_board_shows_the_first_and_counts_the_others(crowded: Morning) -> None:
    room = board_room(crowded)

    assert [one.number for one in room.standby] == ["A001"]
    assert [one.number for one in room.waiting] == [
        f"A{number:03d}" for number in range(2, 2 + BOARD_WAITING_MAX)
    ]
    assert room.waiting_more_count == 15 - 1 - BOARD_WAITING_MAX
    assert (room.in_room, room.missed, room.missed_more_count) == (None, [], 0)


def test_names_are_masked_and_the_full_one_is_nowhere(crowded: Morning) -> None:
    for _ in NAMES:
        crowded.act(asked.CallNext(queue=CARDIOLOGY))
    board = area_board(crowded.setup, crowded.now, AREA_A, AT)
    door = room_board(crowded.setup, crowded.now, crowded.setup.queues[CARDIOLOGY], AT)

    assert [call.masked_name for call in board.last_calls] == [
        "张*三",
        "欧阳*月",
        "麦**·**克",
        "J. S.",
    ]
    for payload in (encode(board).decode(), encode(door).decode()):
        for name in NAMES:
            assert name not in payload
            assert name[1:] not in payload


def test_a_sensitive_clinic_shows_and_says_the_number_only() -> None:
    morning = Morning(NAMES)
    for number, name in enumerate(NAMES, start=1):
        ticket = morning.book(number, queue=DERMATOLOGY, name=name)
        morning.check_in(ticket, DERMATOLOGY)
    morning.act(asked.CallNext(queue=DERMATOLOGY))
    room = board_room(morning, AREA_C)
    [made] = morning.now.calls[AREA_C]
    call = call_message(morning.setup, morning.now, made)

    assert room.in_room is not None
    shown = [*room.standby, *room.waiting, room.in_room]
    assert {one.masked_name for one in shown} == {""}
    assert len(shown) == len(NAMES)
    assert (call.masked_name, call.spoken_name_zh) == ("", "")
    assert (call.spoken_zh, call.spoken_en) == (
        "请G001号，到401 诊室就诊",
        "Number G001, please go to Room 401",
    )


def test_a_ticket_without_a_known_patient_shows_its_number(crowded: Morning) -> None:
    assert board_room(crowded).waiting[-1].masked_name == ""


def test_missed_ones_are_shown_the_latest_first_and_counted() -> None:
    morning = Morning(policy={"missed_auto_times": 0})
    count = BOARD_MISSED_MAX + 2
    for number in range(1, count + 1):
        morning.check_in(morning.book(number))
    for number in range(1, count + 1):
        morning.act(asked.CallNext(queue=CARDIOLOGY))
        missed = TicketId(f"{CARDIOLOGY}:A{number:03d}")
        morning.act(asked.Miss(queue=CARDIOLOGY, ticket=missed))

    room = board_room(morning)

    assert [one.number for one in room.missed] == [
        f"A{number:03d}" for number in range(count, count - BOARD_MISSED_MAX, -1)
    ]
    assert room.missed_more_count == 2


def test_a_board_says_who_is_in_the_room_and_whether_calling_goes_on(crowded: Morning) -> None:
    crowded.act(asked.CallNext(queue=CARDIOLOGY))
    crowded.act(asked.Pause(queue=CARDIOLOGY))

    room = board_room(crowded)

    assert room.in_room is not None
    assert (room.in_room.number, room.in_room.state) == ("A001", "called")
    assert room.status is QueueStatus.PAUSED


def test_a_board_repeats_the_last_calls_oldest_first(crowded: Morning) -> None:
    for _ in range(BOARD_CALLS_MAX + 3):
        crowded.act(asked.CallNext(queue=CARDIOLOGY))

    calls = area_board(crowded.setup, crowded.now, AREA_A, AT).last_calls

    assert [call.sequence for call in calls] == list(range(4, BOARD_CALLS_MAX + 4))
    assert area_board(crowded.setup, crowded.now, AREA_B, AT).last_calls == []


def test_a_door_repeats_the_calls_of_its_own_room_only(crowded: Morning) -> None:
    other = QueueId("cardiology-2")
    crowded.check_in(crowded.book(1, queue=other), other)
    crowded.act(asked.CallNext(queue=other))
    for _ in range(BOARD_CALLS_MAX):
        crowded.act(asked.CallNext(queue=CARDIOLOGY))

    def rooms(queue: QueueId) -> list[str]:
        setup = crowded.setup.queues[queue]
        board = room_board(crowded.setup, crowded.now, setup, AT)
        return [call.room for call in board.last_calls]

    assert rooms(other) == ["room-202"]
    assert rooms(CARDIOLOGY) == ["room-201"] * BOARD_CALLS_MAX


def test_the_call_of_an_undone_walk_in_is_gone() -> None:
    morning = Morning()
    morning.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    morning.act(asked.CallNext(queue=CARDIOLOGY))
    morning.act(asked.Undo(queue=CARDIOLOGY))
    morning.act(asked.Undo(queue=CARDIOLOGY))

    assert morning.now.day.queues[CARDIOLOGY].tickets == {}
    assert area_board(morning.setup, morning.now, AREA_A, AT).last_calls == []


def test_a_call_is_fresh_for_a_while(crowded: Morning) -> None:
    crowded.act(asked.CallNext(queue=CARDIOLOGY))
    [made] = crowded.now.calls[AREA_A]

    call = call_message(crowded.setup, crowded.now, made)

    assert call.called_at == AT
    assert call.fresh_until == AT + timedelta(seconds=CALL_FRESH_S)
    assert call.spoken_zh == "请A001号张某三，到201 诊室就诊"
    assert call.spoken_name_zh in call.spoken_zh


def test_every_change_has_a_higher_revision(crowded: Morning) -> None:
    before = area_board(crowded.setup, crowded.now, AREA_A, AT).revision
    crowded.act(asked.CallNext(queue=CARDIOLOGY))
    after = area_board(crowded.setup, crowded.now, AREA_A, AT).revision

    assert after == before + 1


def test_a_board_tells_the_rules_that_the_queue_goes_by() -> None:
    morning = Morning()
    board = area_board(morning.setup, morning.now, AREA_A, AT)

    text = rule_text(morning.setup.policies[CARDIOLOGY])
    assert (board.rule_text_zh, board.rule_text_en) == (list(text.zh), list(text.en))


def test_an_area_without_a_notice_is_told_that_there_is_none() -> None:
    morning = Morning()

    assert notices_message(morning.now, AREA_A, AT).notices == []


def test_boards_and_calls_of_a_number_only_area_tell_no_name() -> None:
    morning = Morning(names=["张晓明"])
    areas = tuple(
        replace(area, board=BoardSetup(number_only=area.id == "area-a"))
        for area in morning.setup.site.areas
    )
    site = replace(morning.setup.site, areas=areas)
    morning.setup = replace(morning.setup, site=site, areas={one.id: one for one in areas})
    morning.check_in(morning.book(1, name="张晓明"))
    morning.act(asked.CallNext(queue=CARDIOLOGY))

    room = board_room(morning)
    [call] = area_board(morning.setup, morning.now, AREA_A, AT).last_calls

    assert room.in_room is not None
    assert (room.in_room.number, room.in_room.masked_name) == ("A001", "")
    assert (call.masked_name, call.spoken_name_zh) == ("", "")
    assert "张" not in call.spoken_zh


def test_boards_carry_the_layout_of_their_area(crowded: Morning) -> None:
    layout = crowded.setup.areas[AREA_A].board.layout

    of_area = area_board(crowded.setup, crowded.now, AREA_A, AT)
    of_door = room_board(crowded.setup, crowded.now, crowded.setup.queues[CARDIOLOGY], AT)

    assert "last_calls" in layout.lists
    assert (of_area.layout, of_door.layout) == (layout, layout)
