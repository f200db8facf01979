from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from display.board import area_view, newer
from display.footer import FOOTER_S
from display.header import LineState, SoundState
from display.panels import CELLS_MAX, PAGE_S
from display.rows import FLASH_S
from queue_server.contract.boards import Call
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState
from tests.unit.display.board_views import UP, view
from tests.unit.display.samples import (
    DAY,
    NOW,
    board,
    call,
    full_room,
    notices,
    room,
    texts,
    ticket,
)


def test_an_older_revision_never_replaces_a_newer_one_of_its_day() -> None:
    seven, six = board([], revision=7), board([], revision=6)

    assert newer(None, six) is six
    assert newer(six, seven) is seven
    assert newer(seven, six) is seven


def test_a_new_day_begins_with_a_low_revision() -> None:
    tomorrow = board([], revision=1, day_on="2026-11-22")

    assert newer(board([], revision=900), tomorrow) is tomorrow


def test_a_room_shows_who_is_called_who_gets_ready_and_who_waits() -> None:
    (row,) = view(board([full_room(1)])).rows

    assert row.room.zh == "202 诊室"
    assert row.doctor.zh == "陆书宁 主治医师"
    assert row.in_room is not None
    assert (row.in_room.number, row.in_room.name) == ("B013", "欧阳*")
    assert (row.in_room_word.zh, row.in_room_word.en) == ("请进", "Please enter")
    assert [cell.number for cell in row.standby] == ["B014"]
    assert [cell.number for cell in row.waiting][:2] == ["B015", "B016"]
    assert (row.more.zh, row.more.en) == ("还有 8 位", "and 8 more")


def test_who_does_not_fit_is_counted_among_the_more() -> None:
    standby = [ticket(f"S{index}") for index in range(5)]
    waiting = [ticket(f"W{index}") for index in range(20)]

    (row,) = view(board([room(0, standby=standby, waiting=waiting, waiting_more_count=3)])).rows

    assert len(row.standby) + len(row.waiting) + int(row.more.en.split()[1]) == 28


def test_a_patient_in_consultation_is_not_asked_to_enter() -> None:
    (row,) = view(board([full_room(0)])).rows

    assert row.in_room_word.en == "In consultation"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (QueueStatus.OPEN, ""),
        (QueueStatus.PAUSED, "Calling paused"),
        (QueueStatus.STOPPED, "Clinic stopped today"),
    ],
)
def test_a_room_that_does_not_call_says_so_in_words(status: QueueStatus, words: str) -> None:
    (row,) = view(board([room(0, status=status)])).rows

    assert row.status.en == words


def test_every_kind_but_the_ordinary_has_a_mark_in_letters_and_a_legend() -> None:
    shown = view(board([full_room(0)]))

    (row,) = shown.rows
    marks = {cell.kind: cell.mark.zh for cell in row.waiting}
    assert marks == {
        "ordinary": "",
        "priority": "优",
        "returned": "回",
        "missed": "过",
        "emergency": "急",
    }
    assert {one.kind: one.mark.zh for one in shown.legend} == {
        kind: mark for kind, mark in marks.items() if mark
    }


def test_the_legend_explains_only_what_is_there() -> None:
    assert view(board([room(0, waiting=[ticket("A1")])])).legend == ()


def test_two_equal_masked_names_in_an_area_are_shown_by_number_only() -> None:
    rooms = [
        room(0, in_room=ticket("A1", "张*三"), standby=[ticket("A2", "李*")]),
        room(1, in_room=ticket("A1", "王*"), missed=[ticket("B9", "张*三")]),
    ]

    shown = view(board(rooms))

    names = [row.in_room.name for row in shown.rows if row.in_room]
    assert names == ["", "王*"]
    assert shown.rows[0].standby[0].name == "李*"
    assert shown.panels[0].cells[0].cell.name == ""


def test_the_same_ticket_in_two_lists_is_not_taken_for_two_patients() -> None:
    both = ticket("A1", "张*三")

    (row,) = view(board([room(0, in_room=both, missed=[both])])).rows

    assert row.in_room is not None
    assert row.in_room.name == "张*三"


def test_a_sensitive_clinic_shows_numbers_only() -> None:
    shown = view(
        board([room(0, in_room=ticket("A1"), standby=[ticket("A2")])]),
        announced=call(1, masked_name=""),
    )

    assert shown.rows[0].in_room is not None
    assert shown.rows[0].in_room.name == ""
    assert shown.banner is not None
    assert shown.banner.name == ""


def test_eight_rooms_stand_on_one_page() -> None:
    shown = view(board([full_room(index) for index in range(8)]))

    assert len(shown.rows) == shown.row_count == 8
    assert shown.page.zh == ""


def test_more_rooms_take_turns_in_pages_of_like_size() -> None:
    of_nine = board([room(index) for index in range(9)])
    first, second = view(of_nine, after_s=0), view(of_nine, after_s=PAGE_S)

    assert {first.row_count, second.row_count} == {5}
    assert sorted([len(first.rows), len(second.rows)]) == [4, 5]
    seen = {row.room.en for row in (*first.rows, *second.rows)}
    assert len(seen) == 9
    assert {first.page.en, second.page.en} == {"Page 1 of 2", "Page 2 of 2"}
    assert view(of_nine, after_s=2 * PAGE_S).rows == first.rows


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30)), min_size=1, max_size=12),
    st.integers(0, 1000),
)
def test_every_missed_patient_is_shown_or_counted(
    counts: list[tuple[int, int]], after_s: int
) -> None:
    rooms = [
        room(index, missed=[ticket(f"M{n}") for n in range(shown)], missed_more_count=more)
        for index, (shown, more) in enumerate(counts)
    ]

    shown = view(board(rooms), after_s=after_s)

    [missed] = shown.panels
    more = int(missed.more.en.split()[1]) if missed.more.en else 0
    assert len(missed.cells) <= CELLS_MAX
    assert len(missed.cells) + more == sum(here + away for here, away in counts)


