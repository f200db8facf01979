"""The port suite: what every printer driver promises, on every line it can be reached by."""

import subprocess
import threading
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.errors import (
    CoverOpen,
    PaperOut,
    PrinterError,
    PrinterFault,
    PrinterNoAnswer,
    PrinterUnreachable,
    SlipUnconfirmed,
)
from hardware.printers.escpos_job import Cut, escpos_job
from hardware.printers.escpos_printer import EscposSettings, EscposTicketPrinter
from hardware.printers.file_line import FileLine
from hardware.simulated.faults import SimulatedFault
from hardware.slip_drawing import draw_slip
from hardware.ticket_printer import PrinterCondition, PrinterStatus
from tests.integration.hardware.conftest import Rig
from tests.unit.hardware.slip_samples import FONTS, QR_PAYLOAD, SHORT_SLIP, queue_slip

READY = PrinterStatus()


def status_of(*conditions: PrinterCondition) -> PrinterStatus:
    return PrinterStatus(conditions=frozenset(conditions))


def test_a_printer_that_is_well_says_so(rig: Rig) -> None:
    assert rig.printer.status() == READY


def test_a_slip_comes_out_dot_by_dot_as_it_was_drawn(rig: Rig) -> None:
    rig.printer.print_slip(queue_slip())

    (picture,) = rig.device.slips
    drawn = draw_slip(queue_slip(), FONTS)
    with Image.open(picture) as printed:
        assert printed.crop((0, 0, *drawn.size)).tobytes() == drawn.tobytes()
    assert rig.device.protocol_errors == []


def test_the_code_on_the_printed_slip_can_be_scanned(network_rig: Rig) -> None:
    network_rig.printer.print_slip(queue_slip())

    (picture,) = network_rig.device.slips
    with Image.open(picture) as printed:
        codes = zxingcpp.read_barcodes(printed.convert("L"))
    zbar = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, check=True)
    assert [code.text for code in codes] == [QR_PAYLOAD]
    assert zbar.stdout.decode().strip() == QR_PAYLOAD


def test_slips_come_out_in_the_order_they_were_sent(rig: Rig) -> None:
    rig.printer.print_slip(SHORT_SLIP)
    rig.printer.print_slip(queue_slip())

    heights = []
    for picture in rig.device.slips:
        with Image.open(picture) as printed:
            heights.append(printed.height)
    assert [picture.name for picture in rig.device.slips] == ["slip-001.png", "slip-002.png"]
    assert heights[0] < heights[1]


@pytest.mark.parametrize(
    ("fault", "condition", "error"),
    [
        (SimulatedFault.PAPER_OUT, PrinterCondition.PAPER_OUT, PaperOut),
        (SimulatedFault.COVER_OPEN, PrinterCondition.COVER_OPEN, CoverOpen),
        (SimulatedFault.CUTTER_JAM, PrinterCondition.FAULT, PrinterFault),
        (SimulatedFault.UNPLUGGED, PrinterCondition.UNREACHABLE, PrinterUnreachable),
    ],
)
def test_a_fault_is_reported_before_anything_is_sent_and_mending_it_is_enough(
    rig: Rig, fault: SimulatedFault, condition: PrinterCondition, error: type[PrinterError]
) -> None:
    rig.device.set_fault(fault)

    assert rig.printer.status() == status_of(condition)
    with pytest.raises(error) as caught:
        rig.printer.print_slip(SHORT_SLIP)
    assert not caught.value.may_have_printed

    rig.device.clear_fault(fault)
    assert rig.printer.status() == READY
    assert rig.device.slips == []
    rig.printer.print_slip(SHORT_SLIP)
    assert len(rig.device.slips) == 1


def test_a_slip_is_printed_while_the_paper_is_near_its_end(rig: Rig) -> None:
    rig.device.set_fault(SimulatedFault.PAPER_NEAR_END)

    rig.printer.print_slip(SHORT_SLIP)

    assert rig.printer.status() == status_of(PrinterCondition.PAPER_NEAR_END)
    assert len(rig.device.slips) == 1


