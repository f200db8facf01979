"""What devices send: the real door, writer, rules and journal take it and go on."""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as mqtt
from hypothesis import strategies as st
from joserfc.jwk import OKPKey

from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.contract.messages import (
    PAYLOAD_BYTES_MAX,
    CallHelp,
    HelpCalled,
    Reply,
    ReplyBody,
    Request,
    RequestBody,
)
from queue_server.contract.virtual_card import CardReader
from queue_server.journal.journal_check import check_journal
from queue_server.journal.journal_file import JOURNAL_NAME, JournalFile
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DEMO_SITE_FILE, DemoHospital
from queue_server.records.virtual_card import CardIssuer, public_key
from queue_server.rules.commands import Command
from queue_server.rules.events import Entry
from queue_server.rules.terms import DeviceId, RequestId
from queue_server.service.door import MqttDoor
from queue_server.service.jobs import Acted, Job, firm_future
from queue_server.service.parts import Parts
from queue_server.service.setup import Setup, make_setup
from queue_server.service.writer import Writer
from queue_server.site import load_site
from tests.fuzz.campaign import Fuzzer, Try, scratch
from tests.fuzz.strange import changed_bytes
from tests.fuzz.wire import payloads
from tests.integration.service.known_hospital import (
    ON_TIME,
    OPENING,
    SECOND,
    SENSITIVE,
    card_id,
    id_number,
    write_known_hospital,
)

KIOSK = DeviceId("kiosk-01")
CARD_KEY = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    }
)


class BrokerlessDoor(MqttDoor):
    """The real door, with what a broker would deliver put into its hands."""

    def __init__(self, site: str) -> None:
        super().__init__("127.0.0.1", 1, site)  # type: ignore[arg-type]
        self.published: list[tuple[str, bytes]] = []
        self.acknowledged: list[int] = []

    def open(self, put: Callable[[Job], None]) -> None:
        self._put = put

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.published.append((topic, payload))

    def acknowledge(self, delivery: int) -> None:
        self.acknowledged.append(delivery)

    def close(self) -> None:
        pass

    def deliver(self, topic: bytes, payload: bytes, delivery: int) -> None:
        message = mqtt.MQTTMessage(mid=delivery, topic=topic)
        message.payload = payload
        message.qos = 1
        self._received(self._client, None, message)


