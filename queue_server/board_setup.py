"""The table `[area.board]` of a site file: how the boards of an area are laid out."""

from dataclasses import dataclass, field
from typing import Final, get_args

from assets.theme import PALETTE, contrast
from queue_server.contract.board_layout import (
    BOARD_LISTS,
    ROOMS_PER_PAGE_MAX,
    BoardLayout,
    BoardList,
)
from queue_server.rules.terms import TicketKind
from queue_server.toml_table import Table

CONTRAST_MIN: Final = 3.0
"""Of a mark against the board: what is no text must stand out so far (WCAG 2)."""
_KEYS: Final = (
    "rooms_per_page",
    "lists",
    "number_only",
    "colours",
    "news_zh",
    "news_en",
    "shows_rules",
)
_KINDS: Final = tuple(kind for kind in TicketKind if kind is not TicketKind.ORDINARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSetup:
    """What an area's boards show, and how."""

    layout: BoardLayout = field(default_factory=BoardLayout)
    number_only: bool = False
    """Whether its boards and loudspeakers tell numbers and no names."""


def board_setup(table: Table) -> BoardSetup:
    """Read the table, and note in it what is wrong."""
    table.check_keys(_KEYS)
    default = BoardLayout()
    known = get_args(BoardList)
    lists = table.some_of("lists", known) if "lists" in table else list(BOARD_LISTS)
    has_news = "news_zh" in table or "news_en" in table
    return BoardSetup(
        layout=BoardLayout(
            rooms_per_page=table.whole_number(
                "rooms_per_page", default.rooms_per_page, 1, ROOMS_PER_PAGE_MAX
            ),
            lists=[one for one in known if one in lists],
            colours=_colours(table.optional_table("colours")),
            # Each of them is shown to people who read the other one only.
            news_zh=table.text("news_zh") if has_news else "",
            news_en=table.text("news_en") if has_news else "",
            shows_rules=table.flag("shows_rules") if "shows_rules" in table else True,
        ),
        number_only=table.flag("number_only"),
    )


def _colours(table: Table) -> dict[TicketKind, str]:
    table.check_keys([kind.value for kind in _KINDS])
    found: dict[TicketKind, str] = {}
    for kind in _KINDS:
        if kind.value not in table:
            continue
        colour = table.matching(
            kind.value, "#[0-9A-Fa-f]{6}", '颜色，如 "#FFF3D1"', 'a colour like "#FFF3D1"'
        ).upper()
        if colour and contrast(colour, PALETTE["board_surface"]) < CONTRAST_MIN:
            table.wrong(
                kind.value,
                f"在深色屏上看得清的颜色（与底色 {PALETTE['board_surface']} 的对比度至少 3:1）",
                f"a colour that stands out (3:1 or more) on the board's {PALETTE['board_surface']}",
            )
        found[kind] = colour
    return found
