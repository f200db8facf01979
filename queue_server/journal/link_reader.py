"""Reads a journal link by link, so that one damaged page hides no rows but its own."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from queue_server.journal.hash_chain import LINK_MAX
from queue_server.journal.journal_file import (
    COLUMNS,
    DATABASE_ERRORS,
    FORMAT,
    JournalFile,
    other_format,
)

_PROBES: Final = tuple(2**power for power in range(25))
"""How far behind a page that can't be read the next one is looked for, in links."""
_BY_LINK: Final = {
    table: f"SELECT {', '.join(columns)}, digest FROM {table} WHERE link = ?"  # noqa: S608
    for table, columns in COLUMNS.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row as it stands in the file; in a damaged one a value may be anything."""

    link: int
    table: str
    values: tuple[Any, ...]
    digest: Any


class LinkReader:
    """Reads the rows of all tables in the order of the chain, and changes nothing.

    Args:
        file: the journal; a server may be writing to it.
    """

    def __init__(self, file: JournalFile) -> None:
        self._file = file
        self._tables = list(COLUMNS)
        self._readable_at = dict.fromkeys(COLUMNS, 0)
        self._connection = self._connected()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rows(self) -> Iterator[Row]:
        """Yield every row that can be read; a link left out is gone, or can't be read."""
        number: int | None = 1
        while number is not None and number <= LINK_MAX:
            row, is_hidden = self._row(number)
            if row is not None:
                yield row
            elif not is_hidden:
                number = self._link_from(number + 1)
                continue
            number += 1

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table whose rows can be counted."""
        counted = {}
        for table in COLUMNS:
            with contextlib.suppress(*DATABASE_ERRORS):
                [counted[table]] = self._one(f"SELECT count(*) FROM {table}", ())  # noqa: S608
        return counted

    def missing_tables(self) -> list[str]:
        """Return the tables that are not there."""
        found = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in found}
        return [table for table in COLUMNS if table not in names]

    def integrity(self) -> list[str]:
        """Return what SQLite itself finds wrong, a handful of lines at most."""
        try:
            rows = self._connection.execute("PRAGMA integrity_check(5)").fetchall()
        except DATABASE_ERRORS as error:
            self._reopen()
            return [str(error)]
        lines = [line for (text,) in rows for line in text.splitlines()[:5]]
        return [] if lines == ["ok"] else lines

    def _row(self, number: int) -> tuple[Row | None, bool]:
        """Return the row of a link, and whether a page that can't be read may hide it."""
        is_hidden = False
        for table in list(self._tables):
            try:
                found = self._one(_BY_LINK[table], (number,))
            except DATABASE_ERRORS:
                is_hidden = True
                self._look_behind(table, number)
                continue
            if found is not None:
                *values, digest = found
                return Row(link=number, table=table, values=tuple(values), digest=digest), False
        return None, is_hidden

    def _look_behind(self, table: str, number: int) -> None:
        """Stop asking `table` if nothing behind link `number` can be read."""
        if number < self._readable_at[table]:
            return
        for distance in _PROBES:
            with contextlib.suppress(*DATABASE_ERRORS):
                self._one(_BY_LINK[table], (number + distance,))
                self._readable_at[table] = number + distance
                return
        self._tables.remove(table)

    def _link_from(self, number: int) -> int | None:
        """Return the next link there is, or one that may be hidden; None: there are no more."""
        found = []
        for table in self._tables:
            sql = f"SELECT link FROM {table} WHERE link >= ? ORDER BY link LIMIT 1"  # noqa: S608
            try:
                row = self._one(sql, (number,))
            except DATABASE_ERRORS:
                return number
            if row is not None:
                found.append(row[0])
        return max(min(found), number) if found else None

    def _one(self, sql: str, parameters: tuple[int, ...]) -> Any:
        try:
            return self._connection.execute(sql, parameters).fetchone()
        except DATABASE_ERRORS:
            # SQLCipher reads nothing more after a page that it can't decrypt.
            self._reopen()
            raise

    def _reopen(self) -> None:
        self._connection.close()
        self._connection = self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = self._file.connect("ro")
        try:
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            # So it is called, but nothing is written: SQLite then reads what a cut file still has.
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute("BEGIN")
            [found] = connection.execute("PRAGMA user_version").fetchone()
            connection.execute("SELECT name FROM sqlite_master").fetchall()
        except DATABASE_ERRORS:
            connection.close()
            raise
        if found != FORMAT:
            connection.close()
            raise other_format(self._file, found)
        return connection
