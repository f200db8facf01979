"""The payments of one life of the server: the real cashier, sweeper and payment desk."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from queue_server.journal.journal import Journal, JournaledFact, JournalUnusable
from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import Answer, Gateway
from queue_server.payments.gateways.cash import CashGateway
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import AttemptId, ChangeGoes, Channel
from queue_server.service.clinic_day import clinic_day
from queue_server.service.door import Door
from queue_server.service.jobs import Kept, firm_future
from queue_server.service.payment_desk import DeskParts, PaymentDesk
from queue_server.service.receipt_view import ReceiptChecks
from queue_server.service.writer import Writer
from queue_server.site import Site
from tests.simulation.money import CHANNELS, SimulatedGateway, SimulatedMoney
from tests.simulation.strands import Strands
from tests.simulation.world import Machine, World

SWEEPS_EVERY_S: Final = 2.0
CHANGE_MAX: Final = Fen(100_00)


class ServerPayments:
    """Made with the server's process, and gone with it: `start()` when its writer is there.

    Args:
        world: the morning.
        machine: the server's.
        site: the hospital's.
        money: banks and counter outside.
        strands: where its threads run.
        pass_port: called before and after each call that leaves the process; may raise a crash.
        cashier: the real one, unless a test wants to see a broken one noticed.
    """

    def __init__(
        self,
        world: World,
        machine: Machine,
        site: Site,
        money: SimulatedMoney,
        strands: Strands,
        pass_port: Callable[[], None],
        cashier: type[Cashier],
    ) -> None:
        self._cashier_kind = cashier
        self._world = world
        self._machine = machine
        self._site = site
        self._money = money
        self._strands = strands
        self._pass_port = pass_port
        self._is_over = False
        self._chance = world.chance(f"cashier-{world.loop.time()}")

    def desk_of(
        self, journal: Journal, door: Door, writer: Callable[[], Writer], dies: Callable[[], None]
    ) -> PaymentDesk:
        """Make cashier, sweeper and desk around the journal that the writer has open."""

        def keep(facts: Sequence[JournaledFact]) -> None:
            # The writer's thread, whose one step this is; the thread that asks waits for it.
            writer().step([Kept(facts=facts, answer=firm_future())])

        gateways: dict[Channel, Gateway] = {
            channel: SimulatedGateway(self._money, channel, self._strands, self._pass_port)
            for channel in CHANNELS
        }
        gateways[Channel.CASH] = CashGateway()
        self.cashier = self._cashier_kind(
            CashierParts(
                store=JournalSteps(journal, keep),
                gateways=gateways,
                booking=self._money.counter,
                clock=self._machine.now,
                day_of=lambda at: clinic_day(self._site, at),
                new_id=lambda: f"{self._chance.getrandbits(60):015x}",
                change_goes=ChangeGoes.CREDIT if self._world.seed % 2 else ChangeGoes.DESK,
                changed=self._changed,
            )
        )
        self._sweeper = Sweeper(self.cashier, self._machine.now, lambda error: dies())
        self.desk = PaymentDesk(
            DeskParts(
                cashier=self.cashier,
                channels=tuple(gateways),
                change_max=CHANGE_MAX,
                sheets=self._money.counter,
                checks=ReceiptChecks(code=lambda receipt: "AB", address=lambda receipt: ""),
                door=door,
                site=self._site.id,
                clock=self._machine.now,
                fatal=lambda error: dies(),
                threads=self._strands,
            )
        )
        self._dies = dies
        return self.desk

    def start(self) -> None:
        """Begin to sweep, and to take callbacks."""
        self._money.told = lambda attempt, answer: self._in_strand(
            lambda: self._take_callback(attempt, answer)
        )
        self._tick()

    def end(self) -> None:
        """The process is gone, and all that it was doing."""
        self._is_over = True
        self._money.told = lambda attempt, answer: self._world.count("callbacks to nobody")
        self._strands.shutdown()

    def _changed(self, attempt: Attempt) -> None:
        self.desk.changed(attempt)

    def _tick(self) -> None:
        if not self._is_over:
            self._in_strand(self._sweep)
            self._world.loop.call_later(SWEEPS_EVERY_S, self._tick)

    def _sweep(self) -> None:
        for attempt in self._sweeper.due():
            self._in_strand(partial(self.cashier.advance, attempt))

    def _take_callback(self, attempt: AttemptId, answer: Answer) -> None:
        try:
            if self.cashier.told(attempt, answer, by="callback"):
                self.cashier.advance(attempt)
        except PaymentRefused:
            self._world.count("callbacks of payments that nobody knows")

    def _in_strand(self, work: Callable[[], object]) -> None:
        def guarded() -> None:
            try:
                work()
            except JournalUnusable:
                self._dies()

        self._strands.submit(guarded)
