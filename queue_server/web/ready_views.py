"""Parts of live pages, made once for each state however many pages show them."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from queue_server.rules.terms import QueueId

T = TypeVar("T")


class Named(Protocol):
    """What a queue is called."""

    @property
    def id(self) -> QueueId:
        """The queue."""


class Item(Protocol):
    """A part of a page that is about one queue."""

    @property
    def name(self) -> Named:
        """Which queue it is about."""


class ReadyViews:
    """Keeps the last of each part, until something that it was made of has changed.

    Forty open stations show the same queues: what one has made is good for the others, and a
    part that is the same object as before need not be sent again. Used from the web loop only.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], tuple[tuple[object, ...], Any]] = {}

    def part(self, key: tuple[str, ...], made_of: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return the part `key`; `make` is asked when `made_of` is not what it was."""
        kept = self._kept.get(key)
        # Tuples look whether two things are one before they compare them.
        if kept is None or kept[0] != made_of:
            kept = (made_of, make())
            self._kept[key] = kept
        made: T = kept[1]
        return made

    def json(self, item: Item) -> msgspec.Raw:
        """Return an item as JSON."""
        key = ("json", type(item).__name__, item.name.id)
        return self.part(key, (item,), lambda: msgspec.Raw(msgspec.json.encode(item)))
