"""Entries of the rules as JSON and back: an event is its fields and the name of its class."""

from typing import Final

import msgspec

from queue_server.rules import events as happened

_EVENTS: Final = {
    kind.__name__: kind
    for kind in vars(happened).values()
    if isinstance(kind, type) and issubclass(kind, happened.Event)
}


def encode_events(entry: happened.Entry) -> bytes:
    """Return the events of `entry` as a JSON list."""
    return msgspec.json.encode(
        [{"event": type(event).__name__, **msgspec.to_builtins(event)} for event in entry.events]
    )


def decode_events(text: str | bytes) -> tuple[happened.Event, ...]:
    """Read what `encode_events` wrote.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError, KeyError: it is damaged.
    """
    rows = msgspec.json.decode(text)
    return tuple(msgspec.convert(row, _EVENTS[row.pop("event")]) for row in rows)
