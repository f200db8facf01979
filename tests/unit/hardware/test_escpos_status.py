"""Status bytes, literally as Epson's guide has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printers.escpos_status import (
    conditions_of,
    is_paper_answer,
    is_realtime_answer,
    realtime_query,
)
from hardware.ticket_printer import PrinterCondition, PrinterStatus


def test_the_four_questions_are_dle_eot() -> None:
    assert [realtime_query(question) for question in (1, 2, 3, 4)] == [
        b"\x10\x04\x01",
        b"\x10\x04\x02",
        b"\x10\x04\x03",
        b"\x10\x04\x04",
    ]


@pytest.mark.parametrize(
    ("question", "answer", "conditions"),
    [
        (1, 0x12, set()),
        (1, 0x16, set()),  # the drawer's switch says nothing about slips
        (1, 0x1A, {PrinterCondition.OFFLINE}),
        (2, 0x12, set()),
        (2, 0x16, {PrinterCondition.COVER_OPEN}),
        (2, 0x32, {PrinterCondition.PAPER_OUT}),
        (2, 0x52, {PrinterCondition.FAULT}),
        (3, 0x1A, {PrinterCondition.FAULT}),
        (3, 0x32, {PrinterCondition.FAULT}),
        (4, 0x12, set()),
        (4, 0x1E, {PrinterCondition.PAPER_NEAR_END}),
        (4, 0x72, {PrinterCondition.PAPER_OUT}),
        (4, 0x7E, {PrinterCondition.PAPER_OUT, PrinterCondition.PAPER_NEAR_END}),
    ],
)
def test_a_status_byte_is_read_as_the_guide_says(
    question: int, answer: int, conditions: set[PrinterCondition]
) -> None:
    assert conditions_of(question, answer) == conditions


@given(st.integers(0, 255))
def test_no_byte_can_be_the_answer_to_both_kinds_of_question(byte: int) -> None:
    assert not (is_realtime_answer(byte) and is_paper_answer(byte))


@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x10, 0x80, 0x13])
def test_a_byte_without_the_fixed_bits_is_no_answer(byte: int) -> None:
    assert not is_realtime_answer(byte)


def test_a_slip_may_be_sent_when_paper_is_near_its_end_but_not_when_it_is_out() -> None:
    assert PrinterStatus().can_print
    assert PrinterStatus(conditions=frozenset({PrinterCondition.PAPER_NEAR_END})).can_print
    assert not PrinterStatus(conditions=frozenset({PrinterCondition.PAPER_OUT})).can_print
