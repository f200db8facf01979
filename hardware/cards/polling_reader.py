"""A card reader that is asked again and again whether a card is there. Survives being unplugged."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.cards.card_reader import CardRead, ReaderState

_log = logging.getLogger(__name__)


class CardSession(Protocol):
    """An open line to a reader. Each method raises OSError when the reader is lost."""

    def look(self) -> int:
        """Return 0 while there is no card; else a number, another one for each card put on."""
        ...

    def read(self) -> CardRead:
        """Read the card; a card that fails is a CardProblem, no error."""
        ...

    def close(self) -> None:
        """Give the line up. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Between two looks for a card, and between two tries to reach a reader that is not there."""

    poll_s: float = 0.3
    reconnect_s: float = 2.0


class PollingReader:
    """A CardReader. `open_session` reaches the device, or raises OSError."""

    def __init__(self, open_session: Callable[[], CardSession], pauses: Pauses) -> None:
        self._open_session = open_session
        self._pauses = pauses
        self._state = ReaderState.STOPPED
        self._on_state: Callable[[ReaderState], None] | None = None
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> ReaderState:
        """See CardReader."""
        return self._state

    def start(
        self,
        on_card: Callable[[CardRead], None],
        on_state: Callable[[ReaderState], None] | None = None,
    ) -> None:
        """See CardReader."""
        assert self._thread is None, "already started"
        self._is_stopping.clear()
        session = self._opened()
        self._state = ReaderState.READY if session else ReaderState.UNREACHABLE
        self._on_state = on_state
        self._thread = threading.Thread(
            target=self._run, args=(session, on_card), name="card-reader", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """See CardReader. Not to be called from a callback."""
        if self._thread is not None:
            self._is_stopping.set()
            self._thread.join()
            self._thread = None
            self._state = ReaderState.STOPPED

    def _run(self, session: CardSession | None, on_card: Callable[[CardRead], None]) -> None:
        while not self._is_stopping.is_set():
            if session is None:
                if not self._is_stopping.wait(self._pauses.reconnect_s):
                    session = self._opened()
                continue
            self._change_state(ReaderState.READY)
            try:
                self._deliver_cards(session, on_card)
            except OSError as error:
                _log.warning("card reader lost: %s", error)
                self._change_state(ReaderState.UNREACHABLE)
            finally:
                session.close()
                session = None
        if session is not None:
            session.close()

    def _opened(self) -> CardSession | None:
        session: CardSession | None = None
        try:
            session = self._open_session()
            session.look()  # a line is no proof that somebody answers
        except OSError as error:
            _log.debug("card reader not reached: %s", error)
            if session is not None:
                session.close()
            return None
        return session

    def _change_state(self, state: ReaderState) -> None:
        if state is not self._state:
            self._state = state
            if self._on_state is not None:
                self._on_state(state)

    def _deliver_cards(self, session: CardSession, on_card: Callable[[CardRead], None]) -> None:
        delivered = 0
        while not self._is_stopping.is_set():
            card = session.look()
            if card and card != delivered:
                on_card(session.read())
            delivered = card
            self._is_stopping.wait(self._pauses.poll_s)
