"""How the boards of an area are laid out, as its site file says."""

from typing import Annotated, Literal

from msgspec import Meta, field

from queue_server.contract.message import Message, ShortText
from queue_server.rules.terms import TicketKind

ROOMS_PER_PAGE_MAX = 10
"""More rooms on one page could not be read from afar."""
BoardList = Literal["standby", "waiting", "missed", "last_calls"]
"""What a board may show beside who is in the room."""
BOARD_LISTS: tuple[BoardList, ...] = ("standby", "waiting", "missed")
"""What it shows unless the site file says otherwise."""
Colour = Annotated[str, Meta(pattern=r"^#[0-9A-F]{6}$(?!\n)")]


class BoardLayout(Message, frozen=True, kw_only=True):
    """How the boards of an area are laid out; what is left out is as on any board."""

    rooms_per_page: Annotated[int, Meta(ge=1, le=10)] = 8
    """More rooms than these take turns."""
    lists: list[BoardList] = field(default_factory=lambda: list(BOARD_LISTS))
    """`standby`, `waiting`, `missed`, `last_calls`: what stands there beside who is in the room."""
    colours: dict[TicketKind, Colour] = field(default_factory=dict)
    """The grounds of the marks that tell the kind of a ticket."""
    news_zh: ShortText = ""
    """A line of the hospital's own at the bottom; empty: none."""
    news_en: ShortText = ""
    shows_rules: bool = True
    """Whether the line at the bottom tells the calling rules, between notices and news."""
