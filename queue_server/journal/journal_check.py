"""Checks a whole journal: SQLite's own integrity, the chain, what rows say, and the replay.

What is damaged is named, row by row; what is sound can be handed on, so that a rescue keeps
all of it. An entry that is lost leaves an empty one in its place: the numbers of a clinic day
stay whole, what follows can still be applied, and the record itself says that something is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from queue_server.journal.day_repair import applied, fitting
from queue_server.journal.hash_chain import START, Link, seal
from queue_server.journal.journal import JournaledEntry, JournalUnusable
from queue_server.journal.journal_file import COLUMNS, DATABASE_ERRORS, JournalFile
from queue_server.journal.link_reader import LinkReader, Row
from queue_server.journal.row_codec import DECODING_ERRORS, entry_values, read_entry, read_fact
from queue_server.rules.day_in_work import apply
from queue_server.rules.queue import Day

LOST: Final = "lost"
"""The act of the empty entry that stands for a lost one."""
_TYPES: Final[dict[str, type]] = {"number": int, "at_s": int, "payload": bytes}
"""What a column holds that is not text."""
_GAP_MAX: Final = 100_000
"""No clinic day loses more entries than this: the number itself is wrong."""

Keep = Callable[[str, tuple[object, ...]], None]
"""Gets the table and the columns of a row, in the order of the chain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: where, and what."""

    place: str
    what_en: str
    what_zh: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what_en} / {self.what_zh}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check has found."""

    counts: dict[str, int]
    """Sound rows, by table."""
    day_count: int
    last: Link
    """The last link that was read: it names the state of the whole journal."""
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


def check_journal(file: JournalFile, keep: Keep = lambda _table, _values: None) -> CheckReport:
    """Read and check all of `file`, which a server may be writing to; changes nothing.

    Args:
        file: the journal.
        keep: gets each sound row.

    Raises:
        JournalUnusable: nothing of it can be read.
    """
    # The note first: what is committed meanwhile stands behind it.
    head_finding, noted = _noted_head(file)
    try:
        reader = LinkReader(file)
    except DATABASE_ERRORS as error:
        raise file.unusable(error) from error
    check = _Check(file.chain_key, keep)
    if head_finding is not None:
        check.findings.append(head_finding)
    try:
        check.read(reader, noted)
    except DATABASE_ERRORS as error:
        raise file.unusable(error) from error
    finally:
        reader.close()
    return CheckReport(
        counts=check.counts,
        day_count=sum(1 for one in check.days.values() if one.day.entry_count),
        last=check.last,
        findings=tuple(check.findings),
    )


def _noted_head(file: JournalFile) -> tuple[Finding | None, Link]:
    try:
        return None, file.head.read() or START
    except OSError as error:
        raise JournalUnusable(f"{error.filename}: {error.strerror}") from error
    except ValueError:
        place = file.path.with_suffix(".head").name
        finding = Finding(place=place, what_en="is damaged", what_zh="该文件已损坏")
        return finding, START


@dataclass(slots=True, kw_only=True)
class _ReplayedDay:
    day: Day = field(default_factory=Day)
    named: set[Any] = field(default_factory=set)
    """Numbers of entries that were named as damaged already."""


