"""The journal in an SQLite file: WAL, every commit synced to the disk before it returns."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

import sqlite_utils

from queue_server.journal.hash_chain import LINK_MAX, START, Link
from queue_server.journal.journal import (
    Batch,
    JournaledEntry,
    JournaledFact,
    JournalUnusable,
    Row,
    Selection,
)
from queue_server.journal.journal_file import (
    COLUMNS,
    DATABASE_ERRORS,
    JournalFile,
    insert_sealed,
    last_link,
    make_tables,
)
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.row_codec import (
    DECODING_ERRORS,
    entry_values,
    fact_values,
    read_entry,
    read_fact,
)
from queue_server.journal.row_selection import selection_sql
from queue_server.rules.terms import RequestId

_REPAIR: Final = (
    "keep the file, and see hospital-kiosk verify --rescue / 请保留该文件，用 verify --rescue 抢救"
)
_DAYS: Final = """
    WITH RECURSIVE
    of_entries (day_on) AS (
        SELECT max(day_on) FROM entries
        UNION SELECT (SELECT max(day_on) FROM entries WHERE day_on < of_entries.day_on)
        FROM of_entries
    ),
    of_facts (day_on) AS (
        SELECT max(day_on) FROM facts
        UNION SELECT (SELECT max(day_on) FROM facts WHERE day_on < of_facts.day_on)
        FROM of_facts
    )
    SELECT day_on FROM of_entries WHERE day_on IS NOT NULL
    UNION SELECT day_on FROM of_facts WHERE day_on IS NOT NULL
    ORDER BY day_on DESC
