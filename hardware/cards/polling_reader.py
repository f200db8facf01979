"""A card reader that is asked again and again whether a card is there. Survives being unplugged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.cards.card_reader import CardRead, ReaderState
from hardware.reconnecting_loop import ReconnectingLoop


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
        self._poll_s = pauses.poll_s
        self._on_card: Callable[[CardRead], None] = lambda card: None
        self._loop = ReconnectingLoop(
            "card reader",
            open_device=self._opened,
            deliver=self._deliver_cards,
            reconnect_s=pauses.reconnect_s,
        )

    @property
    def state(self) -> ReaderState:
        """See CardReader."""
        if not self._loop.is_running:
            return ReaderState.STOPPED
        return ReaderState.READY if self._loop.is_reached else ReaderState.UNREACHABLE

    def start(
        self,
        on_card: Callable[[CardRead], None],
        on_state: Callable[[ReaderState], None] | None = None,
    ) -> None:
        """See CardReader."""
        self._on_card = on_card
        self._loop.start(lambda _: None if on_state is None else on_state(self.state))

    def stop(self) -> None:
        """See CardReader. Not to be called from a callback."""
        self._loop.stop()

    def _opened(self) -> CardSession:
        session = self._open_session()
        try:
            session.look()  # a line is no proof that somebody answers
        except OSError:
            session.close()
            raise
        return session

    def _deliver_cards(self, session: CardSession) -> None:
        delivered = 0
        while not self._loop.is_stopping.is_set():
            card = session.look()
            if card and card != delivered:
                self._on_card(session.read())
            delivered = card
            self._loop.is_stopping.wait(self._poll_s)
