"""The words of SSP: commands, answers, events, and what a device says of its notes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

CURRENCY = "CNY"
PROTOCOL_VERSION = 6


class SspCommand(IntEnum):
    """What a host orders."""

    SET_INHIBITS = 0x02
    SETUP_REQUEST = 0x05
    HOST_PROTOCOL_VERSION = 0x06
    POLL = 0x07
    REJECT_NOTE = 0x08
    DISABLE = 0x09
    ENABLE = 0x0A
    SYNC = 0x11
    HOLD = 0x18
    GET_COUNTERS = 0x58


class SspAnswer(IntEnum):
    """The first byte of a reply."""

    OK = 0xF0
    UNKNOWN_COMMAND = 0xF2
    CANNOT_BE_PROCESSED = 0xF5
    FAIL = 0xF8


class SspEvent(IntEnum):
    """What follows OK in the reply to a poll."""

    CHANNEL_DISABLE = 0xB5
    INITIALISING = 0xB6
    STACKING = 0xCC
    NOTE_PATH_OPEN = 0xE0
    CLEARED_FROM_FRONT = 0xE1
    """After a power cut: the note in the path went back to the patient."""
    CLEARED_TO_BOX = 0xE2
    """After a power cut: the note in the path went into the box."""
    BOX_REMOVED = 0xE3
    BOX_REPLACED = 0xE4
    FRAUD_ATTEMPT = 0xE6
    STACKER_FULL = 0xE7
    DISABLED = 0xE8
    UNSAFE_JAM = 0xE9
    SAFE_JAM = 0xEA
    STACKED = 0xEB
    REJECTED = 0xEC
    REJECTING = 0xED
    CREDIT = 0xEE
    READ = 0xEF
    """With channel 0: a note is coming in; with another: it is in escrow, and known."""
    SLAVE_RESET = 0xF1


_WITH_CHANNEL = frozenset(
    {
        SspEvent.CLEARED_FROM_FRONT, SspEvent.CLEARED_TO_BOX, SspEvent.FRAUD_ATTEMPT,
        SspEvent.CREDIT, SspEvent.READ,
    }
)  # fmt: skip
NOTE_IS_MOVING = frozenset(
    {
        SspEvent.INITIALISING, SspEvent.STACKING, SspEvent.UNSAFE_JAM, SspEvent.SAFE_JAM,
        SspEvent.REJECTING, SspEvent.CREDIT, SspEvent.READ, SspEvent.SLAVE_RESET,
    }
)  # fmt: skip
"""While one of these is told, the counters may still change."""


class SspNonsense(Exception):
    """A reply whose check sum is right and whose content is not SSP."""


def events_in(reply: bytes) -> Iterator[tuple[SspEvent, int]]:
    """Yield each event of the reply to a poll, with its channel or 0.

    Raises:
        SspNonsense: an event that is not known; how long it is nobody can tell.
    """
    rest = iter(reply[1:])
    for byte in rest:
        try:
            event = SspEvent(byte)
            channel = next(rest) if event in _WITH_CHANNEL else 0
        except (ValueError, StopIteration) as error:
            raise SspNonsense(f"events {reply.hex(' ')}") from error
        yield event, channel


@dataclass(frozen=True, slots=True, kw_only=True)
class SspSetup:
    """Which notes the device knows: channel → value in fen."""

    currency: str
    values_fen: Mapping[int, int]


def parse_setup(reply: bytes) -> SspSetup:
    """Read the reply to SETUP_REQUEST, in the old form and in that of protocol 6 and later.

    Raises:
        SspNonsense: it is too short.
    """
    try:
        count = reply[12]
        currency = reply[6:9].decode("ascii")
        multiplier = int.from_bytes(reply[9:12], "big")
        values = list(reply[13 : 13 + count])
        after = 13 + 2 * count
        fen_each = int.from_bytes(reply[after : after + 3], "big")
        if multiplier == 0:  # wide values stand at the end, behind version and currencies
            begin = after + 4 + 3 * count
            wide = reply[begin : begin + 4 * count]
            values = [int.from_bytes(wide[at : at + 4], "little") for at in range(0, len(wide), 4)]
            multiplier = 1
    except (IndexError, UnicodeDecodeError) as error:
        raise SspNonsense(f"setup {reply.hex(' ')}") from error
    if len(values) != count or not fen_each:
        raise SspNonsense(f"setup {reply.hex(' ')}")
    numbered = enumerate(values, start=1)
    return SspSetup(
        currency=currency,
        values_fen={channel: value * multiplier * fen_each for channel, value in numbered if value},
    )


def stacked_count(reply: bytes) -> int | None:
    """Read the reply to GET_COUNTERS: how many notes went into the box; None if it can't tell."""
    if len(reply) < 6 or reply[0] != SspAnswer.OK:
        return None
    return int.from_bytes(reply[2:6], "little")
