"""What stands beside the rooms of an area board: whose call was missed, and the last calls."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from display.cells import Cell, Showing, cell
from display.texts import NO_TEXT, Bilingual
from queue_server.contract.boards import AreaBoard, Call

CELLS_MAX: Final = 9
"""Of a panel that has the whole height; it says besides what to do."""
MISSED_MAX_OF_TWO: Final = 3
CALLS_MAX_OF_TWO: Final = 4
PAGE_S: Final = 12
"""How long a page stands before the next one takes its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCell:
    """One patient, and the room he belongs to."""

    cell: Cell
    room: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One list beside the rooms."""

    heading: Bilingual
    cells: tuple[PanelCell, ...]
    more: Bilingual
    """"and N more"; empty when everybody is shown."""
    hint: Bilingual
    """What to do; empty where nothing is."""


def panels(board: AreaBoard, now: datetime, showing: Showing) -> tuple[Panel, ...]:
    """Return the lists that the board's layout wants there."""
    shows_missed, shows_calls = (one in board.layout.lists for one in ("missed", "last_calls"))
    made = []
    if shows_missed:
        cells_max = MISSED_MAX_OF_TWO if shows_calls else CELLS_MAX
        made.append(_missed(board, now, showing, cells_max))
    if shows_calls:
        cells_max = CALLS_MAX_OF_TWO if shows_missed else CELLS_MAX
        made.append(_last_calls(board, showing, cells_max))
    return tuple(made)


def page_now(page_count: int, now: datetime) -> tuple[int, int]:
    """Return which of so many pages stands there now, and how many there are: at least one."""
    page_count = max(page_count, 1)
    return int(now.timestamp() // PAGE_S) % page_count, page_count


def _missed(board: AreaBoard, now: datetime, showing: Showing, cells_max: int) -> Panel:
    cells = [
        PanelCell(cell=cell(ticket, showing), room=Bilingual(zh=room.room_zh, en=room.room_en))
        for room in board.rooms
        for ticket in room.missed
    ]
    page, _ = page_now(math.ceil(len(cells) / cells_max), now)
    shown = cells[page * cells_max : (page + 1) * cells_max]
    more_count = len(cells) - len(shown) + sum(room.missed_more_count for room in board.rooms)
    return Panel(
        heading=showing.texts.both("column.missed"),
        cells=tuple(shown),
        more=showing.texts.both("area.more", count=more_count) if more_count else NO_TEXT,
        hint=showing.texts.both("area.missed_hint"),
    )


def _last_calls(board: AreaBoard, showing: Showing, cells_max: int) -> Panel:
    """The latest first; whoever was called again stands there once."""
    latest = {(call.room, call.number): call for call in board.last_calls}
    calls = sorted(latest.values(), key=lambda call: -call.sequence)[:cells_max]
    return Panel(
        heading=showing.texts.both("column.last_calls"),
        cells=tuple(_called(call, showing) for call in calls),
        more=NO_TEXT,
        hint=NO_TEXT,
    )


def _called(call: Call, showing: Showing) -> PanelCell:
    is_unclear = call.masked_name in showing.unclear
    return PanelCell(
        cell=Cell(
            number=call.number,
            name="" if is_unclear else call.masked_name,
            kind="",
            mark=NO_TEXT,
            is_called=False,
        ),
        room=Bilingual(zh=call.room_zh, en=call.room_en),
    )
