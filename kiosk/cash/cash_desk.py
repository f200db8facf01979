"""The kiosk's cash desk: takes notes for one payment, and tells the server of each.

Rule 1: the validator is open only while the flow wants it; `want` is called after each event.
Rule 2: what is taken is on the disk first; the server is told of it until it has answered.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from hardware.cash.bill_validator import (
    BillValidator,
    BoxDiffers,
    CashEvent,
    FraudAttempt,
    NoteCredited,
    NoteInEscrow,
    NoteReturned,
    TroubleChanged,
    ValidatorState,
)
from hardware.cash.taking import CashRule, CashTaking, ChangeGoes
from hardware.cash.trouble import CashTrouble
from kiosk.cash.note_store import KeptNote, NoteStore
from kiosk.flow.cash import CashStanding
from queue_server.client.line import NoAnswer
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.payments import NoteNoted, Payment, TellNote

TELL_AGAIN_S: Final = 1.0
_log = logging.getLogger(__name__)


class Server(Protocol):
    """Whoever answers requests; in the product the `Line`."""

    async def ask(self, body: RequestBody) -> ReplyBody:
        """Return the reply; raises NoAnswer if none came in time."""
        ...


class CashDesk:
    """Call `start` in the running loop, keep `run` running, and `stop` in the end.

    Args:
        validator: takes the notes.
        store: keeps them; open.
        server: is told of them.
        now: gives the present instant.
    """

    def __init__(
        self,
        validator: BillValidator,
        store: NoteStore,
        server: Server,
        now: Callable[[], datetime],
    ) -> None:
        self._validator = validator
        self._store = store
        self._server = server
        self._now = now
        self._lock = threading.Lock()
        self._payment: Payment | None = None
        self._standing = CashStanding()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_news = asyncio.Event()
        self._on_change: Callable[[CashStanding], None] = lambda standing: None
        self._on_payment: Callable[[Payment], None] = lambda payment: None

    @property
    def part(self) -> str:
        """How the validator is, for the technician: `cash:ok`."""
        trouble = self._standing.trouble
        if trouble is None and self._validator.state is ValidatorState.OUT_OF_SERVICE:
            trouble = CashTrouble.UNREACHABLE  # or about to be reached
        return f"cash:{trouble.value if trouble else 'ok'}"

    def start(
        self,
        on_change: Callable[[CashStanding], None],
        on_payment: Callable[[Payment], None],
    ) -> None:
        """Begin, closed. Both are called in the loop's thread."""
        self._loop = asyncio.get_running_loop()
        self._on_change, self._on_payment = on_change, on_payment
        box_count, accepted_fen = self._store.box()
        self._standing = replace(self._standing, is_untold=self._store.untold() is not None)
        self._validator.start(self._heard, box_count=box_count, accepted_fen=accepted_fen)

    async def run(self) -> None:
        """Tell the server of each note until it has answered, until cancelled."""
        while True:
            self._has_news.clear()
            note = await asyncio.to_thread(self._store.untold)
            if note is None:
                await self._has_news.wait()
            elif not await self._tell(note):
                await asyncio.sleep(TELL_AGAIN_S)

    async def stop(self) -> None:
        """Give back what is held, wait for what is on its way, and close."""
        await asyncio.to_thread(self._validator.stop)
        self._store.close()

    def want(self, payment: Payment | None) -> None:
        """Take notes for this payment from now on; None: take none, and give back what is held."""
        with self._lock:
            before, self._payment = self._payment, payment
            if payment is None:
                if before is not None:
                    self._validator.take_notes(0)
                    self._validator.give_back()
                return
            if payment.payment_id != self._standing.payment_id:
                self._store.begin(payment.payment_id)
                self._standing = replace(
                    self._standing, payment_id=payment.payment_id, in_fen=0, is_too_large=False
                )
            if payment is not before:
                self._count(payment)

    # --- the driver's thread ---------------------------------------------------------------------

    def _heard(self, event: CashEvent) -> None:
        with self._lock:
            match event:
                case NoteInEscrow(value_fen=value_fen):
                    self._decide(value_fen)
                case NoteCredited(value_fen=value_fen, box_count=box_count):
                    payment_id = self._store.credit(value_fen, box_count, self._now())
                    is_this = payment_id == self._standing.payment_id
                    self._taken(value_fen if is_this else 0)
                case BoxDiffers(expected_count=expected_count, found_count=found_count):
                    _log.error("The cash box differs: %s %s", expected_count, found_count)
                    self._store.differ(expected_count, found_count, self._now())
                    self._taken(0)
                case NoteReturned():
                    self._store.returned()
                    self._standing = replace(self._standing, is_note_moving=False)
                case FraudAttempt():
                    _log.error("Somebody tries to get a note back: look at the bill validator")
                case TroubleChanged(trouble=trouble):
                    self._standing = replace(self._standing, trouble=trouble)
            standing = self._standing
        assert self._loop is not None
        # Between the end of the loop and the end of the validator something may still come.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._changed, standing)

    def _decide(self, value_fen: int) -> None:
        payment = self._payment
        if payment is not None and self._taking(payment).takes(value_fen, _rule(payment)):
            self._store.accept(value_fen)
            self._standing = replace(self._standing, is_note_moving=True, is_too_large=False)
            self._validator.accept()
            return
        self._standing = replace(self._standing, is_too_large=payment is not None)
        self._validator.give_back()

    def _taken(self, value_fen: int) -> None:
        in_fen = self._standing.in_fen + value_fen
        self._standing = replace(
            self._standing, in_fen=in_fen, is_note_moving=False, is_untold=True
        )
        if self._payment is not None:
            self._count(self._payment)

    # --- either thread, holding the lock ---------------------------------------------------------

    def _count(self, payment: Payment) -> None:
        """Open the validator for what is still missing."""
        taking = self._taking(payment)
        self._standing = replace(self._standing, in_fen=taking.in_fen)
        self._validator.take_notes(taking.most_fen(_rule(payment)))

    def _taking(self, payment: Payment) -> CashTaking:
        assert payment.cash is not None, "notes are taken for payments in cash"
        here_fen = payment.cash.credit_fen + self._store.sum_fen(payment.payment_id)
        return CashTaking(owed_fen=payment.amount_fen, in_fen=max(payment.cash.in_fen, here_fen))

    # --- the loop's thread -----------------------------------------------------------------------

    def _changed(self, standing: CashStanding) -> None:
        self._has_news.set()
        self._on_change(standing)

    async def _tell(self, note: KeptNote) -> bool:
        body = TellNote(
            book=self._store.book,
            number=note.number,
            payment_id=note.payment_id,
            value_fen=note.value_fen,
            box_count=note.box_count,
            expected_count=note.expected_count,
            credited_at=note.credited_at,
        )
        try:
            reply = await self._server.ask(body)
        except NoAnswer:
            return False
        if not isinstance(reply, NoteNoted) or reply.number != note.number:
            _log.warning("The server does not take note %d: %s", note.number, type(reply).__name__)
            return False
        await asyncio.to_thread(self._store.told, note.number)
        is_untold = await asyncio.to_thread(self._store.untold) is not None
        with self._lock:
            self._standing = replace(self._standing, is_untold=is_untold)
            standing = self._standing
        if reply.payment is not None:
            self._on_payment(reply.payment)
        self._on_change(standing)
        return True


def _rule(payment: Payment) -> CashRule:
    assert payment.cash is not None
    goes = ChangeGoes.TO_ACCOUNT if payment.cash.change_goes == "credit" else ChangeGoes.TO_DESK
    return CashRule(change_goes=goes, change_max_fen=payment.cash.change_max_fen)
