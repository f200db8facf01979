"""The file of a journal: its tables, how it is opened with or without a key, who may have it."""

import contextlib
import fcntl
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import sqlcipher3.dbapi2 as sqlcipher

from queue_server.journal.hash_chain import START, HeadFile, Link, seal
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_key import JournalKey

JOURNAL_NAME: Final = "journal.sqlite"
"""Its name in a server's data folder."""
FORMAT: Final = 1
"""Stands in the file as `PRAGMA user_version`."""
LOCK_WAIT_S: Final = 2.0
DATABASE_ERRORS: Final = (sqlite3.Error, sqlcipher.Error, UnicodeDecodeError)
"""What reading or writing a journal may raise; the last one when SQLite names damaged bytes."""

COLUMNS: Final = {
    "entries": ("day_on", "number", "written_at", "at_s", "by", "do", "events"),
    "facts": ("day_on", "written_at", "by", "name", "body"),
    "replies": ("request_id", "replied_at", "payload"),
    "redeemed_cards": ("token_id",),
    "openings": ("opened_at", "note"),
}
"""What the digest of a row covers, by table, in order."""

TABLES: Final = """
    CREATE TABLE entries (
        link INTEGER PRIMARY KEY, day_on TEXT NOT NULL, number INTEGER NOT NULL,
        written_at TEXT NOT NULL, at_s INTEGER NOT NULL, by TEXT NOT NULL, do TEXT NOT NULL,
        events TEXT NOT NULL, digest BLOB NOT NULL, UNIQUE (day_on, number)
    );
    CREATE TABLE facts (
        link INTEGER PRIMARY KEY, day_on TEXT NOT NULL, written_at TEXT NOT NULL,
        by TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, digest BLOB NOT NULL
    );
    CREATE INDEX facts_by_day ON facts (day_on, link);
    CREATE TABLE replies (
        link INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, replied_at TEXT NOT NULL,
        payload BLOB NOT NULL, digest BLOB NOT NULL
    );
    CREATE TABLE redeemed_cards (
        link INTEGER PRIMARY KEY, token_id TEXT NOT NULL UNIQUE, digest BLOB NOT NULL
    );
    CREATE TABLE openings (
        link INTEGER PRIMARY KEY, opened_at TEXT NOT NULL, note TEXT NOT NULL,
        digest BLOB NOT NULL
    );
"""
INSERTS: Final = {
    table: f"INSERT INTO {table} VALUES ({', '.join('?' * (len(columns) + 2))})"  # noqa: S608
    for table, columns in COLUMNS.items()
}
"""By table: link, its columns, digest."""

