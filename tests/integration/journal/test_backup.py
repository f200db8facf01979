"""Backups of a journal that is being written, and what a restore gives back."""

import shutil
import threading
from pathlib import Path

import pytest

from queue_server.cli import main
from queue_server.journal.backup import back_up, restore
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import check_journal
from queue_server.journal.journal_file import JournalFile
from queue_server.journal.journal_key import KEY_VARIABLE
from tests.integration.journal.journaled_morning import (
    HEX_KEY,
    MONDAY,
    OPENING,
    TUESDAY,
    Morning,
    change,
    opened,
    replayed,
    rows_of,
)

BACKUPS = 5


def beside(file: JournalFile, path: Path) -> JournalFile:
    return JournalFile(path=path, key=file.key)


def test_a_backup_of_a_server_at_work_is_a_whole_moment_of_its_day(
    file: JournalFile, tmp_path: Path
) -> None:
    is_ended, acts = threading.Event(), threading.Semaphore(0)
    counts = []
    with opened(file) as journal:
        morning = Morning(journal=journal, day_on=TUESDAY, day=replayed(journal, TUESDAY))

        def work() -> None:
            while not is_ended.is_set():
                morning.act()
                acts.release()

        server = threading.Thread(target=work)
        server.start()
        for number in range(BACKUPS):
            assert acts.acquire(timeout=10)
            report = back_up(file, tmp_path / f"backup-{number}.sqlite")
            counts.append(report.counts)
        is_ended.set()
        server.join()
        whole = list(journal.entries(TUESDAY))

    for number, count in enumerate(counts):
        copy = beside(file, tmp_path / f"backup-{number}.sqlite")
        assert check_journal(copy).is_sound
        # One act writes one row of each: half an act would show.
        assert len({count[table] for table in count if table != "openings"}) == 1
        with opened(copy) as journal:
            entries = list(journal.entries(TUESDAY))
        assert entries == whole[: len(entries)]
    assert counts[-1]["entries"] > counts[0]["entries"] > 80


def test_a_restored_backup_serves_the_equal_day_and_goes_on(
    file: JournalFile, tmp_path: Path
) -> None:
    with opened(file) as journal:
        days = [replayed(journal, day) for day in (MONDAY, TUESDAY)]
    back_up(file, tmp_path / "backup.sqlite")
    elsewhere = beside(file, tmp_path / "new-machine" / "journal.sqlite")

    restore(beside(file, tmp_path / "backup.sqlite"), elsewhere, OPENING, move_aside=False)

    assert elsewhere.head.read() == check_journal(elsewhere).last
    with opened(elsewhere) as journal:
        assert [replayed(journal, day) for day in (MONDAY, TUESDAY)] == days
        Morning(journal=journal, day_on=TUESDAY, day=days[1]).act()
    assert check_journal(elsewhere).is_sound
    assert elsewhere.path.stat().st_mode & 0o077 == 0


