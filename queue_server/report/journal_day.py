"""What the commands about a past day share: how they ask for it, read it, and tell a problem."""

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Final

from queue_server.journal.cli import DAMAGED, add_key_option
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import load_journal_key
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.events import Entry
from queue_server.service.clinic_day import clinic_day
from queue_server.site import Site

USER_ERROR: Final = 2


class NothingWritten(Exception):
    """The journal has no entries of that day; the sentence names days that have some."""


def add_day_options(command: argparse.ArgumentParser) -> None:
    """Add what names the journal, its key and the day."""
    command.add_argument("--data", type=Path, required=True, metavar="DIR", help="the journal's")
    command.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: yesterday / 默认昨天"
    )
    add_key_option(command)


def read_day(parsed: argparse.Namespace, site: Site, now: datetime) -> tuple[date, Iterator[Entry]]:
    """Return the day that is asked for and its entries. It is only read: the server may go on.

    Raises:
        NothingWritten: nothing happened on that day.
        JournalUnusable, OSError: the journal or its key can't be read.
    """
    key = load_journal_key(parsed.key_file, os.environ)
    journal = SqliteJournal(parsed.data / JOURNAL_NAME, key)
    day_on = parsed.day or clinic_day(site, now) - timedelta(days=1)
    entries = (written.entry for written in journal.entries(day_on))
    first = next(entries, None)
    if first is None:
        days = ", ".join(day.isoformat() for day in journal.days()[:10])
        raise NothingWritten(f"{day_on}: no entries / 没有记录。 {days}")
    return day_on, chain([first], entries)


def tell_problem(error: Exception) -> int:
    """Print what is wrong, and return the exit code that says so."""
    text = str(error)
    if isinstance(error, OSError):
        text = f"{error.filename}: {error.strerror}"
    sys.stderr.write(f"{text}\n")
    return DAMAGED if isinstance(error, JournalUnusable) else USER_ERROR
