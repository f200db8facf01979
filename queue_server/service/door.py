"""The service's side of the broker: what comes in goes to the inbox, what is decided goes out.

MQTT 3.1.1, QoS 1. A request is acknowledged to the broker only after its reply has left, so a
server that dies in between gets it again; the request id makes that harmless.
"""

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from queue_server.client.tls import TlsSession, connect_trouble, refused_trouble
from queue_server.contract import topics
from queue_server.contract.codec import BadPayload, decode, encode
from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from queue_server.contract.messages import PAYLOAD_BYTES_MAX, Request
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import DeviceId, SiteId
from queue_server.service.jobs import Asked, DeviceSaid, Job, LineIsUp, Unreadable

KEEPALIVE_S: Final = 5
RECONNECT_AFTER_S: Final = 1
REACH_WITHIN_S: Final = 1.5
UNACKNOWLEDGED_MS_MAX: Final = 4000
"""A socket whose bytes nobody has taken for so long is broken. The pulse sees to it that there are
always some; TCP by itself waits longer and longer, and long after a pulled cable is back."""
FAREWELL_WITHIN_S: Final = 2

_log = logging.getLogger(__name__)


class Door(Protocol):
    """How the service reaches devices."""

    def open(self, put: Callable[[Job], None]) -> None:
        """Begin to hand over what comes in; returns at once, connects when the broker is there."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send `payload`, QoS 1.

        While the line is down it is kept and sent later; what is retained is not: all of that
        is published anew when the line is back.
        """

    def acknowledge(self, delivery: int) -> None:
        """Tell the broker that a delivery has been dealt with."""

    def close(self) -> None:
        """Say good-bye and disconnect."""


