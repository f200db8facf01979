"""The area board as a frozen picture: what the last messages mean at this instant.

Pure: the messages, the state of the line and the time go in, a view model comes out. Two
equal view models look the same, so that a view redraws only when something has changed.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from display.cells import Cell, cell, equal_names
from display.header import Header, LineState, SoundState, header
from display.rows import RoomRow, area_queue_row, room_row
from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import AreaBoard, BoardRoom, Call, Notices, RoomBoard
from queue_server.rules.terms import TicketKind

ROOMS_MAX: Final = 8
"""Rooms and area queues on one page; more of them take turns."""
MISSED_MAX: Final = 9
PAGE_S: Final = 12
FOOTER_S: Final = 10
FOOTER_ZH_MAX: Final = 50
FOOTER_EN_MAX: Final = 130
"""Characters that fit into one line at full size."""
COLUMNS: Final = ("room", "in_room", "standby", "waiting", "missed")

B = TypeVar("B", AreaBoard, RoomBoard)


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
    rooms = board.rooms if board else []
    area_queues = board.area_queues if board else []
    unclear = equal_names(rooms, area_queues)
    rows = [
        *(room_row(one, board.last_calls if board else [], unclear, now, texts) for one in rooms),
        *(area_queue_row(one, unclear, texts) for one in area_queues),
    ]
    page, page_count = _page_now(math.ceil(len(rows) / ROOMS_MAX), now)
    # Nine rooms are five and four, not eight and one.
    row_count = math.ceil(len(rows) / page_count)
    missed, missed_more = _missed(rooms, unclear, now, texts)
    return AreaView(
        header=header(board, line, sound or SoundState(), now, texts),
        headings=tuple(texts.both(f"column.{column}") for column in COLUMNS),
        missed_hint=texts.both("area.missed_hint"),
        message=_message(board, line, texts),
        rows=tuple(rows[page * row_count : (page + 1) * row_count]),
        row_count=row_count,
        page=texts.both("area.page", page=page + 1, pages=page_count)
        if page_count > 1
        else NO_TEXT,
        missed=missed,
        missed_more=missed_more,
        legend=_legend(rows, texts),
        footer=_footer(board, notices, now, texts),
        banner=_banner(announced, unclear, texts) if announced else None,
    )


def _page_now(page_count: int, now: datetime) -> tuple[int, int]:
    page_count = max(page_count, 1)
    return int(now.timestamp() // PAGE_S) % page_count, page_count


def _message(board: AreaBoard | None, line: LineState, texts: Texts) -> Bilingual:
    if board is None:
        return texts.both("line.connected" if line.is_up else "line.connecting")
    return NO_TEXT if board.rooms or board.area_queues else texts.both("area.empty")


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


def _legend(rows: list[RoomRow], texts: Texts) -> tuple[tuple[str, Bilingual, Bilingual], ...]:
    there = {
        cell.kind
        for row in rows
        for cell in (*row.standby, *row.waiting, *([row.in_room] if row.in_room else []))
    }
    return tuple(
        (kind.value, texts.both(f"mark.{kind.value}"), texts.both(f"legend.{kind.value}"))
        for kind in TicketKind
        if kind is not TicketKind.ORDINARY and kind.value in there
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
