"""Damaged journals: check, rescue, backup and a server's start say so, and raise nothing else."""

import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from queue_server.contract.messages import CheckIn, Identified, Identify
from queue_server.journal.backup import back_up, rescue, restore
from queue_server.journal.hash_chain import START, seal
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import CheckReport, check_journal
from queue_server.journal.journal_file import COLUMNS, DATABASE_ERRORS, JOURNAL_NAME, JournalFile
from queue_server.journal.journal_key import KEY_VARIABLE, JournalKey, load_journal_key
from queue_server.rules.commands import AddWalkIn, CallNext, Finish
from queue_server.rules.terms import QueueId, TicketId
from tests.fuzz.campaign import Fuzzer, Try, scratch
from tests.fuzz.server_line import ServerUnderFire, virtual_card
from tests.fuzz.strange import changed_bytes, changed_tree, json_bytes, scalars, strange_text
from tests.integration.service.known_hospital import ON_TIME, OPENING, SECOND

LATER = OPENING + timedelta(hours=1)
Check = Callable[[JournalFile], CheckReport]


@dataclass(frozen=True, kw_only=True)
class Cabinet:
    """A sound morning's journal, plain and encrypted, and what reads it."""

    folder: Path
    plain: bytes
    encrypted: bytes
    key: JournalKey
    check: Check

    def file(self, content: bytes | None, *, is_encrypted: bool = False) -> JournalFile:
        """Return a journal with this content, alone in a new folder; None: the sound one."""
        folder = self.folder / "data"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        sound = self.encrypted if is_encrypted else self.plain
        (folder / JOURNAL_NAME).write_bytes(sound if content is None else content)
        return JournalFile(path=folder / JOURNAL_NAME, key=self.key if is_encrypted else None)


@contextlib.contextmanager
def cabinet(check: Check = check_journal) -> Iterator[Cabinet]:
    """Yield the journals, and the product's own check of them."""
    key = load_journal_key(None, {KEY_VARIABLE: "5a" * 32})
    assert key is not None
    with scratch() as folder:
        yield Cabinet(
            folder=folder, plain=_sound(None), encrypted=_sound(key), key=key, check=check
        )


@cache
def _sound(key: JournalKey | None) -> bytes:
    """Return the file of a morning with a bit of everything in it."""
    with scratch() as folder:
        server = ServerUnderFire(folder, key=key)
        for number, name in enumerate((ON_TIME, SECOND)):
            card = virtual_card(name, 0, f"token-{number}")
            identified = server.ask(Identify(card=card), f"identify-{number}")
            assert isinstance(identified, Identified)
            ticket = identified.visits[0].ticket_id
            body = CheckIn(session_id=identified.session_id, ticket_id=ticket)
            server.ask(body, f"check-in-{number}")
        heart = QueueId("cardiology-1")
        for number in range(3):
            server.act(AddWalkIn(queue=heart, prefix="A"), f"walk-in-{number}")
        server.act(CallNext(queue=heart), "call-1")
        server.act(Finish(queue=heart, ticket=TicketId("cardiology-1:A001")), "finish-1")
        server.assert_serves()
        server.stop()
        return server.file.path.read_bytes()


def damage_is_told(target: Cabinet, file: JournalFile) -> None:
    """All that a technician can do with a journal, and a server's start, tells or does it."""
    with contextlib.suppress(JournalUnusable):
        report = target.check(file)
        assert all(str(finding) for finding in report.findings)
    for name, copy in (("backup", back_up), ("rescued", _rescue)):
        to = target.folder / "data" / f"{name}.sqlite"
        with contextlib.suppress(JournalUnusable):
            copy(file, to)
            made = JournalFile(path=to, key=file.key)
            assert target.check(made).is_sound
    _starts_or_tells(file)
    elsewhere = JournalFile(path=target.folder / "data" / "elsewhere" / JOURNAL_NAME, key=file.key)
    with contextlib.suppress(JournalUnusable):
        restore(file, elsewhere, LATER, move_aside=True)


def _rescue(file: JournalFile, to: Path) -> None:
    rescue(file, to, LATER)


def _starts_or_tells(file: JournalFile) -> None:
    """A server that starts on the journal has its day, or says that it can't."""
    server = ServerUnderFire.__new__(ServerUnderFire)
    try:
        server.__init__(file.path.parent, key=file.key)  # type: ignore[misc]
    except JournalUnusable as told:
        assert str(told)
    else:
        assert server.writer.now.day is not None
    finally:
        journal = getattr(server, "journal", None)
        if journal is not None:
            journal.close()


def any_file_is_told(target: Cabinet, thrown: tuple[bool, bytes]) -> None:
    """Whatever stands in the file."""
    is_encrypted, content = thrown
    damage_is_told(target, target.file(content, is_encrypted=is_encrypted))


