"""One server with payments for the tests of a worker; each test takes patients of its own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from queue_server.broker.embedded_nats import embedded_nats
from queue_server.demo.users import CASHIER, PASSWORD, TOTP_SECRET
from queue_server.records.records import Patient
from queue_server.web.second_factor import code_at
from tests.integration.paying.paying_server import PayingKiosk, PayingServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayingServer]:
    broker = embedded_nats(tmp_path_factory.mktemp("broker"))
    broker.start()
    running = PayingServer(tmp_path_factory.mktemp("hospital"), broker.address)
    yield running
    running.stop()
    broker.stop()


@pytest.fixture(scope="session")
def cashier(server: PayingServer) -> Iterator[httpx.Client]:
    """The cashier, signed in once: a code of the second factor is good for one time."""
    with httpx.Client(base_url=server.demo.address, timeout=20) as client:
        code = code_at(TOTP_SECRET, datetime.now(UTC))
        body = {"user": CASHIER, "password": PASSWORD, "code": code}
        client.post("/api/login", json=body).raise_for_status()
        yield client


@pytest.fixture
def kiosk(server: PayingServer) -> Iterator[PayingKiosk]:
    made = PayingKiosk(server)
    yield made
    made.close()


@pytest.fixture(scope="session")
def somebody(server: PayingServer) -> Callable[[int], Patient]:
    """Gives a patient who owes for so many sheets, another one each time."""
    given: set[str] = set()

    def give(sheet_count: int) -> Patient:
        patient = next(one for one in server.patients(sheet_count) if one.patient_id not in given)
        given.add(patient.patient_id)
        return patient

    return give
