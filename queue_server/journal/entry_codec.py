"""The events of an entry as JSON and back: an event is its fields and the name of its class."""

import inspect
from typing import Any, Final, Union

import msgspec

from queue_server.rules import events as happened

_ABSTRACT: Final = (happened.Event, happened.TicketEvent)
_KINDS: Final = tuple(
    kind
    for _, kind in inspect.getmembers(happened, inspect.isclass)
    if issubclass(kind, happened.Event) and kind not in _ABSTRACT
)
_ANY_EVENT: Final[Any] = Union[_KINDS]  # noqa: UP007  # made of what the module holds
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(tuple[_ANY_EVENT, ...]).decode


def encode_events(entry: happened.Entry) -> bytes:
    """Return the events of `entry` as a JSON list."""
    return _encode(entry.events)


def decode_events(text: str | bytes) -> tuple[happened.Event, ...]:
    """Read what `encode_events` wrote.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError: it is damaged.
    """
    events: tuple[happened.Event, ...] = _decode(text)
    return events
