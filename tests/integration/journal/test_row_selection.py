"""Rows of a clinic day as the audit list asks for them: by whom, of what kind, about whom."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from queue_server.journal.journal import Batch, JournaledEntry, JournaledFact, Selection
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.events import Entry, TicketIssued
from queue_server.rules.terms import DaySecond, PatientId, QueueId, TicketId

DAY, OTHER_DAY = date(2026, 11, 23), date(2026, 11, 24)
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    opened = SqliteJournal(tmp_path / "journal.sqlite")
    opened.open(AT)
    yield opened
    opened.close()


def entry(number: int, by: str, ticket: str, day_on: date = DAY) -> JournaledEntry:
    event = TicketIssued(
        queue=QueueId("q-1"), ticket=TicketId(ticket), number="x", patient=PatientId("patient-1")
    )
    made = Entry(number=number, at_s=DaySecond(0), by=by, do="issue", events=(event,))
    return JournaledEntry(day_on=day_on, written_at=AT, entry=made)


def fact(by: str, name: str, **body: object) -> JournaledFact:
    return JournaledFact(day_on=DAY, written_at=AT, by=by, name=name, body=body)


def found(journal: SqliteJournal, **parts: Any) -> list[str]:
    asked: dict[str, Any] = {"day_on": DAY, "count_max": 100} | parts
    selection = Selection(**asked)
    return [
        one.written.entry.events[0].ticket  # type: ignore[attr-defined]
        if isinstance(one.written, JournaledEntry)
        else one.written.name
        for one in journal.rows(selection)
    ]


@pytest.fixture
def filled(journal: SqliteJournal) -> SqliteJournal:
    journal.append(Batch(entries=[entry(1, "records", "q-1:A001")]))
    journal.append(Batch(facts=[fact("nurse:li", "NamesSeen", areas=["area-a"], tickets=[])]))
    journal.append(Batch(entries=[entry(2, "nurse:li", "q-1:A0011")]))
    journal.append(
        Batch(
            entries=[entry(3, "kiosk-01", "q-1:A002")],
            facts=[fact("li", "Noted", area="area-a", tickets=["q-1:A001"])],
        )
    )
    journal.append(Batch(entries=[entry(1, "nurse:li", "q-1:A003", OTHER_DAY)]))
    return journal


def test_entries_and_facts_come_together_the_latest_first(filled: SqliteJournal) -> None:
    assert found(filled) == ["Noted", "q-1:A002", "q-1:A0011", "NamesSeen", "q-1:A001"]
    assert found(filled, day_on=OTHER_DAY) == ["q-1:A003"]
    assert found(filled, day_on=date(2020, 1, 1)) == []


def test_pages_follow_each_other_without_a_gap_or_a_row_twice(filled: SqliteJournal) -> None:
    pages: list[list[int]] = []
    before: int | None = None
    while page := filled.rows(Selection(day_on=DAY, before=before, count_max=2)):
        pages.append([row.number for row in page])
        before = page[-1].number

    assert [len(page) for page in pages] == [2, 2, 1]
    numbers = [number for page in pages for number in page]
    assert numbers == sorted(set(numbers), reverse=True)


def test_somebody_is_found_with_and_without_his_role(filled: SqliteJournal) -> None:
    assert found(filled, by="nurse:li") == ["q-1:A0011", "NamesSeen"]
    assert found(filled, by="li") == ["Noted", "q-1:A0011", "NamesSeen"]
    assert found(filled, by="doctor:li") == []
    assert found(filled, by="%") == []


def test_people_and_devices_are_told_apart(filled: SqliteJournal) -> None:
    assert found(filled, is_by_person=True) == ["q-1:A0011", "NamesSeen"]
    assert found(filled, is_by_person=False) == ["Noted", "q-1:A002", "q-1:A001"]


def test_a_text_is_found_as_a_whole_only(filled: SqliteJournal) -> None:
    assert found(filled, texts=("q-1:A001",)) == ["Noted", "q-1:A001"]
    assert found(filled, texts=("q-1:A001", "q-1:A002")) == ["Noted", "q-1:A002", "q-1:A001"]
    assert found(filled, texts=("A001",)) == []
    assert found(filled, texts=('q-1:A001"',)) == []


def test_a_text_may_count_in_facts_of_one_kind_only(filled: SqliteJournal) -> None:
    places = ("NamesSeen", frozenset({"area-a"}))

    assert found(filled, texts=("q-1:A002",), texts_of_kind=places) == ["q-1:A002", "NamesSeen"]


def test_kinds_are_the_names_of_acts_and_facts(filled: SqliteJournal) -> None:
    assert found(filled, kinds=frozenset({"issue", "Noted"}), by="li") == ["Noted", "q-1:A0011"]
