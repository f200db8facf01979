"""A site with devices on its list, a broker that follows it, and clients that try their rights."""

import contextlib
import queue
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.access import Secured
from queue_server.broker.broker import BrokerAddress
from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.tls import Certificates
from queue_server.contract.topics import PREFIX
from queue_server.demo.programs import free_port
from queue_server.devices.access import access_of
from queue_server.devices.carried_folder import carried_folder
from queue_server.devices.checks import NewDevice
from queue_server.devices.device_list import BrokerPlace, DeviceKind
from queue_server.devices.register import DeviceRegister
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site
from tests.conftest import BrokerProgram

WAIT_S = 15.0
SITE = load_site(DEMO_SITE_FILE)
DEVICES = (
    NewDevice(name="kiosk-01", kind=DeviceKind.KIOSK),
    NewDevice(name="kiosk-02", kind=DeviceKind.KIOSK),
    NewDevice(name="board-a", kind=DeviceKind.AREA_BOARD, area="area-a"),
    NewDevice(name="door-201", kind=DeviceKind.DOOR_BOARD, room="room-201"),
)


def topic(*parts: str) -> str:
    return "/".join((PREFIX, SITE.id, *parts))


def no_files(_broker: BrokerPlace) -> dict[str, str]:
    """What a machine gets besides its certificates."""
    return {}


class SecuredSite:
    """The list of devices in `folder`, and what each machine was given."""

    def __init__(self, folder: Path, broker_host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.register = DeviceRegister(folder / "data" / "devices")
        self._broker_host = broker_host
        self._made = 0

    def add(self, new: NewDevice, now: datetime | None = None) -> Certificates:
        """Add a device; return what its machine gets."""
        folder = self._new_folder(new.name)
        self.register.add(
            new,
            site=SITE,
            broker=BrokerAddress(host=self._broker_host, port=8883),
            now=now or datetime.now(UTC),
            hand_over=carried_folder(folder, no_files),
        )
        return Certificates(folder)

    def renew(self, name: str) -> Certificates:
        folder = self._new_folder(name)
        hand_over = carried_folder(folder, no_files)
        self.register.renew(name, datetime.now(UTC), hand_over)
        return Certificates(folder)

    def revoke(self, name: str) -> None:
        self.register.revoke(name, datetime.now(UTC))

    def secured(self) -> Secured:
        return Secured(
            access=lambda: access_of(self.register, SITE, datetime.now(UTC)),
            certificates=self.register.server_certificates,
        )

    def _new_folder(self, name: str) -> Path:
        self._made += 1
        return self.folder / f"{name}-{self._made}"


class TlsClient:
    """A client with a certificate, as raw as the wire; what it hears waits in `heard`."""

    def __init__(
        self, address: BrokerAddress, context: ssl.SSLContext | None, client_id: str
    ) -> None:
        self.heard: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self.is_cut = threading.Event()
        self._is_settled = threading.Event()
        self._is_answered = threading.Event()
        self._is_accepted = False
        self._granted: queue.Queue[None] = queue.Queue()
        self.paho = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv311)
        if context is not None:
            self.paho.tls_set_context(context)
        self.paho.on_socket_open = _no_delay
        self.paho.on_connect = self._connected
        self.paho.on_disconnect = self._disconnected
        self.paho.on_publish = lambda *_: self._is_settled.set()
        self.paho.on_subscribe = lambda *_: self._granted.put(None)
        self.paho.on_message = lambda _c, _u, message: self.heard.put(message)
        self._address = address

    def connect(self) -> bool:
        """Return whether the broker takes it."""
        try:
            self.paho.connect(self._address.host, self._address.port, 30)
        except OSError:
            return False
        self.paho.loop_start()
        assert self._is_answered.wait(WAIT_S), "neither taken nor refused"
        if not self._is_accepted:
            self.close()
        return self._is_accepted

    def subscribe(self, *filters: str) -> None:
        self.paho.subscribe([(one, 1) for one in filters])
        self._granted.get(timeout=WAIT_S)

    def publish(self, to: str, payload: str, *, retain: bool = False) -> None:
        self.paho.publish(to, payload.encode(), 1, retain).wait_for_publish(WAIT_S)

    def try_to_publish(self, to: str, payload: str) -> None:
        """Return when the broker has it, or has cut the line instead."""
        self._is_settled.clear()
        if not self.is_cut.is_set():
            self.paho.publish(to, payload.encode(), 1)
            assert self._is_settled.wait(WAIT_S)

    def heard_until(self, last: str) -> list[tuple[str, str]]:
        """Return topic and payload of all that comes in before the payload `last`."""
        found = []
        while (message := self.heard.get(timeout=WAIT_S)).payload != last.encode():
            found.append((message.topic, message.payload.decode()))
        return found

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()

    def _connected(
        self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, *_: Any
    ) -> None:
        self._is_accepted = not reason.is_failure
        self._is_answered.set()

    def _disconnected(self, *_: Any) -> None:
        self.is_cut.set()
        self._is_settled.set()
        self._is_answered.set()


class Clients:
    """Makes clients, and closes them."""

    def __init__(self, broker: BrokerProcess) -> None:
        self._broker = broker
        self._made: list[TlsClient] = []

    def make(self, certificates: Certificates, client_id: str | None = None) -> TlsClient:
        """Return a client that is not connected; its id is its own unless another is given."""
        session = certificates.read()
        return self.with_context(session.context, client_id or session.client_id)

    def with_context(self, context: ssl.SSLContext | None, client_id: str) -> TlsClient:
        self._made.append(TlsClient(self._broker.address, context, client_id))
        return self._made[-1]

    def connected(self, certificates: Certificates, client_id: str | None = None) -> TlsClient:
        client = self.make(certificates, client_id)
        assert client.connect(), "refused"
        return client

    def close(self) -> None:
        for client in self._made:
            client.close()


@contextlib.contextmanager
def serving(program: BrokerProgram, site: SecuredSite) -> Iterator[tuple[BrokerProcess, Clients]]:
    """A broker of `site`, and what makes its clients."""
    broker = program(site.folder / "broker", secured=site.secured())
    broker.start()
    clients = Clients(broker)
    try:
        yield broker, clients
    finally:
        clients.close()
        broker.stop()


Serve = Callable[[SecuredSite], tuple[BrokerProcess, Clients]]


class ServerProcess:
    """The queue server as a technician starts it, for the devices of a site."""

    def __init__(self, site: SecuredSite, users: Path, *arguments: str) -> None:
        self.log = site.folder / "server.log"
        command = [sys.executable, "-m", "queue_server", "server"]
        command += ["--site", str(DEMO_SITE_FILE), "--users", str(users), "--demo-seed", "1"]
        command += ["--data", str(site.folder / "data"), "--http", f"127.0.0.1:{free_port()}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *arguments], stdout=subprocess.PIPE, stderr=log
            )

    def is_ready(self) -> bool:
        """Wait; return False when it has ended instead."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().startswith(b"MQTT")

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(WAIT_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


ServerOf = Callable[..., ServerProcess]
"""Called with a site and further arguments of the command line."""


def _no_delay(_client: mqtt.Client, _data: Any, line: Any) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
