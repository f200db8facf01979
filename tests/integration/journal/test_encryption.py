"""An encrypted journal: nothing of a patient can be read without the key, and no key is lost."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queue_server.demo.hospital import SITE_FILE
from queue_server.demo.programs import free_port
from queue_server.journal.backup import back_up
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import check_journal
from queue_server.journal.journal_file import JOURNAL_NAME, JournalFile
from queue_server.journal.journal_key import KEY_VARIABLE, load_journal_key
from queue_server.journal.snapshot_file import SNAPSHOT_NAME
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.web.users import make_password_hash
from tests.integration.journal.journal_suite import NOON, JournalSuite, Reopen
from tests.integration.journal.journaled_morning import (
    HEX_KEY,
    MONDAY,
    NAME,
    Morning,
    key_of,
    opened,
    write_morning,
)

OTHER_KEY = "c3" * 32
ROOT = Path(__file__).parents[3]
SECRETS = [NAME.encode(), b"full_name", b"kiosk-01", b"TicketIssued", b"cardiology", b"entries"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    made = SqliteJournal(tmp_path / JOURNAL_NAME, key_of())
    made.open(NOON)
    yield made
    made.close()


@pytest.fixture
def reopen(journal: SqliteJournal) -> Reopen:
    def again() -> SqliteJournal:
        journal.close()
        journal.open(NOON)
        return journal

    return again


class TestEncryptedJournal(JournalSuite):
    """The port's suite."""


def test_every_commit_is_synced_to_the_disk(journal: SqliteJournal) -> None:
    connection = journal._opened().conn

    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def secrets_in(folder: Path) -> set[tuple[str, bytes]]:
    """Which secrets stand in which file in plain text."""
    return {
        (path.name, secret)
        for path in folder.iterdir()
        for secret in SECRETS
        if secret in path.read_bytes()
    }


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_no_name_and_no_number_can_be_read_in_file_log_or_backup(
    tmp_path: Path, is_encrypted: bool
) -> None:
    file = JournalFile(path=tmp_path / JOURNAL_NAME, key=key_of() if is_encrypted else None)
    with opened(file) as journal:
        morning = Morning(journal=journal, day_on=MONDAY)
        for _ in range(40):
            morning.act()
        back_up(file, tmp_path / "backup.sqlite")
        assert (tmp_path / "journal.sqlite-wal").stat().st_size > 100_000
        found = secrets_in(tmp_path)

    found |= secrets_in(tmp_path)
    if is_encrypted:
        assert found == set()
    else:  # the search itself finds what is there
        assert {name for name, _ in found} >= {
            "journal.sqlite",
            "journal.sqlite-wal",
            "backup.sqlite",
        }


