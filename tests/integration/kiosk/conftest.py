"""Devices and a site for the kiosk's program."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules.terms import SiteId


@pytest.fixture
def site(broker: BrokerProcess) -> SiteId:
    return SiteId(f"kiosk-{broker.address.port}-{time.monotonic_ns()}")


@pytest.fixture
async def devices(tmp_path: Path) -> AsyncIterator[tuple[SimulatedTicketPrinter, SimulatedScanner]]:
    printer = SimulatedTicketPrinter(
        endpoint=TcpEndpoint("127.0.0.1", 0), slips_folder=tmp_path / "slips"
    )
    scanner = SimulatedScanner(endpoint=PtyEndpoint(tmp_path / "scanner"))
    printer.start()
    scanner.start()
    yield printer, scanner
    printer.stop()
    scanner.stop()