def test_a_backup_is_one_file_and_never_overwrites(file: JournalFile, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    back_up(file, folder / "backup.sqlite")
    first = (folder / "backup.sqlite").read_bytes()

    with pytest.raises(JournalUnusable, match="is there already and was not touched"):
        back_up(file, folder / "backup.sqlite")

    assert [path.name for path in folder.iterdir()] == ["backup.sqlite"]
    assert (folder / "backup.sqlite").read_bytes() == first
    assert (folder / "backup.sqlite").stat().st_mode & 0o077 == 0


def test_a_folder_that_can_not_be_written_is_told(file: JournalFile, tmp_path: Path) -> None:
    with pytest.raises(JournalUnusable, match="No such file or directory"):
        back_up(file, tmp_path / "nowhere" / "backup.sqlite")


def test_a_damaged_journal_is_not_backed_up_over_the_sound_ones(
    file: JournalFile, tmp_path: Path
) -> None:
    change(file, "UPDATE entries SET by = 'nobody' WHERE link = 26")

    with pytest.raises(JournalUnusable) as told:
        back_up(file, tmp_path / "backup.sqlite")

    assert "is damaged, nothing was written" in str(told.value)
    assert "entries, 2026-11-23, no. 7, row 26" in str(told.value)
    assert list(tmp_path.glob("backup*")) == []


def test_a_restore_is_refused_while_a_server_uses_the_folder(
    file: JournalFile, tmp_path: Path
) -> None:
    back_up(file, tmp_path / "backup.sqlite")

    with opened(file), pytest.raises(JournalUnusable, match="another queue server works with"):
        restore(beside(file, tmp_path / "backup.sqlite"), file, OPENING, move_aside=True)


def test_a_restore_is_refused_where_a_journal_is(file: JournalFile, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backup.sqlite")
    before = rows_of(file)

    with pytest.raises(JournalUnusable, match="--replace moves it aside and keeps it"):
        restore(beside(file, tmp_path / "backup.sqlite"), file, OPENING, move_aside=False)

    assert rows_of(file) == before


def test_a_journal_in_the_way_is_moved_aside_with_all_that_belongs_to_it(
    file: JournalFile, tmp_path: Path
) -> None:
    back_up(file, tmp_path / "backup.sqlite")
    crashed = tmp_path / "crashed"
    with opened(file) as journal:
        Morning(journal=journal, day_on=TUESDAY, day=replayed(journal, TUESDAY)).act()
        shutil.copytree(file.path.parent, crashed)
    left = beside(file, crashed / "journal.sqlite")
    assert (crashed / "journal.sqlite-wal").stat().st_size > 0
    before = rows_of(left)

    aside = restore(beside(file, tmp_path / "backup.sqlite"), left, OPENING, move_aside=True)

    assert aside == crashed / "journal-2026-11-23-080000.damaged.sqlite"
    assert rows_of(beside(file, aside)) == before
    assert check_journal(beside(file, aside)).is_sound
    assert rows_of(left) == rows_of(beside(file, tmp_path / "backup.sqlite"))
    with opened(left):
        pass
    assert rows_of(left)["openings"][-1][1] == ""  # nothing is called lost


def test_a_damaged_backup_is_not_restored_and_nothing_is_touched(
    file: JournalFile, tmp_path: Path
) -> None:
    backup = beside(file, tmp_path / "backup.sqlite")
    back_up(file, backup.path)
    content = backup.path.read_bytes()
    backup.path.write_bytes(content[: len(content) // 2])
    rows = rows_of(file)
    before = sorted(path.name for path in file.path.parent.iterdir())

    with pytest.raises(JournalUnusable, match="damaged"):
        restore(backup, file, OPENING, move_aside=True)

    assert sorted(path.name for path in file.path.parent.iterdir()) == before
    assert rows_of(file) == rows


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Run a command; return its exit code and what it says."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out + said.err


@pytest.fixture
def with_key(written: JournalFile, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a technician who has the key, if there is one."""
    if written.key is not None:
        monkeypatch.setenv(KEY_VARIABLE, HEX_KEY)
    return monkeypatch


def test_the_commands_verify_rescue_back_up_and_restore(
    file: JournalFile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    with_key: pytest.MonkeyPatch,
) -> None:
    data, backup, saved = file.path.parent, tmp_path / "b.sqlite", tmp_path / "s.sqlite"

    def command(*arguments: str | Path) -> tuple[int, str]:
        if file.key is not None:
            with_key.setenv(KEY_VARIABLE, HEX_KEY)
        return run(capsys, *arguments)

    code, said = command("verify", "--data", data)
    assert code == 0
    assert "条目 entries 80" in said
    assert "完好 sound" in said
    assert command("backup", "--data", data, "--to", backup)[0] == 0
    assert command("verify", "--file", backup)[0] == 0

    change(file, "UPDATE facts SET by = 'nobody' WHERE link = 27")
    code, said = command("verify", "--data", data, "--rescue", saved)
    assert code == 1
    assert "发现问题 damaged" in said
    assert str(saved) in said
    code, said = command("restore", "--from", saved, "--data", data)
    assert code == 1
    assert "--replace" in said
    code, said = command("restore", "--from", saved, "--data", data, "--replace")
    assert code == 0
    assert ".damaged.sqlite" in said
    assert command("verify", "--data", data)[0] == 0


def test_a_folder_without_a_journal_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(capsys, "verify", "--data", tmp_path)

    assert code == 1
    assert "is it there, and may we read it?" in said
    assert list(tmp_path.iterdir()) == []
