"""The driver's side of the talk with a printer, over a line that answers as a test wants."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import PrinterError, SlipUnconfirmed
from hardware.printers.escpos_printer import DRAIN_READS_MAX, EscposSettings, EscposTicketPrinter
from hardware.ticket_printer import PrinterCondition
from tests.unit.hardware.slip_samples import FONTS, SHORT_SLIP

PAPER_QUERY = b"\x1dr\x01"
SETTINGS = EscposSettings(query_timeout_s=0.01, job_timeout_s=0.01)

Answers = Callable[[bytes], bytes]
"""What comes back after something was written."""


class ScriptedLine:
    """A line and its open end in one."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self.waiting = b""
        self.written: list[bytes] = []
        self.open_count = 0

    def open(self) -> "ScriptedLine":
        self.open_count += 1
        return self

    def close(self) -> None:
        self.open_count -= 1

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self.waiting += self._answers(data)

    def read(self, timeout_s: float) -> bytes:
        data, self.waiting = self.waiting, b""
        return data


def all_is_well(data: bytes) -> bytes:
    if data == PAPER_QUERY:
        return b"\x00"
    return b"\x12" if data.startswith(b"\x10\x04") else b""


def printer_on(line: ScriptedLine) -> EscposTicketPrinter:
    return EscposTicketPrinter(line, FONTS, SETTINGS)


def test_the_proof_is_asked_for_last() -> None:
    line = ScriptedLine(all_is_well)

    printer_on(line).print_slip(SHORT_SLIP)

    questions = [b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04"]
    assert line.written[:4] == questions
    assert line.written[4].startswith(b"\x1b@")
    assert line.written[5:] == [PAPER_QUERY]
    assert line.open_count == 0


def test_a_byte_left_over_from_before_is_not_taken_for_the_answer() -> None:
    line = ScriptedLine(lambda data: b"\x72" if data == b"\x10\x04\x04" else all_is_well(data))
    line.waiting = b"\x12" * 9

    assert printer_on(line).status().conditions == {PrinterCondition.PAPER_OUT}


def test_an_answer_out_of_the_raster_is_not_taken_for_the_proof() -> None:
    # A printer that hears DLE EOT in the dots answers it; whoever asked for proof gets no proof.
    line = ScriptedLine(lambda data: b"\x12\x12" if data == PAPER_QUERY else all_is_well(data))

    with pytest.raises(SlipUnconfirmed):
        printer_on(line).print_slip(SHORT_SLIP)


def test_the_proof_is_found_behind_an_answer_out_of_the_raster() -> None:
    line = ScriptedLine(lambda data: b"\x12\x03" if data == PAPER_QUERY else all_is_well(data))

    printer_on(line).print_slip(SHORT_SLIP)

    assert line.written[-1] == PAPER_QUERY


def test_a_device_that_never_stops_talking_is_given_up() -> None:
    class Talker(ScriptedLine):
        read_count = 0

        def read(self, timeout_s: float) -> bytes:
            self.read_count += 1
            return b"\x12"

    line = Talker(all_is_well)

    assert printer_on(line).status().conditions == {PrinterCondition.UNREACHABLE}
    assert line.read_count == DRAIN_READS_MAX


def test_of_two_troubles_the_one_to_mend_first_is_told() -> None:
    answers = {b"\x10\x04\x01": b"\x1a", b"\x10\x04\x02": b"\x36"}
    line = ScriptedLine(lambda data: answers.get(data) or all_is_well(data))

    with pytest.raises(PrinterError) as caught:
        printer_on(line).print_slip(SHORT_SLIP)

    assert caught.value.code == "COVER_OPEN"
    assert printer_on(line).status().conditions == {
        PrinterCondition.COVER_OPEN,
        PrinterCondition.PAPER_OUT,
    }


def test_a_printer_that_is_off_line_for_no_reason_gets_no_slip() -> None:
    line = ScriptedLine(lambda data: b"\x1a" if data == b"\x10\x04\x01" else all_is_well(data))

    with pytest.raises(PrinterError) as caught:
        printer_on(line).print_slip(SHORT_SLIP)

    assert caught.value.code == "PRINTER_FAULT"
    assert printer_on(line).status().conditions == {PrinterCondition.OFFLINE}


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=3) | st.sampled_from([b"\x12", b"\x00"]), min_size=12))
def test_whatever_a_printer_answers_only_printer_errors_come_out(answers: list[bytes]) -> None:
    answer: Iterator[bytes] = iter(answers)
    line = ScriptedLine(lambda _: next(answer, b""))

    with contextlib.suppress(PrinterError):
        printer_on(line).print_slip(SHORT_SLIP)
        assert line.written[-1] == PAPER_QUERY  # without an error it has been proved

    assert line.open_count == 0