def test_a_called_patient_pulses_for_a_while_and_again_when_recalled() -> None:
    calls = [call(1, room="room-202", number="B013")]
    again = replace(calls[0], sequence=9, called_at=NOW + timedelta(seconds=60))
    of_room = full_room(1)

    def pulses(last_calls: list[Call], after_s: float) -> bool:
        return view(board([of_room], last_calls=last_calls), after_s=after_s).rows[0].is_flashing

    assert pulses(calls, FLASH_S - 1)
    assert not pulses(calls, FLASH_S)
    assert pulses([*calls, again], 61)
    assert not pulses([call(1, room="room-202", number="B999")], 1)


def test_a_patient_who_has_entered_does_not_pulse() -> None:
    seen = full_room(1, in_room=ticket("B013", state=TicketState.IN_SERVICE))
    calls = [call(1, room="room-202", number="B013")]

    assert not view(board([seen], last_calls=calls), after_s=1).rows[0].is_flashing


def test_the_banner_holds_number_masked_name_and_room() -> None:
    banner = view(board([]), announced=call(12)).banner

    assert banner is not None
    assert (banner.number, banner.name, banner.room.zh) == ("A012", "单*", "205 诊室")
    assert banner.word.en == "Please go to"


def test_a_recall_says_that_it_is_one() -> None:
    banner = view(board([]), announced=call(12, is_recall=True)).banner

    assert banner is not None
    assert banner.word.zh == "再次呼叫，请到"


def test_notices_and_rules_take_turns_at_the_bottom() -> None:
    said = notices(("今天停水", "No water today"), ("请戴口罩", "Please wear a mask"))

    seen = [
        footer.text.en
        for turn in range(4)
        if (footer := view(board([]), said=said, after_s=turn * FOOTER_S).footer)
    ]

    assert len(set(seen)) == 4
    assert {"No water today", "Please wear a mask"} < set(seen)


def test_a_long_notice_is_shown_in_one_language_after_the_other() -> None:
    said = notices(("长" * 120, "long " * 30))
    empty = board([], rule_text_zh=[], rule_text_en=[])

    seen = {
        (footer.text.zh[:4], footer.text.en)
        for turn in range(2)
        if (footer := view(empty, said=said, after_s=turn * FOOTER_S).footer)
    }

    assert seen == {("长长长长", ""), ("long", "")}


def test_cleared_notices_leave_the_bottom_empty() -> None:
    assert view(board([], rule_text_zh=[], rule_text_en=[]), said=notices()).footer is None


def test_nothing_known_yet_is_said_and_not_shown_as_an_empty_clinic() -> None:
    assert view(None).message.en == "Waiting for the queue"
    assert view(None, line=LineState(is_up=False)).message.en == "Connecting to the server"
    assert view(board([])).message.en == "No clinic today"
    assert view(board([room(0)])).message.en == ""


def test_the_clock_shows_the_hospitals_time_whatever_this_machine_is_set_to() -> None:
    elsewhere = NOW.astimezone(ZoneInfo("America/New_York"))

    shown = area_view(board([]), None, UP, elsewhere, texts())

    assert shown.header.clock == "09:42"
    assert shown.header.date.zh == "2026年11月21日 星期六"
    assert shown.header.date.en == "Saturday 21 November 2026"


def test_a_broken_line_is_marked_with_the_time_of_the_state() -> None:
    lost = LineState(is_up=False, lost_at=NOW)

    mark = view(board([room(0)]), line=lost, after_s=600).header.line_mark

    assert "09:42" in mark.zh
    assert "请询问护士" in mark.zh
    assert mark.en == "Not connected to the server. Shown as of 09:42. Please ask the nurse"


def test_a_retained_board_without_a_server_is_as_old_as_its_publication() -> None:
    old = board([room(0)], published_at=NOW - timedelta(minutes=90))

    mark = view(old, line=LineState(is_up=False)).header.line_mark

    assert "08:12" in mark.en


def test_a_board_of_yesterday_names_its_date() -> None:
    old = board([room(0)], published_at=NOW - timedelta(days=1))

    mark = view(old, line=LineState(is_up=False)).header.line_mark

    assert "11月20日 09:42" in mark.zh
    assert "20 November 09:42" in mark.en


def test_a_good_line_has_no_mark() -> None:
    assert view(board([])).header.line_mark.zh == ""


def test_a_board_without_sound_says_so() -> None:
    assert (
        view(board([]), sound=SoundState(has_fault=True)).header.sound_mark.zh == "无声音，请看屏幕"
    )
    assert view(board([]), sound=SoundState(is_silent=True)).header.sound_mark.en == "Muted"
    assert view(board([])).header.sound_mark.zh == ""


def test_nothing_changes_while_nothing_happens() -> None:
    still = board([full_room(0)], rule_text_zh=[], rule_text_en=[])

    assert view(still, after_s=1) == view(still, after_s=4)


def test_every_kind_has_a_word() -> None:
    for kind in TicketKind:
        (row,) = view(board([room(0, waiting=[ticket("A1", kind=kind)])])).rows
        assert bool(row.waiting[0].mark.zh) == (kind is not TicketKind.ORDINARY)


def test_the_sample_is_of_one_day() -> None:
    assert board([]).day_on == DAY == f"{NOW:%Y-%m-%d}"
