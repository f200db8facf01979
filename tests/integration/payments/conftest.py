"""Keys once, and a hospital for each test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queue_server.payments.sandbox.keys import make_keys
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import PayingHospital, paying_hospital


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of a sandbox and its hospital."""
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def keys(made_keys: Path, tmp_path: Path) -> Path:
    """A copy of them that a test may change."""
    return Path(shutil.copytree(made_keys, tmp_path / "keys"))


@pytest.fixture
def hospital(keys: Path) -> Iterator[PayingHospital]:
    with paying_hospital(keys, MemorySteps()) as running:
        yield running


@pytest.fixture
def deaths(request: pytest.FixtureRequest) -> int:
    """Every so many steps the process dies: each, or an ordinary run's share of them."""
    return 1 if request.config.getoption("--every-death") else 17
