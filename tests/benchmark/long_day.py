"""A journal of a long day: so many events that a restart has something to read.

Decided by the real rules, visit by visit: issued, checked in, called, seen, sent for results, back,
called again, done. That is eleven events in nine entries, and two identifications.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from queue_server.journal.journal import Batch, JournaledEntry
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide_and_apply
from queue_server.rules.queue import Day, Queue
from queue_server.rules.terms import DaySecond, DeviceId
from queue_server.service.facts import Identified, written_fact
from queue_server.service.now import open_now
from queue_server.service.setup import Setup, make_setup
from tests.benchmark.hospital import OPENS_S, BenchHospital, Visit

EVENTS_OF_A_VISIT: Final = 11
WAVE: Final = 40
"""So many of a queue wait at the same time."""
COMMIT_ENTRIES: Final = 2000
DAY_S: Final = 10 * 3600
KIOSK: Final = DeviceId("kiosk-00")


def write_long_day(hospital: BenchHospital) -> int:
    """Write what all visits of `hospital` lead to; return the number of events."""
    setup = make_setup(hospital.site)
    journal = SqliteJournal(hospital.journal_file)
    journal.open(hospital.now())
    try:
        return _Writing(hospital, setup, journal).write_all()
    finally:
        journal.close()


class _Writing:
    def __init__(self, hospital: BenchHospital, setup: Setup, journal: SqliteJournal) -> None:
        self._hospital = hospital
        self._setup = setup
        self._journal = journal
        self._now = open_now(setup, hospital.day_on, {})
        self._day = self._now.day
        self._batch = Batch()
        self._event_count = 0
        self._session_count = 0
        self._done = 0.0

    def write_all(self) -> int:
        queues = len(self._hospital.site.queues)
        visits = self._hospital.visits
        size = WAVE * queues
        for first in range(0, len(visits), size):
            self._done = first / len(visits)
            self._write_wave(visits[first : first + size])
        self._journal.append(self._batch)
        return self._event_count

    def _write_wave(self, visits: tuple[Visit, ...]) -> None:
        # Those who are done stay in the journal; the rules need not carry them along here.
        queues = {queue: Queue(id=queue) for queue in self._setup.queues}
        self._day = Day(queues=queues, entry_count=self._day.entry_count)
        for command in _acts(visits):
            self._act(command)

    def _act(self, command: asked.TicketCommand | asked.IssueTicket) -> None:
        at_s = DaySecond(OPENS_S + int(self._done * DAY_S))
        act = Act(command=command, at_s=at_s, by=KIOSK)
        entry, self._day = decide_and_apply(self._day, act, self._setup.policies)
        at = self._at(at_s)
        self._batch.entries.append(
            JournaledEntry(day_on=self._hospital.day_on, written_at=at, entry=entry)
        )
        self._event_count += len(entry.events)
        if isinstance(command, asked.CheckIn):
            self._identify(at, command)
        if len(self._batch.entries) >= COMMIT_ENTRIES:
            self._journal.append(self._batch)
            self._batch = Batch()

    def _identify(self, at: datetime, command: asked.CheckIn) -> None:
        self._session_count += 1
        patient = self._day.queues[command.queue].tickets[command.ticket].patient
        assert patient is not None
        fact = Identified(session_id=f"{self._session_count:032x}", device=KIOSK, patient=patient)
        self._batch.facts.append(written_fact(fact, self._now, at, KIOSK))

    def _at(self, at_s: DaySecond) -> datetime:
        return self._hospital.now() + timedelta(seconds=at_s - OPENS_S)


def _acts(visits: tuple[Visit, ...]) -> Iterator[asked.TicketCommand | asked.IssueTicket]:
    for visit in visits:
        yield asked.IssueTicket(
            queue=visit.queue,
            ticket=visit.ticket,
            number=visit.ticket.partition(":")[2],
            slot=visit.slot,
            patient=visit.patient,
        )
    for visit in visits:
        yield asked.CheckIn(queue=visit.queue, ticket=visit.ticket)
    for visit in visits:
        yield asked.CallTicket(queue=visit.queue, ticket=visit.ticket)
        yield asked.Start(queue=visit.queue, ticket=visit.ticket)
        yield asked.SendForResults(queue=visit.queue, ticket=visit.ticket)
        yield asked.NoteResultsReady(queue=visit.queue, ticket=visit.ticket)
    for visit in visits:
        yield asked.CheckIn(queue=visit.queue, ticket=visit.ticket)
    for visit in visits:
        yield asked.CallTicket(queue=visit.queue, ticket=visit.ticket)
        yield asked.Finish(queue=visit.queue, ticket=visit.ticket)
