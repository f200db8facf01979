"""A kiosk: the real flow, line and outbox, without window, printer and voice."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final

from kiosk.flow.bills import Paid, Paying
from kiosk.flow.cash import CashStanding, wanted
from kiosk.flow.course import step
from kiosk.flow.events import (
    OUTLIVES_THE_PATIENT,
    Ask,
    CashChanged,
    CheckInOffline,
    Effect,
    Event,
    LineChanged,
    NotAnswered,
    OfflineCheckInAllowed,
    PaymentTold,
    PrintEnded,
    PrintFailure,
    PrintSlip,
    Replied,
    SecondsPassed,
    Wipe,
)
from kiosk.flow.forgetting import start
from kiosk.flow.settings import Settings
from kiosk.flow.state import ArrivedOffline, Home, Screen
from queue_server.client.line import Address, Line, NoAnswer
from queue_server.contract import topics
from queue_server.contract.device_messages import DeviceStatus, OfflineRules
from queue_server.contract.payments import Payment
from queue_server.rules.terms import DeviceId, SiteId
from tests.simulation.device_connection import connector
from tests.simulation.disk import Crash, Disk
from tests.simulation.kiosk_cash import KioskCash
from tests.simulation.kiosk_disk import FaultyOutbox, InLoop
from tests.simulation.network import SILENT_AFTER_S, Network
from tests.simulation.server import Build
from tests.simulation.witness import Witness
from tests.simulation.world import Machine, World

TICK_S: Final = 1.0
PRINTING_S: Final = 3.0
NO_PAPER: Final = PrintFailure(sentence_zh="缺纸", sentence_en="no paper", may_have_printed=False)


class KioskDevice:
    """One kiosk with the power that can go off."""

    def __init__(
        self,
        world: World,
        network: Network,
        site: SiteId,
        disk: Disk,
        notes: Disk,
        witness: Witness,
        build: Build,
    ) -> None:
        name = disk.path.stem
        self.machine = Machine(world, name)
        self.place = asyncio.Lock()
        """One patient stands in front of it."""
        self._world = world
        self._network = network
        self._site = site
        self._disk = disk
        self._witness = witness
        self._build = build
        self._chance = world.chance(name)
        self._settings = Settings(languages=("zh", "en"), takes_payments=True, takes_cash=True)
        self.cash = KioskCash(world, self.machine, notes, build.notes)
        self._tasks: list[asyncio.Task[None]] = []
        self._asking: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self.state = start(self._settings)
        self._has_cash = False
        """Whether its cash desk is there."""
        self.line: Line
        self.outbox: FaultyOutbox

    def switch_on(self) -> None:
        """Start the programs."""
        self.state = start(self._settings)
        self.line = Line(
            Address(host="broker", port=1883, site=self._site, device=DeviceId(self.machine.name)),
            now=self.machine.now,
            new_id=lambda: f"{self._chance.getrandbits(64):016x}",
            status=lambda: DeviceStatus(is_up=True, reported_at=self.machine.now()),
            connect=connector(self._network, self.machine),
            silent_after_s=SILENT_AFTER_S,
        )
        self.outbox = self._build.outbox(self._world, self._disk)
        self._desk = self._build.offline_desk(
            self.outbox,
            thread=InLoop(),
            site=self._site,
            device=self.line.address.device,
            now=self.line.server_clock.now,
            new_id=lambda: f"{self._chance.getrandbits(64):016x}",
        )
        self._desk.on_change = lambda is_allowed: self.handle(
            OfflineCheckInAllowed(is_allowed=is_allowed)
        )
        self.line.follow(topics.offline(self._site), OfflineRules, self._desk.learn)
        self.line.follow(
            topics.payment(self._site, self.line.address.device), Payment, self._payment_told
        )
        self.line.on_change = self._line_changed
        self._tasks = [
            self._world.spawn(work)
            for work in (
                self.line.run(),
                self._let_time_pass(),
                self._unless_power_is_cut(partial(self._desk.run, self.line)),
                self._unless_power_is_cut(self._take_cash),
            )
        ]

    async def _take_cash(self) -> None:
        self.cash.switch_on(self.line, self._cash_changed, self._payment_told)
        self._has_cash = True
        polling = self._world.spawn(self._unless_power_is_cut(self.cash.poll))
        self._tasks.append(polling)
        await self.cash.run()

    def _cash_changed(self, standing: CashStanding) -> None:
        self.handle(CashChanged(standing=standing))

    def _payment_told(self, payment: Payment) -> None:
        self.handle(PaymentTold(payment=payment))

    def power_cut(self) -> None:
        """Lose everything that stands in memory."""
        self.line.on_change = lambda is_up: None
        for link in self._network.links_of(self.machine):
            link.cut(is_noticed=True)
        for task in [*self._tasks, *self._asking]:
            task.cancel()
        self._tasks, self._asking = [], []
        self._desk.on_change = lambda is_allowed: None
        self.outbox.lose_power()
        self._has_cash = False
        self.cash.lose_power()
        self.state = start(self._settings)
        self._changed.set()

    def _line_changed(self, is_up: bool) -> None:
        self.handle(LineChanged(is_up=is_up))
        self._desk.line_changed(is_up)

    def handle(self, event: Event) -> None:
        """Take in an event."""
        before = self.state.screen
        self.state, effects = step(self.state, event, self._settings)
        for effect in effects:
            self._carry_out(effect)
        self._want_cash()
        if isinstance(self.state.screen, Paid) and self.state.screen != before:
            self._world.count("payments shown as paid")
            self._witness.ledger.told(self.state.screen.facts.payment)
        if type(self.state.screen) is not type(before):
            self.machine.tell(f"shows {type(self.state.screen).__name__}")
        if isinstance(self.state.screen, ArrivedOffline) and self.state.screen != before:
            self._world.count("check-ins without a server")
            self._witness.promised(self.machine.name, self.state.screen.provisional)
        self._changed.set()

    def _want_cash(self) -> None:
        """Open the slot, or close it, as the conductor does after each event."""
        if not self._has_cash:
            return
        screen, is_line_up = self.state.screen, self.state.is_line_up
        paying = screen if isinstance(screen, Paying) else None
        try:
            self.cash.want(None if paying is None else wanted(paying, is_line_up=is_line_up))
        except Crash:
            self._has_cash = False
            self._world.loop.call_soon(self._start_again)

    async def wait_until(self, is_so: Callable[[Screen], bool], within_s: float) -> bool:
        """Wait for a screen; tell whether it came in time."""
        try:
            async with asyncio.timeout(within_s):
                while not is_so(self.state.screen):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    async def _let_time_pass(self) -> None:
        while True:
            if isinstance(self.state.screen, Home) and self.state.help is None:
                self._changed.clear()
                await self._changed.wait()
            await asyncio.sleep(TICK_S)
            self.handle(SecondsPassed(seconds=TICK_S, time_text="08:00"))

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Ask():
                task = self._world.spawn(self._ask(effect))
                if not isinstance(effect.body, OUTLIVES_THE_PATIENT):
                    self._asking.append(task)
            case CheckInOffline():
                self._world.spawn(
                    self._unless_power_is_cut(partial(self._check_in_offline, effect))
                )
            case PrintSlip(print_number=number):
                failure = NO_PAPER if self._chance.random() < 0.05 else None
                ended = PrintEnded(print_number=number, failure=failure)
                self._world.loop.call_later(PRINTING_S, self.handle, ended)
            case Wipe():
                for task in self._asking:
                    task.cancel()
                self._asking = []
            case _:
                pass

    async def _ask(self, effect: Ask) -> None:
        try:
            body = await self.line.ask(effect.body)
        except NoAnswer:
            self._world.count("asks without an answer")
            self.handle(NotAnswered(ask_number=effect.ask_number))
        else:
            self.handle(Replied(ask_number=effect.ask_number, body=body))

    async def _check_in_offline(self, effect: CheckInOffline) -> None:
        self.handle(await self._desk.check_in(effect))

    async def _unless_power_is_cut(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        # Made only here: power may be cut before this has begun.
        try:
            await work()
        except Crash:
            self.machine.tell("loses its power over its outbox")
            self._world.loop.call_soon(self._start_again)

    def _start_again(self) -> None:
        self.power_cut()
        self.switch_on()
