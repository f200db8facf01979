"""A kiosk whose process dies at any one step: its notes on disk, its driver, its bill validator.

A step is each transaction on its disk and each command to the validator: it dies after it, which
is before the next one. Its desk, its store and the conversation with the validator are the
product's; the loop's time is virtual, and its threads are the loop itself, so that the same steps
come in the same order.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware.simulated.faults import SimulatedFault
from hardware.simulated.ssp_mechanism import SspMechanism
from kiosk.cash.cash_desk import CashDesk
from kiosk.cash.note_store import NoteStore
from kiosk.flow.cash import CashStanding
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.payments import Payment
from tests.integration.payments.mortal_hospital import Killed
from tests.integration.payments.stepped_validator import SteppedValidator

POLLS_MAX = 12
"""So often the driver looks until a note has to have moved, or the slot to have opened."""
POLLS_AFTER = 3
"""So often it looks afterwards: the count of the box is compared, the slot opened anew."""
LASTING = {
    SimulatedFault.NOTE_JAM,
    SimulatedFault.STACKER_FULL,
    SimulatedFault.CASH_BOX_REMOVED,
    SimulatedFault.REPLY_DOUBLED,
}
TELLS_WITHIN_S = 30.0
BOOK = "b1"


class InlineThreads(ThreadPoolExecutor):
    """Stands in for a loop's threads: does everything at once."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # as a thread hands it on; a death it does not
            done.set_exception(error)
        return done


class StepwiseNotes(NoteStore):
    """The real store, with a step after each transaction."""

    def __init__(self, path: Path, step: Callable[[], None]) -> None:
        super().__init__(path)
        self._step = step

    def open(self, new_book: str) -> None:
        super().open(new_book)
        assert self._opened is not None
        # Whether a commit is on the disk when the power fails is SQLite's affair.
        self._opened.execute("PRAGMA synchronous = OFF")

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with super()._transaction() as database:
            yield database
        self._step()


class MortalKiosk:
    """What happens to it is told step by step.

    Args:
        path: of the notes on its disk.
        ask: asks the server.
        step: called after each step of its process.
        now: gives the present instant.
        loses_power: whether the validator loses its power with the kiosk, and gets it back.
    """

    def __init__(
        self,
        path: Path,
        ask: Callable[[RequestBody], Awaitable[ReplyBody]],
        step: Callable[[], None],
        now: Callable[[], datetime],
        *,
        loses_power: bool,
    ) -> None:
        self.mechanism = SspMechanism(set())
        self.standing = CashStanding()
        self.deaths = 0
        self._path = path
        self._ask = ask
        self._step = step
        self._now = now
        self._loses_power = loses_power
        self._payment: Payment | None = None
        self._telling: asyncio.Task[None] | None = None
        self._store: StepwiseNotes | None = None

    async def ask(self, body: RequestBody) -> ReplyBody:
        """See Server."""
        return await self._ask(body)

    @property
    def is_untold(self) -> bool:
        """Whether the server has not answered all notes on the disk."""
        notes = sqlite3.connect(self._path)
        [count] = notes.execute("SELECT count(*) FROM notes WHERE NOT is_told").fetchone()
        notes.close()
        return bool(count)

    # --- lives and deaths ------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process; one that dies over its start is started again."""
        try:
            self._start()
        except Killed:
            self._die()
            self._start()

    def survives(self, act: Callable[[], object]) -> bool:
        """Do something; if the process dies of it, start it anew and tell so."""
        try:
            act()
        except Killed:
            self._die()
            self.start()
            return False
        return True

    def end(self) -> None:
        """Let go of its files."""
        self._leave()

    def _start(self) -> None:
        store = self._store = StepwiseNotes(self._path, self._step)
        store.open(BOOK)
        self.validator = SteppedValidator(self.mechanism, self._step)
        self.desk = CashDesk(self.validator, store, self, self._now)
        self.desk.start(self._changed, self._told)
        self._telling = asyncio.get_running_loop().create_task(self.desk.run())
        self._payment = None

    def _die(self) -> None:
        self.deaths += 1
        self._leave()
        if self._loses_power:
            self.mechanism.lose_power()
            self.mechanism.regain_power()

    def _leave(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
        if self._store is not None:
            self._store.close()

    # --- what happens ----------------------------------------------------------------------------

    def take_for(self, payment: Payment | None) -> None:
        """Take notes for this payment from now on, as the flow wants it."""
        self._payment = payment
        self.survives(lambda: self.desk.want(payment))

    def insert(self, value_fen: int) -> bool:
        """Push a note in as soon as the slot takes it; False if it does not."""
        for _ in range(POLLS_MAX):
            self.survives(self.validator.poll)
            if self.mechanism.insert(value_fen):
                return True
        return False

    def let_it_move(self) -> None:
        """Let the driver look until the note has arrived somewhere, and that has been told."""
        before = self._arrived_count()
        for _ in range(POLLS_MAX):
            self.survives(self.validator.poll)
            if self._arrived_count() > before:
                break
        for _ in range(POLLS_AFTER):
            self.survives(self.validator.poll)

    def mend(self) -> None:
        """Let a technician take away what is wrong with the validator."""
        self.mechanism.faults -= LASTING

    def _arrived_count(self) -> int:
        return len(self.mechanism.box_fen) + len(self.mechanism.returned_fen)

    @property
    def is_forgetful(self) -> bool:
        """Whether it has died since it was told for what to take notes."""
        return self._payment is None

    async def tell(self) -> None:
        """Let it tell the server until all is told, or it has tried for a while."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + TELLS_WITHIN_S
        while loop.time() < until_s:
            await asyncio.sleep(0.5)
            if self._telling is not None and self._telling.done():
                assert isinstance(self._telling.exception(), Killed)
                self._die()
                self.start()
            elif not self.is_untold:
                return

    def _changed(self, standing: CashStanding) -> None:
        self.standing = standing

    def _told(self, _payment: Payment) -> None:
        """What the flow would show; the patient of these stories looks it up at the server."""
