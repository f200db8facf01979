"""The other end of a line: a server that answers as a test tells it, by the wire."""

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from types import TracebackType
from typing import Any, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import HelpCalled, Reply, ReplyBody, Request
from queue_server.rules.terms import DeviceId, SiteId

WAIT_S = 8.0
REPEAT_S = 0.5
SERVER = DeviceId("queue-server")
INSTANT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class AnsweringServer:
    """Answers every request, from its `answers_from`-th try on."""

    def __init__(
        self,
        broker: BrokerProcess,
        site: SiteId,
        *,
        answer: ReplyBody | Callable[[Request], ReplyBody] | None = None,
        answers_from: int = 1,
    ) -> None:
        self.site = site
        self.requests: list[Request] = []
        self.payloads: list[bytes] = []
        self.statuses: list[DeviceStatus] = []
        self._answer = answer or HelpCalled()
        self._answers_from = answers_from
        self._is_dead = False
        self._words = count()
        self._has_left = threading.Event()
        self._repeating = threading.Thread(target=self._repeat, name="repeating")
        self._broker = broker
        self._news = threading.Condition()
        self._is_listening = threading.Event()
        self._status_topic = topics.status(site, SERVER)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, f"{site}-answering", protocol=mqtt.MQTTv311
        )

    def __enter__(self) -> Self:
        client = self._client
        client.on_connect = self._connected
        client.on_subscribe = lambda *_: self._is_listening.set()
        client.on_message = self._received
        client.on_socket_open = _no_delay
        client.reconnect_delay_set(1, 1)
        client.will_set(self._status_topic, encode(DeviceStatus(is_up=False)), 1, retain=True)
        client.connect(self._broker.address.host, self._broker.address.port, 5)
        client.loop_start()
        assert self._is_listening.wait(WAIT_S)
        self._repeating.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._has_left.set()
        self._repeating.join()
        if self._client.is_connected() and not self._is_dead:
            self.publish(self._status_topic, encode(DeviceStatus(is_up=False)), retain=True)
        self._client.disconnect()
        self._client.loop_stop()

    def die(self) -> None:
        """Break the line without a word, as a killed process does."""
        self._is_dead = True
        self._has_left.set()
        self._repeating.join()
        line: Any = self._client.socket()
        self._client.loop_stop()
        line.shutdown(socket.SHUT_RDWR)

    def hang(self) -> None:
        """Say and do nothing any more, and keep the line, as a stopped process does."""
        self._has_left.set()
        self._repeating.join()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, 1, retain).wait_for_publish(WAIT_S)

    def wait_for_statuses(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.statuses) >= count, WAIT_S)

    def _repeat(self) -> None:
        """Say again that we are there, as the queue server does: a broker may lose it."""
        while not self._has_left.wait(REPEAT_S):
            self._say_up()

    def _say_up(self) -> None:
        said_at = INSTANT + timedelta(seconds=next(self._words))
        word = encode(DeviceStatus(is_up=True, reported_at=said_at))
        self._client.publish(self._status_topic, word, 1, retain=True)

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        filters = (topics.requests_filter(self.site), topics.statuses_filter(self.site))
        client.subscribe([(one, 1) for one in filters])
        self._say_up()

    def _received(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        if message.topic == self._status_topic:
            return
        if "/status/" in message.topic:
            with self._news:
                self.statuses.append(decode(payload, DeviceStatus))
                self._news.notify_all()
            return
        request = decode(payload, Request)
        self.requests.append(request)
        self.payloads.append(payload)
        if len(self.requests) >= self._answers_from:
            body = self._answer(request) if callable(self._answer) else self._answer
            device = topics.device_of(self.site, "request", message.topic)
            reply = Reply(request_id=request.request_id, replied_at=INSTANT, body=body)
            client.publish(topics.reply(self.site, device), encode(reply), 1)


def _no_delay(_client: mqtt.Client, _data: Any, line: Any) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
