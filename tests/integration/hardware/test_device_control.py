"""Simulated devices switched from outside, over their control port."""

import json
import socket
from collections.abc import Iterator

import pytest

from hardware.simulated.control import ControlServer, send_order
from hardware.simulated.faults import SimulatedFault
from tests.integration.hardware.conftest import Rig
from tests.unit.hardware.slip_samples import SHORT_SLIP


@pytest.fixture
def control(network_rig: Rig) -> Iterator[ControlServer]:
    control = ControlServer(network_rig.device, 0)
    control.start()
    yield control
    control.stop()


def test_a_fault_is_switched_on_and_off_again(network_rig: Rig, control: ControlServer) -> None:
    answer = send_order(control.port, "set", "paper_out")

    assert answer == {"ok": True, "faults": ["paper_out"], "slips": [], "protocol_errors": []}
    assert network_rig.device.faults == {SimulatedFault.PAPER_OUT}
    assert send_order(control.port, "clear", "paper_out")["faults"] == []


def test_all_faults_are_cleared_at_once(network_rig: Rig, control: ControlServer) -> None:
    for fault in SimulatedFault:
        send_order(control.port, "set", fault)

    assert send_order(control.port, "clear_all")["faults"] == []


def test_the_state_names_the_slips(network_rig: Rig, control: ControlServer) -> None:
    network_rig.printer.print_slip(SHORT_SLIP)

    assert send_order(control.port, "state")["slips"] == ["slip-001.png"]


@pytest.mark.parametrize(
    "order",
    [
        b"nonsense",
        b"[]",
        b"{}",
        b'{"do": "explode"}',
        b'{"do": "set", "value": "flood"}',
        b'{"do": "set", "value": 7}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
)
def test_an_order_that_makes_no_sense_is_refused_and_the_next_one_obeyed(
    control: ControlServer, order: bytes
) -> None:
    with (
        socket.create_connection(("127.0.0.1", control.port), timeout=10) as connection,
        connection.makefile("rb") as answers,
    ):
        connection.sendall(order + b"\n")
        refused = json.loads(answers.readline())
        connection.sendall(b'{"do": "state"}\n')
        obeyed = json.loads(answers.readline())

    assert not refused["ok"]
    assert refused["error"]
    assert obeyed["ok"]
