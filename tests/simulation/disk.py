"""The journal on a disk that fills up, and that keeps of a dying process what disks keep.

The model: what a commit has synced stays. A crash in the middle of a commit leaves any sectors
of what was being written, torn at 512 bytes; a checkpoint writes to the database only what the
log has synced already (https://www.sqlite.org/atomiccommit.html, https://www.sqlite.org/wal.html).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Final

from queue_server.journal.hash_chain import Link
from queue_server.journal.journal import (
    Batch,
    JournaledEntry,
    JournaledFact,
    JournalUnusable,
    Row,
    Selection,
)
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.terms import RequestId
from tests.simulation.world import World

SECTOR_BYTES: Final = 512
LOG_HEADER_BYTES: Final = 32
CHECKPOINT_PAGES: Final = (20, 100, 1000)
"""SQLite's own number is the last one."""


class Crash(BaseException):
    """The process dies here. Nothing of ours may catch it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What stands on the disk."""

    database: bytes
    log: bytes


class Disk:
    """The files of one database."""

    def __init__(self, folder: Path, chance: Random, name: str = "journal") -> None:
        self.path = folder / f"{name}.sqlite"
        self._log = folder / f"{name}.sqlite-wal"
        self._index = folder / f"{name}.sqlite-shm"
        self._chance = chance

    def files(self) -> Files:
        """Return what has been written."""
        log = self._log.read_bytes() if self._log.exists() else b""
        return Files(database=self.path.read_bytes(), log=log)

    def restore(self, files: Files) -> None:
        """Put back what a crash has left; nobody may have the files open."""
        self.path.write_bytes(files.database)
        self._log.write_bytes(files.log)
        self._index.unlink(missing_ok=True)

    def torn(self, before: Files, after: Files) -> Files:
        """Return what a crash may leave that comes while `before` becomes `after`."""
        is_log_begun_anew = before.log[:LOG_HEADER_BYTES] != after.log[:LOG_HEADER_BYTES]
        phase = self._chance.choice(["writing", "writing", "writing", "checkpoint", "done"])
        if phase == "done":
            return after
        if phase == "checkpoint":
            return Files(database=self._mixed(before.database, after.database), log=after.log)
        if not is_log_begun_anew:
            return Files(database=before.database, log=self._mixed(before.log, after.log))
        # A new header is synced before anything is written behind it.
        if self._chance.random() < 0.2:
            return before
        log = self._mixed(before.log, after.log)
        header = after.log[:LOG_HEADER_BYTES]
        return Files(database=before.database, log=header + log[LOG_HEADER_BYTES:])

    def _mixed(self, old: bytes, new: bytes) -> bytes:
        """Return `new` as far as it was written: cut off, or some of its sectors only."""
        if old == new:
            return new
        is_in_order = self._chance.random() < 0.5
        first = next(
            (
                start
                for start in range(0, len(new), SECTOR_BYTES)
                if old[start : start + SECTOR_BYTES] != new[start : start + SECTOR_BYTES]
            ),
            0,
        )
        cut = self._chance.randrange(first, len(new) + 1)
        if is_in_order:
            return new[:cut] + old[cut:]
        sectors = []
        for start in range(0, len(new), SECTOR_BYTES):
            sector, former = (text[start : start + SECTOR_BYTES] for text in (new, old))
            if sector != former and self._chance.random() < 0.5:
                sector = former.ljust(len(sector), b"\0")
            sectors.append(sector)
        return b"".join(sectors)


class FaultyJournal:
    """The port `Journal`: the real one, on a disk with faults.

    Args:
        world: says how often.
        disk: where.
        journal: the real one, unless a test wants to see a broken one noticed.
        doubtful: called with a batch that a crash may or may not have left on disk.
        durable: called with each batch that is on disk.
    """

    def __init__(
        self,
        world: World,
        disk: Disk,
        journal: type[SqliteJournal],
        *,
        doubtful: Callable[[Batch], None],
        durable: Callable[[Batch], None],
    ) -> None:
        self._world = world
        self._chance = world.chance(f"disk-{world.loop.time()}")
        self._disk = disk
        self._journal = journal(disk.path)
        self._doubtful = doubtful
        self._durable = durable
        self._left: Files | None = None

    def open(self, now: datetime) -> None:
        """Open the file."""
        self._journal.open(now)
        # Checkpoints come more often than in a real morning, which is short of them here.
        pages = self._chance.choice(CHECKPOINT_PAGES)
        self._journal._opened().conn.execute(f"PRAGMA wal_autocheckpoint = {pages}")

    def die(self) -> None:
        """Leave on disk what the death of the process leaves."""
        left = self._left or self._disk.files()
        self._journal.close()
        self._disk.restore(left)

    def close(self) -> None:
        """Close the file as a process does that ends."""
        self._journal.close()

    def append(self, batch: Batch) -> None:
        """Write `batch`, unless the disk is full or the process dies over it."""
        weather = self._world.weather
        if self._chance.random() < weather.full_disk:
            self._world.count("full disks")
            raise JournalUnusable("the disk is full")
        if self._chance.random() < weather.crash_in_commit:
            self._world.count("torn commits")
            before = self._disk.files()
            self._doubtful(batch)
            self._journal.append(batch)
            after = self._disk.files()
            if before.database != after.database:
                self._world.count("torn commits with a checkpoint")
            if before.log[:LOG_HEADER_BYTES] != after.log[:LOG_HEADER_BYTES]:
                self._world.count("torn commits that begin the log anew")
            self._left = self._disk.torn(before, after)
            raise Crash
        self._journal.append(batch)
        self._durable(batch)

    def entries(self, day_on: date, after: int = 0) -> Iterator[JournaledEntry]:
        """Yield the entries of a clinic day in order."""
        return self._journal.entries(day_on, after)

    def facts(self, day_on: date, after: int = 0) -> Iterator[JournaledFact]:
        """Yield the facts of a clinic day in order."""
        return self._journal.facts(day_on, after)

    def head(self) -> Link:
        """Return the last link of the chain."""
        return self._journal.head()

    def has_link(self, link: Link) -> bool:
        """Tell whether the chain has run through `link`."""
        return self._journal.has_link(link)

    def rows(self, selection: Selection) -> list[Row]:
        """Return what is selected, the latest first."""
        return self._journal.rows(selection)

    def days(self) -> Sequence[date]:
        """Return the clinic days that have entries or facts, the latest first."""
        return self._journal.days()

    def reply_to(self, request_id: RequestId) -> bytes | None:
        """Return the answer a request got, or None if it is new."""
        return self._journal.reply_to(request_id)

    def replies_to(self, request_ids: Sequence[RequestId]) -> dict[RequestId, bytes]:
        """Return the answers that those of the requests got which are not new."""
        return self._journal.replies_to(request_ids)

    def card_is_redeemed(self, token_id: str) -> bool:
        """Tell whether the code of a virtual card was used already."""
        return self._journal.card_is_redeemed(token_id)