"""
"""From each day straight to the one before, by the index: a year has some thirty million rows."""
_log = logging.getLogger(__name__)


class SqliteJournal:
    """A `Journal` in one file. `open()` before anything else; one server at a time.

    Args:
        path: the file; made if it is not there.
        key: encrypts it; None: it is plain.
    """

    def __init__(self, path: Path, key: JournalKey | None = None) -> None:
        self._file = JournalFile(path=path, key=key)
        self._head_file = self._file.head
        self._head = START
        self._lock: IO[bytes] | None = None
        self._database: sqlite_utils.Database | None = None

    def open(self, now: datetime) -> None:
        """Open the file, take it for this process and write once, so that trouble shows at once.

        Raises:
            JournalUnusable: locked by another server, no space, no right, another key or format,
                or no journal.
        """
        self._lock = self._file.lock()
        try:
            self._file.path.touch(mode=0o600)
            connection = self._file.connect("rw")
            self._database = sqlite_utils.Database(connection)
            make_tables(self._file, connection)
            connection.execute("PRAGMA journal_mode = WAL")
            # FULL is per connection; it survives a power cut, NORMAL does not.
            connection.execute("PRAGMA synchronous = FULL")
            self._head = last_link(connection)
            digest: Any = self._head.digest  # a damaged row may hold anything
            if not isinstance(digest, bytes) or self._head.number > LINK_MAX:
                raise self._damaged("its last row is damaged")
            note = self._missing_tail()
            self._head_file.open()
            self._write({"openings": [(now.isoformat(), note)]})
        except OSError as error:
            self.close()
            raise JournalUnusable(f"{self._file.path}: {error.strerror}") from error
        except DATABASE_ERRORS as error:
            self.close()
            raise self._file.unusable(error) from error
        except JournalUnusable:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and let another process have it."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._head_file.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def append(self, batch: Batch) -> None:
        """Write `batch` durably, in one transaction."""
        try:
            self._write(
                {
                    "entries": [entry_values(row) for row in batch.entries],
                    "facts": [fact_values(row) for row in batch.facts],
                    "replies": [
                        (r.request_id, r.replied_at.isoformat(), r.payload) for r in batch.replies
                    ],
                    "redeemed_cards": [(token_id,) for token_id in batch.redeemed_cards],
                }
            )
        except DATABASE_ERRORS as error:
            raise self._file.unusable(error) from error

    def entries(self, day_on: date, after: int = 0) -> Iterator[JournaledEntry]:
        """Yield the entries of a clinic day in order, those behind number `after` only.

        Raises:
            JournalUnusable: one is damaged or missing.
        """
        sql = "SELECT {} FROM entries WHERE day_on = ? AND number > ? ORDER BY number"
        rows = self._read("entries", sql, [day_on.isoformat(), after])
        for count, values in enumerate(rows, start=after + 1):
            try:
                written = read_entry(values)
            except DECODING_ERRORS as error:
                raise self._damaged(f"entry {count} of {day_on} is damaged") from error
            if written.entry.number != count:
                raise self._damaged(f"entry {count} of {day_on} is missing")
            yield written

    def facts(self, day_on: date, after: int = 0) -> Iterator[JournaledFact]:
        """Yield the facts of a clinic day in order, those behind link `after` only.

        Raises:
            JournalUnusable: one is damaged.
        """
        sql = "SELECT {} FROM facts WHERE day_on = ? AND link > ? ORDER BY link"
        for values in self._read("facts", sql, [day_on.isoformat(), after]):
            try:
                yield read_fact(values)
            except DECODING_ERRORS as error:
                raise self._damaged(f"a fact of {day_on} is damaged") from error

    def rows(self, selection: Selection) -> list[Row]:
        """Return what is selected, the latest first.

        Raises:
            JournalUnusable: one is damaged.
        """
        found: list[Row] = []
        for table in ("entries", "facts"):
            sql, parameters = selection_sql(selection, table)
            for number, *values in self._read(table, sql, parameters):
                try:
                    written = read_entry(values) if table == "entries" else read_fact(values)
                except DECODING_ERRORS as error:
                    raise self._damaged(f"row {number} is damaged") from error
                found.append(Row(number=number, written=written))
        found.sort(key=lambda row: -row.number)
        return found[: selection.count_max]

    def days(self) -> Sequence[date]:
        """Return the clinic days that have entries or facts, the latest first.

        Raises:
            JournalUnusable: a row is of no day.
        """
        try:
            return [date.fromisoformat(day_on) for (day_on,) in self._read("entries", _DAYS, [])]
        except DECODING_ERRORS as error:
            raise self._damaged("a row is of no day") from error

    def head(self) -> Link:
        """Return the last link of the chain: it stands for all that is written."""
        return self._head

    def has_link(self, link: Link) -> bool:
        """Tell whether the chain has run through `link`."""
        tables = (f"SELECT digest FROM {table} WHERE link = ?1" for table in COLUMNS)  # noqa: S608
        return (link.digest,) in self._read_own(" UNION ALL ".join(tables), [link.number])

    def reply_to(self, request_id: RequestId) -> bytes | None:
        """Return the answer a request got, or None if it is new."""
        return self.replies_to([request_id]).get(request_id)

    def replies_to(self, request_ids: Sequence[RequestId]) -> dict[RequestId, bytes]:
        """Return the answers that those of the requests got which are not new."""
        marks = ", ".join("?" * len(request_ids))
        sql = f"SELECT request_id, payload FROM replies WHERE request_id IN ({marks})"  # noqa: S608
        rows = self._read_own(sql, request_ids) if request_ids else []
        return {RequestId(request_id): bytes(payload) for request_id, payload in rows}

    def card_is_redeemed(self, token_id: str) -> bool:
        """Tell whether the code of a virtual card was used already."""
        sql = "SELECT 1 FROM redeemed_cards WHERE token_id = ?"
        return bool(self._read_own(sql, [token_id]))

    def _read_own(self, sql: str, parameters: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """Read with the writer's connection: it is asked for each batch."""
        try:
            return self._opened().conn.execute(sql, parameters).fetchall()
        except DATABASE_ERRORS as error:
            raise self._file.unusable(error) from error

    def _read(
        self, table: str, sql: str, parameters: Sequence[object]
    ) -> Iterator[tuple[Any, ...]]:
        """Read row by row, with a connection of its own, so that any thread may ask."""
        try:
            with contextlib.closing(self._file.connect("ro")) as connection:
                yield from connection.execute(sql.format(", ".join(COLUMNS[table])), parameters)
        except DATABASE_ERRORS as error:
            raise self._file.unusable(error) from error

    def _write(self, rows: dict[str, list[tuple[object, ...]]]) -> None:
        """Seal and write the columns of rows, by table, in one transaction."""
        database = self._opened()
        head = self._head
        with database.atomic():
            for table, all_values in rows.items():
                head = insert_sealed(database.conn, self._file.chain_key, head, table, all_values)
        self._head = head
        # The rows are on the disk, whatever becomes of the note.
        with contextlib.suppress(OSError):
            self._head_file.note(head)

    def _missing_tail(self) -> str:
        """Name what was written once and is not there any more; empty if all is there."""
        try:
            noted = self._head_file.read()
        except ValueError:
            return ""
        if noted is None or noted.number <= self._head.number:
            return ""
        note = f"rows {self._head.number + 1} to {noted.number} are lost"
        _log.error("%s: %s / 日志末尾的记录已丢失", self._file.path, note)
        return note

    def _damaged(self, what: str) -> JournalUnusable:
        return JournalUnusable(f"{self._file.path}: {what}: {_REPAIR}")

    def _opened(self) -> sqlite_utils.Database:
        assert self._database is not None, "open() comes first"
        return self._database
