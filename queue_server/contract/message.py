"""What all messages have in common: their base, and the kinds of their fields."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

# Python's `$` would let a line end pass; other languages read the look-ahead alike.
Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$(?!\n)")]
Instant = Annotated[datetime, Meta(tz=True)]
DayText = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=2000)]


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all messages."""
