"""Real parts for every test: the brokers the product can be run with."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.mosquitto import mosquitto

BrokerProgram = Callable[..., BrokerProcess]
"""Called with a folder and, if wanted, a port."""


# How long an example takes is the machine's affair: timings belong to the benchmark.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let whoever has the time try the death of a process at each step, and not at some."""
    parser.addoption("--every-death", action="store_true", help="minutes instead of seconds")


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(embedded_nats, id="nats", marks=pytest.mark.broker),
        pytest.param(mosquitto, id="mosquitto", marks=pytest.mark.broker),
    ],
)
def broker_program(request: pytest.FixtureRequest) -> BrokerProgram:
    """Each broker the product can start."""
    program: Any = request.param
    return program  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def broker(
    broker_program: BrokerProgram, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrokerProcess]:
    """A running broker, shared by the tests of a worker: use a site name of your own.

    Its `address` has `host` and `port`. A test that stops a broker makes its own, by
    `broker_program`.
    """
    running = broker_program(_folder(tmp_path_factory))
    running.start()
    yield running
    running.stop()


def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broker")
