"""Who may do what, tried on each broker: all that is allowed works, and nothing else does."""

from collections.abc import Iterator

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.tls import Certificates
from tests.conftest import BrokerProgram
from tests.integration.devices.secured_site import (
    DEVICES,
    SITE,
    Clients,
    SecuredSite,
    serving,
    topic,
)

NAMES = ("kiosk-01", "kiosk-02", "board-a", "door-201", "queue-server")
EVERY_TOPIC = (
    *(
        topic(kind, name)
        for kind in ("request", "reply", "command", "heard", "status")
        for name in NAMES
    ),
    topic("board", "area", "area-a"),
    topic("board", "area", "area-b"),
    topic("board", "room", "room-201"),
    topic("board", "room", "room-202"),
    topic("call", "area-a"),
    topic("call", "area-b"),
    topic("notice", "area-a"),
    topic("notice", "area-b"),
    topic("offline"),
    topic("absences"),
    "hk/v1/another-site/board/area/area-a",
    "$SYS/broker/uptime",
)
MAY_WRITE = {
    "kiosk-01": {topic("request", "kiosk-01"), topic("status", "kiosk-01")},
    "board-a": {topic("status", "board-a"), topic("heard", "board-a")},
    "door-201": {topic("status", "door-201"), topic("heard", "door-201")},
}
MAY_READ = {
    "kiosk-01": {
        topic("reply", "kiosk-01"),
        topic("command", "kiosk-01"),
        topic("status", "queue-server"),
        topic("offline"),
        topic("absences"),
    },
    "board-a": {
        topic("board", "area", "area-a"),
        topic("call", "area-a"),
        topic("notice", "area-a"),
        topic("command", "board-a"),
        topic("status", "queue-server"),
    },
    "door-201": {
        topic("board", "room", "room-201"),
        topic("call", "area-a"),
        topic("command", "door-201"),
        topic("status", "queue-server"),
    },
}
WILDCARDS = (
    "#",
    "hk/#",
    f"hk/v1/{SITE.id}/#",
    f"hk/v1/{SITE.id}/reply/+",
    f"hk/v1/{SITE.id}/+/kiosk-02",
    f"hk/+/{SITE.id}/request/#",
    "+/+/+/board/area/+",
    "$SYS/#",
    "$MQTT/#",
    "$JS/#",
)


class Hall:
    """A running broker with everybody's certificates."""

    def __init__(self, clients: Clients, certificates: dict[str, Certificates]) -> None:
        self.clients = clients
        self.certificates = certificates


OpenHall = tuple[BrokerProcess, dict[str, Certificates]]


@pytest.fixture(scope="module")
def open_hall(
    broker_program: BrokerProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenHall]:
    site = SecuredSite(tmp_path_factory.mktemp("hall"))
    certificates = {new.name: site.add(new) for new in DEVICES}
    certificates["queue-server"] = site.register.server_certificates
    with serving(broker_program, site) as (broker, _):
        yield broker, certificates


@pytest.fixture
def hall(open_hall: OpenHall) -> Iterator[Hall]:
    broker, certificates = open_hall
    clients = Clients(broker)
    yield Hall(clients, certificates)
    clients.close()


@pytest.mark.parametrize("name", MAY_WRITE)
def test_a_device_writes_what_is_its_own_and_nothing_else(hall: Hall, name: str) -> None:
    server = hall.clients.connected(hall.certificates["queue-server"], "hears")
    server.subscribe(f"hk/v1/{SITE.id}/#")
    device = hall.clients.connected(hall.certificates[name])

    for one in EVERY_TOPIC:
        device.publish(one, f"by {name}")
    device.publish(topic("status", name), f"end of {name}")

    heard = server.heard_until(f"end of {name}")
    assert {one for one, payload in heard if payload == f"by {name}"} == MAY_WRITE[name]


@pytest.mark.parametrize("name", MAY_READ)
def test_a_device_reads_what_is_its_own_and_nothing_else(hall: Hall, name: str) -> None:
    server = hall.clients.connected(hall.certificates["queue-server"], "speaks")
    device = hall.clients.connected(hall.certificates[name])
    for one in (*EVERY_TOPIC, *WILDCARDS):
        device.subscribe(one)

    for one in EVERY_TOPIC:
        if one.startswith(f"hk/v1/{SITE.id}/"):
            server.publish(one, f"for {name}")
    # There is no order between topics: three times there and back, whatever was under way is in.
    heard = []
    for number in range(3):
        server.publish(topic("command", name), f"end {number}")
        heard += device.heard_until(f"end {number}")

    assert {one for one, payload in heard if payload == f"for {name}"} == MAY_READ[name]
    assert {one for one, _ in heard} <= MAY_READ[name]


def test_what_is_retained_comes_to_its_boards_only(hall: Hall) -> None:
    server = hall.clients.connected(hall.certificates["queue-server"], "retains")
    for area in ("area-a", "area-b"):
        server.publish(topic("board", "area", area), f"board of {area}", retain=True)
    device = hall.clients.connected(hall.certificates["board-a"])

    device.subscribe(topic("board", "area", "area-b"))
    device.subscribe(topic("board", "area", "+"))
    device.subscribe(topic("board", "area", "area-a"))
    server.publish(topic("command", "board-a"), "before the end")
    device.subscribe(topic("command", "board-a"))
    server.publish(topic("command", "board-a"), "the end")

    heard = device.heard_until("the end")
    assert (topic("board", "area", "area-a"), "board of area-a") in heard
    assert {one for one, _ in heard} <= MAY_READ["board-a"]


@pytest.mark.parametrize(
    "client_id",
    [
        f"{SITE.id}-queue-server",
        "queue-server",
        "CN=queue-server",
        "hears",
    ],
)
def test_nobody_throws_the_server_out_by_taking_its_name(hall: Hall, client_id: str) -> None:
    server = hall.clients.connected(hall.certificates["queue-server"])
    server.subscribe(topic("request", "+"))
    other_kiosk = hall.clients.connected(hall.certificates["kiosk-02"])

    thief = hall.clients.connected(hall.certificates["kiosk-01"], client_id)
    thief.publish(topic("request", "kiosk-01"), "from the thief")

    assert server.heard_until("from the thief") == []
    other_kiosk.publish(topic("request", "kiosk-02"), "still here")
    assert server.heard_until("still here") == []
    assert not server.is_cut.is_set()
    assert not other_kiosk.is_cut.is_set()