class _AtOnce(Executor):
    """Asks the records in the same thread, so that an input has its effect before the next."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = firm_future()
        future.set_result(fn(*args, **kwargs))
        return future


class ServerUnderFire:
    """A queue server without network and threads, and what it has been asked so far."""

    def __init__(
        self,
        folder: Path,
        door: type[BrokerlessDoor] = BrokerlessDoor,
        key: JournalKey | None = None,
    ) -> None:
        self.file = JournalFile(path=folder / JOURNAL_NAME, key=key)
        self.site = setup().site.id
        self.now = OPENING
        self._inbox: list[Job] = []
        self._count = 0
        shutil.copy(_records_file(), folder / "records.sqlite")
        self._records = DemoHospital(folder / "records.sqlite")
        self._door_type = door
        self.start()

    def start(self) -> None:
        self.door = self._door_type(self.site)
        self.journal = SqliteJournal(self.file.path, self.file.key)
        self.journal.open(self.now)
        self.writer = Writer(
            setup(),
            Parts(
                journal=self.journal,
                records=self._records,
                cards=CardReader([public_key(CARD_KEY)], self.site),
                door=self.door,
                clock=lambda: self.now,
                fatal=_fail,
            ),
            lookups=_AtOnce(),
            monotonic=self._seconds,
            put=self._inbox.append,
        )
        self.writer.open()

    def _seconds(self) -> float:
        return self.now.timestamp()

    def deliver(self, topic: bytes, payload: bytes) -> int:
        self._count += 1
        self.door.deliver(topic, payload, self._count)
        return self._count

    def ask(self, body: RequestBody, request_id: str) -> ReplyBody:
        """Let the kiosk ask, and return its answer."""
        request = Request(
            request_id=request_id,
            sent_at=self.now,
            expires_at=self.now + timedelta(seconds=8),
            body=body,
        )
        delivery = self.deliver(topics.request(self.site, KIOSK).encode(), encode(request))
        self.work()
        assert delivery in self.door.acknowledged
        replies = [decode(one, Reply) for one in self.replies(KIOSK)]
        [answer] = [reply.body for reply in replies if reply.request_id == request_id]
        return answer

    def act(self, command: Command, request_id: str) -> None:
        """Let a nurse act."""
        answer: Future[Entry] = firm_future()
        self._inbox.append(
            Acted(command=command, by="nurse:li", request_id=RequestId(request_id), answer=answer)
        )
        self.work()
        answer.result(0)

    def work(self) -> None:
        """Let the writer work until nothing is left to do."""
        while self._inbox:
            jobs, self._inbox[:] = list(self._inbox), []
            self.writer.step(jobs)
        self.writer.step([])

    def replies(self, device: str) -> list[bytes]:
        topic = topics.reply(self.site, DeviceId(device))
        return [payload for to, payload in self.door.published if to == topic]

    def assert_serves(self) -> None:
        """The next good request is answered."""
        self.door.published.clear()
        assert self.ask(CallHelp(screen="home"), f"good-{self._count}") == HelpCalled()

    def stop(self) -> None:
        """End; the journal is sound, and tells a server that starts now the same day."""
        before = self.writer.now
        self.journal.close()
        report = check_journal(self.file)
        assert report.is_sound, report.findings
        self.start()
        after = self.writer.now
        self.journal.close()
        assert after.day == before.day
        assert (after.help_calls, after.sessions) == (before.help_calls, before.sessions)
        assert after.change_count == before.change_count


@contextlib.contextmanager
def server(door: type[BrokerlessDoor] = BrokerlessDoor) -> Iterator[ServerUnderFire]:
    """Yield a server that has just begun its day."""
    with scratch() as folder:
        under_fire = ServerUnderFire(folder, door)
        try:
            yield under_fire
            under_fire.stop()
        finally:
            under_fire.journal.close()


def messages_are_taken(target: ServerUnderFire, thrown: list[tuple[bytes, bytes, int]]) -> None:
    """Nothing is raised, what can be answered is, all is acknowledged, and work goes on."""
    target.door.published.clear()
    deliveries = []
    for topic, payload, seconds in thrown:
        target.now = min(max(OPENING, target.now + timedelta(seconds=seconds)), CLOSING)
        deliveries.append(target.deliver(topic, payload))
    target.work()
    assert set(deliveries) <= set(target.door.acknowledged)
    for topic, payload, _ in thrown:
        request_id = _answerable_id(payload)
        device = _device_of(topic)
        if device and request_id:
            ids = [decode(one, Reply).request_id for one in target.replies(device)]
            assert request_id in ids, request_id
    target.assert_serves()


CLOSING = OPENING + timedelta(hours=9)


def _answerable_id(payload: bytes) -> str:
    """Return the id of whatever can be answered, read in another way than the server does."""
    if len(payload) > PAYLOAD_BYTES_MAX:
        return ""
    try:
        found = json.loads(payload.decode("utf-8"))
        msgspec.json.decode(payload)
    except (ValueError, RecursionError, msgspec.DecodeError):
        return ""
    request_id = found.get("request_id") if isinstance(found, dict) else None
    return request_id if isinstance(request_id, str) and topics.is_id(request_id) else ""


def _device_of(topic: bytes) -> str:
    start = f"{topics.PREFIX}/{setup().site.id}/request/".encode()
    device = topic.removeprefix(start).decode("utf-8", "replace")
    return device if topic.startswith(start) and topics.is_id(device) else ""


@cache
def setup() -> Setup:
    """Return the demo site."""
    return make_setup(load_site(DEMO_SITE_FILE))


@cache
def _records_file() -> Path:
    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / "records.sqlite"
    write_known_hospital(path)
    return path


def virtual_card(name: str, seconds: int, token_id: str) -> str:
    """Return the text of a card that was issued so many seconds after the opening."""
    at = OPENING + timedelta(seconds=seconds)
    return CardIssuer(CARD_KEY, setup().site.id).issue(card_id(name), at, token_id)


def _fail(error: Exception) -> None:
    raise AssertionError("the writer has failed") from error


_people = st.sampled_from([ON_TIME, SECOND, SENSITIVE])
_ids = st.sampled_from(["r-1", "r-2", "r-3", "r-4"])
_tickets = st.sampled_from(
    ["cardiology-1:A001", "cardiology-1:A002", "dermatology-1:D001", "cardiology-1:A001@2026-11-24"]
)
KNOWN = {
    "request_id": _ids | st.uuids().map(str),
    "session_id": _ids,
    "ticket_id": _tickets,
    "slip_code": _tickets.map(lambda ticket: f"hk:20261123:{ticket}"),
    "id_number": _people.map(id_number) | st.none(),
    "card": st.none() | st.builds(virtual_card, _people, st.integers(-70, 70), st.uuids().map(str)),
    "expires_at": st.integers(-200, 200).map(
        lambda seconds: datetime.isoformat(OPENING + timedelta(seconds=seconds))
    ),
    "area": st.sampled_from(["area-a", "area-b"]),
}


def _topics(kind: str) -> st.SearchStrategy[bytes]:
    start = f"hk/v1/{load_site(DEMO_SITE_FILE).id}/{kind}/".encode()
    devices = st.sampled_from([b"kiosk-01", b"kiosk-02", b"queue-server", b"tv-1"])
    good = devices.map(lambda device: start + device)
    return good | good | good | good | changed_bytes(good).filter(_a_broker_lets_through)


def _a_broker_lets_through(topic: bytes) -> bool:
    """Tell whether it is UTF-8: NATS and Mosquitto cut whoever sends anything else."""
    return b"\0" not in topic and topic.decode("utf-8", "replace").encode() == topic


def _thrown(kind: str, payload: st.SearchStrategy[bytes]) -> st.SearchStrategy[Any]:
    return st.tuples(_topics(kind), payload, st.sampled_from([0, 0, 0, 1, 30, 200, -60]))


_requests = _thrown("request", payloads(Request, KNOWN))
_told = _thrown("status", payloads(DeviceStatus, KNOWN)) | _thrown("heard", payloads(Heard, KNOWN))
SERVER_LINE = Fuzzer(
    name="mqtt",
    target=server,
    tries=(
        Try(
            name="requests",
            inputs=st.lists(_requests, min_size=1, max_size=6),
            check=messages_are_taken,
            examples=25,
        ),
        Try(
            name="everything that devices send",
            inputs=st.lists(_requests | _told, min_size=1, max_size=12),
            check=messages_are_taken,
            examples=25,
        ),
    ),
)
