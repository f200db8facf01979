"""The hash chain of a journal: every row of every table seals the row written before it.

A row's digest is SHA-256 over the journal's key, the digest before it, its place in the chain,
its table and its columns. Without a key it tells accidents and clumsy hands, but not somebody
who computes the rest of the chain anew. No encoded row is the beginning of another one, so the
key in front is enough; HMAC would say the same at four times the price.
"""

import hashlib
import os
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

_encode: Final = msgspec.msgpack.Encoder().encode


class Link(NamedTuple):
    """A row's place in the chain, and its digest."""

    number: int
    digest: bytes


_HEAD_BYTES: Final = 86
START: Final = Link(0, bytes(32))
"""Before the first row."""
LINK_MAX: Final = 2**62
"""No journal has so many rows: a larger number in a row is damage."""


def seal(key: bytes, before: Link, table: str, values: tuple[object, ...]) -> Link:
    """Return the link of a row of `table` that follows `before`.

    Raises:
        UnicodeEncodeError: a text of a damaged row is no text.
    """
    number = before.number + 1
    content = _encode((number, table, *values))
    return Link(number, hashlib.sha256(key + before.digest + content).digest())


class HeadFile:
    """Where the chain's last link is noted outside the journal, so that a lost tail shows.

    It is written after each commit and not synced: it may lag behind the journal, never lead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def read(self) -> Link | None:
        """Return the noted link; None if there is none.

        Raises:
            ValueError: what stands there is no link.
        """
        try:
            number, digest = self._path.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return None
        return Link(int(number), bytes.fromhex(digest))

    def open(self) -> None:
        """Make the file if it is not there."""
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.ftruncate(self._file, _HEAD_BYTES)

    def note(self, link: Link) -> None:
        """Write `link` over the former one."""
        assert self._file is not None, "open() comes first"
        os.pwrite(self._file, f"{link.number:020d} {link.digest.hex()}\n".encode(), 0)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