@pytest.mark.parametrize("fault", [SimulatedFault.MUTE, SimulatedFault.GARBAGE])
def test_no_sensible_answer_is_a_failure_never_paper_is_fine(
    rig: Rig, fault: SimulatedFault
) -> None:
    rig.device.set_fault(fault)

    assert rig.impatient_printer.status() == status_of(PrinterCondition.NO_ANSWER)
    with pytest.raises(PrinterNoAnswer) as caught:
        rig.impatient_printer.print_slip(SHORT_SLIP)
    assert not caught.value.may_have_printed
    assert rig.device.slips == []


def test_paper_that_runs_out_in_the_middle_is_told_and_the_slip_may_come_later(rig: Rig) -> None:
    rig.device.set_fault(SimulatedFault.PAPER_OUT_MID_SLIP)

    with pytest.raises(PaperOut) as caught:
        rig.printer_with(EscposSettings(query_timeout_s=10, job_timeout_s=0.5)).print_slip(
            queue_slip()
        )

    assert caught.value.may_have_printed
    assert rig.device.slips == []
    rig.device.clear_all_faults()  # new paper: a printer goes on where it stopped
    assert len(rig.device.slips) == 1


def test_a_line_that_breaks_in_the_middle_leaves_the_slip_unconfirmed(rig: Rig) -> None:
    rig.device.set_fault(SimulatedFault.LINE_BREAK_MID_SLIP)

    with pytest.raises(SlipUnconfirmed) as caught:
        rig.printer.print_slip(queue_slip())

    assert caught.value.may_have_printed
    rig.printer.print_slip(queue_slip())
    assert len(rig.device.slips) == 1


def test_a_slow_printer_is_waited_for(network_rig: Rig) -> None:
    network_rig.device.set_fault(SimulatedFault.SLOW)

    network_rig.printer.print_slip(SHORT_SLIP)

    assert len(network_rig.device.slips) == 1


def test_a_printer_that_is_too_slow_leaves_the_slip_unconfirmed(network_rig: Rig) -> None:
    network_rig.device.set_fault(SimulatedFault.SLOW)
    printer = network_rig.printer_with(EscposSettings(query_timeout_s=10, job_timeout_s=0.2))

    with pytest.raises(SlipUnconfirmed) as caught:
        printer.print_slip(SHORT_SLIP)

    assert caught.value.may_have_printed
    assert len(network_rig.device.slips) == 1


def test_slips_of_several_threads_do_not_mix(serial_rig: Rig) -> None:
    # A serial port can be opened once only: whoever does not wait for his turn fails.
    printer = serial_rig.printer
    threads = [threading.Thread(target=printer.print_slip, args=(SHORT_SLIP,)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    pictures = {picture.read_bytes() for picture in serial_rig.device.slips}
    assert len(serial_rig.device.slips) == 4
    assert len(pictures) == 1
    assert serial_rig.device.protocol_errors == []


def test_a_one_way_file_takes_slips_and_confirms_nothing(tmp_path: Path) -> None:
    file = tmp_path / "printer"
    file.touch()
    line = FileLine(path=str(file), is_one_way=True, write_timeout_s=5)
    printer = EscposTicketPrinter(line, FONTS, EscposSettings(is_one_way=True))

    printer.print_slip(SHORT_SLIP)

    assert printer.status() == status_of(PrinterCondition.UNCONFIRMED)
    assert file.read_bytes() == escpos_job(draw_slip(SHORT_SLIP, FONTS), Cut.FULL)


def test_a_device_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    line = FileLine(path=str(tmp_path / "lp0"), is_one_way=True, write_timeout_s=5)
    printer = EscposTicketPrinter(line, FONTS, EscposSettings(is_one_way=True))

    assert printer.status() == status_of(PrinterCondition.UNREACHABLE)
    with pytest.raises(PrinterUnreachable):
        printer.print_slip(SHORT_SLIP)
    assert list(tmp_path.iterdir()) == []


def test_a_plain_file_is_not_taken_for_a_printer_that_answers(tmp_path: Path) -> None:
    file = tmp_path / "printer"
    file.touch()
    line = FileLine(path=str(file), is_one_way=False, write_timeout_s=5)
    printer = EscposTicketPrinter(line, FONTS, EscposSettings(query_timeout_s=0.1))

    assert not printer.status().can_print
