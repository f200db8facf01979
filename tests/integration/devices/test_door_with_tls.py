"""The server's own line tells the technician once, in words, why it can't be had."""

import logging
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queue_server.broker.broker import BrokerAddress
from queue_server.client.tls import CA_NAME, TlsSession
from queue_server.demo.programs import free_port
from queue_server.service.door import RECONNECT_AFTER_S, MqttDoor
from tests.integration.devices.secured_site import DEVICES, SITE, WAIT_S, SecuredSite, Serve

KIOSK = DEVICES[0]
Open = Callable[[BrokerAddress, TlsSession], None]


class LogLines(logging.Handler):
    """Keeps what is logged until a test asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: queue.Queue[str] = queue.Queue()

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.put(record.getMessage())

    def next(self) -> str:
        return self._lines.get(timeout=WAIT_S)

    def is_silent_for(self, seconds: float) -> bool:
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        return False


@pytest.fixture
def lines() -> Iterator[LogLines]:
    handler = LogLines()
    logger = logging.getLogger("queue_server.service.door")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def open_door() -> Iterator[Open]:
    doors = []

    def open_(broker: BrokerAddress, session: TlsSession) -> None:
        doors.append(MqttDoor(broker.host, broker.port, SITE.id, session))
        doors[-1].open(lambda _job: None)

    yield open_
    for door in doors:
        door.close()


def test_a_broker_that_is_not_there_is_told_once(
    site: SecuredSite, open_door: Open, lines: LogLines
) -> None:
    site.add(KIOSK)

    nobody = BrokerAddress(host="127.0.0.1", port=free_port())
    open_door(nobody, site.register.server_certificates.read())

    assert f"the broker at {nobody} can't be reached" in lines.next()
    assert lines.is_silent_for(2 * RECONNECT_AFTER_S)


def test_a_broker_of_another_site_is_told(
    site: SecuredSite, serve: Serve, open_door: Open, lines: LogLines, tmp_path: Path
) -> None:
    site.add(KIOSK)
    other = SecuredSite(tmp_path / "other-site")
    other.add(KIOSK)
    broker, _ = serve(other)

    open_door(broker.address, site.register.server_certificates.read())

    assert "is not of this site" in lines.next()


def test_a_broker_that_refuses_us_is_told(
    site: SecuredSite, serve: Serve, open_door: Open, lines: LogLines, tmp_path: Path
) -> None:
    site.add(KIOSK)
    other = SecuredSite(tmp_path / "other-site")
    other.add(KIOSK)
    broker, _ = serve(other)
    ours = site.register.server_certificates.read()
    ours.context.load_verify_locations(other.register.folder / CA_NAME)  # we trust it

    open_door(broker.address, ours)

    assert "refuses this machine" in lines.next()
