"""The port `Connection`, one MQTT session as a line uses it, and its adapter for real brokers."""

import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import aiomqtt

from queue_server.client.tls import (
    Certificates,
    CertificatesUnusable,
    TlsSession,
    connect_trouble,
    refused_trouble,
)

KEEPALIVE_S: Final = 5
"""A line on which nothing was heard for one and a half times as long is broken."""
PUBLISH_WITHIN_S: Final = 2.0
REACH_WITHIN_S: Final = 1.5
"""How long the broker's machine may take for the TCP connection. Its system asks twice in that
time; later it would wait two seconds, and four, while the cable may be back long since."""
CONNECT_WITHIN_S: Final = 4.0
"""How long a broker may take to accept; a connection that breaks before is noticed only then."""


class ConnectionBroken(Exception):
    """The broker can't be reached, or not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker publishes, retained, when the session ends without a word."""

    topic: str
    payload: bytes


class Connection(Protocol):
    """A session with a broker, QoS 1 throughout. Each method may raise `ConnectionBroken`."""

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Have the messages of these topics delivered, those that are retained at once."""

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Return when the broker has it; give up after `PUBLISH_WITHIN_S`."""

    def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        """Yield topic and payload of what comes in, until the session breaks."""


class Connect(Protocol):
    """Opens a session; leaving the context ends it with a word."""

    def __call__(
        self, host: str, port: int, *, identifier: str, will: Will
    ) -> AbstractAsyncContextManager[Connection]:
        """Connect; raises `ConnectionBroken`, as leaving the context may."""


@asynccontextmanager
async def connect_mqtt(
    host: str,
    port: int,
    *,
    identifier: str,
    will: Will,
    certificates: Certificates | None = None,
) -> AsyncIterator[Connection]:
    """Open a clean MQTT 3.1.1 session.

    With `certificates` by mutual TLS, and under an id that only their holder knows.
    """
    is_open = False
    try:
        session = None if certificates is None else _session(certificates)
        unconnected = aiomqtt.Client(
            host,
            port,
            identifier=identifier if session is None else session.client_id,
            tls_context=None if session is None else session.context,
            protocol=aiomqtt.ProtocolVersion.V311,
            clean_session=True,
            keepalive=KEEPALIVE_S,
            timeout=CONNECT_WITHIN_S,
            will=aiomqtt.Will(will.topic, will.payload, qos=1, retain=True),
            # Without it a round trip takes 88 ms.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
        # The library below has a setting for it that aiomqtt does not pass on.
        unconnected._client.connect_timeout = REACH_WITHIN_S  # noqa: SLF001
        async with unconnected as client:
            is_open = True
            yield _MqttConnection(client)
    except CertificatesUnusable as error:
        raise ConnectionBroken(str(error)) from error
    except aiomqtt.MqttError as error:
        if is_open:
            raise ConnectionBroken(f"the line to the broker broke ({error}) / 连接中断") from error
        raise ConnectionBroken(_trouble(error, host, port)) from error


def _session(certificates: Certificates) -> TlsSession:
    session = certificates.read()
    # In TLS 1.3 a broker refuses a certificate after the handshake: aiomqtt would take that for
    # a silence, wait for ten seconds, and the technician would not be told the reason.
    session.context.maximum_version = ssl.TLSVersion.TLSv1_2
    return session


def _trouble(error: aiomqtt.MqttError, host: str, port: int) -> str:
    """Return the sentence for a connection that did not come about."""
    if isinstance(error, aiomqtt.MqttCodeError):
        return refused_trouble(host, port, f"{error.rc}")
    # aiomqtt leaves out what it was raised from, but not what it was raised in.
    return connect_trouble(error.__context__ or error, host, port)


class _MqttConnection:
    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def subscribe(self, topics: Sequence[str]) -> None:
        try:
            await self._client.subscribe([(topic, 1) for topic in topics])
        except aiomqtt.MqttError as error:
            raise ConnectionBroken(str(error)) from error

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        try:
            await self._client.publish(
                topic, payload, qos=1, retain=retain, timeout=PUBLISH_WITHIN_S
            )
        except aiomqtt.MqttError as error:
            raise ConnectionBroken(str(error)) from error

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            yield str(message.topic), message.payload
