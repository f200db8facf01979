"""Simulated devices, and the real drivers that talk to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.printers.escpos_printer import EscposSettings, EscposTicketPrinter
from hardware.printers.file_line import FileLine
from hardware.printers.line import Line
from hardware.printers.network_line import NetworkLine
from hardware.printers.serial_line import SerialLine
from hardware.printers.usb_line import UsbLine
from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from tests.integration.hardware.simulated_usb import PRODUCT_ID, VENDOR_ID, SimulatedUsbBus
from tests.unit.hardware.slip_samples import FONTS

WRITE_TIMEOUT_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A simulated printer and a driver for it. Time-outs are long: what is well must never fail."""

    device: SimulatedTicketPrinter
    line: Line

    @property
    def printer(self) -> EscposTicketPrinter:
        return self.printer_with(EscposSettings(query_timeout_s=10, job_timeout_s=20))

    @property
    def impatient_printer(self) -> EscposTicketPrinter:
        """For tests in which no answer will come."""
        return self.printer_with(EscposSettings(query_timeout_s=0.2, job_timeout_s=0.2))

    def printer_with(self, settings: EscposSettings) -> EscposTicketPrinter:
        return EscposTicketPrinter(self.line, FONTS, settings)


@pytest.fixture
def network_rig(tmp_path: Path) -> Iterator[Rig]:
    endpoint = TcpEndpoint("127.0.0.1", 0)
    device = SimulatedTicketPrinter(
        endpoint=endpoint, slips_folder=tmp_path / "slips", slow_delay_s=0.4
    )
    device.start()
    line = NetworkLine(
        host="127.0.0.1", port=endpoint.port, connect_timeout_s=5, write_timeout_s=WRITE_TIMEOUT_S
    )
    yield Rig(device=device, line=line)
    device.stop()


@pytest.fixture
def usb_rig(network_rig: Rig) -> Rig:
    assert isinstance(network_rig.line, NetworkLine)
    bus = SimulatedUsbBus(network_rig.line.host, network_rig.line.port)
    line = UsbLine(
        vendor_id=VENDOR_ID, product_id=PRODUCT_ID, write_timeout_s=WRITE_TIMEOUT_S, backend=bus
    )
    return Rig(device=network_rig.device, line=line)


@pytest.fixture
def pty_device(tmp_path: Path) -> Iterator[SimulatedTicketPrinter]:
    device = SimulatedTicketPrinter(
        endpoint=PtyEndpoint(tmp_path / "port"), slips_folder=tmp_path / "slips", slow_delay_s=0.4
    )
    device.start()
    yield device
    device.stop()


@pytest.fixture
def serial_rig(pty_device: SimulatedTicketPrinter) -> Rig:
    line = SerialLine(port=pty_device.address, baud=115200, write_timeout_s=WRITE_TIMEOUT_S)
    return Rig(device=pty_device, line=line)


@pytest.fixture
def file_rig(pty_device: SimulatedTicketPrinter) -> Rig:
    """A device file that can be read back, as /dev/usb/lp0."""
    line = FileLine(path=pty_device.address, is_one_way=False, write_timeout_s=WRITE_TIMEOUT_S)
    return Rig(device=pty_device, line=line)


@pytest.fixture(params=["network", "serial", "usb", "file"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """Every line a printer can be reached by."""
    found: Rig = request.getfixturevalue(f"{request.param}_rig")
    return found
