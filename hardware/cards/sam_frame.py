"""Frames of the reader module for resident ID cards (public protocol of the SAM-V serial readers).

`AA AA AA 96 69 | length | content | check` - length (two bytes) counts content and check; check is
the exclusive or of length and content. A reply's content begins with three bytes of status.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor

PREAMBLE = bytes.fromhex("AA AA AA 96 69")
CONTENT_BYTES_MAX = 4096


class SamCommand(IntEnum):
    """Command and parameter."""

    FIND = 0x2001
    SELECT = 0x2002
    READ = 0x3001


class SamStatus(IntEnum):
    """The third byte of a reply; others are failures of the card or of the reader."""

    READ_FAILED = 0x41
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    DONE = 0x90
    FOUND = 0x9F


@dataclass(frozen=True, slots=True, kw_only=True)
class SamReply:
    """`status` as in SamStatus, and what came with it."""

    status: int
    data: bytes


def sam_frame(content: bytes) -> bytes:
    """Return the frame that carries `content`."""
    body = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + body + bytes((reduce(xor, body),))


def sam_command(command: SamCommand) -> bytes:
    """Return the frame of a command."""
    return sam_frame(command.to_bytes(2, "big"))


class SamFrameReader:
    """Finds frames in a stream of bytes, and drops what is none or arrived damaged."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take in `data`; return the content of each frame that it completes."""
        self._waiting += data
        contents: list[bytes] = []
        while self._skip_to_preamble():
            start = len(PREAMBLE)
            length = int.from_bytes(self._waiting[start : start + 2], "big")
            end = start + 2 + length
            if not 1 < length <= CONTENT_BYTES_MAX:
                del self._waiting[0]
                continue
            if len(self._waiting) < end:
                break
            body = bytes(self._waiting[start:end])
            if reduce(xor, body) != 0:  # with its check a whole body gives nothing
                del self._waiting[0]
                continue
            contents.append(body[2:-1])
            del self._waiting[:end]
        return contents

    def _skip_to_preamble(self) -> bool:
        """Drop what stands before a preamble; tell whether one and a length are there."""
        at = self._waiting.find(PREAMBLE)
        if at >= 0:
            del self._waiting[:at]
            return len(self._waiting) >= len(PREAMBLE) + 2
        del self._waiting[: -len(PREAMBLE) + 1]
        return False


def sam_reply(content: bytes) -> SamReply | None:
    """Read a reply; None if it is none."""
    if len(content) < 3:
        return None
    return SamReply(status=content[2], data=content[3:])
