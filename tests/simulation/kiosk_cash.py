"""The cash desk of a kiosk: the real desk and store, the driver's conversation, a simulated box."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from hardware.simulated.faults import SimulatedFault
from hardware.simulated.ssp_mechanism import SspMechanism
from kiosk.cash.cash_desk import CashDesk
from kiosk.cash.note_store import NoteStore
from kiosk.flow.cash import CashStanding
from queue_server.client.line import Line
from queue_server.contract.payments import Payment
from tests.integration.payments.stepped_validator import SteppedValidator
from tests.simulation.disk import Crash, Disk, Files
from tests.simulation.world import Machine, World

POLLS_EVERY_S: Final = 0.4
LOOKS_EVERY_S: Final = 15.0
"""How often the driver polls while nobody pays in cash; the real one goes on as before."""
STUCK_S: Final = 20.0
STRIKES: Final = (
    SimulatedFault.NOTE_JAM,
    SimulatedFault.STACKER_FULL,
    SimulatedFault.POWER_CUT_IN_ESCROW,
    SimulatedFault.POWER_CUT_BEFORE_CREDIT,
    SimulatedFault.POWER_CUT_AFTER_CREDIT,
    SimulatedFault.ESCROW_GIVEN_UP,
    SimulatedFault.REPLY_LOST,
    SimulatedFault.CREDIT_LOST,
)


class FaultyNotes(NoteStore):
    """The real store; the kiosk may lose its power over a commit."""

    def __init__(self, world: World, disk: Disk, chance: Random) -> None:
        super().__init__(disk.path)
        self._world = world
        self._chance = chance
        self._disk = disk
        self._left: Files | None = None

    def lose_power(self) -> None:
        """Leave on disk what a power cut leaves, now or in the commit that was under way."""
        if self._opened is None:
            return
        left = self._left or self._disk.files()
        self.close()
        self._disk.restore(left)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        is_cut = self._chance.random() < self._world.weather.torn_outbox / 4
        before = self._disk.files() if is_cut else None
        with super()._transaction() as database:
            yield database
        if before is not None:
            self._world.count("torn notes")
            self._left = self._disk.torn(before, self._disk.files())
            raise Crash


class KioskCash:
    """Slot and box, which outlive the kiosk's process, and the desk of its present life."""

    def __init__(
        self, world: World, machine: Machine, disk: Disk, notes: type[FaultyNotes]
    ) -> None:
        self._notes = notes
        self.mechanism = SspMechanism(set())
        self._world = world
        self._machine = machine
        self._disk = disk
        self._chance = world.chance(f"cash-{machine.name}")
        self._is_wanted = asyncio.Event()
        self._store: FaultyNotes | None = None
        self._desk: CashDesk | None = None

    def switch_on(
        self,
        line: Line,
        on_change: Callable[[CashStanding], None],
        on_payment: Callable[[Payment], None],
    ) -> None:
        """Start the desk. A power cut over its disk is raised as a crash."""
        store = self._store = self._notes(self._world, self._disk, self._chance)
        store.open(f"{self._chance.getrandbits(32):08x}")
        self._validator = SteppedValidator(self.mechanism, lambda: None)
        self._desk = CashDesk(self._validator, store, line, self._machine.now)
        self._desk.start(on_change, on_payment)

    async def run(self) -> None:
        """Tell the server of notes, until cancelled."""
        assert self._desk is not None
        await self._desk.run()

    async def poll(self) -> None:
        """Let the driver look at the validator, until cancelled."""
        while True:
            self._validator.poll()
            is_at_work = self._is_wanted.is_set() or self.is_note_moving
            timeout = asyncio.timeout(POLLS_EVERY_S if is_at_work else LOOKS_EVERY_S)
            try:
                async with timeout:
                    if is_at_work:
                        await asyncio.sleep(LOOKS_EVERY_S)
                    await self._is_wanted.wait()
            except TimeoutError:
                pass

    def want(self, payment: Payment | None) -> None:
        """See CashDesk."""
        assert self._desk is not None
        if payment is None:
            self._is_wanted.clear()
        else:
            self._is_wanted.set()
        self._desk.want(payment)

    @property
    def is_note_moving(self) -> bool:
        """Whether a note is on its way."""
        return self.mechanism._place is not None

    @property
    def untold(self) -> bool:
        """Whether the server does not know of every note."""
        return self._store is not None and self._store.untold() is not None

    def insert(self, value_fen: int) -> bool:
        """Push a note in, which may meet with a fault; False if the slot is closed."""
        if not self.mechanism.insert(value_fen):
            return False
        if self._chance.random() < self._world.weather.cash_faults:
            fault = self._chance.choice(STRIKES)
            self._world.count("faults of a note")
            self._machine.tell(f"a note meets {fault}")
            self.mechanism.faults.add(fault)
            self._world.loop.call_later(STUCK_S, self.mechanism.faults.discard, fault)
        return True

    def lose_power(self) -> None:
        """Lose everything that stands in memory; the validator may keep its own power."""
        self._is_wanted.clear()
        if self._store is not None:
            self._store.lose_power()
        if self._chance.random() < 0.5:
            self.mechanism.lose_power()
            self.mechanism.regain_power()
