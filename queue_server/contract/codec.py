"""The one place that turns messages into JSON and back."""

from functools import cache
from typing import TypeVar

import msgspec

from queue_server.contract.message import Message
from queue_server.contract.messages import (
    PAYLOAD_BYTES_MAX,
)

M = TypeVar("M", bound=Message)


class BadPayload(ValueError):
    """The payload is no such message; the text says where and what was expected."""


def encode(message: Message) -> bytes:
    """Return the JSON of `message`, UTF-8."""
    return msgspec.json.encode(message)


@cache
def _decoder(kind: type[Message]) -> msgspec.json.Decoder[Message]:
    return msgspec.json.Decoder(kind)


def decode(payload: bytes, kind: type[M]) -> M:
    """Read `payload` as a `kind`.

    Raises:
        BadPayload: too large, no JSON, a wrong type, a missing or an unknown field.
    """
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise BadPayload(f"{len(payload)} bytes, at most {PAYLOAD_BYTES_MAX} are read")
    try:
        message = _decoder(kind).decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPayload(str(error)) from error
    assert isinstance(message, kind)
    return message
