"""The journal in an SQLite file: WAL, every commit synced to the disk before it returns."""

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import sqlite_utils

from queue_server.journal.entry_codec import decode_events, encode_events
from queue_server.journal.journal import (
    Batch,
    JournaledEntry,
    JournaledFact,
    JournalUnusable,
)
from queue_server.rules.events import Entry
from queue_server.rules.terms import DaySecond, RequestId

LOCK_WAIT_S: Final = 2.0
_TABLES: Final = """
    CREATE TABLE IF NOT EXISTS entries (
        day_on TEXT, number INTEGER, written_at TEXT NOT NULL, at_s INTEGER NOT NULL,
        by TEXT NOT NULL, do TEXT NOT NULL, events TEXT NOT NULL,
        PRIMARY KEY (day_on, number)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS facts (
        number INTEGER PRIMARY KEY, day_on TEXT NOT NULL, written_at TEXT NOT NULL,
        by TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS facts_by_day ON facts (day_on, number);
    CREATE TABLE IF NOT EXISTS replies (
        request_id TEXT PRIMARY KEY, replied_at TEXT NOT NULL, payload BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS redeemed_cards (token_id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS openings (opened_at TEXT NOT NULL);
"""

_FULL: Final = "can't be written: no space or a broken disk; make space / 磁盘已满或损坏，请清理"
_DAMAGED: Final = (
    "is no journal or is damaged: keep the file and restore a backup"
    " / 不是日志文件或已损坏，请保留该文件并恢复备份"
)
_WHAT_TO_DO: Final = {
    "locked": (
        "is locked by another program: close it and start again / 被其他程序占用，请关闭后重试"
    ),
    "full": _FULL,
    "disk I/O": _FULL,
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
}
"""By what SQLite says."""


class SqliteJournal:
    """A `Journal` in one file. `open()` before anything else; one server at a time.

    Args:
        path: the file; made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: IO[bytes] | None = None
        self._database: sqlite_utils.Database | None = None

    def open(self, now: datetime) -> None:
        """Open the file, take it for this process and write once, so that trouble shows at once.

        Raises:
            JournalUnusable: locked by another server, no space, no right, or no journal.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = self._path.with_suffix(".lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise JournalUnusable(
                f"{self._path}: another queue server works with this journal; stop it first"
                " / 另一个队列服务正在使用此日志，请先停止它"
            ) from None
        except OSError as error:
            raise JournalUnusable(f"{self._path}: {error.strerror}") from error
        try:
            connection = sqlite3.connect(
                self._path, timeout=LOCK_WAIT_S, check_same_thread=False, isolation_level=None
            )
            self._database = sqlite_utils.Database(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL is per connection; it survives a power cut, NORMAL does not.
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_TABLES)
            connection.execute("INSERT INTO openings VALUES (?)", [now.isoformat()])
        except sqlite3.Error as error:
            self.close()
            raise _unusable(self._path, error) from error

    def close(self) -> None:
        """Close the file and let another process have it."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def append(self, batch: Batch) -> None:
        """Write `batch` durably, in one transaction."""
        database = self._opened()
        try:
            with database.atomic():
                connection = database.conn
                connection.executemany(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [_entry_row(row) for row in batch.entries],
                )
                connection.executemany(
                    "INSERT INTO facts (day_on, written_at, by, name, body) VALUES (?, ?, ?, ?, ?)",
                    [_fact_row(row) for row in batch.facts],
                )
                connection.executemany(
                    "INSERT INTO replies VALUES (?, ?, ?)",
                    [(r.request_id, r.replied_at.isoformat(), r.payload) for r in batch.replies],
                )
                connection.executemany(
                    "INSERT INTO redeemed_cards VALUES (?)",
                    [(token_id,) for token_id in batch.redeemed_cards],
                )
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from error

    def entries(self, day_on: date) -> Iterator[JournaledEntry]:
        """Yield the entries of a clinic day in order."""
        sql = (
            "SELECT number, written_at, at_s, by, do, events FROM entries"
            " WHERE day_on = ? ORDER BY number"
        )
        for number, written_at, at_s, by, do, events in self._read(sql, [day_on.isoformat()]):
            try:
                happened = decode_events(events)
            except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
                raise JournalUnusable(f"{self._path} {_DAMAGED}") from error
            entry = Entry(number=number, at_s=DaySecond(at_s), by=by, do=do, events=happened)
            yield JournaledEntry(
                day_on=day_on, written_at=datetime.fromisoformat(written_at), entry=entry
            )

    def facts(self, day_on: date) -> Iterator[JournaledFact]:
        """Yield the facts of a clinic day in order."""
        sql = "SELECT written_at, by, name, body FROM facts WHERE day_on = ? ORDER BY number"
        for written_at, by, name, body in self._read(sql, [day_on.isoformat()]):
            yield JournaledFact(
                day_on=day_on,
                written_at=datetime.fromisoformat(written_at),
                by=by,
                name=name,
                body=json.loads(body),
            )

    def days(self) -> Sequence[date]:
        """Return the clinic days that have entries, the latest first."""
        rows = self._read("SELECT DISTINCT day_on FROM entries ORDER BY day_on DESC", [])
        return [date.fromisoformat(day_on) for (day_on,) in rows]

    def reply_to(self, request_id: RequestId) -> bytes | None:
        """Return the answer a request got, or None if it is new."""
        sql = "SELECT payload FROM replies WHERE request_id = ?"
        row = self._read_own(sql, request_id)
        return None if row is None else bytes(row[0])

    def card_is_redeemed(self, token_id: str) -> bool:
        """Tell whether the code of a virtual card was used already."""
        sql = "SELECT 1 FROM redeemed_cards WHERE token_id = ?"
        return self._read_own(sql, token_id) is not None

    def _read_own(self, sql: str, parameter: str) -> tuple[Any, ...] | None:
        """Read one row with the writer's connection: it is asked for each request."""
        try:
            row: tuple[Any, ...] | None = self._opened().conn.execute(sql, [parameter]).fetchone()
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from error
        return row

    def _read(self, sql: str, parameters: list[str]) -> list[tuple[Any, ...]]:
        """Read with a connection of its own, so that any thread may ask."""
        address = f"{self._path.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=LOCK_WAIT_S)) as connection:
                return connection.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from error

    def _opened(self) -> sqlite_utils.Database:
        assert self._database is not None, "open() comes first"
        return self._database


def _entry_row(row: JournaledEntry) -> tuple[object, ...]:
    entry = row.entry
    return (
        row.day_on.isoformat(),
        entry.number,
        row.written_at.isoformat(),
        entry.at_s,
        entry.by,
        entry.do,
        encode_events(entry).decode(),
    )


def _fact_row(row: JournaledFact) -> tuple[object, ...]:
    body = json.dumps(row.body, ensure_ascii=False)
    return (row.day_on.isoformat(), row.written_at.isoformat(), row.by, row.name, body)


def _unusable(path: Path, error: sqlite3.Error) -> JournalUnusable:
    text = str(error)
    for sign, what in _WHAT_TO_DO.items():
        if sign in text:
            return JournalUnusable(f"{path} {what}")
    return JournalUnusable(f"{path} can't be used / 无法使用: {text}")
