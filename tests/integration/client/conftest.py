"""A site and a broker for a line."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules.terms import SiteId
from tests.conftest import BrokerProgram

_sites = count(1)


@pytest.fixture
def site() -> SiteId:
    return SiteId(f"line-{next(_sites)}")


@pytest.fixture
def own_broker(broker_program: BrokerProgram, tmp_path: Path) -> Iterator[BrokerProcess]:
    own = broker_program(tmp_path / "broker")
    own.start()
    yield own
    own.stop()
