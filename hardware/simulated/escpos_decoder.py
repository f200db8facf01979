"""A strict reader of the ESC/POS commands a slip is made of: what it does not know is an error.

Source: Epson, ESC/POS Application Programming Guide. Known are the
commands a drawn slip needs and the questions a driver asks.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

GS_V_0_HEADER_BYTES = 8
RASTER_BYTES_MAX = 2_000_000
_REALTIME_QUESTION = re.compile(rb"\x10\x04([\x01-\x04])")


class UnknownCommand(Exception):
    """Bytes that are no command this printer knows; one byte of them was skipped."""


@dataclass(frozen=True, slots=True)
class Initialize:
    """ESC @."""


@dataclass(frozen=True, slots=True)
class FeedLines:
    """ESC d n, and LF for one line."""

    count: int


@dataclass(frozen=True, slots=True)
class Raster:
    """GS v 0: one bit a dot, 1 is black, the rows from the top, each padded to whole bytes."""

    width_bytes: int
    height_dots: int
    data: bytes


@dataclass(frozen=True, slots=True)
class CutPaper:
    """GS V."""


@dataclass(frozen=True, slots=True)
class TransmitPaperStatus:
    """GS r 1."""


@dataclass(frozen=True, slots=True)
class RealtimeQuestion:
    """DLE EOT n. Answered on arrival by RealtimeListener; in its turn it means nothing."""

    question: int


Command = Initialize | FeedLines | Raster | CutPaper | TransmitPaperStatus | RealtimeQuestion
_Parsed = tuple[Command, int]
"""A command and the number of bytes it took."""


class EscposDecoder:
    """Cuts a stream of bytes into commands."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        """Take in `data`, to be read by next_command()."""
        self._waiting += data

    def forget(self) -> None:
        """Throw away what has not been read, as at the end of a connection."""
        self._waiting.clear()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes have not been read."""
        return len(self._waiting)

    def next_command(self) -> Command | None:
        """Return the next whole command, or None until more bytes come.

        Raises:
            UnknownCommand: the next bytes are none; the first of them has been thrown away.
        """
        if not self._waiting:
            return None
        # Enough for any command but a raster, which measures its own data.
        head = bytes(self._waiting[:GS_V_0_HEADER_BYTES])
        parse = next((parse for start, parse in _PARSERS.items() if head.startswith(start)), None)
        if parse is None:
            if any(start.startswith(head) for start in _PARSERS):
                return None
            del self._waiting[0]
            raise UnknownCommand(head.hex(" "))
        try:
            parsed = parse(self._waiting)
        except UnknownCommand:
            del self._waiting[0]
            raise
        if parsed is None:
            return None
        command, length = parsed
        del self._waiting[:length]
        return command


class RealtimeListener:
    """Hears DLE EOT n in whatever arrives, wherever it stands, as printers do on reception."""

    def __init__(self) -> None:
        self._last_two = b""

    def questions_in(self, data: bytes) -> Iterator[int]:
        """Yield n of each question that `data` completes."""
        seen = self._last_two + data
        for found in _REALTIME_QUESTION.finditer(seen):
            yield found[1][0]
        self._last_two = seen[-2:]


def _with_argument(make: Callable[[int], Command], allowed: range) -> Callable[..., _Parsed | None]:
    """Return a parser of a two-byte command with one argument."""

    def parse(waiting: bytearray) -> _Parsed | None:
        if len(waiting) < 3:
            return None
        if waiting[2] not in allowed:
            raise UnknownCommand(waiting[:3].hex(" "))
        return make(waiting[2]), 3

    return parse


def _parse_raster(waiting: bytearray) -> _Parsed | None:
    if len(waiting) < GS_V_0_HEADER_BYTES:
        return None
    width_bytes = int.from_bytes(waiting[4:6], "little")
    height_dots = int.from_bytes(waiting[6:8], "little")
    size = width_bytes * height_dots
    if waiting[3] not in range(4) or not 0 < size <= RASTER_BYTES_MAX:
        raise UnknownCommand(waiting[:GS_V_0_HEADER_BYTES].hex(" "))
    end = GS_V_0_HEADER_BYTES + size
    if len(waiting) < end:
        return None
    data = bytes(waiting[GS_V_0_HEADER_BYTES:end])
    return Raster(width_bytes, height_dots, data), end


def _parse_cut(waiting: bytearray) -> _Parsed | None:
    if len(waiting) < 3:
        return None
    if waiting[2] in b"\x00\x0101":
        return CutPaper(), 3
    if waiting[2] in b"AB":  # these feed to the cutter first and say how far
        return (CutPaper(), 4) if len(waiting) >= 4 else None
    raise UnknownCommand(waiting[:3].hex(" "))


_PARSERS: dict[bytes, Callable[[bytearray], _Parsed | None]] = {
    b"\n": lambda _: (FeedLines(1), 1),
    b"\x1b@": lambda _: (Initialize(), 2),
    b"\x1bd": _with_argument(FeedLines, range(256)),
    b"\x1dv0": _parse_raster,
    b"\x1dV": _parse_cut,
    b"\x1dr": _with_argument(lambda _: TransmitPaperStatus(), range(1, 2)),
    b"\x10\x04": _with_argument(RealtimeQuestion, range(1, 5)),
}