@pytest.mark.parametrize(
    ("of_file", "given", "told"),
    [
        (HEX_KEY, OTHER_KEY, "can't be opened with this key"),
        (HEX_KEY, None, "needs its key (--key-file or HOSPITAL_JOURNAL_KEY)"),
        (None, HEX_KEY, "is not encrypted, but a key was given"),
    ],
    ids=["wrong key", "no key", "needs none"],
)
def test_a_key_that_does_not_fit_is_told_and_nothing_is_changed(
    tmp_path: Path,
    of_file: str | None,
    given: str | None,
    told: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / JOURNAL_NAME
    write_morning(JournalFile(path=path, key=key_of(of_file)), (MONDAY, 5))
    before = path.read_bytes()
    wrong = JournalFile(path=path, key=key_of(given))

    uses: list[Callable[[], object]] = [
        lambda: check_journal(wrong),
        lambda: SqliteJournal(path, wrong.key).open(NOON),
        lambda: back_up(wrong, tmp_path / "backup.sqlite"),
    ]
    for use in uses:
        with pytest.raises(JournalUnusable) as refused:
            use()
        assert told in str(refused.value)
        assert HEX_KEY not in str(refused.value)

    assert path.read_bytes() == before
    assert not (tmp_path / "backup.sqlite").exists()
    assert capfd.readouterr() == ("", "")


def test_the_key_comes_from_a_file_that_only_its_owner_may_read(tmp_path: Path) -> None:
    key_file = tmp_path / "journal.key"
    key_file.write_text(f"{HEX_KEY}\n")
    key_file.chmod(0o640)

    with pytest.raises(JournalUnusable, match="others may read this key: chmod 600"):
        load_journal_key(key_file, {})

    key_file.chmod(0o600)
    assert load_journal_key(key_file, {KEY_VARIABLE: OTHER_KEY}) == key_of(HEX_KEY)


def test_a_key_in_the_environment_is_taken_out_of_it() -> None:
    environment = {KEY_VARIABLE: HEX_KEY, "LANG": "C"}

    assert load_journal_key(None, environment) == key_of()

    assert environment == {"LANG": "C"}
    assert load_journal_key(None, environment) is None


@pytest.mark.parametrize("text", ["", "secret", HEX_KEY[:-1], HEX_KEY + "00", "密钥" * 32])
def test_what_is_no_key_is_told_with_how_to_make_one(tmp_path: Path, text: str) -> None:
    key_file = tmp_path / "journal.key"
    key_file.write_text(text, encoding="utf-8")
    key_file.chmod(0o600)

    for source, environment in ((key_file, {}), (None, {KEY_VARIABLE: text})):
        with pytest.raises(JournalUnusable, match="openssl rand -hex 32"):
            load_journal_key(source, environment)


def test_a_key_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalUnusable, match="No such file or directory"):
        load_journal_key(tmp_path / "journal.key", {})


def test_a_key_never_shows_itself() -> None:
    key = key_of()

    assert key is not None
    assert HEX_KEY not in repr(key)
    assert repr(key.chain) not in repr(JournalFile(path=Path("journal"), key=key))


@contextlib.contextmanager
def server(folder: Path, *arguments: str) -> Iterator[None]:
    """The queue server as a technician starts it, ended when the block ends; its log is kept."""
    users = folder / "users.toml"
    users.write_text(
        '[[user]]\nname = "li"\ndisplay_name = "李"\nrole = "nurse"\nareas = ["area-a"]\n'
        f'password_hash = "{make_password_hash("a long password")}"\n'
    )
    command = [sys.executable, "-m", "queue_server", "server", "--site", str(SITE_FILE)]
    command += [
        "--users",
        str(users),
        "--data",
        str(folder / "data"),
        "--http",
        f"127.0.0.1:{free_port()}",
    ]
    command += ["--demo-seed", "1", *arguments]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            env=os.environ,
        )
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline().startswith(b"MQTT"), (folder / "log").read_text()
        yield
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


@pytest.mark.broker
@pytest.mark.parametrize("is_encrypted", [False, True])
def test_the_server_keeps_its_journal_encrypted_or_says_that_it_is_not(
    tmp_path: Path, is_encrypted: bool
) -> None:
    key_file = tmp_path / "journal.key"
    key_file.write_text(HEX_KEY)
    key_file.chmod(0o600)
    arguments = ["--key-file", str(key_file)] if is_encrypted else []

    with server(tmp_path, *arguments):
        file = JournalFile(
            path=tmp_path / "data" / JOURNAL_NAME, key=key_of() if is_encrypted else None
        )
        report = check_journal(file)

    assert report.is_sound
    assert report.counts["entries"] > 100
    assert (tmp_path / "log").read_text().count("the journal is not encrypted") == (
        0 if is_encrypted else 1
    )


@pytest.mark.broker
def test_a_server_that_is_told_to_end_as_soon_as_it_runs_still_keeps_its_day(
    tmp_path: Path,
) -> None:
    with server(tmp_path):
        pass

    assert (tmp_path / "data" / SNAPSHOT_NAME).exists()
