"""A clinic day as its journal tells it."""

from collections.abc import Iterator
from typing import Final

from queue_server.journal.hash_chain import START, Link
from queue_server.journal.journal import Journal, JournaledEntry, JournalUnusable
from queue_server.journal.row_codec import DECODING_ERRORS
from queue_server.service.facts import with_fact
from queue_server.service.now import Now, with_entries
from queue_server.service.setup import Setup

_NEVER_HAPPENED: Final = (AssertionError, *DECODING_ERRORS)
"""What comes of an entry or a fact that does not fit what was before it."""


def _with_known_queues(setup: Setup, written: JournaledEntry) -> JournaledEntry:
    """Refuse in words an entry about a queue that the site file no longer names."""
    for event in written.entry.events:
        if event.queue not in setup.queues:
            raise JournalUnusable(
                f"the journal of {written.day_on} has tickets of queue {event.queue}: the site"
                " file no longer names it; put it back, and take it out after the last such day"
                " / 站点文件中缺少当日已有号票的队列，请先恢复"
            )
    return written


def replayed(setup: Setup, journal: Journal, now: Now, after: Link = START) -> Now:
    """Return the day `now`, which is as of link `after`, after all that its journal tells since.

    May block.

    Raises:
        JournalUnusable: it can't be read, or says what can't have happened.
    """
    reached = now.day.entry_count

    def told() -> Iterator[JournaledEntry]:
        nonlocal reached
        for written in journal.entries(now.day_on, now.day.entry_count):
            reached = written.entry.number
            yield _with_known_queues(setup, written)

    try:
        now = with_entries(setup, now, told())
    except _NEVER_HAPPENED as error:
        raise _unfitting(f"entry {reached} of {now.day_on}") from error
    for fact in journal.facts(now.day_on, after.number):
        try:
            now = with_fact(now, fact)
        except _NEVER_HAPPENED as error:
            raise _unfitting(f"a fact of {now.day_on} ({fact.name})") from error
    return now


def _unfitting(what: str) -> JournalUnusable:
    return JournalUnusable(
        f"{what} does not fit what was before it: keep the journal, and see hospital-kiosk"
        " verify / 与此前的记录不符：请保留日志，并运行 hospital-kiosk verify"
    )
