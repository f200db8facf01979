"""Online backup, restore and rescue of a journal: what they write is checked before it counts."""

import contextlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from queue_server.journal.hash_chain import START, Link
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import CheckReport, check_journal
from queue_server.journal.journal_file import (
    DATABASE_ERRORS,
    JournalFile,
    insert_sealed,
    make_tables,
)
from queue_server.journal.new_file import new_file, sync

NAMED_MAX: Final = 20
"""So many findings are written into a rescued journal."""


def back_up(file: JournalFile, to: Path) -> CheckReport:
    """Copy the journal, which a server may be writing to, into the new file `to`.

    Raises:
        JournalUnusable: `to` is there already, can't be written, or the journal is damaged.
    """
    with new_file(to) as draft:
        _copy(file, replace(file, path=draft))
        return _sound(replace(file, path=draft), of=file.path)


def restore(
    backup: JournalFile, journal: JournalFile, now: datetime, *, move_aside: bool
) -> Path | None:
    """Make `backup` the journal of a folder that no server uses.

    Args:
        backup: what is restored; stays as it is.
        journal: where it goes to.
        now: names the former journal.
        move_aside: whether a journal that is there may be moved aside.

    Returns:
        Where the former journal is now, if there was one.

    Raises:
        JournalUnusable: nothing was changed.
    """
    with contextlib.closing(journal.lock()):
        if journal.path.exists() and not move_aside:
            raise JournalUnusable(
                f"{journal.path} is there: --replace moves it aside and keeps it"
                " / 日志已存在，加 --replace 可将其移开保留"
            )
        fresh = replace(journal, path=journal.path.with_name("journal.restored.sqlite"))
        fresh.path.unlink(missing_ok=True)
        with new_file(fresh.path) as draft:
            _copy(backup, replace(backup, path=draft))
            report = _sound(replace(backup, path=draft), of=backup.path)
        try:
            aside = _move_aside(journal.path, now)
            fresh.path.replace(journal.path)
            sync(journal.path.parent)
            _note_head(journal, report.last)
        except OSError as error:
            raise JournalUnusable(f"{error.filename}: {error.strerror}") from error
    return aside


def rescue(file: JournalFile, to: Path, now: datetime) -> CheckReport:
    """Copy every sound row of a damaged journal into the new file `to`, a journal of its own.

    An entry that is lost leaves an empty one, and the new journal names what is lost.

    Returns:
        What was found in the damaged one.

    Raises:
        JournalUnusable: nothing can be read, or `to` is there already or can't be written.
    """
    with new_file(to) as draft:
        rescued = replace(file, path=draft)
        try:
            report = _copy_sound_rows(file, rescued, now)
        except DATABASE_ERRORS as error:
            raise rescued.unusable(error) from error
        _sound(rescued, of=draft)
    return report


def _copy(source: JournalFile, target: JournalFile) -> None:
    """Copy a database as it is at one moment into one file that stands alone."""
    try:
        with (
            contextlib.closing(source.connect("ro")) as read,
            contextlib.closing(target.connect("rw")) as written,
        ):
            # All pages at once: a commit in between would make it begin anew.
            read.backup(written, pages=-1)
            written.execute("PRAGMA journal_mode = DELETE")
    except DATABASE_ERRORS as error:
        raise (target if "full" in str(error) else source).unusable(error) from error


def _sound(file: JournalFile, of: Path) -> CheckReport:
    """Check a copy.

    Raises:
        JournalUnusable: it is damaged.
    """
    report = check_journal(file)
    if not report.is_sound:
        raise JournalUnusable(
            f"{of} is damaged, nothing was written: see `hospital-kiosk verify`"
            f" / 日志已损坏，未写入任何文件，请用 verify 检查\n{report.findings[0]}"
        )
    return report


def _move_aside(path: Path, now: datetime) -> Path | None:
    """Give a journal and what belongs to it another name; it never is without a name."""
    aside = path.with_name(f"{path.stem}-{now:%Y-%m-%d-%H%M%S}.damaged.sqlite")
    if path.exists():
        aside.hardlink_to(path)
    # A log left behind would be taken for that of the restored journal.
    for suffix in ("-wal", "-shm"):
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    head = path.with_suffix(".head")
    if head.exists():
        head.rename(aside.with_suffix(".head"))
    return aside if aside.exists() else None


def _note_head(journal: JournalFile, last: Link) -> None:
    head = journal.head
    head.open()
    head.note(last)
    head.close()


def _copy_sound_rows(file: JournalFile, rescued: JournalFile, now: datetime) -> CheckReport:
    with contextlib.closing(rescued.connect("rw")) as written:
        make_tables(rescued, written)
        written.execute("BEGIN")
        head = START

        def keep(table: str, values: tuple[object, ...]) -> None:
            nonlocal head
            head = insert_sealed(written, rescued.chain_key, head, table, [values])

        report = check_journal(file, keep)
        lost = "\n".join(map(str, report.findings[:NAMED_MAX]))
        more = f"\n… {len(report.findings)}" if len(report.findings) > NAMED_MAX else ""
        keep("openings", (now.isoformat(), f"rescued from {file.path.name}: {lost}{more}"))
        written.execute("COMMIT")
    return report
