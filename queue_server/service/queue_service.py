"""The one loop: request → rules → journal → reply and boards.

One thread owns the state. It takes what is in the inbox, decides each job, writes all of it
in one commit, and only then answers and publishes. If the commit fails the process stops
without answering: the journal is the truth, and a restart replays it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from queue_server.contract import topics
from queue_server.contract.messages import DeviceStatus, Identify
from queue_server.journal.journal import Journal, JournaledEntry, JournalUnusable
from queue_server.records.records import Records, RecordsUnavailable
from queue_server.records.virtual_card import CardReader
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, RefusalCode, RequestId, TicketId
from queue_server.service.announcing import Announcing
from queue_server.service.answers import Draft
from queue_server.service.clinic_day import clinic_day, local_time
from queue_server.service.day_records import known_patients, load_day, missing_tickets
from queue_server.service.door import Door
from queue_server.service.facts import AnyFact, with_fact
from queue_server.service.identification import Found, identify
from queue_server.service.jobs import (
    Acted,
    Asked,
    DayLoaded,
    DeviceSaid,
    Job,
    LineIsUp,
    Noted,
    StopService,
    Unreadable,
    firm_future,
)
from queue_server.service.now import Now, open_now, with_entry, with_patient
from queue_server.service.setup import Setup

BATCH_MAX: Final = 256
TICK_S: Final = 1.0
"""How often the loop looks at the clock when nothing comes in."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the service works with; bootstrap chooses them."""

    journal: Journal
    records: Records
    cards: CardReader
    door: Door
    clock: Callable[[], datetime]
    fatal: Callable[[Exception], None]
    """Called when the journal can't be written: the process has to stop without answering."""


