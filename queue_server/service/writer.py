"""The one writer's work, a step at a time: request → rules → journal → reply and boards.

A step decides a batch of jobs, writes all of it in one commit, and only then answers and
publishes. If the commit fails nothing is answered: the journal is the truth, and a restart
replays it. No thread and no clock in here: `queue_service.py` drives it by the real ones, the
simulation by its own.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from msgspec import structs

from queue_server.contract import topics
from queue_server.contract.codec import encode
from queue_server.contract.device_messages import Command, Heard
from queue_server.journal.hash_chain import START
from queue_server.records.records import RecordsUnavailable
from queue_server.rules.absence import is_overdue
from queue_server.rules.commands import ReportAbsence
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import AbsenceKind, DeviceId
from queue_server.service.announcing import Announcing
from queue_server.service.answers import (
    Answer,
    answer_browser,
    answer_device,
    answer_note,
    answer_unreadable,
    handed_over,
)
from queue_server.service.clinic_day import clinic_day, local_time
from queue_server.service.day_records import known_patients, load_day, missing_tickets
from queue_server.service.device_state import with_said
from queue_server.service.draft import Draft
from queue_server.service.facts import DeviceCommanded
from queue_server.service.jobs import (
    Acted,
    Asked,
    DayLoaded,
    DeviceSaid,
    Job,
    Kept,
    LineIsUp,
    MoneyQuestion,
    Noted,
    Unreadable,
)
from queue_server.service.lookups import Question, looked_up, question
from queue_server.service.now import Now, open_now, with_patients
from queue_server.service.parts import Parts
from queue_server.service.policy_book import require_fitting, setup_under
from queue_server.service.policy_facts import PoliciesCarried, carried_book
from queue_server.service.replay import replayed
from queue_server.service.setup import Setup

COMMAND_LIFE_S: Final = 30
"""How long a device may take to obey; a device that comes back later must not."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


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
        self._metrics = parts.metrics
        self._announcing = Announcing(
            setup,
            parts.door,
            card_keys=parts.cards.public_keys(),
            repeat_s=parts.repeat_s,
            pulse_s=parts.pulse_s,
            metrics=parts.metrics,
        )
        self._loading_day: date | None = None
        self._now: Now | None = None
        self._snapshot_due_at: float | None = None
        self._looked_for_late_s: int | None = None
        self._kept_changes = 0
        """The revision of the day that the last snapshot holds."""
        self.listeners: list[Callable[[Now], None]] = []
        """Each is called after each commit."""

    @property
    def setup(self) -> Setup:
        """The site under the policies that are in force."""
        return self._setup

    @property
    def now(self) -> Now:
        """The running day as it is on disk."""
        assert self._now is not None, "open() comes first"
        return self._now

    def clock(self) -> datetime:
        """Return the present instant at the site."""
        return local_time(self._setup.site, self._parts.clock())

    def open(self) -> None:
        """Replay the day, then open the door.

        Raises:
            PolicyError: a saved version of the policies does not go with the site file any more.
        """
        day_on = clinic_day(self._setup.site, self._parts.clock())
        try:
            self._open(load_day(self._parts.records, day_on))
        except RecordsUnavailable:
            _log.error("the records can't be asked: tickets show numbers only until they can")
            self._open(DayLoaded(day_on=day_on, appointments=(), patients={}))
            self._loading_day = None
        self._announcing.changed(self.now, self.clock())
        if self._parts.payments is not None:
            self._parts.payments.open(self._put)
        self._parts.door.open(self._put)

    def _open(self, loaded: DayLoaded) -> None:
        """Make the day the running one: from the journal, then with what is missing in it."""
        opened = open_now(self._setup, loaded.day_on, loaded.patients)
        now = self._replayed(opened)
        try:
            now = with_patients(now, known_patients(self._parts.records, now))
        except RecordsUnavailable:
            _log.error("some patients can't be looked up: their tickets show numbers only")
        if self._now is not None:
            # What a new day does not change.
            now = structs.replace(now, devices=self._now.devices, alarms=self._now.alarms)
        draft = Draft(self._setup, self._parts.journal, now, self._parts.clock())
        if not now.policy_book.versions:
            carried = carried_book(self._parts.journal, now.day_on)
            if carried is not None:
                draft.note(PoliciesCarried(book=carried), by="rule")
        require_fitting(self._setup.site, draft.now.policy_book)
        draft.setup = setup_under(self._setup, draft.now.policy_book)
        for command in missing_tickets(self._setup, now, loaded.appointments):
            draft.act(command, by="records")
        if not draft.batch.is_empty():
            self._parts.journal.append(draft.batch)
        self._now = draft.now
        self._use(draft.setup)
        self._loading_day = loaded.day_on

    def _use(self, setup: Setup) -> None:
        """Go by the policies that are in force once that is on disk."""
        if setup is not self._setup:
            self._setup = setup
            self._announcing.use(setup)

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
        draft.let_policy_take_effect()
        self._note_who_is_late(draft)
        draft.look_up_replies([job for job in jobs if isinstance(job, Asked)])
        answers = [self._decided(job, draft) for job in jobs]
        if not draft.batch.is_empty():
            began_s = self._monotonic()
            self._parts.journal.append(draft.batch)
            self._metrics.committed(len(jobs), self._monotonic() - began_s)
        is_changed = draft.now is not self._now
        self._now = draft.now
        self._use(draft.setup)
        if is_changed:
            # A call first: a whole waiting room looks up to it.
            self._announcing.changed(self.now, at)
        for answer in answers:
            answer()
        for job in jobs:
            if isinstance(job, DayLoaded):
                self._open(job)
                self._announcing.changed(self.now, at)
                is_changed = True
            elif isinstance(job, LineIsUp):
                self._announcing.tell_everything(at)
        if is_changed:
            for listener in list(self.listeners):
                listener(self.now)
        self._announcing.publish_due_boards(self._monotonic, at)
        self._keep_snapshot_if_due()

    def _note_who_is_late(self, draft: Draft) -> None:
        """Once a second, tell of each doctor not seen yet though his clinic should have begun."""
        if draft.at_s == self._looked_for_late_s:
            return
        self._looked_for_late_s = draft.at_s
        for queue_id, queue in draft.now.day.queues.items():
            if is_overdue(queue, draft.setup.policies[queue_id], draft.at_s):
                draft.act(ReportAbsence(queue=queue_id, kind=AbsenceKind.LATE), by="rule")

    def draft(self, at: datetime) -> Draft:
        """Return the state in which the next batch is decided."""
        parts = self._parts
        return Draft(self._setup, parts.journal, self.now, at, parts.receipts)

    def _decided(  # noqa: C901, PLR0911 - one line a kind of job
        self, job: Job, draft: Draft
    ) -> Callable[[], None]:
        """Decide a job in `draft` and return what to do once that is on disk."""
        match job:
            case Asked() if (ask := question(self._parts, draft, job)) is not None:
                self._lookups.submit(self._look_up, job, ask)
                return _nothing
            case Asked(request=request, told=None) if isinstance(request.body, MoneyQuestion):
                return self._asked_about_money(job, draft)
            case Asked():
                answer = answer_device(draft, job)
                return lambda: self._answer(job, answer)
            case Unreadable(request_id=""):
                return lambda: self._parts.door.acknowledge(job.delivery)
            case Unreadable():
                payload = answer_unreadable(draft, job.request_id, job.detail)
                return lambda: self._reply(job.device, payload, job.delivery)
            case Acted():
                settle, outcome = _settled(job.answer, lambda: answer_browser(draft, job))
                self._metrics.acted(type(job.command).__name__, outcome)
                return settle
            case Noted():
                return self._noted(job, draft)
            case Kept(facts=facts, answer=answer_kept):
                draft.batch.facts.extend(facts)
                return lambda: answer_kept.set_result(None)
            case DeviceSaid(device=device, said=said, is_retained=is_retained):
                devices = with_said(
                    draft.now.devices, device, said, draft.at, is_retained=is_retained
                )
                draft.now = structs.replace(draft.now, devices=devices)
                if isinstance(said, Heard):
                    self._metrics.heard(said)
                return _nothing
            case _:
                return _nothing

    def _asked_about_money(self, job: Asked, draft: Draft) -> Callable[[], None]:
        refused = handed_over(draft, job, self._parts.payments)
        if refused is None:
            return _nothing
        answer = answer_device(draft, replace(job, told=refused))
        return lambda: self._answer(job, answer)

    def _answer(self, job: Asked, answer: Answer) -> None:
        self._reply(job.device, answer.payload, job.delivery)
        kind = type(job.request.body).__struct_config__.tag
        self._metrics.answered(str(kind), answer.outcome, self._monotonic() - job.arrived_s)

    def _reply(self, device: DeviceId, payload: bytes, delivery: int) -> None:
        self._parts.door.publish(topics.reply(self._setup.site.id, device), payload)
        self._parts.door.acknowledge(delivery)

    def _noted(self, job: Noted, draft: Draft) -> Callable[[], None]:
        settle, _ = _settled(job.answer, lambda: answer_note(draft, job))
        if not isinstance(job.fact, DeviceCommanded):
            return settle
        expires_at = draft.at + timedelta(seconds=COMMAND_LIFE_S)
        command = encode(Command(do=job.fact.do, expires_at=expires_at))
        topic = topics.command(self._setup.site.id, job.fact.device)

        def command_and_settle() -> None:
            self._parts.door.publish(topic, command)
            settle()

        return command_and_settle

    def _look_up(self, job: Asked, ask: Question) -> None:
        """Ask the records in a thread of their own, then put the job back into the inbox."""
        self._put(looked_up(job, ask))

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


def _settled(answer: "Future[T]", decide: Callable[[], T]) -> tuple[Callable[[], None], str]:
    """Decide now; return what settles the future once it is on disk, and `ok` or the refusal."""
    try:
        result = decide()
    except Refused as refused:
        error = refused
        return lambda: answer.set_exception(error), refused.code
    return lambda: answer.set_result(result), "ok"


def _nothing() -> None:
    pass
