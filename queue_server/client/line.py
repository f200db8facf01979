"""A device's line to the queue server: ask with retry, follow boards and calls, be seen.

One asyncio loop, MQTT 3.1.1, QoS 1. The broker's acknowledgement means nothing to a patient:
`ask` repeats the same request, with the same id, until the server's reply or its expiry.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from msgspec.structs import replace

from queue_server.client.connection import (
    Connect,
    Connection,
    ConnectionBroken,
    Will,
    connect_mqtt,
)
from queue_server.client.doubt import DOUBTED_AFTER_S, Doubt
from queue_server.client.server_clock import ServerClock
from queue_server.client.tls import Certificates
from queue_server.contract import topics
from queue_server.contract.codec import BadPayload, decode, encode
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.message import Message
from queue_server.contract.messages import Reply, ReplyBody, Request, RequestBody
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import DeviceId, SiteId

RETRY_AFTER_S: Final = 0.7
"""How long to wait for a reply before the same request is sent again."""
RECONNECT_AFTER_S: Final = 0.5
"""How long to wait after a line broke, or could not be had, before the next try."""
SILENT_AFTER_S: Final = 6.0
"""A server that was not heard for so long, three of its repetitions, counts as gone."""
REPORT_S: Final = 30.0
"""How often a device says that it is there, even if it has nothing new to say."""
LOOK_AT_STATUS_S: Final = 1.0

M = TypeVar("M", bound=Message)


class NoAnswer(Exception):
    """The server did not answer in time; whether it did what was asked is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the broker listens, and who we are."""

    host: str
    port: int
    site: SiteId
    device: DeviceId
    certificates: Certificates | None = None
    """Whom to trust and who we are; None: a plain line, for a broker on this machine."""


class Line:
    """One device's connection; `run()` keeps it up until it is cancelled.

    Args:
        address: broker, site and device.
        now: gives the present instant, with an offset.
        new_id: gives a fresh id of `[a-z0-9-]`.
        status: what the device says of itself each time the line comes up.
        connect: opens a session with the broker.
        is_asker: whether this device asks; the others have no right to read answers.
        silent_after_s: how long the server's word counts; the broker's silence is borne as much
            longer or shorter.
    """

    def __init__(
        self,
        address: Address,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        status: Callable[[], DeviceStatus],
        connect: Connect | None = None,
        is_asker: bool = True,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        self.address = address
        self._now = now
        self._new_id = new_id
        self._status = status
        self._connect = connect or partial(connect_mqtt, certificates=address.certificates)
        self._is_asker = is_asker
        self._silent_after_s = silent_after_s
        self._connection: Connection | None = None
        self._followed: dict[str, Callable[[bytes], None]] = {}
        self._waiting: dict[str, asyncio.Future[ReplyBody]] = {}
        self._server_is_up = False
        self._server_reported_at: datetime | None = None
        self.server_clock = ServerClock(now, lambda: asyncio.get_running_loop().time())
        self._server_counts_until_s = 0.0
        self._silence: asyncio.TimerHandle | None = None
        self._told: bool | None = None
        self.on_change: Callable[[bool], None] = lambda is_up: None
        """Called with `is_up` each time the line to the server comes or goes."""
        self.on_trouble: Callable[[str], None] = lambda sentence: None
        """Called when no connection comes about, once for each reason, for the technician."""
        self._trouble = ""
        self.on_bad_payload: Callable[[str, BadPayload], None] = lambda topic, error: None

    @property
    def is_up(self) -> bool:
        """Whether the broker is connected and the server has said lately that it is there."""
        return self._connection is not None and self._server_is_up

    def follow(self, topic: str, kind: type[M], then: Callable[[M], None]) -> None:
        """Call `then` with each `kind` that arrives at `topic`. To be called before `run()`."""

        def deliver(payload: bytes) -> None:
            if payload:
                then(decode(payload, kind))

        self._followed[topic] = deliver

    async def run(self) -> None:
        """Connect, subscribe, deliver; reconnect for ever."""
        site, device = self.address.site, self.address.device
        if self._is_asker:
            self.follow(topics.reply(site, device), Reply, self._answered)
        self.follow(topics.status(site, SERVER), DeviceStatus, self._server_said)
        will = Will(topic=topics.status(site, device), payload=encode(DeviceStatus(is_up=False)))
        while True:
            try:
                async with self._connect(
                    self.address.host,
                    self.address.port,
                    identifier=f"{site}-{device}",
                    will=will,
                ) as connection:
                    await connection.subscribe(list(self._followed))
                    self._connection = connection
                    self.server_clock.connected()
                    self._trouble = ""
                    await self._deliver_all(connection)
            except ConnectionBroken as error:
                self._tell_trouble(str(error))
            finally:
                self._connection = None
                self._server_is(is_up=False)
            await asyncio.sleep(RECONNECT_AFTER_S)

    async def _deliver_all(self, connection: Connection) -> None:
        """Be seen, and deliver what comes in, until the line breaks or `run` is cancelled."""
        topic = topics.status(self.address.site, self.address.device)
        # To subscribe anew changes nothing and is always allowed.
        server = topics.status(self.address.site, SERVER)
        quiet_s = DOUBTED_AFTER_S * self._silent_after_s / SILENT_AFTER_S
        doubt = Doubt(lambda: connection.subscribe([server]), quiet_s)
        parts: list[asyncio.Task[None]] = []
        try:
            await self._publish(topic, self._status(), retain=True)
            self._tell()
            parts = [
                asyncio.create_task(self._deliver_each(connection, doubt)),
                asyncio.create_task(doubt.watch()),
            ]
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        except asyncio.CancelledError:
            # Of a client that takes leave no will is published.
            await self._send(topic, DeviceStatus(is_up=False), retain=True)
            raise
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _deliver_each(self, connection: Connection, doubt: Doubt) -> None:
        async for topic, payload in connection.messages():
            doubt.heard()
            self._deliver(topic, payload)

    async def ask(
        self, body: RequestBody, *, request_id: str | None = None, within_s: float = 8.0
    ) -> ReplyBody:
        """Ask the server and return its reply, a refusal included.

        Args:
            body: what is asked.
            request_id: of an earlier ask without an answer, which this one goes on with.
            within_s: how long to wait for the reply.

        Raises:
            NoAnswer: no reply within `within_s` seconds.
        """
        sent_at = self._now()
        request = Request(
            request_id=request_id or self._new_id(),
            sent_at=sent_at,
            expires_at=sent_at + timedelta(seconds=within_s),
            body=body,
        )
        reply: asyncio.Future[ReplyBody] = asyncio.get_running_loop().create_future()
        self._waiting[request.request_id] = reply
        try:
            async with asyncio.timeout(within_s):
                while True:
                    await self._publish(
                        topics.request(self.address.site, self.address.device), request
                    )
                    done, _ = await asyncio.wait([reply], timeout=RETRY_AFTER_S)
                    if done:
                        return reply.result()
        except TimeoutError:
            raise NoAnswer(request.request_id) from None
        finally:
            del self._waiting[request.request_id]

    async def publish(self, topic: str, message: Message) -> None:
        """Send `message` once, QoS 1; silently nothing while the line is down."""
        await self._publish(topic, message)

    async def report_status(self) -> None:
        """Publish the device's own status anew."""
        topic = topics.status(self.address.site, self.address.device)
        await self._publish(topic, self._status(), retain=True)

    async def keep_reporting(self) -> None:
        """Publish the device's status every `REPORT_S`, and soon after it has changed; for ever."""
        told, quiet_s = self._said(), 0.0
        while True:
            await asyncio.sleep(LOOK_AT_STATUS_S)
            quiet_s += LOOK_AT_STATUS_S
            said = self._said()
            if said != told or quiet_s >= REPORT_S:
                await self.report_status()
                told, quiet_s = said, 0.0

    def _said(self) -> DeviceStatus:
        return replace(self._status(), reported_at=None)

    async def _publish(self, topic: str, message: Message, *, retain: bool = False) -> None:
        await self._send(topic, message, retain=retain)
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # Python 3.11's `wait_for`, by which aiomqtt waits, may swallow a cancellation.
            raise asyncio.CancelledError

    async def _send(self, topic: str, message: Message, *, retain: bool) -> None:
        if self._connection is None:
            return
        try:
            await self._connection.publish(topic, encode(message), retain=retain)
        except ConnectionBroken:
            # `run` sees the broken line too; who waits for a reply asks again.
            return

    def _deliver(self, topic: str, payload: bytes) -> None:
        try:
            self._followed[topic](payload)
        except BadPayload as error:
            self.on_bad_payload(topic, error)

    def _answered(self, reply: Reply) -> None:
        waiting = self._waiting.get(reply.request_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply.body)

    def _server_said(self, status: DeviceStatus) -> None:
        """Believe the server, but its word only for a while: one that hangs takes no leave.

        What a broker has retained comes anew with each connection: that is no new word.
        """
        if not status.is_up:
            self._server_is(is_up=False)
            return
        now_s = asyncio.get_running_loop().time()
        if status.reported_at is None or status.reported_at != self._server_reported_at:
            self._server_reported_at = status.reported_at
            self._server_counts_until_s = now_s + self._silent_after_s
            if status.reported_at is not None:
                self.server_clock.heard(status.reported_at)
        self._server_is(is_up=now_s < self._server_counts_until_s)

    def _server_is(self, *, is_up: bool) -> None:
        if self._silence is not None:
            self._silence.cancel()
            self._silence = None
        self._server_is_up = is_up
        if is_up:
            loop = asyncio.get_running_loop()
            self._silence = loop.call_at(self._server_counts_until_s, self._heard_nothing)
        self._tell()

    def _heard_nothing(self) -> None:
        self._server_is(is_up=False)

    def _tell_trouble(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self.on_trouble(sentence)

    def _tell(self) -> None:
        if self._told != self.is_up:
            self._told = self.is_up
            self.on_change(self.is_up)
