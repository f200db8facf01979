"""A bill validator on a serial port that speaks SSP. Survives being unplugged."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from hardware.cash.bill_validator import CashEvent, NoteInEscrow, ValidatorState
from hardware.cash.note_book import NoteBook
from hardware.cash.ssp_conversation import SspConversation, Wishes
from hardware.cash.ssp_link import SspLink
from hardware.cash.ssp_words import SspNonsense
from hardware.cash.trouble import CashTrouble
from hardware.serial_port import open_serial_port

STOP_BITS = 2
CLOSING_STEPS_MAX = 25
"""A note that is on its way when the driver is stopped is waited for, but not for ever."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SspValidatorSettings:
    """`port` is best a name below /dev/serial/by-id: it stays the same when cables change."""

    port: str
    baud: int = 9600
    address: int = 0
    reply_timeout_s: float = 1.0
    poll_s: float = 0.2
    """Between two polls. A device that hears nothing for 10 s gives its note back and closes."""
    reconnect_s: float = 2.0
    hold_max_s: float = 60.0
    """A note that nobody has decided about goes back after so long."""


class _SerialWire:
    """See Wire."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def send(self, data: bytes) -> None:
        self._port.write(data)

    def receive(self) -> bytes:
        first: bytes = self._port.read(1)
        waiting: bytes = self._port.read(self._port.in_waiting)
        return first + waiting


class SspValidator:
    """A BillValidator."""

    def __init__(self, settings: SspValidatorSettings) -> None:
        self._settings = settings
        self._state = ValidatorState.STOPPED
        self._wishes = Wishes()
        self._lock = threading.Lock()
        self._is_wanted = threading.Event()
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> ValidatorState:
        """See BillValidator."""
        return self._state

    def start(
        self,
        on_event: Callable[[CashEvent], None],
        *,
        box_count: int,
        accepted_fen: int | None = None,
    ) -> None:
        """See BillValidator."""
        assert self._thread is None, "already started"
        self._is_stopping.clear()
        self._wishes = Wishes()
        self._state = ValidatorState.OUT_OF_SERVICE
        self._thread = threading.Thread(
            target=self._run,
            args=(on_event, NoteBook(box_count, accepted_fen)),
            name="bill-validator",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """See BillValidator."""
        if self._thread is not None:
            self._is_stopping.set()
            self._is_wanted.set()
            self._thread.join()
            self._thread = None
            self._state = ValidatorState.STOPPED

    def take_notes(self, most_fen: int) -> None:
        """See BillValidator."""
        with self._lock:
            self._wishes = Wishes(most_fen=most_fen, is_accepted=self._wishes.is_accepted)
        self._is_wanted.set()

    def accept(self) -> None:
        """See BillValidator."""
        self._decide(is_accepted=True)

    def give_back(self) -> None:
        """See BillValidator."""
        self._decide(is_accepted=False)

    def _decide(self, *, is_accepted: bool | None) -> None:
        with self._lock:
            self._wishes = Wishes(most_fen=self._wishes.most_fen, is_accepted=is_accepted)
        self._is_wanted.set()

    def _run(self, on_event: Callable[[CashEvent], None], book: NoteBook) -> None:
        def tell(event: CashEvent) -> None:
            if isinstance(event, NoteInEscrow):
                self._decide(is_accepted=None)  # what was said of an earlier note is void
            on_event(event)

        talk = SspConversation(book, tell)
        try:
            while not self._is_stopping.is_set():
                self._talk_while_there(talk)
        finally:
            self._state = ValidatorState.OUT_OF_SERVICE

    def _talk_while_there(self, talk: SspConversation) -> None:
        settings = self._settings
        trouble = CashTrouble.UNREACHABLE
        try:
            port = open_serial_port(
                settings.port,
                settings.baud,
                read_timeout_s=settings.reply_timeout_s,
                write_timeout_s=settings.reply_timeout_s,
                stop_bits=STOP_BITS,
            )
            with port:
                talk.open(SspLink(_SerialWire(port), address=settings.address))
                self._talk(talk)
                self._close(talk)
        except OSError as error:
            if isinstance(error, TimeoutError):
                trouble = CashTrouble.NO_ANSWER
            self._lose(talk, trouble, error)
        except SspNonsense as error:
            self._lose(talk, CashTrouble.NO_ANSWER, error)

    def _lose(self, talk: SspConversation, trouble: CashTrouble, error: Exception) -> None:
        _log.warning("%s: %s", trouble, error)
        talk.tell_trouble(trouble)
        self._state = ValidatorState.OUT_OF_SERVICE
        self._is_stopping.wait(self._settings.reconnect_s)

    def _talk(self, talk: SspConversation) -> None:
        held_since_s: float | None = None
        while not self._is_stopping.is_set():
            self._is_wanted.clear()
            wishes = self._wishes
            if held_since_s is not None and monotonic() - held_since_s > self._settings.hold_max_s:
                wishes = Wishes(most_fen=wishes.most_fen, is_accepted=False)
            talk.step(wishes)
            if not talk.is_holding:
                held_since_s = None
            elif held_since_s is None:
                held_since_s = monotonic()
            self._state = _state_of(talk)
            self._is_wanted.wait(self._settings.poll_s)

    def _close(self, talk: SspConversation) -> None:
        """Give back what is held, and wait for what is on its way."""
        for _ in range(CLOSING_STEPS_MAX):
            talk.step(Wishes(most_fen=0, is_accepted=False))
            if talk.is_at_rest:
                return
            threading.Event().wait(self._settings.poll_s)


def _state_of(talk: SspConversation) -> ValidatorState:
    if talk.trouble is not None:
        return ValidatorState.OUT_OF_SERVICE
    return ValidatorState.OPEN if talk.is_open else ValidatorState.CLOSED
