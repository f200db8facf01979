"""What the product asks of any broker, tried on each one it can be run with."""

import contextlib
import os
import queue
import select
import signal
import socket
import statistics
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import Broker, BrokerAddress, BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import BrokerProcess, BrokerProgram
from queue_server.broker.configuration import mosquitto_files
from queue_server.broker.existing_broker import ExistingBroker
from queue_server.broker.mosquitto import mosquitto
from queue_server.broker.probe import answers

WAIT_S = 15.0


class Client:
    """A paho client whose messages wait in a queue."""

    def __init__(self, address: BrokerAddress, *, will: str | None = None) -> None:
        self.received: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()
        self._subscribed: queue.Queue[bool] = queue.Queue()
        self.paho = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        self.paho.on_message = lambda _client, _userdata, message: self.received.put(message)
        self.paho.on_socket_open = set_no_delay
        self.paho.on_connect = lambda *_: self._connected.put(True)
        self.paho.on_subscribe = lambda *_: self._subscribed.put(True)
        if will is not None:
            self.paho.will_set(will, b"gone", qos=1, retain=True)
        self.paho.connect(address.host, address.port)
        self.paho.loop_start()
        self._connected.get(timeout=WAIT_S)

    def subscribe(self, topic: str) -> None:
        self.paho.subscribe(topic, qos=1)
        self._subscribed.get(timeout=WAIT_S)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        self.paho.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WAIT_S)

    def next_message(self) -> mqtt.MQTTMessage:
        return self.received.get(timeout=WAIT_S)

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


