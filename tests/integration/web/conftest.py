"""The application on a real service with a real journal; each test has a morning of its own."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site
from queue_server.web.users import Users
from tests.integration.web.certificates import MakeFiles, write_certificate
from tests.integration.web.hospital_day import HospitalDay, make_users

SignedIn = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def users() -> Users:
    """Made once: a password's hash takes its time."""
    return make_users(load_site(DEMO_SITE_FILE))


@pytest.fixture
def day(tmp_path: Path, users: Users) -> Iterator[HospitalDay]:
    running = HospitalDay(tmp_path, users, per_queue=12)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def make_files(tmp_path: Path) -> MakeFiles:
    return functools.partial(write_certificate, tmp_path)


@pytest.fixture
def application(day: HospitalDay) -> FastAPI:
    return day.application()


@pytest.fixture
async def signed_in(day: HospitalDay, application: FastAPI) -> AsyncIterator[SignedIn]:
    """Sign somebody in and return his client; all clients speak to one application."""
    transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
    opened: list[httpx.AsyncClient] = []

    async def client_of(user: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=transport, base_url="http://hospital.test")
        opened.append(client)
        if user:
            answer = await client.post("/api/login", json=day.credentials(user))
            assert answer.status_code == 200, answer.text
        return client

    yield client_of
    for client in opened:
        await client.aclose()
