"""The area board as a frozen picture: what the last messages mean at this instant.

Pure: the messages, the state of the line and the time go in, a view model comes out. Two
equal view models look the same, so that a view redraws only when something has changed.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from display.cells import Showing, equal_names
from display.footer import Footer, footer
from display.header import Header, LineState, SoundState, header
from display.panels import Panel, page_now, panels
from display.rows import RoomRow, area_queue_row, room_row
from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.board_layout import BoardLayout
from queue_server.contract.boards import AreaBoard, Call, Notices, RoomBoard
from queue_server.rules.terms import TicketKind

COLUMNS: Final = ("room", "in_room", "standby", "waiting")
LEGEND_KINDS: Final = tuple(kind for kind in TicketKind if kind is not TicketKind.ORDINARY)

B = TypeVar("B", AreaBoard, RoomBoard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """The call that lies over the board."""

    sequence: int
    number: str
    name: str
    word: Bilingual
    room: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """What a mark means."""

    kind: str
    mark: Bilingual
    meaning: Bilingual
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """All that an area board shows."""

    header: Header
    headings: tuple[Bilingual, ...]
    """Of the columns: `COLUMNS`."""
    shows_standby: bool
    shows_waiting: bool
    message: Bilingual
    """Shown in place of the rooms, when there are none."""
    rows: tuple[RoomRow, ...]
    row_count: int
    """Rows to make room for: the same on every page."""
    page: Bilingual
    panels: tuple[Panel, ...]
    """Beside the rooms, from top to bottom: whose call was missed, and the last calls."""
    legend: tuple[Legend, ...]
    """The marks that are on the board."""
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
    layout = board.layout if board else BoardLayout()
    showing = Showing(unclear=_unclear(board), colours=layout.colours, texts=texts)
    rows = _rows(board, now, showing) if board else []
    page, page_count = page_now(math.ceil(len(rows) / layout.rooms_per_page), now)
    # Nine rooms are five and four, not eight and one.
    row_count = math.ceil(len(rows) / page_count)
    return AreaView(
        header=header(board, line, sound or SoundState(), now, texts),
        headings=tuple(texts.both(f"column.{column}") for column in COLUMNS),
        shows_standby="standby" in layout.lists,
        shows_waiting="waiting" in layout.lists,
        message=_message(board, line, texts),
        rows=tuple(rows[page * row_count : (page + 1) * row_count]),
        row_count=row_count,
        page=texts.both("area.page", page=page + 1, pages=page_count)
        if page_count > 1
        else NO_TEXT,
        panels=panels(board, now, showing) if board and rows else (),
        legend=_legend(rows, showing),
        footer=footer(board, notices, now, texts),
        banner=_banner(announced, showing.unclear, texts) if announced else None,
    )


def _unclear(board: AreaBoard | None) -> frozenset[str]:
    if board is None:
        return frozenset()
    calls = board.last_calls if "last_calls" in board.layout.lists else []
    return equal_names(board.rooms, board.area_queues, calls)


def _rows(board: AreaBoard, now: datetime, showing: Showing) -> list[RoomRow]:
    rows = [
        *(room_row(one, board.last_calls, now, showing) for one in board.rooms),
        *(area_queue_row(one, showing) for one in board.area_queues),
    ]
    lists = board.layout.lists
    return [row.only(standby="standby" in lists, waiting="waiting" in lists) for row in rows]


def _message(board: AreaBoard | None, line: LineState, texts: Texts) -> Bilingual:
    if board is None:
        return texts.both("line.connected" if line.is_up else "line.connecting")
    return NO_TEXT if board.rooms or board.area_queues else texts.both("area.empty")


def _legend(rows: list[RoomRow], showing: Showing) -> tuple[Legend, ...]:
    there = {
        cell.kind: cell.colour
        for row in rows
        for cell in (*row.standby, *row.waiting, *([row.in_room] if row.in_room else []))
    }
    return tuple(
        Legend(
            kind=kind.value,
            mark=showing.texts.both(f"mark.{kind.value}"),
            meaning=showing.texts.both(f"legend.{kind.value}"),
            colour=there[kind.value],
        )
        for kind in LEGEND_KINDS
        if kind.value in there
    )


def _banner(call: Call, unclear: frozenset[str], texts: Texts) -> Banner:
    return Banner(
        sequence=call.sequence,
        number=call.number,
        name="" if call.masked_name in unclear else call.masked_name,
        word=texts.both("call.recalled" if call.is_recall else "call.called"),
        room=Bilingual(zh=call.room_zh, en=call.room_en),
    )
