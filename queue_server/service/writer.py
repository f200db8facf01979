"""The one writer's work, a step at a time: request → rules → journal → reply and boards.

A step decides a batch of jobs, writes all of it in one commit, and only then answers and
publishes. If the commit fails nothing is answered: the journal is the truth, and a restart
replays it. No thread and no clock in here: `queue_service.py` drives it by the real ones, the
simulation by its own.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, TypeVar

from queue_server.contract import topics
from queue_server.contract.messages import DeviceStatus, Identify
from queue_server.journal.hash_chain import START, Link
from queue_server.journal.journal import Journal, JournaledEntry, JournalUnusable
from queue_server.records.records import Records, RecordsUnavailable
from queue_server.records.virtual_card import CardReader
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, RefusalCode
from queue_server.service.announcing import REPEAT_S, Announcing
from queue_server.service.answers import Draft
from queue_server.service.clinic_day import clinic_day, local_time
from queue_server.service.day_records import known_patients, load_day, missing_tickets
from queue_server.service.door import Door
from queue_server.service.facts import with_fact
from queue_server.service.identification import Found, identify
from queue_server.service.jobs import (
    Acted,
    Asked,
    DayLoaded,
    DeviceSaid,
    Job,
    LineIsUp,
    Noted,
    Unreadable,
)
from queue_server.service.now import Now, open_now, with_entries, with_patient
from queue_server.service.setup import Setup
from queue_server.service.snapshot import Snapshots

SNAPSHOT_EVERY_S: Final = 300.0
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
    alive: Callable[[], None] = lambda: None
    """Called at each turn of the loop, for whoever restarts a server that hangs."""
    repeat_s: float = REPEAT_S
    """How often everything retained is told again."""
    snapshots: Snapshots | None = None
    """Where the day is kept so that a restart is quick; None: a restart reads the journal."""
    snapshot_every_s: float = SNAPSHOT_EVERY_S


class Writer:
    """Owns the running day. `open()` before anything else; one thread at a time.

    Args:
        setup: the site.
        parts: what it works with.
        lookups: where the records are asked, which may take long.
        monotonic: gives seconds that only go forward.
        put: takes a job for a later step.
    """

    def __init__(
        self,
        setup: Setup,
        parts: Parts,
        *,
        lookups: Executor,
        monotonic: Callable[[], float],
        put: Callable[[Job], None],
    ) -> None:
        self._setup = setup
        self._parts = parts
        self._lookups = lookups
        self._monotonic = monotonic
        self._put = put
        self._announcing = Announcing(setup, parts.door, parts.repeat_s)
        self._loading_day: date | None = None
        self._now: Now | None = None
        self._snapshot_due_at: float | None = None
        self._kept_changes = 0
        """The revision of the day that the last snapshot holds."""
        self.listeners: list[Callable[[Now], None]] = []
        """Each is called after each commit."""

    @property
    def now(self) -> Now:
        """The running day as it is on disk."""
        assert self._now is not None, "open() comes first"
        return self._now

    def clock(self) -> datetime:
        """Return the present instant at the site."""
        return local_time(self._setup.site, self._parts.clock())

    def open(self) -> None:
        """Replay the day, then open the door."""
        day_on = clinic_day(self._setup.site, self._parts.clock())
        try:
            self._open(load_day(self._parts.records, day_on))
        except RecordsUnavailable:
            _log.error("the records can't be asked: tickets show numbers only until they can")
            self._open(DayLoaded(day_on=day_on, appointments=(), patients={}))
            self._loading_day = None
        self._announcing.changed(self.now, self.clock())
        self._parts.door.open(self._put)

    def _open(self, loaded: DayLoaded) -> None:
        """Make the day the running one: from the journal, then with what is missing in it."""
        opened = open_now(self._setup, loaded.day_on, loaded.patients)
        now = self._replayed(opened)
        try:
            for patient in known_patients(self._parts.records, now).values():
                now = with_patient(now, patient)
        except RecordsUnavailable:
            _log.error("some patients can't be looked up: their tickets show numbers only")
        devices = self._now.devices if self._now is not None else {}
        now = replace(now, devices=devices)
        draft = Draft(self._setup, self._parts.journal, now, self._parts.clock())
        for command in missing_tickets(self._setup, now, loaded.appointments):
            draft.act(command, by="records")
        if not draft.batch.is_empty():
            self._parts.journal.append(draft.batch)
        self._now = draft.now
        self._loading_day = loaded.day_on

    def _replayed(self, opened: Now) -> Now:
        """Return the day as its journal tells it, the most of it from a snapshot if that fits."""
        journal, snapshots = self._parts.journal, self._parts.snapshots
        kept = snapshots.read(journal, opened) if snapshots is not None else None
        return replayed(self._setup, journal, *(kept or (opened, START)))

    def keep_snapshot(self) -> None:
        """Keep the day, so that the next start is quick. May block."""
        if self._parts.snapshots is not None and self.now.change_count != self._kept_changes:
            self._kept_changes = self.now.change_count
            self._parts.snapshots.write(self.now, self._parts.journal.head())

    def _keep_snapshot_if_due(self) -> None:
        snapshots, clock_s, due_at = self._parts.snapshots, self._monotonic(), self._snapshot_due_at
        if snapshots is None or (due_at is not None and clock_s < due_at):
            return
        self._snapshot_due_at = clock_s + self._parts.snapshot_every_s
        if due_at is not None and self.now.change_count != self._kept_changes:
            self._kept_changes = self.now.change_count
            self._lookups.submit(snapshots.write, self.now, self._parts.journal.head())

    def wait_s(self) -> float | None:
        """Return the seconds until a step is due though nothing comes in; None: no such step."""
        return self._announcing.wait_s(self._monotonic())

    def step(self, jobs: list[Job]) -> None:
        """Decide `jobs`, write what follows in one commit, then answer and publish.

        Raises:
            JournalUnusable: nothing was written, nobody was answered; the process has to stop.
        """
        self._look_at_the_calendar()
        at = self.clock()
        draft = self.draft(at)
        draft.look_up_replies([job for job in jobs if isinstance(job, Asked)])
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
            for listener in list(self.listeners):
                listener(self.now)
        self._announcing.publish_due_boards(self._monotonic, at)
        self._keep_snapshot_if_due()

    def draft(self, at: datetime) -> Draft:
        """Return the state in which the next batch is decided."""
        return Draft(self._setup, self._parts.journal, self.now, at)

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
        self._parts.door.publish(topics.reply(self._setup.site.id, device), payload)
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
        self._put(replace(job, found=found))

    def _look_at_the_calendar(self) -> None:
        """When the clinic day is over, read the next one outside the loop."""
        day_on = clinic_day(self._setup.site, self._parts.clock())
        if day_on != self._loading_day:
            self._loading_day = day_on
            self._lookups.submit(self._load, day_on)

    def _load(self, day_on: date) -> None:
        try:
            self._put(load_day(self._parts.records, day_on))
        except Exception as error:  # noqa: BLE001  # a day that never begins would be silent
            what = type(error).__name__
            _log.error("the records of %s can't be read (%s); trying again", day_on, what)
            self._loading_day = None


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
    """
    entries = journal.entries(now.day_on, now.day.entry_count)
    now = with_entries(setup, now, (_with_known_queues(setup, one) for one in entries))
    for fact in journal.facts(now.day_on, after.number):
        now = with_fact(now, fact)
    return now


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
