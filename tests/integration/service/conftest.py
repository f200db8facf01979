"""A served site for each test, and whoever speaks with it."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules.terms import SiteId
from tests.conftest import BrokerProgram
from tests.integration.service.known_hospital import write_known_hospital
from tests.integration.service.served_site import Device, Listener, ServedSite

_numbers = count(1)


@pytest.fixture(scope="session")
def records_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hospital") / "records.db"
    write_known_hospital(path)
    return path


@pytest.fixture
def waiting_site(broker: BrokerProcess, records_file: Path, tmp_path: Path) -> Iterator[ServedSite]:
    """A site that a test starts itself."""
    site = SiteId(f"site-{next(_numbers)}")
    made = ServedSite(tmp_path, broker.address, site, records_file)
    yield made
    made.stop()


@pytest.fixture
def served(waiting_site: ServedSite) -> Iterator[ServedSite]:
    """A site that is served, and still is at the end of the test."""
    waiting_site.start()
    yield waiting_site
    waiting_site.stop()
    assert waiting_site.fatal.empty(), waiting_site.fatal.get()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def make(served: ServedSite, *filters: str) -> Listener:
        made.append(Listener(served.address, *filters))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def device_of() -> Iterator[Callable[..., Device]]:
    made: list[Device] = []

    def make(served: ServedSite, name: str = "kiosk-01") -> Device:
        made.append(Device(served, name))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def kiosk(served: ServedSite, device_of: Callable[..., Device]) -> Device:
    return device_of(served)


@pytest.fixture
def own_broker(broker_program: BrokerProgram, tmp_path: Path) -> Iterator[BrokerProcess]:
    """A broker that a test may stop."""
    running = broker_program(tmp_path / "broker")
    running.start()
    yield running
    running.stop()