class QueueService:
    """The queues of a site, kept by one thread. `start()` before anything else."""

    def __init__(self, setup: Setup, parts: Parts) -> None:
        self.setup = setup
        self._parts = parts
        self._inbox: SimpleQueue[Job] = SimpleQueue()
        self._announcing = Announcing(setup, parts.door)
        self._lookups = ThreadPoolExecutor(2, thread_name_prefix="records")
        self._writer = threading.Thread(target=self._run, name="writer")
        self._listeners: list[Callable[[Now], None]] = []
        self._loading_day: date | None = None
        self._now: Now | None = None

    # --- what others may ask, from any thread ----------------------------------------------------

    @property
    def now(self) -> Now:
        """The running day as it is on disk."""
        assert self._now is not None, "start() comes first"
        return self._now

    @property
    def records(self) -> Records:
        """The hospital's records; asking them may block."""
        return self._parts.records

    def clock(self) -> datetime:
        """Return the present instant at the site."""
        return local_time(self.setup.site, self._parts.clock())

    def act(self, command: Command, *, by: str, request_id: RequestId) -> "Future[Entry]":
        """Do what somebody asks, once for each `request_id`; the future may raise `Refused`."""
        answer: Future[Entry] = firm_future()
        self._inbox.put(Acted(command=command, by=by, request_id=request_id, answer=answer))
        return answer

    def note(self, fact: AnyFact, *, by: str) -> "Future[None]":
        """Keep a fact."""
        answer: Future[None] = firm_future()
        self._inbox.put(Noted(fact=fact, by=by, answer=answer))
        return answer

    def listen(self, listener: Callable[[Now], None]) -> Callable[[], None]:
        """Call `listener` after each commit, in the writer's thread; returns how to stop it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def entries(
        self, day_on: date | None = None, ticket: TicketId | None = None
    ) -> Iterator[JournaledEntry]:
        """Yield the entries of a day (the running one by default), or those about a ticket."""
        for written in self._parts.journal.entries(day_on or self.now.day_on):
            if ticket is None or any(
                getattr(event, "ticket", None) == ticket for event in written.entry.events
            ):
                yield written

    def past_day(self, day_on: date) -> Now:
        """Return a clinic day as its journal tells it. May block."""
        return self._replayed(open_now(self.setup, day_on, {}))

    # --- start and stop --------------------------------------------------------------------------

    def start(self) -> None:
        """Replay the day, open the door and begin to work."""
        day_on = clinic_day(self.setup.site, self._parts.clock())
        try:
            self._open(load_day(self._parts.records, day_on))
        except RecordsUnavailable:
            _log.error("the records can't be asked: tickets show numbers only until they can")
            self._open(DayLoaded(day_on=day_on, appointments=(), patients={}))
            self._loading_day = None
        self._announcing.changed(self.now, self.clock())
        self._parts.door.open(self._inbox.put)
        self._writer.start()

    def stop(self) -> None:
        """Finish what has come in, then close the door."""
        self._inbox.put(StopService())
        self._writer.join()
        self._lookups.shutdown()
        self._parts.door.close()

    def _open(self, loaded: DayLoaded) -> None:
        """Make the day the running one: from the journal, then with what is missing in it."""
        now = self._replayed(open_now(self.setup, loaded.day_on, loaded.patients))
        try:
            for patient in known_patients(self._parts.records, now).values():
                now = with_patient(now, patient)
        except RecordsUnavailable:
            _log.error("some patients can't be looked up: their tickets show numbers only")
        devices = self._now.devices if self._now is not None else {}
        now = replace(now, devices=devices)
        draft = Draft(self.setup, self._parts.journal, now, self._parts.clock())
        for command in missing_tickets(self.setup, now, loaded.appointments):
            draft.act(command, by="records")
        if not draft.batch.is_empty():
            self._parts.journal.append(draft.batch)
        self._now = draft.now
        self._loading_day = loaded.day_on

    def _replayed(self, now: Now) -> Now:
        for written in self._parts.journal.entries(now.day_on):
            now = with_entry(self.setup, now, written)
        for fact in self._parts.journal.facts(now.day_on):
            now = with_fact(now, fact)
        return now

    # --- the loop --------------------------------------------------------------------------------

    def _run(self) -> None:
        is_running = True
        while is_running:
            jobs = self._take()
            is_running = not any(isinstance(job, StopService) for job in jobs)
            try:
                self._work(jobs)
            except JournalUnusable as error:
                self._parts.fatal(error)
                return
            except Exception as error:  # noqa: BLE001  # a bug must stop the process, not this thread alone
                _log.critical("the writer has failed: %s", type(error).__name__, exc_info=error)
                self._parts.fatal(error)
                return

    def _take(self) -> list[Job]:
        """Wait for a job, a due board or the next tick; take what else has come in."""
        wait_s = self._announcing.wait_s(time.monotonic())
        try:
            jobs = [self._inbox.get(timeout=TICK_S if wait_s is None else min(wait_s, TICK_S))]
        except Empty:
            return []
        while len(jobs) < BATCH_MAX:
            try:
                jobs.append(self._inbox.get_nowait())
            except Empty:
                break
        return jobs

    def _work(self, jobs: list[Job]) -> None:
        self._look_at_the_calendar()
        at = self.clock()
        draft = Draft(self.setup, self._parts.journal, self.now, at)
        answers = [self._decided(job, draft) for job in jobs]
        if not draft.batch.is_empty():
            self._parts.journal.append(draft.batch)
        is_changed = draft.now is not self._now
        self._now = draft.now
        for answer in answers:
            answer()
        for job in jobs:
            if isinstance(job, DayLoaded):
                self._open(job)
                is_changed = True
            elif isinstance(job, LineIsUp):
                self._announcing.tell_everything(at)
        if is_changed:
            self._announcing.changed(self.now, at)
            for listener in list(self._listeners):
                listener(self.now)
        self._announcing.publish_due_boards(time.monotonic(), at)

    def _decided(self, job: Job, draft: Draft) -> Callable[[], None]:
        """Decide a job in `draft` and return what to do once that is on disk."""
        match job:
            case Asked(request=request, found=None) if isinstance(request.body, Identify):
                self._lookups.submit(self._look_up, job, request.body)
                return _nothing
            case Asked():
                payload = draft.answer_device(job)
                return lambda: self._reply(job.device, payload, job.delivery)
            case Unreadable(request_id=""):
                return lambda: self._parts.door.acknowledge(job.delivery)
            case Unreadable():
                payload = draft.answer_unreadable(job.request_id, job.detail)
                return lambda: self._reply(job.device, payload, job.delivery)
            case Acted():
                return _settled(job.answer, lambda: draft.answer_browser(job))
            case Noted():
                return _settled(job.answer, lambda: draft.answer_note(job))
            case DeviceSaid(said=DeviceStatus() as status):
                devices: Mapping[DeviceId, DeviceStatus] = draft.now.devices
                draft.now = replace(draft.now, devices={**devices, job.device: status})
                return _nothing
            case _:
                return _nothing

    def _reply(self, device: DeviceId, payload: bytes, delivery: int) -> None:
        self._parts.door.publish(topics.reply(self.setup.site.id, device), payload)
        self._parts.door.acknowledge(delivery)

    def _look_up(self, job: Asked, asked: Identify) -> None:
        """Ask the records in a thread of their own, then put the job back into the inbox."""
        found: Found | Refused
        try:
            found = identify(self._parts.records, self._parts.cards, asked, self._parts.clock())
        except Refused as refused:
            found = refused
        except Exception as error:  # noqa: BLE001  # the patient must get an answer whatever the records do
            _log.error("the records failed: %s", type(error).__name__)
            found = Refused(RefusalCode.BUSY)
        self._inbox.put(replace(job, found=found))

    def _look_at_the_calendar(self) -> None:
        """When the clinic day is over, read the next one outside the loop."""
        day_on = clinic_day(self.setup.site, self._parts.clock())
        if day_on != self._loading_day:
            self._loading_day = day_on
            self._lookups.submit(self._load, day_on)

    def _load(self, day_on: date) -> None:
        try:
            self._inbox.put(load_day(self._parts.records, day_on))
        except RecordsUnavailable:
            _log.error("the records of %s can't be read; trying again", day_on)
            self._loading_day = None


def _settled(answer: "Future[T]", decide: Callable[[], T]) -> Callable[[], None]:
    """Decide now; return what settles the future once it is on disk."""
    try:
        result = decide()
    except Refused as refused:
        error = refused
        return lambda: answer.set_exception(error)
    return lambda: answer.set_result(result)


def _nothing() -> None:
    pass