class _Check:
    """What is known while the rows pass by."""

    def __init__(self, chain_key: bytes, keep: Keep) -> None:
        self._chain_key = chain_key
        self._keep = keep
        self._digests_before: set[bytes] = {START.digest}
        """What the row before may have been sealed with; empty: that row is not known."""
        self.counts = dict.fromkeys(COLUMNS, 0)
        self.days: dict[str, _ReplayedDay] = {}
        self.last = START
        self.findings: list[Finding] = []

    def read(self, reader: LinkReader, noted: Link) -> None:
        for line in reader.integrity():
            self._find("SQLite", line, "数据库文件结构损坏")
        for table in reader.missing_tables():
            self._find(table, "the table is missing", "数据表缺失")
        seen = dict.fromkeys(COLUMNS, 0)
        for row in reader.rows():
            seen[row.table] += 1
            self._look_at(row)
        for table, count in reader.counts().items():
            if count != seen[table]:
                more = f"{count} rows, {seen[table]} of them in the chain"
                self._find(table, more, "有不属于链的记录或索引损坏")
        if noted.number > self.last.number:
            self._find_gap(self.last.number + 1, noted.number)
        elif noted.number == self.last.number and noted.digest not in self._digests_before:
            self._find(f"row {noted.number}", "is not the one noted last", "与最后写入的记录不符")

    def _look_at(self, row: Row) -> None:
        if row.link > self.last.number + 1:
            self._find_gap(self.last.number + 1, row.link - 1)
            self._digests_before = set()
        is_sealed = self._is_sealed(row)
        self.last = Link(row.link, row.digest if isinstance(row.digest, bytes) else b"")
        if not is_sealed:
            self._find_row(row, "was changed after it was written", "写入后内容被改动")
            return
        try:
            entry = _decoded(row)
        except DECODING_ERRORS:
            self._find_row(row, "can't be read", "内容无法解读")
            return
        if entry is None or self._replayed(row, entry):
            self._hand_on(row.table, row.values)

    def _is_sealed(self, row: Row) -> bool:
        """Tell whether the row is as it was written; one behind a gap has the benefit of doubt."""
        sealed = {digest: self._sealed(row, digest) for digest in self._digests_before}
        is_known = bool(sealed)
        # If only the digest was damaged, the next row still follows the true one.
        self._digests_before = {
            digest
            for digest in (row.digest, *sealed.values())
            if isinstance(digest, bytes) and digest
        }
        return not is_known or row.digest in sealed.values()

    def _sealed(self, row: Row, before: bytes) -> bytes:
        try:
            return seal(self._chain_key, Link(row.link - 1, before), row.table, row.values).digest
        except (UnicodeEncodeError, OverflowError, TypeError):
            return b""

    def _replayed(self, row: Row, written: JournaledEntry) -> bool:
        """Apply an entry; tell whether it fits what was before it."""
        replayed = self.days.setdefault(row.values[0], _ReplayedDay())
        number = written.entry.number
        if not 0 < number - replayed.day.entry_count <= _GAP_MAX:
            self._find_row(row, "has a number out of order", "序号错乱")
            return False
        for missing in range(replayed.day.entry_count + 1, number):
            if missing not in replayed.named:
                place = f"entries, {row.values[0]}, no. {missing}"
                self._find(place, "is missing", "缺失")
            self._leave_empty(replayed, written, missing)
        after = applied(replayed.day, written.entry)
        if after is None:
            self._find_row(row, "does not fit what is left before it", "与此前留存的记录不符")
            self._keep_what_fits(replayed, written)
            return False
        replayed.day = after
        return True

    def _keep_what_fits(self, replayed: _ReplayedDay, written: JournaledEntry) -> None:
        entry = fitting(replayed.day, written.entry)
        after = applied(replayed.day, entry)
        if after is None or not entry.events:
            self._leave_empty(replayed, written, entry.number)
            return
        replayed.day = after
        self._hand_on("entries", entry_values(replace(written, entry=entry)))

    def _leave_empty(self, replayed: _ReplayedDay, near: JournaledEntry, number: int) -> None:
        lost = replace(near.entry, number=number, by="verify", do=LOST, events=())
        replayed.day = apply(replayed.day, lost)
        self._keep("entries", entry_values(replace(near, entry=lost)))

    def _hand_on(self, table: str, values: tuple[object, ...]) -> None:
        self.counts[table] += 1
        self._keep(table, values)

    def _find_gap(self, first: int, last: int) -> None:
        place = f"row {first}" if first == last else f"rows {first} to {last}"
        self._find(place, "can't be read or are gone", "读不出或已缺失")

    def _find_row(self, row: Row, what_en: str, what_zh: str) -> None:
        place = f"{row.table}, row {row.link}"
        if row.table == "entries":
            day_on, number = row.values[:2]
            self.days.setdefault(day_on, _ReplayedDay()).named.add(number)
            place = f"entries, {day_on}, no. {number}, row {row.link}"
        elif row.table == "facts":
            place = f"facts, {row.values[0]}, row {row.link}"
        self._find(place, what_en, what_zh)

    def _find(self, place: str, what_en: str, what_zh: str) -> None:
        self.findings.append(Finding(place=place, what_en=what_en, what_zh=what_zh))


def _decoded(row: Row) -> JournaledEntry | None:
    """Read what a row says; an entry is returned.

    Raises:
        DECODING_ERRORS: it says nothing.
    """
    for column, value in zip(COLUMNS[row.table], row.values, strict=True):
        if type(value) is not _TYPES.get(column, str):
            raise TypeError(column)
    match row.table:
        case "entries":
            return read_entry(row.values)
        case "facts":
            read_fact(row.values)
        case "replies":
            datetime.fromisoformat(row.values[1])
            msgspec.json.decode(row.values[2])
        case "openings":
            datetime.fromisoformat(row.values[0])
    return None
