"""Notes on the kiosk's own disk, from before they are taken in until the server has them.

A note is synced to the disk before the validator is asked for anything more, so a kiosk that dies
at any moment finds what it has taken, and what it was about to take.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS box (
    id INTEGER PRIMARY KEY CHECK (id = 1), book TEXT NOT NULL, box_count INTEGER NOT NULL,
    payment_id TEXT NOT NULL, accepted_fen INTEGER, accepted_for TEXT) STRICT;
CREATE TABLE IF NOT EXISTS notes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, payment_id TEXT NOT NULL, value_fen INTEGER NOT NULL,
    box_count INTEGER, expected_count INTEGER NOT NULL, credited_at TEXT NOT NULL,
    is_told INTEGER NOT NULL DEFAULT 0) STRICT;
"""


class NotesUnusable(Exception):
    """The file can't be read or written: no note may be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNote:
    """A note that was credited; with a value of 0 a box that differs."""

    number: int
    payment_id: str
    value_fen: int
    box_count: int | None
    expected_count: int
    credited_at: datetime


class NoteStore:
    """`open()` before anything else. Any thread may ask.

    Each method but `close` raises `NotesUnusable` when the disk can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None
        self.book = ""
        """Names this count of notes."""

    def open(self, new_book: str) -> None:
        """Open the file; `new_book` names the count of a file that is not there yet."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._opened = sqlite3.connect(
                self._path, check_same_thread=False, isolation_level=None
            )
            self._opened.execute("PRAGMA journal_mode = WAL")
            self._opened.execute("PRAGMA synchronous = FULL")
            self._opened.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise NotesUnusable(f"{self._path}: {error}") from error
        with self._transaction() as database:
            new = "INSERT OR IGNORE INTO box VALUES (1, ?, 0, '', NULL, NULL)"
            database.execute(new, [new_book])
            [self.book] = database.execute("SELECT book FROM box").fetchone()

    def close(self) -> None:
        """Close the file, once whoever is at it has finished. May be called twice."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    def box(self) -> tuple[int, int | None]:
        """Return how many notes the box held last, and the note that was on its way in."""
        with self._transaction() as database:
            row = database.execute("SELECT box_count, accepted_fen FROM box").fetchone()
        return row[0], row[1]

    def begin(self, payment_id: str) -> None:
        """From now on notes are put in for this payment."""
        with self._transaction() as database:
            database.execute("UPDATE box SET payment_id = ?", [payment_id])
            database.execute("DELETE FROM notes WHERE is_told AND payment_id != ?", [payment_id])

    def accept(self, value_fen: int) -> None:
        """Remember the note that the validator is told to take."""
        with self._transaction() as database:
            accepted = "UPDATE box SET accepted_fen = ?, accepted_for = payment_id"
            database.execute(accepted, [value_fen])

    def returned(self) -> None:
        """Forget it: it went back."""
        with self._transaction() as database:
            database.execute("UPDATE box SET accepted_fen = NULL, accepted_for = NULL")

    def credit(self, value_fen: int, box_count: int, at: datetime) -> str:
        """Keep a credited note, and the count of the box with it; return for which payment.

        That is the one for which it was accepted, however late it arrives in the box.
        """
        with self._transaction() as database:
            self._add(database, value_fen, box_count, box_count - 1, at)
            self._set_count(database, box_count)
            last = "SELECT payment_id FROM notes ORDER BY number DESC LIMIT 1"
            [payment_id] = database.execute(last).fetchone()
        return str(payment_id)

    def differ(self, expected_count: int, found_count: int | None, at: datetime) -> None:
        """Keep that the box holds other notes than were credited."""
        with self._transaction() as database:
            self._add(database, 0, found_count, expected_count, at)
            count = expected_count if found_count is None else found_count
            self._set_count(database, count)

    def untold(self) -> KeptNote | None:
        """Return the first note that the server does not know yet."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT number, payment_id, value_fen, box_count, expected_count, credited_at"
                " FROM notes WHERE NOT is_told ORDER BY number LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        number, payment_id, value_fen, box_count, expected_count, credited_at = row
        return KeptNote(
            number=number,
            payment_id=payment_id,
            value_fen=value_fen,
            box_count=box_count,
            expected_count=expected_count,
            credited_at=datetime.fromisoformat(credited_at),
        )

    def told(self, number: int) -> None:
        """Note that the server has it in its journal."""
        with self._transaction() as database:
            database.execute("UPDATE notes SET is_told = 1 WHERE number = ?", [number])

    def sum_fen(self, payment_id: str) -> int:
        """Return what was put in here for a payment."""
        query = "SELECT coalesce(sum(value_fen), 0) FROM notes WHERE payment_id = ?"
        with self._transaction() as database:
            [fen] = database.execute(query, [payment_id]).fetchone()
        return int(fen)

    def _add(
        self,
        database: sqlite3.Connection,
        value_fen: int,
        box_count: int | None,
        expected_count: int,
        at: datetime,
    ) -> None:
        database.execute(
            "INSERT INTO notes (payment_id, value_fen, box_count, expected_count, credited_at)"
            " SELECT coalesce(accepted_for, payment_id), ?, ?, ?, ? FROM box",
            [value_fen, box_count, expected_count, at.isoformat()],
        )

    def _set_count(self, database: sqlite3.Connection, box_count: int) -> None:
        counted = "UPDATE box SET box_count = ?, accepted_fen = NULL, accepted_for = NULL"
        database.execute(counted, [box_count])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._opened is None:
                raise NotesUnusable(f"{self._path} is not open")
            try:
                self._opened.execute("BEGIN IMMEDIATE")
                yield self._opened
                self._opened.execute("COMMIT")
            except sqlite3.Error as error:
                if self._opened.in_transaction:
                    self._opened.execute("ROLLBACK")
                raise NotesUnusable(f"{self._path}: {error}") from error
