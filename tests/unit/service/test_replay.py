"""A day that the journal tells, under a site file that has changed meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from queue_server.journal.journal import Batch, JournaledEntry, JournalUnusable
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.step_codec import fact_of
from queue_server.payments.steps import Closed
from queue_server.payments.terms import AttemptId
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules.commands import AddWalkIn
from queue_server.rules.decide import Act, decide
from queue_server.rules.terms import DaySecond
from queue_server.service.now import open_now
from queue_server.service.replay import replayed
from queue_server.service.setup import Setup, make_setup
from queue_server.site import load_site

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SITE = load_site(DEMO_SITE_FILE)
REMOVED = SITE.queues[0].id


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.open(AT)
    yield journal
    journal.close()


def setup_without_first_queue() -> Setup:
    return make_setup(replace(SITE, queues=SITE.queues[1:]))


def test_a_queue_taken_out_of_the_site_file_during_its_day_is_told_in_words(
    journal: SqliteJournal,
) -> None:
    setup = make_setup(SITE)
    now = open_now(setup, DAY, {})
    act = Act(command=AddWalkIn(queue=REMOVED, prefix="A"), at_s=DaySecond(32400), by="nurse:li")
    entry = decide(now.day, act, setup.policies)
    journal.append(Batch(entries=[JournaledEntry(day_on=DAY, written_at=AT, entry=entry)]))
    fewer = setup_without_first_queue()

    with pytest.raises(JournalUnusable, match=REMOVED):
        replayed(fewer, journal, open_now(fewer, DAY, {}))

    assert replayed(setup, journal, now).day.entry_count == 1


def test_what_the_journal_tells_about_money_changes_no_queue(journal: SqliteJournal) -> None:
    setup = make_setup(SITE)
    before = replayed(setup, journal, open_now(setup, DAY, {}))
    step = Closed(attempt=AttemptId("A1"))
    journal.append(Batch(facts=[fact_of(step, day_on=DAY, at=AT, by="cashier")]))

    assert replayed(setup, journal, open_now(setup, DAY, {})) == before
