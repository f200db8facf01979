"""The serial scanner, against a simulated one behind a pseudo terminal."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.scanner import ScannerState
from hardware.scanners.code_collector import CodeLimits
from hardware.scanners.serial_scanner import SerialScanner, SerialScannerSettings
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner

WAIT_S = 20.0
"""How long a test waits for what must come: only a broken one ever waits so long."""
PAYMENT_CODE = "134650000000000017"


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimulatedScanner]:
    device = SimulatedScanner(endpoint=PtyEndpoint(tmp_path / "scanner"), slow_delay_s=0.05)
    device.start()
    yield device
    device.stop()


class Desk:
    """A started driver and what it has delivered."""

    def __init__(self, port: str, limits: CodeLimits | None = None) -> None:
        self.codes: queue.Queue[str] = queue.Queue()
        self.states: queue.Queue[ScannerState] = queue.Queue()
        self.scanner = SerialScanner(
            SerialScannerSettings(
                port=port, reconnect_s=0.02, limits=limits or CodeLimits(pause_s=0.5)
            )
        )

    def start(self) -> None:
        self.scanner.start(self.codes.put, self.states.put)

    def next_code(self) -> str:
        return self.codes.get(timeout=WAIT_S)

    def next_state(self) -> ScannerState:
        return self.states.get(timeout=WAIT_S)


@pytest.fixture
def desk(device: SimulatedScanner) -> Iterator[Desk]:
    desk = Desk(device.address)
    desk.start()
    yield desk
    desk.scanner.stop()


def test_codes_arrive_whole_and_in_order(device: SimulatedScanner, desk: Desk) -> None:
    token = "eyJ" + "a1-_." * 60
    assert desk.scanner.state is ScannerState.READY

    for code in ("hk:0f3a9c21b7", token, "电子健康卡:1"):
        device.scan(code)

    assert [desk.next_code() for _ in range(3)] == ["hk:0f3a9c21b7", token, "电子健康卡:1"]


def test_a_slow_scanner_is_waited_for(device: SimulatedScanner, desk: Desk) -> None:
    device.set_fault(SimulatedFault.SLOW)

    device.scan("hk:0f3a9c21b7")

    assert desk.next_code() == "hk:0f3a9c21b7"


def test_half_a_code_is_dropped_after_the_pause(device: SimulatedScanner) -> None:
    desk = Desk(device.address, CodeLimits(pause_s=0.01))
    desk.start()
    device.set_fault(SimulatedFault.SLOW)  # pauses in the middle, longer than is allowed

    device.scan("1234567890abcdef")
    device.clear_fault(SimulatedFault.SLOW)
    device.scan("hk:0f3a9c21b7")

    assert desk.next_code() == "90abcdef"  # what came after the pause, as a code of its own
    assert desk.next_code() == "hk:0f3a9c21b7"
    desk.scanner.stop()


def test_noise_is_dropped_and_the_code_behind_it_arrives(
    device: SimulatedScanner, desk: Desk
) -> None:
    device.set_fault(SimulatedFault.GARBAGE)

    device.scan("hk:0f3a9c21b7")

    assert desk.next_code() == "hk:0f3a9c21b7"


def test_a_code_that_is_too_long_is_dropped(device: SimulatedScanner) -> None:
    desk = Desk(device.address, CodeLimits(length_max=32))
    desk.start()

    device.scan("9" * 33)
    device.scan("9" * 32)

    assert desk.next_code() == "9" * 32
    desk.scanner.stop()


def test_it_survives_being_unplugged_and_plugged_in_again(
    device: SimulatedScanner, desk: Desk
) -> None:
    device.set_fault(SimulatedFault.UNPLUGGED)
    assert desk.next_state() is ScannerState.UNREACHABLE

    device.clear_fault(SimulatedFault.UNPLUGGED)
    assert desk.next_state() is ScannerState.READY
    device.scan("hk:0f3a9c21b7")

    assert desk.next_code() == "hk:0f3a9c21b7"


def test_it_can_be_started_before_the_scanner_is_there(device: SimulatedScanner) -> None:
    device.set_fault(SimulatedFault.UNPLUGGED)
    desk = Desk(device.address)
    desk.start()
    assert desk.scanner.state is ScannerState.UNREACHABLE

    device.clear_fault(SimulatedFault.UNPLUGGED)

    assert desk.next_state() is ScannerState.READY
    desk.scanner.stop()


def test_no_second_program_can_take_the_codes_away(device: SimulatedScanner, desk: Desk) -> None:
    second = Desk(device.address)

    second.start()

    assert second.scanner.state is ScannerState.UNREACHABLE
    second.scanner.stop()


def test_a_stopped_scanner_can_be_started_again(device: SimulatedScanner, desk: Desk) -> None:
    desk.scanner.stop()
    desk.scanner.stop()
    assert desk.scanner.state is ScannerState.STOPPED

    desk.start()
    device.scan("hk:0f3a9c21b7")

    assert desk.next_code() == "hk:0f3a9c21b7"


def test_no_code_ever_gets_into_the_log(
    device: SimulatedScanner, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    device.set_fault(SimulatedFault.GARBAGE)

    device.scan(PAYMENT_CODE)
    assert desk.next_code() == PAYMENT_CODE
    device.set_fault(SimulatedFault.UNPLUGGED)
    assert desk.next_state() is ScannerState.UNREACHABLE

    assert "scanner lost" in caplog.text
    assert PAYMENT_CODE not in caplog.text