class MqttDoor:
    """A `Door` on an MQTT broker, by paho's own network thread."""

    def __init__(
        self, host: str, port: int, site: SiteId, session: TlsSession | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._session = session
        self._site = site
        self._put: Callable[[Job], None] = lambda job: None
        self._gone = threading.Event()
        self._is_accepted = False
        self._told: set[str] = set()
        """What the technician has been told since the line was up."""
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            f"{site}-{SERVER}" if session is None else session.client_id,
            protocol=mqtt.MQTTv311,
            clean_session=False,
            manual_ack=True,
        )

    def open(self, put: Callable[[Job], None]) -> None:
        """Connect in the background and hand what comes in to `put`."""
        self._put = put
        client = self._client
        if self._session is not None:
            client.tls_set_context(self._session.context)
        client.on_socket_open = _set_up_socket
        client.on_connect = self._connected
        client.on_connect_fail = self._not_connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        client.max_inflight_messages_set(0)
        client.max_queued_messages_set(0)
        client.reconnect_delay_set(RECONNECT_AFTER_S, RECONNECT_AFTER_S)
        client.connect_timeout = REACH_WITHIN_S
        client.will_set(self._status_topic(), encode(DeviceStatus(is_up=False)), 1, retain=True)
        client.connect_async(self._host, self._port, KEEPALIVE_S)
        client.loop_start()

    @property
    def is_up(self) -> bool:
        """Whether the broker is connected."""
        return self._client.is_connected()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send `payload`, QoS 1."""
        if retain and not self._client.is_connected():
            return
        self._client.publish(topic, payload, 1, retain)

    def acknowledge(self, delivery: int) -> None:
        """Tell the broker that a delivery has been dealt with."""
        # Of quality 0 there is nothing to acknowledge, and a broker disconnects who tries.
        if delivery:
            self._client.ack(delivery, 1)

    def close(self) -> None:
        """Say good-bye and disconnect."""
        was_up = self._client.is_connected()
        if was_up:
            farewell = encode(DeviceStatus(is_up=False))
            sent = self._client.publish(self._status_topic(), farewell, 1, retain=True)
            if sent.rc == mqtt.MQTT_ERR_SUCCESS:
                sent.wait_for_publish(FAREWELL_WITHIN_S)
        self._client.disconnect()
        if was_up:
            # Paho closes its socket in its own thread, which must have had the time for it.
            self._gone.wait(FAREWELL_WITHIN_S)
        self._client.loop_stop()

    def _status_topic(self) -> str:
        return topics.status(self._site, SERVER)

    def _connected(
        self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: ReasonCode, *_: Any
    ) -> None:
        if reason.is_failure:
            self._tell(refused_trouble(self._host, self._port, str(reason)))
            return
        self._is_accepted = True
        self._told.clear()
        self._gone.clear()
        client.subscribe([(one, 1) for one in followed_topics(self._site)])

    def _not_connected(self, *_: Any) -> None:
        self._tell(connect_trouble(sys.exception(), self._host, self._port))

    def _disconnected(self, *_: Any) -> None:
        if not self._is_accepted and self._session is not None and not self._told:
            # In TLS 1.3 a certificate is refused after the handshake, without a word to MQTT.
            self._tell(refused_trouble(self._host, self._port, "line closed"))
        self._is_accepted = False
        self._gone.set()

    def _tell(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            _log.error("%s", sentence)

    def _subscribed(self, *_: Any) -> None:
        # Only now has paho sent again what was under way when the line broke: boards of then,
        # which must not come after those of now and be retained in their place.
        self._put(LineIsUp())

    def _received(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        try:
            job = read_job(
                self._site,
                message.topic,
                bytes(message.payload),
                message.mid,
                is_retained=message.retain,
                arrived_s=time.monotonic(),
            )
        except (topics.BadTopic, BadPayload) as error:
            # Never the payload: it may hold what somebody typed.
            _log.warning("dropped a message at %.80r: %s", message.topic, type(error).__name__)
            job = None
        if job is not None:
            self._put(job)
        if not isinstance(job, Asked | Unreadable):
            self.acknowledge(message.mid)


def followed_topics(site: SiteId) -> tuple[str, ...]:
    """Return the topic filters of all that devices say."""
    return (
        topics.requests_filter(site),
        topics.statuses_filter(site),
        topics.heard_filter(site),
        topics.screenshots_filter(site),
    )


_SAID: Final[dict[str, type[DeviceStatus] | type[Heard] | type[Screenshot]]] = {
    "status": DeviceStatus,
    "heard": Heard,
    "screenshot": Screenshot,
}
"""What devices say, by the kind of its topic."""


def read_job(
    site: SiteId,
    topic: str,
    payload: bytes,
    delivery: int,
    *,
    is_retained: bool = False,
    arrived_s: float = 0.0,
) -> Job | None:
    """Return what a message asks of the service; None: nothing.

    Raises:
        BadTopic, BadPayload: it is no message of ours.
    """
    kind = topic.removeprefix(f"{topics.PREFIX}/{site}/").partition("/")[0]
    device = topics.device_of(site, kind, topic)
    if kind == "request":
        return _request(device, payload, delivery, arrived_s)
    if kind not in _SAID:
        raise topics.BadTopic(kind)
    if device == SERVER or not payload:
        return None
    said = decode(payload, _SAID[kind])
    return DeviceSaid(device=device, said=said, is_retained=is_retained)


def _request(device: DeviceId, payload: bytes, delivery: int, arrived_s: float) -> Job:
    try:
        request = decode(payload, Request)
    except BadPayload as error:
        _log.warning("a request of %s can't be read", device)
        return Unreadable(
            device=device,
            request_id=_readable_id(payload),
            detail=str(error),
            delivery=delivery,
        )
    return Asked(device=device, request=request, delivery=delivery, arrived_s=arrived_s)


def _readable_id(payload: bytes) -> str:
    """Return the request id of a payload that is no request, or an empty text."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        return ""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    request_id = found.get("request_id") if isinstance(found, dict) else None
    return request_id if isinstance(request_id, str) and topics.is_id(request_id) else ""


def _set_up_socket(_client: mqtt.Client, _userdata: Any, sock: Any) -> None:
    # Without it a round trip takes 40 ms and more.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS_MAX)
