"""A site with TLS on each broker."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.web.users import make_password_hash
from tests.conftest import BrokerProgram
from tests.integration.devices.secured_site import (
    Clients,
    SecuredSite,
    Serve,
    ServerOf,
    ServerProcess,
    serving,
)


@pytest.fixture
def site(tmp_path: Path) -> SecuredSite:
    """A site without devices."""
    return SecuredSite(tmp_path)


@pytest.fixture
def serve(broker_program: BrokerProgram) -> Iterator[Serve]:
    """Starts a broker for a site that has devices."""
    with ExitStack() as stack:

        def start(site: SecuredSite) -> tuple[BrokerProcess, Clients]:
            return stack.enter_context(serving(broker_program, site))

        yield start


@pytest.fixture(scope="session")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A users file with one nurse."""
    path = tmp_path_factory.mktemp("users") / "users.toml"
    path.write_text(
        f"""
        [[user]]
        name = "li"
        role = "nurse"
        display_name = "李护士"
        areas = ["area-a"]
        password_hash = "{make_password_hash("qingyu-2026")}"
        """,
        encoding="utf-8",
    )
    return path


@pytest.fixture
def server_of(users: Path) -> Iterator[ServerOf]:
    """Starts queue servers."""
    started = []

    def start(site: SecuredSite, *arguments: str) -> ServerProcess:
        started.append(ServerProcess(site, users, *arguments))
        assert started[-1].is_ready(), started[-1].log.read_text()
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()