def flipped_bytes_are_told(target: Cabinet, thrown: tuple[bool, list[tuple[int, bytes]]]) -> None:
    """Whatever a disk makes of some places of the file."""
    is_encrypted, changes = thrown
    content = bytearray(target.encrypted if is_encrypted else target.plain)
    for at, new in changes:
        start = at % len(content)
        content[start : start + len(new)] = new
    damage_is_told(target, target.file(bytes(content), is_encrypted=is_encrypted))


def changed_rows_are_told(target: Cabinet, thrown: tuple[list[Any], bool]) -> None:
    """Whatever a hand puts into a row, sealed or not."""
    changes, is_sealed = thrown
    file = target.file(None)
    with contextlib.closing(file.connect("rw")) as connection:
        for table, column, at, value in changes:
            [count] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            names = (*COLUMNS[table], "digest", "link")
            name = names[column % len(names)]
            # A constraint may refuse it, and SQLite has no number for all of Python's.
            with contextlib.suppress(*DATABASE_ERRORS, OverflowError, UnicodeEncodeError):
                connection.execute(
                    f"UPDATE {table} SET {name} = ? WHERE link ="
                    f" (SELECT link FROM {table} ORDER BY link LIMIT 1 OFFSET ?)",
                    (_storable(value), at % max(count, 1)),
                )
        if is_sealed:
            _seal_anew(connection)
    damage_is_told(target, file)


def _storable(value: Any) -> Any:
    is_plain = value is None or isinstance(value, str | bytes | int | float)
    return value if is_plain else json_bytes(value).decode()


def _seal_anew(connection: Any) -> None:
    """Make the chain whole again, as a program would that writes nonsense."""
    rows = []
    for table, columns in COLUMNS.items():
        for link, *values in connection.execute(f"SELECT link, {', '.join(columns)} FROM {table}"):
            rows.append((link, table, tuple(values)))
    head = START
    for link, table, values in sorted(rows, key=lambda row: row[0]):
        with contextlib.suppress(UnicodeEncodeError, OverflowError, TypeError):
            head = seal(b"", head._replace(number=link - 1), table, values)
            sql = f"UPDATE {table} SET digest = ? WHERE link = ?"
            connection.execute(sql, (head.digest, link))


_places = st.lists(
    st.tuples(
        st.integers(0, 400_000) | st.integers(0, 120),
        st.binary(min_size=1, max_size=6) | st.sampled_from([bytes(512), b"\xff" * 64]),
    ),
    min_size=1,
    max_size=4,
)
_files = st.one_of(
    st.binary(max_size=300),
    st.just(b"SQLite format 3\0" + bytes(84)),
    st.integers(0, 200_000).map(lambda length: _sound(None)[:length]),
    changed_bytes(st.just(b"SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20")),
)
_TEXTS = (
    "2026-11-23", "2026-11-24", "9999-12-31", "2026-11-23T08:05:00+08:00", "Nothing", "HelpCalled",
    "Identified", "NoticesSet", "HelpAnswered", "call_next", "undo", "{}", "[]", "null",
    '[{"event": "Called"}]', '[{"event": "Nothing"}]', '[{"event": []}]', "[" * 5000,
    '{"help_id": 1}', '{"area": "area-a", "notices": [{}]}', "cardiology-1",
)  # fmt: skip


@cache
def _bodies() -> list[str]:
    """Return all JSON that stands in the sound journal's rows."""
    with scratch() as folder:
        (folder / JOURNAL_NAME).write_bytes(_sound(None))
        connection = JournalFile(path=folder / JOURNAL_NAME).connect("ro")
        with contextlib.closing(connection):
            events = connection.execute("SELECT events FROM entries").fetchall()
            return [text for (text,) in [*events, *connection.execute("SELECT body FROM facts")]]


def _changed_bodies() -> st.SearchStrategy[Any]:
    return st.deferred(
        lambda: st.sampled_from(_bodies()).flatmap(_changed_body) | st.sampled_from(_bodies())
    )


def _changed_body(text: str) -> st.SearchStrategy[Any]:
    return changed_tree(json.loads(text))


_values = st.one_of(
    scalars,
    st.sampled_from(_TEXTS),
    st.binary(max_size=40),
    strange_text,
    st.sampled_from([0, 1, 2, 7, -1, 2**31, 2**62, 2**63 - 1, -(2**63)]),
    _changed_bodies(),
    _changed_bodies(),
)
_rows = st.tuples(
    st.lists(
        st.tuples(
            st.sampled_from(["entries", "entries", *COLUMNS]),
            st.integers(0, 8),
            st.integers(0, 99),
            _values,
        ),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
JOURNALS = Fuzzer(
    name="configuration",
    target=cabinet,
    tries=(
        Try(
            name="any file as a journal",
            inputs=st.tuples(st.booleans(), _files),
            check=any_file_is_told,
            examples=16,
        ),
        Try(
            name="journals with other bytes",
            inputs=st.tuples(st.booleans(), _places),
            check=flipped_bytes_are_told,
            examples=16,
        ),
        Try(
            name="journals with other rows", inputs=_rows, check=changed_rows_are_told, examples=16
        ),
    ),
)
