"""The kiosk's outbox: check-ins that the server does not know yet, in an SQLite file.

What is in it was told to a patient, so it is synced to the disk before anybody hears of it, and
stays until the server has answered. It holds no name: the text of a card, a time and a number.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import sqlite_utils

from queue_server.contract.codec import BadPayload, decode, encode
from queue_server.contract.device_messages import OfflineRules
from queue_server.contract.messages import PROVISIONAL_SLIP_PREFIX

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS check_ins (
    request_id TEXT PRIMARY KEY, checked_in_at TEXT NOT NULL, card TEXT NOT NULL,
    number TEXT NOT NULL, slip_code TEXT NOT NULL, refused TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS seen_cards (token_id TEXT PRIMARY KEY, expires_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS counts (day_on TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rules (id INTEGER PRIMARY KEY, payload BLOB NOT NULL);
"""
_BESIDE: Final = ("", "-wal", "-shm")
"""What the files of a database in WAL mode end with."""
_log = logging.getLogger(__name__)


class OutboxUnusable(Exception):
    """Nothing can be written: no space, no right, a broken disk. Nothing may be promised."""


class CardSeen(Exception):
    """The code of this card was taken before, on this kiosk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineCheckIn:
    """A check-in that the server does not know yet."""

    request_id: str
    """Kept for all tries to hand it over."""
    checked_in_at: datetime
    card: str = field(repr=False)
    number: str
    slip_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCard:
    """A genuine card, and until when its code could be shown again."""

    text: str = field(repr=False)
    token_id: str
    expires_at: datetime


class Outbox:
    """Check-ins, oldest first. `open()` before anything else; all calls from one thread.

    Each method but `close` raises `OutboxUnusable` when the disk can't be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite_utils.Database | None = None

    def open(self, now: datetime) -> None:
        """Open the file; one that is damaged is put aside, and a new one begun."""
        with _translated():
            try:
                self._open()
            except sqlite3.OperationalError:
                self.close()
                raise
            except sqlite3.DatabaseError as error:
                self.close()
                aside = f"{self._path.name}.damaged-{now:%Y%m%d-%H%M%S}"
                _log.error(
                    "%s is damaged (%s): put aside as %s. Check-ins that it holds never reach the"
                    " server: tell the nurses / 离线签到文件损坏，已另存，请通知护士",
                    self._path,
                    error,
                    aside,
                )
                for ending in _BESIDE:
                    file = self._path.with_name(self._path.name + ending)
                    if file.exists():
                        file.rename(self._path.with_name(aside + ending))
                self._open()

    def close(self) -> None:
        """Close the file."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def rules(self) -> OfflineRules | None:
        """Return what the server said last; None before its first word."""
        row = self._one("SELECT payload FROM rules")
        try:
            return decode(bytes(row[0]), OfflineRules) if row else None
        except BadPayload:
            # Of another version of this program; the server's next word replaces it.
            return None

    def keep_rules(self, rules: OfflineRules) -> None:
        """Keep what the server says, for a start without it."""
        with self._transaction() as database:
            row = {"id": 1, "payload": encode(rules)}
            database.table("rules").insert(row, pk="id", replace=True)

    def add(
        self,
        card: ReadCard,
        *,
        now: datetime,
        day_on: date,
        request_id: str,
        number_prefix: str,
    ) -> OfflineCheckIn:
        """Write a check-in durably, and return it with its number, counted on from the last one.

        Args:
            card: which is taken once.
            now: when.
            day_on: the clinic day, in which numbers count from 1.
            request_id: under which it is handed over.
            number_prefix: what the number begins with.

        Raises:
            CardSeen: the card was taken before; nothing was written.
        """
        with self._transaction() as database:
            database.execute("DELETE FROM seen_cards WHERE expires_at < ?", [now.timestamp()])
            if self._one("SELECT 1 FROM seen_cards WHERE token_id = ?", card.token_id):
                raise CardSeen
            seen = {"token_id": card.token_id, "expires_at": card.expires_at.timestamp()}
            database.table("seen_cards").insert(seen)
            row = self._one("SELECT count FROM counts WHERE day_on = ?", day_on.isoformat())
            count = row[0] + 1 if row else 1
            database.execute("DELETE FROM counts")
            database.table("counts").insert({"day_on": day_on.isoformat(), "count": count})
            check_in = OfflineCheckIn(
                request_id=request_id,
                checked_in_at=now,
                card=card.text,
                number=f"{number_prefix}-{count:03d}",
                slip_code=f"{PROVISIONAL_SLIP_PREFIX}{request_id}",
            )
            database.table("check_ins").insert(
                {
                    "request_id": request_id,
                    "checked_in_at": now.isoformat(),
                    "card": card.text,
                    "number": check_in.number,
                    "slip_code": check_in.slip_code,
                }
            )
        return check_in

    def oldest(self) -> OfflineCheckIn | None:
        """Return the check-in that is to be handed over next; None: there is none."""
        row = self._one(
            "SELECT request_id, checked_in_at, card, number, slip_code FROM check_ins"
            " WHERE refused = '' ORDER BY julianday(checked_in_at), rowid LIMIT 1"
        )
        if row is None:
            return None
        request_id, checked_in_at, card, number, slip_code = row
        return OfflineCheckIn(
            request_id=request_id,
            checked_in_at=datetime.fromisoformat(checked_in_at),
            card=card,
            number=number,
            slip_code=slip_code,
        )

    def forget(self, request_id: str) -> None:
        """Delete a check-in: the server has it."""
        with self._transaction() as database:
            database.table("check_ins").delete_where("request_id = ?", [request_id])

    def put_aside(self, request_id: str, code: str) -> None:
        """Keep a check-in that the server can't read, and don't send it again."""
        with self._transaction() as database:
            database.table("check_ins").update(request_id, {"refused": code})

    # --- inside --------------------------------------------------------------------------------

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # It holds card codes: nobody else reads it. What SQLite puts beside it has the same rights.
        self._path.touch(mode=0o600)
        connection = sqlite3.connect(self._path, isolation_level=None)
        self._database = sqlite_utils.Database(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL survives a power cut, which NORMAL does not.
        connection.execute("PRAGMA synchronous = FULL")
        [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        connection.executescript(_TABLES)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite_utils.Database]:
        with _translated():
            database = self._opened()
            with database.atomic():
                yield database

    def _one(self, sql: str, *parameters: str) -> tuple[Any, ...] | None:
        with _translated():
            row: tuple[Any, ...] | None = self._opened().execute(sql, parameters).fetchone()
        return row

    def _opened(self) -> sqlite_utils.Database:
        if self._database is None:
            raise OutboxUnusable(f"{self._path} is not open")
        return self._database


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise OutboxUnusable(str(error)) from error
