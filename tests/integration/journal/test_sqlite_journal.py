"""The journal in a real SQLite file, and what the technician reads when it can't be used."""

import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from queue_server.journal.journal import Batch, JournalUnusable
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.terms import RequestId
from tests.integration.journal.journal_suite import (
    MONDAY,
    NOON,
    JournalSuite,
    Reopen,
    entry,
    fact,
    reply,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "the site's 100% #1?" / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(path)
    opened.open(NOON)
    yield opened
    opened.close()


@pytest.fixture
def reopen(journal: SqliteJournal) -> Reopen:
    def again() -> SqliteJournal:
        journal.close()
        journal.open(NOON)
        return journal

    return again


class TestSqliteJournal(JournalSuite):
    """The port's suite."""


def refusal_to_open(path: Path) -> str:
    refused = SqliteJournal(path)
    with pytest.raises(JournalUnusable) as told:
        refused.open(NOON)
    return str(told.value)


def test_every_commit_is_synced_to_the_disk(journal: SqliteJournal) -> None:
    connection = journal._opened().conn

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_second_server_is_told_that_the_first_one_runs(
    journal: SqliteJournal, path: Path
) -> None:
    told = refusal_to_open(path)

    assert "another queue server works with this journal; stop it first" in told
    assert "请先停止它" in told
    journal.append(Batch(entries=[entry(1)]))


def test_a_second_process_is_refused_until_the_first_one_is_killed(path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        from datetime import UTC, datetime
        from pathlib import Path
        from queue_server.journal.sqlite_journal import SqliteJournal
        journal = SqliteJournal(Path(sys.argv[1]))
        journal.open(datetime.fromtimestamp(0, UTC))
        print("open", flush=True)
        sys.stdin.read()
    """)
    first = subprocess.Popen(
        [sys.executable, "-c", program, path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"open\n"
        assert "another queue server" in refusal_to_open(path)
        first.kill()

    freed = SqliteJournal(path)
    freed.open(NOON)
    freed.close()


def test_a_refused_journal_can_be_opened_later(path: Path, journal: SqliteJournal) -> None:
    waiting = SqliteJournal(path)
    with pytest.raises(JournalUnusable):
        waiting.open(NOON)
    journal.close()

    waiting.open(NOON)
    waiting.append(Batch(entries=[entry(1)]))
    waiting.close()


def test_a_file_that_another_program_holds_is_told_as_locked(
    path: Path, journal: SqliteJournal
) -> None:
    journal.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = refusal_to_open(path)

    assert "locked by another program: close it and start again" in told
    assert "请关闭后重试" in told
    journal.open(NOON)


def test_a_file_that_is_held_during_the_day_refuses_the_batch(
    path: Path, journal: SqliteJournal
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnusable, match="locked by another program"):
            journal.append(Batch(entries=[entry(1)]))

    assert list(journal.entries(MONDAY)) == []
    journal.append(Batch(entries=[entry(1)]))


@pytest.mark.parametrize(
    "content",
    [b"Dear colleague, this is a letter.\n" * 200, bytes(range(256)) * 32],
    ids=["text", "bytes"],
)
def test_what_is_no_journal_is_kept_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)

    told = refusal_to_open(path)

    assert "is no journal or is damaged: keep the file and restore a backup" in told
    assert "请保留该文件并恢复备份" in told
    assert path.read_bytes() == content


def test_a_damaged_journal_is_told_as_damaged(path: Path, journal: SqliteJournal) -> None:
    for number in range(1, 200):
        journal.append(Batch(entries=[entry(number)]))
    journal.close()
    content = bytearray(path.read_bytes())
    content[100:] = b"\x55" * (len(content) - 100)
    path.write_bytes(content)

    assert "is no journal or is damaged" in refusal_to_open(path)


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()

    assert "can't be used" in refusal_to_open(tmp_path / "journal.db")


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")

    assert str(tmp_path / "data") in refusal_to_open(tmp_path / "data" / "journal.db")


FULL_DISK = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from queue_server.journal.journal import Batch, JournalUnusable
    from queue_server.journal.sqlite_journal import SqliteJournal
    from tests.integration.journal.journal_suite import NOON, entry

    journal = SqliteJournal(Path(sys.argv[1]))
    limit, written = int(sys.argv[2]), 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        journal.open(NOON)
        while True:
            journal.append(Batch(entries=[entry(written + 1)]))
            written += 1
    except JournalUnusable as error:
        print(written)
        print(error)
""")
"""No file may grow beyond a limit: to SQLite that is a disk without space, and needs no root."""


def fill_the_disk(path: Path, limit: int) -> tuple[int, str]:
    """Write until no space is left; return how many entries were promised, and what was told."""
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, path, str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    written, told = ended.stdout.splitlines()
    return int(written), told


def test_a_disk_without_space_is_told_at_the_start(path: Path) -> None:
    written, told = fill_the_disk(path, 5_000)

    assert written == 0
    assert "no space or a broken disk; make space" in told
    assert "磁盘已满或损坏，请清理" in told


def test_a_disk_that_fills_up_refuses_the_batch_and_keeps_all_before(path: Path) -> None:
    written, told = fill_the_disk(path, 200_000)

    assert written > 10
    assert "no space or a broken disk; make space" in told
    journal = SqliteJournal(path)
    journal.open(NOON)
    assert [one.entry.number for one in journal.entries(MONDAY)] == list(range(1, written + 1))
    journal.append(Batch(entries=[entry(written + 1)]))
    journal.close()


def test_an_entry_that_can_not_be_read_is_told_as_damage(
    path: Path, journal: SqliteJournal
) -> None:
    journal.append(Batch(entries=[entry(1)]))
    for damage in ("'not json'", "'[{}]'", '\'[{"event": "Eaten"}]\'', "'[7]'"):
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute(f"UPDATE entries SET events = {damage}")
        with pytest.raises(JournalUnusable, match="is damaged: keep the file"):
            list(journal.entries(MONDAY))


def test_a_table_that_is_gone_is_told(path: Path, journal: SqliteJournal) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        for table in ("entries", "facts", "replies", "redeemed_cards"):
            other.execute(f"DROP TABLE {table}")
    for read in (
        lambda: list(journal.entries(MONDAY)),
        lambda: list(journal.facts(MONDAY)),
        journal.days,
        lambda: journal.reply_to(RequestId("r-1")),
        lambda: journal.card_is_redeemed("t-1"),
    ):
        with pytest.raises(JournalUnusable, match="no such table"):
            read()


def test_a_batch_knows_whether_there_is_anything_in_it() -> None:
    assert Batch().is_empty()
    assert not Batch(entries=[entry(1)]).is_empty()
    assert not Batch(facts=[fact("one")]).is_empty()
    assert not Batch(replies=[reply("r-1")]).is_empty()
    assert not Batch(redeemed_cards=["t-1"]).is_empty()
