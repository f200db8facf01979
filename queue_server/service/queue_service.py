"""The queue service: one thread that owns the queues, and an inbox that anybody may fill.

The thread takes what is in the inbox and has the writer do a step. If the journal can't be
written the process stops without answering: a restart replays what is on disk.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Final

from queue_server.contract import topics
from queue_server.contract.codec import encode
from queue_server.contract.device_messages import Command as DeviceCommand
from queue_server.journal.journal import (
    JournaledEntry,
    JournaledFact,
    JournalUnusable,
    Row,
    Selection,
)
from queue_server.records.records import Patient, Records
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import DeviceAct, DeviceId, RequestId, TicketId
from queue_server.service.facts import AnyFact
from queue_server.service.jobs import Acted, Job, Kept, Noted, StopService, firm_future
from queue_server.service.now import Now, open_now
from queue_server.service.parts import Parts
from queue_server.service.replay import replayed
from queue_server.service.setup import Setup
from queue_server.service.writer import COMMAND_LIFE_S, Writer

BATCH_MAX: Final = 256
TICK_S: Final = 1.0
"""How often the loop looks at the clock when nothing comes in."""

_log = logging.getLogger(__name__)


class QueueService:
    """The queues of a site, kept by one thread. `start()` before anything else."""

    def __init__(self, setup: Setup, parts: Parts) -> None:
        self._parts = parts
        self._inbox: SimpleQueue[Job] = SimpleQueue()
        self._lookups = ThreadPoolExecutor(2, thread_name_prefix="records")
        self._writer = Writer(
            setup, parts, lookups=self._lookups, monotonic=time.monotonic, put=self._inbox.put
        )
        self._thread = threading.Thread(target=self._run, name="writer")

    # --- what others may ask, from any thread ----------------------------------------------------

    @property
    def setup(self) -> Setup:
        """The site under the policies that are in force."""
        return self._writer.setup

    @property
    def now(self) -> Now:
        """The running day as it is on disk."""
        return self._writer.now

    @property
    def records(self) -> Records:
        """The hospital's records; asking them may block."""
        return self._parts.records

    def clock(self) -> datetime:
        """Return the present instant at the site."""
        return self._writer.clock()

    def act(
        self, command: Command, *, by: str, request_id: RequestId, patient: Patient | None = None
    ) -> "Future[Entry]":
        """Do what somebody asks, once for each `request_id`; the future may raise `Refused`.

        `patient` is whom a walk-in is about: he is not among those expected today.
        """
        answer: Future[Entry] = firm_future()
        acted = Acted(command=command, by=by, request_id=request_id, answer=answer, patient=patient)
        self._inbox.put(acted)
        return answer

    def note(self, fact: AnyFact, *, by: str) -> "Future[None]":
        """Keep a fact."""
        answer: Future[None] = firm_future()
        self._inbox.put(Noted(fact=fact, by=by, answer=answer))
        return answer

    def keep(self, facts: Sequence[JournaledFact]) -> "Future[None]":
        """Write facts as they are, all or none."""
        answer: Future[None] = firm_future()
        self._inbox.put(Kept(facts=facts, answer=answer))
        return answer

    def ask_for_screenshot(self, device: DeviceId) -> None:
        """Ask a device for a picture of its window, now or never; the journal does not tell of it.

        Nothing personal is on the picture, and a preview asks every few seconds.
        """
        expires_at = self.clock() + timedelta(seconds=COMMAND_LIFE_S)
        command = DeviceCommand(do=DeviceAct.SCREENSHOT, expires_at=expires_at)
        topic = topics.command(self.setup.site.id, device)
        self._parts.door.publish(topic, encode(command))

    def listen(self, listener: Callable[[Now], None]) -> Callable[[], None]:
        """Call `listener` after each commit, in the writer's thread; returns how to stop it."""
        self._writer.listeners.append(listener)
        return lambda: self._writer.listeners.remove(listener)

    def entries(
        self, day_on: date | None = None, ticket: TicketId | None = None, after: int = 0
    ) -> Iterator[JournaledEntry]:
        """Yield the entries of a day (the running one by default), or those about a ticket.

        `after` leaves out those up to that number. May block.
        """
        for written in self._parts.journal.entries(day_on or self.now.day_on, after):
            if ticket is None or any(
                getattr(event, "ticket", None) == ticket for event in written.entry.events
            ):
                yield written

    def rows(self, selection: Selection) -> list[Row]:
        """Return what the journal holds of a clinic day, the latest first. May block."""
        return self._parts.journal.rows(selection)

    def days(self) -> Sequence[date]:
        """Return the clinic days of the journal, the latest first. May block."""
        return self._parts.journal.days()

    def past_day(self, day_on: date) -> Now:
        """Return a clinic day as its journal tells it. May block."""
        return replayed(self.setup, self._parts.journal, open_now(self.setup, day_on, {}))

    # --- start and stop --------------------------------------------------------------------------

    def start(self) -> None:
        """Replay the day, open the door and begin to work."""
        self._writer.open()
        self._thread.start()

    def stop(self) -> None:
        """Finish what has come in, then close the door."""
        self._inbox.put(StopService())
        self._thread.join()
        self._lookups.shutdown()
        self._writer.keep_snapshot()
        self._parts.door.close()

    # --- the loop --------------------------------------------------------------------------------

    def _run(self) -> None:
        is_running = True
        while is_running:
            jobs = self._take()
            is_running = not any(isinstance(job, StopService) for job in jobs)
            try:
                self._writer.step(jobs)
            except JournalUnusable as error:
                self._parts.fatal(error)
                return
            except Exception as error:  # noqa: BLE001  # a bug must stop the process, not this thread alone
                _log.critical("the writer has failed: %s", type(error).__name__, exc_info=error)
                self._parts.fatal(error)
                return
            self._parts.alive()

    def _take(self) -> list[Job]:
        """Wait for a job, a due board or the next tick; take what else has come in."""
        wait_s = self._writer.wait_s()
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
