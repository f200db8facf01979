"""Asks over MQTT as devices do, many requests at once, and notes how long each answer takes."""

import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import BrokerAddress

ID_LENGTH: Final = 32
ID_BEGINS_AT: Final = len('{"request_id":"')
"""Requests and replies both begin with their id: what is echoed need not be decoded for it."""
ANSWERED_WITHIN_S: Final = 170.0
"""A session lives for 180 s; a load that takes longer would be refused."""
START_MARGIN_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request, and where it goes."""

    topic: str
    payload: bytes
    request_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a load."""

    took_s: float
    latencies_s: tuple[float, ...]
    replies: tuple[bytes, ...]

    @property
    def rate_per_s(self) -> float:
        """How many were answered in a second."""
        return len(self.replies) / self.took_s


class NotAnswered(Exception):
    """A request was not answered in time: the bench would measure something that is broken."""


def request_id_of(payload: bytes) -> bytes:
    """Return the id with which a request or a reply of ours begins."""
    return payload[ID_BEGINS_AT : ID_BEGINS_AT + ID_LENGTH]


def no_delay(_client: mqtt.Client, _data: Any, line: Any) -> None:
    """Switch Nagle's algorithm off, as all our clients do."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def connected_client(
    name: str, address: BrokerAddress, topics: Sequence[str], on_message: Any
) -> mqtt.Client:
    """Return a client as the server's own one is, subscribed to `topics`, in its own thread."""
    is_subscribed = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv311)
    client.on_socket_open = no_delay
    client.on_connect = lambda client, *_: client.subscribe([(topic, 1) for topic in topics])
    client.on_subscribe = lambda *_: is_subscribed.set()
    client.on_message = on_message
    client.max_inflight_messages_set(0)
    client.max_queued_messages_set(0)
    client.connect(address.host, address.port, 30)
    client.loop_start()
    assert is_subscribed.wait(ANSWERED_WITHIN_S), f"{name} could not subscribe"
    return client


class Asker:
    """All devices of a load on one connection."""

    def __init__(self, name: str, address: BrokerAddress, replies_filter: str) -> None:
        self._waiting: deque[Question] = deque()
        self._asked_at: dict[bytes, float] = {}
        self._latencies: list[float] = []
        self._replies: list[bytes] = []
        self._wanted = 0
        self._is_done = threading.Event()
        self._client = connected_client(name, address, [replies_filter], self._answered)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def keep_in_flight(self, questions: Sequence[Question], in_flight: int) -> Run:
        """Ask everything, `in_flight` at a time: the next one when one is answered."""
        self._begin(len(questions))
        self._waiting = deque(questions[in_flight:])
        began_s = time.perf_counter()
        for question in questions[:in_flight]:
            self._ask(question, time.perf_counter())
        return self._end(began_s)

    def at_rate(self, questions: Sequence[Question], rate_per_s: float) -> Run:
        """Ask at a fixed rate, whatever the answers do; a late start counts as latency."""
        self._begin(len(questions))
        self._waiting.clear()
        began_s = time.perf_counter() + START_MARGIN_S
        pause = threading.Event()
        for number, question in enumerate(questions):
            due_s = began_s + number / rate_per_s
            early_s = due_s - time.perf_counter()
            if early_s > 0:
                pause.wait(early_s)
            self._ask(question, due_s)
        return self._end(began_s)

    def _begin(self, count: int) -> None:
        self._asked_at.clear()
        self._latencies, self._replies = [], []
        self._wanted = count
        self._is_done.clear()

    def _end(self, began_s: float) -> Run:
        if not self._is_done.wait(ANSWERED_WITHIN_S):
            raise NotAnswered(f"{self._wanted - len(self._replies)} of {self._wanted}")
        took_s = time.perf_counter() - began_s
        return Run(took_s=took_s, latencies_s=tuple(self._latencies), replies=tuple(self._replies))

    def _ask(self, question: Question, at_s: float) -> None:
        self._asked_at[question.request_id] = at_s
        self._client.publish(question.topic, question.payload, 1)

    def _answered(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        reply = bytes(message.payload)
        asked_at = self._asked_at.pop(request_id_of(reply), None)
        if asked_at is None:
            return
        now_s = time.perf_counter()
        self._latencies.append(now_s - asked_at)
        self._replies.append(reply)
        if self._waiting:
            self._ask(self._waiting.popleft(), now_s)
        elif len(self._replies) == self._wanted:
            self._is_done.set()
