"""The area board as a frozen picture: what the last messages mean at this instant.

Pure: the messages, the state of the line and the time go in, a view model comes out. Two
equal view models look the same, so that a view redraws only when something has changed.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from display.absence import absence_note, absence_word
from display.cells import Cell, cell, equal_names
from display.header import Header, LineState, SoundState, header
from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import AreaBoard, BoardRoom, Call, Notices, RoomBoard
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState

ROOMS_MAX: Final = 8
"""Rooms on one page; more rooms take turns."""
STANDBY_MAX: Final = 2
WAITING_MAX: Final = 8
MISSED_MAX: Final = 9
PAGE_S: Final = 12
FOOTER_S: Final = 10
FOOTER_ZH_MAX: Final = 50
FOOTER_EN_MAX: Final = 130
"""Characters that fit into one line at full size."""
FLASH_S: Final = 15
"""How long the row of a called patient pulses."""
COLUMNS: Final = ("room", "in_room", "standby", "waiting", "missed")

B = TypeVar("B", AreaBoard, RoomBoard)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRow:
    """One consulting room."""

    room: Bilingual
    clinic: Bilingual
    doctor: Bilingual
    """Name and, in Chinese, title."""
    status: Bilingual
    """Empty while the queue moves and the doctor is there."""
    note: Bilingual
    """Why the doctor sees nobody, and until when, in the place of who is in the room."""
    is_stopped: bool
    in_room: Cell | None
    in_room_word: Bilingual
    standby: tuple[Cell, ...]
    waiting: tuple[Cell, ...]
    more: Bilingual
    """"and N more"; empty when everybody is shown."""
    is_flashing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedCell:
    """One patient whose call was missed, and the room he belongs to."""

    cell: Cell
    room: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """One line at the bottom: a notice of the nurses, or a rule of the queue."""

    label: Bilingual
    text: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """The call that lies over the board."""

    sequence: int
    number: str
    name: str
    word: Bilingual
    room: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """All that an area board shows."""

    header: Header
    headings: tuple[Bilingual, ...]
    """Of the columns: `COLUMNS`."""
    missed_hint: Bilingual
    message: Bilingual
    """Shown in place of the rooms, when there are none."""
    rows: tuple[RoomRow, ...]
    row_count: int
    """Rows to make room for: the same on every page."""
    page: Bilingual
    missed: tuple[MissedCell, ...]
    missed_more: Bilingual
    legend: tuple[tuple[str, Bilingual, Bilingual], ...]
    """Kind, mark and meaning of the marks that are on the board."""
    footer: Footer | None
    banner: Banner | None


def newer(held: B | None, came: B) -> B:
    """Return which board to show: an older revision never replaces a newer one of its day."""
    if held is not None and came.day_on == held.day_on and came.revision < held.revision:
        return held
    return came


def area_view(
    board: AreaBoard | None,
    notices: Notices | None,
    line: LineState,
    now: datetime,
    texts: Texts,
    *,
    announced: Call | None = None,
    sound: SoundState | None = None,
) -> AreaView:
    """Return what the board shows at `now`; `announced` is the call to lay over it."""
    unclear = equal_names(board.rooms) if board else frozenset()
    rooms = board.rooms if board else []
    page, page_count = _page_now(math.ceil(len(rooms) / ROOMS_MAX), now)
    # Nine rooms are five and four, not eight and one.
    row_count = math.ceil(len(rooms) / page_count)
    missed, missed_more = _missed(rooms, unclear, now, texts)
    return AreaView(
        header=header(board, line, sound or SoundState(), now, texts),
        headings=tuple(texts.both(f"column.{column}") for column in COLUMNS),
        missed_hint=texts.both("area.missed_hint"),
        message=_message(board, line, texts),
        rows=tuple(
            room_row(room, board.last_calls if board else [], unclear, now, texts)
            for room in rooms[page * row_count : (page + 1) * row_count]
        ),
        row_count=row_count,
        page=texts.both("area.page", page=page + 1, pages=page_count)
        if page_count > 1
        else NO_TEXT,
        missed=missed,
        missed_more=missed_more,
        legend=_legend(rooms, texts),
        footer=_footer(board, notices, now, texts),
        banner=_banner(announced, unclear, texts) if announced else None,
    )


def room_row(
    room: BoardRoom, calls: list[Call], unclear: frozenset[str], now: datetime, texts: Texts
) -> RoomRow:
    """Return the row of one room."""
    is_stopped = room.status is QueueStatus.STOPPED
    more_count = (
        room.waiting_more_count
        + max(0, len(room.waiting) - WAITING_MAX)
        + max(0, len(room.standby) - STANDBY_MAX)
    )
    return RoomRow(
        room=Bilingual(zh=room.room_zh, en=room.room_en),
        clinic=Bilingual(zh=room.clinic_zh, en=room.clinic_en),
        doctor=Bilingual(
            zh=f"{room.doctor_zh} {room.doctor_title_zh}".strip(),
            en=room.doctor_en,
        ),
        status=_status(room, texts),
        note=absence_note(room.absence, texts) if room.in_room is None else NO_TEXT,
        is_stopped=is_stopped,
        in_room=cell(room.in_room, unclear, texts) if room.in_room else None,
        in_room_word=in_room_word(room, texts),
        standby=tuple(cell(ticket, unclear, texts) for ticket in room.standby[:STANDBY_MAX]),
        waiting=tuple(cell(ticket, unclear, texts) for ticket in room.waiting[:WAITING_MAX]),
        more=texts.both("area.more", count=more_count) if more_count else NO_TEXT,
        is_flashing=is_flashing(room, calls, now),
    )


def _status(room: BoardRoom, texts: Texts) -> Bilingual:
    if room.absence is not None:
        return absence_word(room, texts)
    if room.status is QueueStatus.OPEN:
        return NO_TEXT
    return texts.both(f"status.{room.status.value}")


def in_room_word(room: BoardRoom, texts: Texts) -> Bilingual:
    """Return "Please enter" for a called patient, "In consultation" for one who has come."""
    if room.in_room is None:
        return NO_TEXT
    is_called = room.in_room.state is TicketState.CALLED
    return texts.both("state.called" if is_called else "state.in_service")


def is_flashing(room: BoardRoom, calls: list[Call], now: datetime) -> bool:
    """Tell whether whoever is called to the room was called only just now."""
    if room.in_room is None or room.in_room.state is not TicketState.CALLED:
        return False
    called_at = [
        call.called_at
        for call in calls
        if call.room == room.room and call.number == room.in_room.number
    ]
    return bool(called_at) and now < max(called_at) + timedelta(seconds=FLASH_S)


def _page_now(page_count: int, now: datetime) -> tuple[int, int]:
    page_count = max(page_count, 1)
    return int(now.timestamp() // PAGE_S) % page_count, page_count


def _message(board: AreaBoard | None, line: LineState, texts: Texts) -> Bilingual:
    if board is None:
        return texts.both("line.connected" if line.is_up else "line.connecting")
    return NO_TEXT if board.rooms else texts.both("area.empty")


def _missed(
    rooms: list[BoardRoom], unclear: frozenset[str], now: datetime, texts: Texts
) -> tuple[tuple[MissedCell, ...], Bilingual]:
    cells = [
        MissedCell(
            cell=cell(ticket, unclear, texts), room=Bilingual(zh=room.room_zh, en=room.room_en)
        )
        for room in rooms
        for ticket in room.missed
    ]
    page, _ = _page_now(math.ceil(len(cells) / MISSED_MAX), now)
    shown = cells[page * MISSED_MAX : (page + 1) * MISSED_MAX]
    more_count = len(cells) - len(shown) + sum(room.missed_more_count for room in rooms)
    return tuple(shown), texts.both("area.more", count=more_count) if more_count else NO_TEXT


def _legend(rooms: list[BoardRoom], texts: Texts) -> tuple[tuple[str, Bilingual, Bilingual], ...]:
    there = {
        ticket.kind
        for room in rooms
        for ticket in (*room.standby, *room.waiting, *([room.in_room] if room.in_room else []))
    }
    return tuple(
        (kind.value, texts.both(f"mark.{kind.value}"), texts.both(f"legend.{kind.value}"))
        for kind in TicketKind
        if kind is not TicketKind.ORDINARY and kind in there
    )


def _footer(
    board: AreaBoard | None, notices: Notices | None, now: datetime, texts: Texts
) -> Footer | None:
    lines: list[Footer] = []
    for notice in notices.notices if notices else []:
        lines += _footers("area.notice", notice.text_zh, notice.text_en, texts)
    if board:
        for zh, en in zip(board.rule_text_zh, board.rule_text_en, strict=False):
            lines += _footers("area.rule", zh, en, texts)
    return lines[int(now.timestamp() // FOOTER_S) % len(lines)] if lines else None


def _footers(label: str, zh: str, en: str, texts: Texts) -> list[Footer]:
    """One line in both languages; a long text is shown in one language after the other."""
    is_short = len(zh) <= FOOTER_ZH_MAX and len(en) <= FOOTER_EN_MAX
    shown = (
        [Bilingual(zh=zh, en=en)]
        if is_short
        else [Bilingual(zh=text, en="") for text in (zh, en) if text]
    )
    return [Footer(label=texts.both(label), text=text) for text in shown]


def _banner(call: Call, unclear: frozenset[str], texts: Texts) -> Banner:
    return Banner(
        sequence=call.sequence,
        number=call.number,
        name="" if call.masked_name in unclear else call.masked_name,
        word=texts.both("call.recalled" if call.is_recall else "call.called"),
        room=Bilingual(zh=call.room_zh, en=call.room_en),
    )
