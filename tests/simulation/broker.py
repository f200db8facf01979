"""An MQTT 3.1.1 broker as far as the product uses it: QoS 1, retained messages, wills, one
persistent session, and a memory that a crash throws back to what was saved last."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.simulation.world import World


class ClientEnd(Protocol):
    """What the broker needs of a connection."""

    is_dead: bool

    def deliver(self, topic: str, payload: bytes, delivery: int) -> None:
        """Bring a message to the client."""

    def to_client(self, topic: str, then: Callable[[], None]) -> None:
        """Let the client know something."""

    def cut(self, *, is_noticed: bool) -> None:
        """End the connection."""


@dataclass
class _Session:
    client_id: str
    is_clean: bool
    filters: frozenset[str] = frozenset()
    waiting: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    """Of a persistent session: what is not acknowledged yet, in order."""
    will: tuple[str, bytes] | None = None
    link: ClientEnd | None = None


class SimulatedBroker:
    """Knows topics and payloads, and nothing of what they mean."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.is_up = True
        self.retained: dict[str, bytes] = {}
        self._sessions: dict[str, _Session] = {}
        self._saved_retained: dict[str, bytes] = {}
        self._saved_sessions: dict[str, _Session] = {}
        self._delivery = 0

    # --- what clients ask ------------------------------------------------------------------------

    def connect(
        self, link: ClientEnd, client_id: str, *, is_clean: bool, will: tuple[str, bytes]
    ) -> None:
        """Open a session, or take up the persistent one; a former connection is closed."""
        former = self._sessions.get(client_id)
        if former is not None and former.link is not None:
            stale = former.link
            self._gone(former)
            stale.cut(is_noticed=True)
        session = former
        if session is None or is_clean or session.is_clean:
            session = _Session(client_id=client_id, is_clean=is_clean)
        self._sessions[client_id] = session
        session.will, session.link = will, link
        for delivery, (topic, payload) in session.waiting.items():
            link.deliver(topic, payload, delivery)

    def subscribe(self, link: ClientEnd, filters: Sequence[str]) -> None:
        """Follow topics; what is retained comes at once."""
        session = self._session_of(link)
        if session is None:
            return
        session.filters |= frozenset(filters)
        wanted = frozenset(filters)
        for topic, payload in list(self.retained.items()):
            if _is_among(wanted, topic):
                self._deliver(session, topic, payload)

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Take a message in and pass it on."""
        if retain:
            self.retained[topic] = payload
        for session in list(self._sessions.values()):
            if _is_among(session.filters, topic):
                self._deliver(session, topic, payload)

    def acknowledged(self, client_id: str, delivery: int) -> None:
        """Forget a message that its receiver has dealt with."""
        session = self._sessions.get(client_id)
        if session is not None:
            session.waiting.pop(delivery, None)

    def disconnected(self, link: ClientEnd) -> None:
        """Somebody took leave."""
        session = self._session_of(link)
        if session is not None:
            session.will = None
            self._gone(session)

    def lost(self, link: ClientEnd) -> None:
        """A connection broke: publish the will."""
        session = self._session_of(link)
        if session is not None:
            self._gone(session)

    # --- death and memory ------------------------------------------------------------------------

    def save(self) -> None:
        """Write the memory to disk: what a crash comes back to."""
        self._saved_retained = dict(self.retained)
        self._saved_sessions = {
            session.client_id: _Session(
                client_id=session.client_id,
                is_clean=False,
                filters=session.filters,
                waiting=dict(session.waiting),
            )
            for session in self._sessions.values()
            if not session.is_clean
        }

    def crash(self) -> None:
        """Forget everything since the last save. The lines are cut by the network."""
        self.is_up = False
        self.retained = dict(self._saved_retained)
        self._sessions = copy.deepcopy(self._saved_sessions)

    def start(self) -> None:
        """Listen again."""
        self.is_up = True

    # --- inside ----------------------------------------------------------------------------------

    def _deliver(self, session: _Session, topic: str, payload: bytes) -> None:
        self._delivery += 1
        if not session.is_clean:
            session.waiting[self._delivery] = (topic, payload)
        if session.link is not None:
            session.link.deliver(topic, payload, self._delivery)

    def _gone(self, session: _Session) -> None:
        session.link = None
        if session.is_clean:
            del self._sessions[session.client_id]
        if session.will is not None:
            topic, payload = session.will
            session.will = None
            self.publish(topic, payload, retain=True)

    def _session_of(self, link: ClientEnd) -> _Session | None:
        return next((one for one in self._sessions.values() if one.link is link), None)


def _is_among(filters: frozenset[str], topic: str) -> bool:
    return topic in filters or f"{topic.rpartition('/')[0]}/+" in filters
