"""The simulated printer, asked over a bare socket: it behaves as Epson's guide says."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.simulated.faults import SimulatedFault
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from tests.integration.hardware.conftest import Rig

RASTER = b"\x1dv0\x00\x02\x00\x03\x00" + b"\xf0\x0f" * 3  # 16 dots wide, 3 high
PROOF = b"\x1dr\x01"


@pytest.fixture
def device(network_rig: Rig) -> SimulatedTicketPrinter:
    return network_rig.device


@pytest.fixture
def line(device: SimulatedTicketPrinter) -> Iterator[socket.socket]:
    host, port = device.address.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        yield connection


def asked(line: socket.socket, question: bytes) -> bytes:
    line.sendall(question)
    return line.recv(1)


def test_a_picture_is_written_when_the_paper_is_cut(
    device: SimulatedTicketPrinter, line: socket.socket
) -> None:
    assert asked(line, b"\x1b@" + RASTER + PROOF) == b"\x00"
    assert device.slips == []

    assert asked(line, b"\x1bd\x01\x1dV\x00" + PROOF) == b"\x00"

    (picture,) = device.slips
    with Image.open(picture) as slip:
        assert slip.size == (16, 3 + 30)
        assert [slip.getpixel((x, 0)) for x in (0, 3, 4, 11, 12)] == [0, 0, 255, 255, 0]


def test_the_status_bytes_change_with_the_faults(
    device: SimulatedTicketPrinter, line: socket.socket
) -> None:
    questions = [bytes((0x10, 0x04, question)) for question in (1, 2, 3, 4)]
    assert [asked(line, question) for question in questions] == [b"\x12"] * 4

    device.set_fault(SimulatedFault.PAPER_OUT)
    device.set_fault(SimulatedFault.COVER_OPEN)

    assert [asked(line, question) for question in questions] == [
        b"\x1a",
        b"\x36",
        b"\x12",
        b"\x7e",
    ]


def test_a_question_inside_the_dots_is_answered_and_still_printed(
    device: SimulatedTicketPrinter, line: socket.socket
) -> None:
    raster = b"\x1dv0\x00\x03\x00\x01\x00" + b"\x10\x04\x01"

    assert asked(line, raster + b"\x1dV\x00") == b"\x12"
    assert asked(line, PROOF) == b"\x00"

    (picture,) = device.slips
    with Image.open(picture) as slip:
        assert slip.width == 24
    assert device.protocol_errors == []


def test_without_paper_it_works_on_nothing_but_still_answers_real_time_questions(
    device: SimulatedTicketPrinter, line: socket.socket
) -> None:
    device.set_fault(SimulatedFault.PAPER_OUT)

    assert asked(line, RASTER + b"\x1dV\x00" + PROOF + b"\x10\x04\x02") == b"\x32"
    assert device.slips == []

    device.clear_fault(SimulatedFault.PAPER_OUT)
    assert line.recv(1) == b"\x00"  # the proof, now that there is paper
    assert len(device.slips) == 1


def test_what_is_no_escpos_is_written_down_and_passed_over(
    device: SimulatedTicketPrinter, line: socket.socket
) -> None:
    assert asked(line, b"\x1bX" + RASTER + b"\x1dV\x00" + PROOF) == b"\x00"

    assert len(device.slips) == 1
    assert device.protocol_errors[0].startswith("1b 58")


def test_pictures_of_an_earlier_run_are_kept(
    device: SimulatedTicketPrinter, line: socket.socket, tmp_path: Path
) -> None:
    (tmp_path / "slips").mkdir()
    Image.new("1", (8, 8)).save(tmp_path / "slips" / "slip-041.png")

    asked(line, RASTER + b"\x1dV\x00" + PROOF)

    assert [slip.name for slip in device.slips] == ["slip-041.png", "slip-042.png"]


def test_the_port_is_the_same_after_the_cable_was_out(device: SimulatedTicketPrinter) -> None:
    before = device.address

    device.set_fault(SimulatedFault.UNPLUGGED)
    device.clear_fault(SimulatedFault.UNPLUGGED)

    host, port = before.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        assert asked(connection, b"\x10\x04\x01") == b"\x12"
    assert device.address == before


def test_a_taken_port_is_said_so(network_rig: Rig, tmp_path: Path) -> None:
    port = int(network_rig.device.address.split(":")[1])
    second = SimulatedTicketPrinter(endpoint=TcpEndpoint("127.0.0.1", port), slips_folder=tmp_path)

    with pytest.raises(OSError, match="in use"):
        second.start()
    second.stop()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_random_bytes_never_crash_it(device: SimulatedTicketPrinter, data: bytes) -> None:
    host, port = device.address.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(data)

    with socket.create_connection((host, int(port)), timeout=10) as connection:
        assert asked(connection, b"\x10\x04\x01") == b"\x12"
