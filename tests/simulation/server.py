"""The queue server as a process that dies: real writer and journal, one life after the other."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, Final

from display.presenter import AreaPresenter
from kiosk.offline.desk import OfflineDesk
from queue_server.contract.virtual_card import CardReader
from queue_server.journal.journal import Journal, JournalUnusable
from queue_server.journal.snapshot_file import SnapshotFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.cashier import Cashier
from queue_server.records.virtual_card import public_key
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import RequestId
from queue_server.service.facts import AnyFact
from queue_server.service.jobs import Acted, Job, Noted, firm_future
from queue_server.service.parts import Parts
from queue_server.service.payment_desk import PaymentDesk
from queue_server.service.queue_service import BATCH_MAX
from queue_server.service.snapshot import Snapshots
from queue_server.service.writer import Writer
from tests.simulation.disk import Crash, Disk, FaultyJournal
from tests.simulation.hospital import CARD_KEY, Hospital, SimulatedRecords
from tests.simulation.kiosk_cash import FaultyNotes
from tests.simulation.kiosk_disk import FaultyOutbox
from tests.simulation.money import SimulatedMoney
from tests.simulation.network import Network
from tests.simulation.payments import ServerPayments
from tests.simulation.server_door import SimulatedDoor
from tests.simulation.strands import Strands
from tests.simulation.witness import Witness
from tests.simulation.world import Machine, World

RESTART_AFTER_S_MAX: Final = 20.0
NEVER_S: Final = 1e9
SNAPSHOT_EVERY_S: Final = 20.0
IDLE_S: Final = 10.0
"""How long the server sleeps when nothing comes in; the real one looks up each second."""
PULSE_S: Final = 20.0
"""How often the server says that it is there; slower than the real one, as its sleep is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What the hospital is built of; tests put broken parts in to see them noticed."""

    journal: type[SqliteJournal] = SqliteJournal
    door: type[SimulatedDoor] = SimulatedDoor
    writer: type[Writer] = Writer
    area_presenter: type[AreaPresenter] = AreaPresenter
    outbox: type[FaultyOutbox] = FaultyOutbox
    offline_desk: type[OfflineDesk] = OfflineDesk
    cashier: type[Cashier] = Cashier
    notes: type[FaultyNotes] = FaultyNotes
    repeat_s: float | None = None
    """How often boards are told again; None: the seed decides."""


class ServerGone(Exception):
    """The process is not there, or died before it answered."""


class Server:
    """Runs lives until it is cancelled."""

    def __init__(
        self,
        world: World,
        network: Network,
        hospital: Hospital,
        disk: Disk,
        witness: Witness,
        build: Build,
        money: SimulatedMoney,
    ) -> None:
        self.machine = Machine(world, "server")
        self.writer: Writer | None = None
        """None while the process is not there."""
        self.are_records_away = False
        self.payments: ServerPayments | None = None
        """Of the last life."""
        self._build = build
        self._money = money
        self._world = world
        self._network = network
        self._hospital = hospital
        self._disk = disk
        self._witness = witness
        self._chance = world.chance("server")
        repeat_s = self._chance.choice([10.0, 60.0, NEVER_S])
        self._snapshot = SnapshotFile(disk.path.with_suffix(".snapshot"))
        self._repeat_s = repeat_s if build.repeat_s is None else build.repeat_s
        self._inbox: deque[Job] = deque()
        self._came = asyncio.Event()
        self._answers: set[Future[Any]] = set()
        self._is_to_die = False
        self._is_to_end = False
        self._hangs_until_s = 0.0

    # --- what browsers ask -----------------------------------------------------------------------

    def act(self, command: Command, by: str, request_id: RequestId) -> "Future[Entry]":
        """Hand in what a browser asks; raises `ServerGone` if nobody is there."""
        answer: Future[Entry] = firm_future()
        self._hand_in(Acted(command=command, by=by, request_id=request_id, answer=answer), answer)
        return answer

    def note(self, fact: AnyFact, by: str) -> "Future[None]":
        """Hand in a fact; raises `ServerGone` if nobody is there."""
        answer: Future[None] = firm_future()
        self._hand_in(Noted(fact=fact, by=by, answer=answer), answer)
        return answer

    def _hand_in(self, job: Job, answer: Future[Any]) -> None:
        if self.writer is None:
            raise ServerGone
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)
        self._put(job)

    # --- lives and deaths ------------------------------------------------------------------------

    def kill(self) -> None:
        """Let the process die as soon as it does something."""
        self._is_to_die = True
        self._came.set()

    def stop(self) -> None:
        """Let the process end as a technician ends it."""
        self._is_to_end = True
        self._came.set()

    def hang(self, seconds: float) -> None:
        """Let the process stand still, while its line to the broker stays as it is."""
        self._hangs_until_s = self._world.loop.time() + seconds

    async def run(self) -> None:
        """Live, die, and start again."""
        while True:
            await self._live()
            await asyncio.sleep(self._chance.uniform(0.5, RESTART_AFTER_S_MAX))

    async def _live(self) -> None:
        journal = FaultyJournal(
            self._world,
            self._disk,
            self._build.journal,
            doubtful=self._witness.doubtful,
            durable=self._witness.durable,
        )
        door = self._build.door(
            self._network,
            self.machine,
            self._hospital.setup.site.id,
            pass_port=self._pass_port,
            watch=self._witness.published,
        )
        lookups = _Lookups(self._world)
        payments = self.payments = self._payments()
        try:
            journal.open(self.machine.now())
            self._witness.recovered(journal)
            desk = payments.desk_of(journal, door, self._writer_there, self.kill)
            writer = self._writer_of(journal, door, lookups, desk)
            writer.open()
            self.machine.tell("is there")
            self.writer = writer
            self._witness.check_now(writer.now)
            payments.start()
            await self._work(writer)
            writer.keep_snapshot()
            door.close()
            journal.close()
            self.machine.tell("has ended")
        except (Crash, JournalUnusable) as end:
            self._world.count("server deaths")
            self.machine.tell(f"dies: {type(end).__name__}")
            payments.end()
            door.die()
            journal.die()
            self._tear_snapshot()
        finally:
            payments.end()
            journal.close()
            self._leave_nothing(lookups)

    def _payments(self) -> ServerPayments:
        strands = Strands(
            self._world,
            self._chance,
            hangs_until_s=lambda: self._hangs_until_s,
            dies=self.kill,
        )
        site = self._hospital.setup.site
        return ServerPayments(
            self._world,
            self.machine,
            site,
            self._money,
            strands,
            self._pass_port,
            self._build.cashier,
        )

    def _writer_there(self) -> Writer:
        # A strand goes on only while the process is there.
        assert self.writer is not None
        if self._is_to_die:
            raise Crash
        return self.writer

    def _tear_snapshot(self) -> None:
        """Leave of the snapshot what a crash may leave of a file that was not synced."""
        path = self._disk.path.with_suffix(".snapshot")
        if path.exists() and self._chance.random() < 0.3:
            content = path.read_bytes()
            path.write_bytes(content[: self._chance.randrange(len(content))])
            self._world.count("torn snapshots")

    def _writer_of(
        self, journal: Journal, door: SimulatedDoor, lookups: Executor, desk: PaymentDesk
    ) -> Writer:
        site = self._hospital.setup.site
        return self._build.writer(
            self._hospital.setup,
            Parts(
                journal=journal,
                records=SimulatedRecords(self._hospital, lambda: self.are_records_away),
                cards=CardReader([public_key(CARD_KEY)], site.id),
                door=door,
                clock=self.machine.now,
                fatal=self._world.fail,
                repeat_s=self._repeat_s,
                pulse_s=PULSE_S,
                snapshots=Snapshots(self._hospital.setup, self._snapshot),
                snapshot_every_s=SNAPSHOT_EVERY_S,
                payments=desk,
            ),
            lookups=lookups,
            monotonic=self._world.loop.time,
            put=self._put,
        )

    async def _work(self, writer: Writer) -> None:
        while not self._is_to_end:
            wait_s = writer.wait_s()
            timeout = asyncio.timeout(IDLE_S if wait_s is None else wait_s)
            try:
                async with timeout:
                    await self._came.wait()
            except TimeoutError:
                pass
            self._came.clear()
            # What else comes in meanwhile is decided in the same commit.
            await asyncio.sleep(self._chance.choice([0.0, 0.0, 0.001, 0.05]))
            await asyncio.sleep(max(0.0, self._hangs_until_s - self._world.loop.time()))
            if self._is_to_die:
                raise Crash
            jobs = [self._inbox.popleft() for _ in range(min(len(self._inbox), BATCH_MAX))]
            before = writer.now
            writer.step(jobs)
            if writer.now is not before:
                self._witness.check_now(writer.now)

    def _leave_nothing(self, lookups: "_Lookups") -> None:
        self.writer = None
        self._is_to_die = self._is_to_end = False
        self._inbox.clear()
        lookups.shutdown()
        for answer in list(self._answers):
            answer.set_exception(ServerGone())

    def _pass_port(self) -> None:
        if self._chance.random() < self._world.weather.crash_at_port:
            self._world.count("crashes between two steps")
            raise Crash

    def _put(self, job: Job) -> None:
        self._witness.asked(job)
        self._inbox.append(job)
        self._came.set()


class _Lookups(Executor):
    """Asks the records in the one loop, each after a while of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.chance(f"lookups-{world.loop.time()}")
        self._is_closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Call `fn` later."""
        future: Future[Any] = firm_future()

        def call() -> None:
            if not self._is_closed:
                future.set_result(fn(*args, **kwargs))

        self._world.loop.call_later(self._chance.uniform(0.001, 0.5), call)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Call nothing any more."""
        self._is_closed = True
