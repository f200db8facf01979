"""What a board shows, with everything personal covered: for a picture that leaves the screen.

A picture is drawn from a covered view, so that nothing personal is ever in it.
"""

from dataclasses import replace
from typing import Final

from display.board import AreaView, Banner
from display.cells import Cell
from display.door import DoorView
from display.footer import Footer
from display.panels import Panel
from display.rows import RoomRow
from display.texts import Bilingual

COVER: Final = "■■■"


def covered_area(view: AreaView) -> AreaView:
    """Return `view` without a masked name, and without what nurses have written."""
    return replace(
        view,
        rows=tuple(_row(row) for row in view.rows),
        panels=tuple(_panel(panel) for panel in view.panels),
        footer=_footer(view.footer),
        banner=_banner(view.banner),
    )


def covered_door(view: DoorView) -> DoorView:
    """Return `view` without a masked name."""
    return replace(
        view,
        in_room=_cell(view.in_room),
        standby=tuple(_named(cell) for cell in view.standby),
    )


def _row(row: RoomRow) -> RoomRow:
    return replace(
        row,
        in_room=_cell(row.in_room),
        standby=tuple(_named(cell) for cell in row.standby),
        waiting=tuple(_named(cell) for cell in row.waiting),
    )


def _panel(panel: Panel) -> Panel:
    return replace(panel, cells=tuple(replace(one, cell=_named(one.cell)) for one in panel.cells))


def _cell(cell: Cell | None) -> Cell | None:
    return None if cell is None else _named(cell)


def _named(cell: Cell) -> Cell:
    return replace(cell, name=COVER if cell.name else "")


def _banner(banner: Banner | None) -> Banner | None:
    return None if banner is None else replace(banner, name=COVER if banner.name else "")


def _footer(footer: Footer | None) -> Footer | None:
    return None if footer is None else replace(footer, text=Bilingual(zh=COVER, en=COVER))
