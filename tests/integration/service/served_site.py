"""A queue service as the product runs it, and MQTT clients that know it by the wire only."""

import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from joserfc.jwk import OKPKey
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.message import Message
from queue_server.contract.messages import (
    CheckedIn,
    CheckIn,
    Identified,
    Identify,
    Refused,
    Reply,
    ReplyBody,
    Request,
    RequestBody,
)
from queue_server.contract.topics import SERVER
from queue_server.contract.virtual_card import CardReader
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DEMO_SITE_FILE, DemoHospital
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.records.virtual_card import CardIssuer, public_key
from queue_server.rules.commands import AddWalkIn, Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import DeviceId, QueueId, RefusalCode, RequestId, SiteId
from queue_server.service.door import MqttDoor
from queue_server.service.now import Now
from queue_server.service.parts import Parts
from queue_server.service.queue_service import QueueService
from queue_server.service.report_lookup import ReportShelf
from queue_server.service.setup import Setup, make_setup
from queue_server.site import load_site
from tests.integration.service.known_hospital import OPENING, card_id, id_number

WAIT_S = 20.0
_numbers = count(1)


class SettableClock:
    """Stands still until a test sets it."""

    def __init__(self, now: datetime = OPENING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def setup_of(site: SiteId, **changes: Any) -> Setup:
    return make_setup(replace(load_site(DEMO_SITE_FILE), id=site, **changes))


class ServedSite:
    """One site: its journal file, its service, its clock."""

    def __init__(
        self, folder: Path, address: BrokerAddress, site: SiteId, records_file: Path
    ) -> None:
        self.folder = folder
        self.address = address
        self.site = site
        self.records_file = records_file
        self.clock = SettableClock()
        self.key = OKPKey.generate_key("Ed25519")
        self.fatal: SimpleQueue[Exception] = SimpleQueue()
        self.journal: SqliteJournal
        self.service: QueueService
        self.site_changes: dict[str, Any] = {}
        """What its site file says otherwise than that of the demo."""
        self._is_running = False

    def start(self, journal: type[SqliteJournal] = SqliteJournal) -> None:
        """Return when devices are heard."""
        topic = topics.status(self.site, SERVER)
        watcher = Listener(self.address, topic)
        self.begin(journal)
        watcher.wait_until(lambda heard: any(_says_up(one) for one in heard))
        watcher.close()

    def begin(self, journal: type[SqliteJournal] = SqliteJournal) -> None:
        """Start and wait for nobody."""
        self._is_running = True
        self.journal = journal(self.folder / "journal.db")
        self.journal.open(self.clock())
        self.service = QueueService(
            setup_of(self.site, **self.site_changes),
            Parts(
                journal=self.journal,
                records=DemoHospital(self.records_file),
                cards=CardReader([public_key(self.key)], self.site),
                door=MqttDoor(self.address.host, self.address.port, self.site),
                clock=self.clock,
                fatal=self.fatal.put,
                shelf=ReportShelf(
                    reports=DemoReports(self.records_file, self.clock),
                    new_token=lambda: secrets.token_urlsafe(32),
                ),
            ),
        )
        self.service.start()

    def stop(self) -> None:
        """End as the product does; does nothing the second time."""
        if self._is_running:
            self._is_running = False
            self.service.stop()
            self.journal.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def act(self, command: Command, *, request_id: str | None = None) -> Entry:
        chosen = RequestId(request_id or f"act-{next(_numbers)}")
        return self.service.act(command, by="nurse:li", request_id=chosen).result(WAIT_S)

    def card(self, name: str, token_id: str) -> str:
        return CardIssuer(self.key, self.site).issue(card_id(name), self.clock(), token_id)


class Heard(NamedTuple):
    """A message as it came."""

    topic: str
    payload: bytes
    is_retained: bool
    """Whether it was there before the one who hears it."""


def _says_up(heard: Heard) -> bool:
    return not heard.is_retained and json.loads(heard.payload)["is_up"]


class Listener:
    """A client that keeps everything it hears."""

    def __init__(self, address: BrokerAddress, *filters: str) -> None:
        self.heard: list[Heard] = []
        self._news = threading.Condition()
        self._filters = filters
        self._is_listening = threading.Event()
        self.paho = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            f"listener-{next(_numbers)}-{id(self)}",
            protocol=mqtt.MQTTv311,
        )
        self.paho.on_socket_open = _no_delay
        self.paho.on_connect = self._connected
        self.paho.on_subscribe = lambda *_: self._is_listening.set()
        self.paho.on_message = self._received
        self.paho.reconnect_delay_set(1, 1)
        self.paho.connect(address.host, address.port, 30)
        self.paho.loop_start()
        assert self._is_listening.wait(WAIT_S)

    def _connected(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([(one, 1) for one in self._filters])

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        with self._news:
            self.heard.append(Heard(message.topic, bytes(message.payload), message.retain))
            self._news.notify_all()

    def wait_until(self, is_there: Callable[[list[Heard]], object]) -> None:
        """Return when what has been heard satisfies `is_there`."""
        with self._news:
            is_in_time = self._news.wait_for(lambda: is_there(self.heard), WAIT_S)
        assert is_in_time, f"not heard in time; {len(self.heard)} messages were"

    def wait_for_count(self, count: int) -> None:
        """Return when so many messages have been heard."""
        self.wait_until(lambda heard: len(heard) >= count)

    def texts(self, topic: str) -> list[dict[str, Any]]:
        """Return what was heard at `topic`, as JSON."""
        return [json.loads(one.payload) for one in list(self.heard) if one.topic == topic]

    def wait_for(self, topic: str, fits: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the first message at `topic` that fits."""
        self.wait_until(lambda _: any(fits(one) for one in self.texts(topic)))
        return next(one for one in self.texts(topic) if fits(one))

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


class Device(Listener):
    """A kiosk, as raw as the wire: it sends once and waits."""

    def __init__(self, served: ServedSite, name: str = "kiosk-01") -> None:
        self.served = served
        self.name = DeviceId(name)
        self.reply_topic = topics.reply(served.site, self.name)
        super().__init__(served.address, self.reply_topic)

    def send(self, payload: bytes, *, qos: int = 1) -> None:
        self.send_to(topics.request(self.served.site, self.name), payload, qos=qos)

    def send_to(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        self.paho.publish(topic, payload, qos, retain).wait_for_publish(WAIT_S)

    def post(self, request: Request) -> None:
        """Send a request and wait for nothing."""
        topic = topics.request(self.served.site, self.name)
        self.paho.publish(topic, encode(request), 1)

    def request(self, body: RequestBody, request_id: str | None = None) -> Request:
        now = self.served.clock()
        return Request(
            request_id=request_id or f"r-{next(_numbers)}",
            sent_at=now,
            expires_at=now + timedelta(seconds=30),
            body=body,
        )

    def payloads(self, request_id: str) -> list[bytes]:
        """Return the replies to a request so far."""
        return [
            one.payload
            for one in list(self.heard)
            if decode(one.payload, Reply).request_id == request_id
        ]

    def ask(self, body: RequestBody, request_id: str | None = None) -> ReplyBody:
        return decode(self.ask_payload(self.request(body, request_id)), Reply).body

    def ask_payload(self, request: Request) -> bytes:
        """Send a request and return the next reply to it, as it came."""
        count_before = len(self.payloads(request.request_id))
        self.post(request)
        return self.reply_to(request, count_before)

    def reply_to(self, request: Request, index: int = 0) -> bytes:
        """Return the `index`-th reply to a request, as it came."""
        self.wait_until(lambda _: len(self.payloads(request.request_id)) > index)
        return self.payloads(request.request_id)[index]

    def refusal_of(self, body: RequestBody) -> Refused:
        reply = self.ask(body)
        assert isinstance(reply, Refused), reply
        return reply

    def code_of(self, body: RequestBody) -> RefusalCode:
        return self.refusal_of(body).code

    def identify(self, name: str) -> Identified:
        reply = self.ask(Identify(id_number=id_number(name)))
        assert isinstance(reply, Identified), reply
        return reply

    def check_in_request(self, name: str) -> CheckIn:
        """Identify a patient and return the check-in for his first visit."""
        identified = self.identify(name)
        return CheckIn(session_id=identified.session_id, ticket_id=identified.visits[0].ticket_id)

    def check_in(self, name: str) -> CheckedIn:
        reply = self.ask(self.check_in_request(name))
        assert isinstance(reply, CheckedIn), reply
        return reply

    def tell(self, topic: str, message: Message, *, retain: bool = False) -> None:
        self.send_to(topic, encode(message), retain=retain)


def wait_until_now(service: QueueService, is_so: Callable[[QueueService], bool]) -> None:
    """Return when the service is in a state; it is asked again at each commit."""
    is_reached = threading.Event()
    stop = service.listen(lambda _now: is_reached.set() if is_so(service) else None)
    deadline = time.monotonic() + WAIT_S
    if not is_so(service):
        assert is_reached.wait(deadline - time.monotonic()), "the service never got there"
    stop()


@contextmanager
def one_commit(served: ServedSite) -> Iterator[None]:
    """Let all that is asked inside be decided in one batch: the writer is held up meanwhile."""
    is_held, may_go_on = threading.Event(), threading.Event()

    def hold(_now: Now) -> None:
        is_held.set()
        assert may_go_on.wait(WAIT_S)

    stop = served.service.listen(hold)
    served.act(AddWalkIn(queue=QueueId("ophthalmology-1"), prefix="F"))
    assert is_held.wait(WAIT_S)
    stop()
    yield
    may_go_on.set()


def _no_delay(_client: mqtt.Client, _data: Any, line: Any) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
