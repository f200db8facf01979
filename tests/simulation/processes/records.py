"""What a device writes down of its life: one JSON line for each thing, at once, into its own file.

A line is written with one call and is not lost when its process is killed. Times are seconds of
the hospital's clock, which all machines of a run share.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from queue_server.contract.boards import AreaBoard, RoomBoard


class _Record(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    at: float = 0.0


class Started(_Record, frozen=True, kw_only=True):
    """The device has its power (again) and remembers nothing."""


class LineIs(_Record, frozen=True, kw_only=True):
    """The line to the server came or went, as the device sees it."""

    is_up: bool


class Sent(_Record, frozen=True, kw_only=True):
    """A request left a kiosk, the first time or again."""

    payload: str


class Received(_Record, frozen=True, kw_only=True):
    """A reply reached a kiosk."""

    payload: str


class Board(_Record, frozen=True, kw_only=True):
    """A board came; this is what is shown from then on."""

    revision: int
    digest: str
    """Of all that a board says beside its revision and its time."""
    rooms: str
    """The same in short, to be read by people."""


class Said(_Record, frozen=True, kw_only=True):
    """The loudspeaker begins a round of an announcement."""

    sequence: int


class Told(_Record, frozen=True, kw_only=True):
    """An announcement is over, or will not be made."""

    sequence: int
    why_not: str


Record = Started | LineIs | Sent | Received | Board | Said | Told
_DECODER: Final = msgspec.json.Decoder(Record)


class Notebook:
    """A device's file.

    Args:
        path: where; what stands there already stays.
        clock: the hospital's clock.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, record: Record) -> None:
        """Write `record` down, with the time."""
        timed = msgspec.structs.replace(record, at=self._clock().timestamp())
        os.write(self._file, msgspec.json.encode(timed) + b"\n")


def read_notes(path: Path, offset: int = 0) -> tuple[list[Record], int]:
    """Return the whole lines behind `offset`, and where they end."""
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        text = file.read()
    end = text.rfind(b"\n") + 1
    return list(_lines(text[:end])), offset + end


def _lines(text: bytes) -> Iterator[Record]:
    for line in text.splitlines():
        yield _DECODER.decode(line)


def board_note(board: AreaBoard | RoomBoard) -> Board:
    """Return what is noted of a board."""
    said = msgspec.structs.replace(board, revision=0, published_at=datetime.fromtimestamp(0, UTC))
    digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=8).hexdigest()
    return Board(revision=board.revision, digest=digest, rooms=board_in_short(board))


def board_in_short(board: AreaBoard | RoomBoard) -> str:
    """Return rooms, numbers and calls of a board on one line."""
    rooms = board.rooms if isinstance(board, AreaBoard) else [board.room]
    parts = [
        f"{room.room} {room.status}: {room.in_room.number if room.in_room else '-'}"
        f" | {' '.join(one.number for one in [*room.standby, *room.waiting])}"
        f" +{room.waiting_more_count} | {' '.join(one.number for one in room.missed)}"
        for room in rooms
    ]
    calls = " ".join(f"{call.sequence}={call.number}" for call in board.last_calls)
    return "; ".join([*parts, f"calls {calls}"])