_FULL: Final = "can't be written: no space or a broken disk; make space / 磁盘已满或损坏，请清理"
_DAMAGED: Final = (
    "is no journal or is damaged: keep the file and restore a backup"
    " / 不是日志文件或已损坏，请保留该文件并恢复备份"
)
_NEEDS_KEY: Final = (
    "needs its key (--key-file or HOSPITAL_JOURNAL_KEY) if it is encrypted, else it"
    " is no journal or is damaged: keep the file and restore a backup"
    " / 若已加密请提供密钥，否则不是日志文件或已损坏，请保留该文件并恢复备份"
)
_NEEDS_NO_KEY: Final = (
    "is not encrypted, but a key was given: nothing was changed"
    " / 日志未加密，但提供了密钥；文件未改动"
)
_WRONG_KEY: Final = (
    "can't be opened with this key: it is another one's, or the file is damaged;"
    " nothing was changed / 密钥不符或文件已损坏；文件未改动"
)
_WHAT_TO_DO: Final = {
    "locked": (
        "is locked by another program: close it and start again / 被其他程序占用，请关闭后重试"
    ),
    "unable to open": (
        "can't be used: is it there, and may we read it? / 无法使用，请检查文件是否存在及权限"
    ),
    "readonly": "can't be written: no right / 没有写入权限",
    "full": _FULL,
    "disk I/O": _FULL,
    "not a database": _DAMAGED,
    "malformed": _DAMAGED,
}
"""By what SQLite says."""
_PLAIN_SQLITE: Final = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFile:
    """A journal's file and its key; None: it is not encrypted."""

    path: Path
    key: JournalKey | None = None

    @property
    def chain_key(self) -> bytes:
        """What seals its rows."""
        return b"" if self.key is None else self.key.chain

    @property
    def head(self) -> HeadFile:
        """Where its last link is noted beside it."""
        return HeadFile(self.path.with_suffix(".head"))

    def connect(self, mode: str) -> sqlite3.Connection:
        """Open the file: `mode` is `ro`, `rw` or `rwc`, as in SQLite's addresses.

        Any thread may use the connection, one at a time; it is in autocommit. A plain journal
        is opened with Python's own SQLite, for two copies of SQLite must never have one file
        open in one process.

        Raises:
            DATABASE_ERRORS: it can't be opened; a wrong key shows only when something is read.
        """
        driver: Any = sqlite3 if self.key is None else sqlcipher
        connection: sqlite3.Connection = driver.connect(
            f"{self.path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=LOCK_WAIT_S,
            check_same_thread=False,
            isolation_level=None,
        )
        if self.key is not None:
            # Without it SQLCipher writes to standard error what we say in words.
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{self.key.cipher_hex}'\"")
        return connection

    def unusable(self, error: Exception) -> JournalUnusable:
        """Return what to do about an error of SQLite."""
        text = str(error)
        if isinstance(error, UnicodeDecodeError):
            text = error.object.decode(errors="replace")
        if "not a database" in text:
            return JournalUnusable(f"{self.path} {self._of_no_database()}")
        for sign, what in _WHAT_TO_DO.items():
            if sign in text:
                return JournalUnusable(f"{self.path} {what}")
        return JournalUnusable(f"{self.path} can't be used / 无法使用: {text}")

    def _of_no_database(self) -> str:
        with contextlib.suppress(OSError), self.path.open("rb") as file:
            is_plain = file.read(len(_PLAIN_SQLITE)) == _PLAIN_SQLITE
            if self.key is None:
                return _DAMAGED if is_plain else _NEEDS_KEY
            return _NEEDS_NO_KEY if is_plain else _WRONG_KEY
        return _DAMAGED

    def lock(self) -> IO[bytes]:
        """Take the file for this process; closing what is returned gives it back.

        Raises:
            JournalUnusable: a queue server has it, or the folder can't be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = self.path.with_suffix(".lock").open("wb")
        except OSError as error:
            raise JournalUnusable(f"{self.path}: {error.strerror}") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise JournalUnusable(
                f"{self.path}: another queue server works with this journal; stop it first"
                " / 另一个队列服务正在使用此日志，请先停止它"
            ) from error
        return lock


def make_tables(file: JournalFile, connection: sqlite3.Connection) -> None:
    """Make the tables of a new journal; an existing one must be of our format.

    Raises:
        JournalUnusable: it is of another format.
        DATABASE_ERRORS: it can't be read or written.
    """
    [found] = connection.execute("PRAGMA user_version").fetchone()
    [is_old] = connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()
    if not is_old:
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
    elif found != FORMAT:
        raise other_format(file, found)


def other_format(file: JournalFile, found: int) -> JournalUnusable:
    """Return what to do about a journal of the format `found`."""
    return JournalUnusable(
        f"{file.path} has format {found}, this program knows {FORMAT}: use the version that wrote"
        f" it; nothing was changed / 日志格式为 {found}，本程序只支持 {FORMAT}；文件未改动"
    )


def insert_sealed(
    connection: sqlite3.Connection,
    chain_key: bytes,
    head: Link,
    table: str,
    all_values: list[tuple[object, ...]],
) -> Link:
    """Write rows of `table` behind `head`, each sealed; returns the new head."""
    rows = []
    for values in all_values:
        head = seal(chain_key, head, table, values)
        rows.append((head.number, *values, head.digest))
    connection.executemany(INSERTS[table], rows)
    return head


def last_link(connection: sqlite3.Connection) -> Link:
    """Return the last link in the file."""
    found = [
        connection.execute(
            f"SELECT link, digest FROM {table} ORDER BY link DESC LIMIT 1"  # noqa: S608
        ).fetchone()
        for table in COLUMNS
    ]
    return max((Link(*row) for row in found if row is not None), default=START)
