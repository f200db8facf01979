"""The cashier's page on the real server with the sandbox behind it, for the tests of money."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Browser, Page

from queue_server.broker.embedded_nats import embedded_nats
from queue_server.demo.users import CASHIER, NURSE, PASSWORD, TOTP_SECRET
from queue_server.web.second_factor import code_at
from tests.integration.paying.paying_server import PayingServer

WAIT_MS = 20_000
SIZE = {"width": 1366, "height": 900}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PayingServer]:
    broker = embedded_nats(tmp_path_factory.mktemp("broker"))
    broker.start()
    running = PayingServer(tmp_path_factory.mktemp("hospital"), broker.address)
    yield running
    running.stop()
    broker.stop()


def sign_in(server: PayingServer, user: str) -> httpx.Client:
    client = httpx.Client(base_url=server.demo.address, timeout=20)
    body = {"user": user, "password": PASSWORD}
    if user != NURSE:
        body["code"] = code_at(TOTP_SECRET, datetime.now(UTC))
    client.post("/api/login", json=body).raise_for_status()
    return client


@pytest.fixture(scope="module")
def cashier(server: PayingServer) -> Iterator[httpx.Client]:
    client = sign_in(server, CASHIER)
    yield client
    client.close()


@pytest.fixture
def page(browser: Browser, server: PayingServer, cashier: httpx.Client) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]  # a TypedDict
    context.set_default_timeout(WAIT_MS)
    for name, value in [("language", "zh"), ("session", cashier.cookies["session"])]:
        context.add_cookies([{"name": name, "value": value, "url": server.demo.address}])
    opened = context.new_page()
    opened.goto(f"{server.demo.address}/payments")
    yield opened
    context.close()