def set_no_delay(_client: mqtt.Client, _userdata: object, line: Any) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def echo(client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
    client.publish("fast/v1/reply", message.payload, qos=1)


Connect = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    clients: list[Client] = []

    def connect_to(address: BrokerAddress, *, will: str | None = None) -> Client:
        clients.append(Client(address, will=will))
        return clients[-1]

    yield connect_to
    for client in clients:
        client.close()


@pytest.fixture
def own_broker(
    broker_program: Callable[[Path], BrokerProcess], tmp_path: Path
) -> Iterator[BrokerProcess]:
    own = broker_program(tmp_path / "broker")
    own.start()
    yield own
    own.stop()


def test_a_message_of_quality_1_arrives(broker: Broker, connect: Connect) -> None:
    reader, writer = connect(broker.address), connect(broker.address)
    reader.subscribe("arrives/v1/#")

    writer.publish("arrives/v1/request/kiosk-1", "签到".encode())

    message = reader.next_message()
    assert message.topic == "arrives/v1/request/kiosk-1"
    assert message.payload.decode() == "签到"
    assert message.qos == 1


def test_a_retained_board_is_there_for_whoever_comes_later(
    broker: Broker, connect: Connect
) -> None:
    connect(broker.address).publish("retained/v1/board/area/east", b"A017", retain=True)

    later = connect(broker.address)
    later.subscribe("retained/v1/board/area/+")

    message = later.next_message()
    assert message.payload == b"A017"
    assert message.retain


def test_the_will_of_a_client_whose_line_is_cut_is_delivered_and_retained(
    broker: Broker, connect: Connect
) -> None:
    watcher = connect(broker.address)
    watcher.subscribe("will/v1/status/+")
    dying = connect(broker.address, will="will/v1/status/kiosk-1")

    line = dying.paho.socket()
    assert line is not None
    dying.paho.loop_stop()
    line.close()

    assert watcher.next_message().payload == b"gone"
    later = connect(broker.address)
    later.subscribe("will/v1/status/+")
    assert later.next_message().retain


def test_a_payload_of_64_kib_passes_unchanged(broker: Broker, connect: Connect) -> None:
    payload = bytes(range(256)) * 256
    reader = connect(broker.address)
    reader.subscribe("large/v1/board")

    connect(broker.address).publish("large/v1/board", payload)

    assert reader.next_message().payload == payload


def test_request_and_reply_do_not_wait_for_delayed_acknowledgements(
    broker: Broker, connect: Connect
) -> None:
    """40 ms is what TCP waits for when one side forgets TCP_NODELAY."""
    asker, server = connect(broker.address), connect(broker.address)
    server.subscribe("fast/v1/request")
    asker.subscribe("fast/v1/reply")
    server.paho.on_message = echo

    round_trips_ms = []
    for number in range(30):
        started_at = time.perf_counter()
        asker.paho.publish("fast/v1/request", str(number).encode(), qos=1)
        assert asker.next_message().payload == str(number).encode()
        round_trips_ms.append((time.perf_counter() - started_at) * 1000)

    assert statistics.median(round_trips_ms) < 30


def test_a_broker_started_again_keeps_its_address_and_serves(
    own_broker: BrokerProcess, connect: Connect
) -> None:
    # What it retained before is not asked for: the journal is the truth, and the server tells
    # everything again. NATS may lose a retained message to whoever subscribes at once.
    address = own_broker.address

    own_broker.stop()
    assert not answers(address, timeout_s=1.0)
    own_broker.start()

    assert own_broker.address == address
    later = connect(address)
    later.subscribe("again/v1/board")
    connect(address).publish("again/v1/board", b"A018", retain=True)
    assert later.next_message().payload == b"A018"


def test_a_broker_that_has_died_is_started_again_at_the_same_address(
    own_broker: BrokerProcess, connect: Connect
) -> None:
    address = own_broker.address
    [died] = brokers_of(own_broker.log.parent)
    own_broker.look_after()
    assert brokers_of(own_broker.log.parent) == [died], "one that runs is left alone"

    os.kill(died, signal.SIGKILL)
    assert own_broker._process is not None
    own_broker._process.wait(WAIT_S)
    own_broker.look_after()

    assert own_broker.address == address
    connect(address).publish("again/v1/request", b"A019")
    assert brokers_of(own_broker.log.parent) != [died]


def test_a_broker_that_was_stopped_stays_so(own_broker: BrokerProcess) -> None:
    own_broker.stop()

    own_broker.look_after()

    assert brokers_of(own_broker.log.parent) == []


def test_stopping_leaves_no_process_and_may_be_repeated(own_broker: BrokerProcess) -> None:
    folder = own_broker.log.parent
    assert len(brokers_of(folder)) == 1

    own_broker.stop()
    own_broker.stop()

    assert brokers_of(folder) == []


def test_a_broker_does_not_outlive_a_program_that_is_killed(
    broker_program: Callable[[Path], BrokerProcess], tmp_path: Path
) -> None:
    folder = tmp_path / "broker"
    program = textwrap.dedent(f"""
        import pathlib, sys
        from {broker_program.__module__} import {broker_program.__name__} as program
        program(pathlib.Path({str(folder)!r})).start()
        print("started", flush=True)
        sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        [orphan] = brokers_of(folder)
        parent.kill()

        wait_for_the_end_of(orphan)

    assert brokers_of(folder) == []


def test_a_broker_that_cannot_start_says_why_and_leaves_no_process(
    broker: BrokerProcess,
    broker_program: Callable[..., BrokerProcess],
    tmp_path: Path,
) -> None:
    second = broker_program(tmp_path / "broker", port=broker.address.port)

    with pytest.raises(BrokerError, match=r"cannot listen on .*, port \d+: .*in use") as caught:
        second.start()

    assert caught.value.code is BrokerErrorCode.BROKER_DID_NOT_START
    assert brokers_of(tmp_path / "broker") == []


def test_a_broker_that_gives_up_at_once_is_quoted(tmp_path: Path) -> None:
    program = BrokerProgram(
        path=Path("/usr/bin/cat"),
        config_option="--no-such-option",
        reloaded="never",
        files=mosquitto_files,
    )
    broken = BrokerProcess(program, folder=tmp_path)

    with pytest.raises(BrokerError, match=r"cat did not start on .* unrecognized option"):
        broken.start()


def test_a_broker_of_the_hospital_is_accepted_when_it_answers(own_broker: BrokerProcess) -> None:
    existing = ExistingBroker(own_broker.address)

    existing.start()
    existing.stop()
    assert answers(own_broker.address, timeout_s=1.0)

    own_broker.stop()
    with pytest.raises(BrokerError, match=f"answers at {own_broker.address}") as caught:
        existing.start()
    assert caught.value.code is BrokerErrorCode.BROKER_DOES_NOT_ANSWER


def test_a_missing_mosquitto_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="apt-get install mosquitto") as caught:
        mosquitto(tmp_path, program=tmp_path / "mosquitto")

    assert caught.value.code is BrokerErrorCode.BROKER_NOT_INSTALLED


def brokers_of(folder: Path) -> list[int]:
    """Return the ids of the running brokers whose configuration stands in `folder`."""
    config = str(folder / "broker.conf").encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            if (process / "cmdline").read_bytes().rstrip(b"\0").endswith(config):
                found.append(int(process.name))
    return found


def wait_for_the_end_of(process_id: int) -> None:
    """Wait with the kernel's help; after `WAIT_S` the process is killed and the test fails."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], WAIT_S)
        if not ended:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        assert ended, "the broker outlived the program that started it"
    finally:
        os.close(handle)
