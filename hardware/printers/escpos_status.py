"""The status bytes of ESC/POS printers and what they mean.

Source: Epson, ESC/POS Application Programming Guide, commands DLE EOT and GS r. A reply carries no
tag that names its query: only its fixed bits tell what it can't be.
"""

from collections.abc import Mapping

from hardware.ticket_printer import PrinterCondition

PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER_SENSOR = 1, 2, 3, 4
"""The four questions of DLE EOT."""

PAPER_QUERY = b"\x1dr\x01"
"""GS r 1. It is answered in its turn, so an answer proves that all before it was worked through."""

_CONDITIONS: Mapping[int, Mapping[int, PrinterCondition]] = {
    PRINTER: {0x08: PrinterCondition.OFFLINE},
    OFFLINE_CAUSE: {
        0x04: PrinterCondition.COVER_OPEN,
        0x20: PrinterCondition.PAPER_OUT,
        0x40: PrinterCondition.FAULT,
    },
    ERROR_CAUSE: {
        0x04: PrinterCondition.FAULT,
        0x08: PrinterCondition.FAULT,
        0x20: PrinterCondition.FAULT,
        0x40: PrinterCondition.FAULT,
    },
    PAPER_SENSOR: {
        0x0C: PrinterCondition.PAPER_NEAR_END,
        0x60: PrinterCondition.PAPER_OUT,
    },
}

REASONS_TO_BE_OFFLINE = frozenset(
    {PrinterCondition.COVER_OPEN, PrinterCondition.PAPER_OUT, PrinterCondition.FAULT}
)


def realtime_query(question: int) -> bytes:
    """Return DLE EOT `question`: answered at once, even by a printer that is out of paper."""
    return bytes((0x10, 0x04, question))


def is_realtime_answer(byte: int) -> bool:
    """Tell whether `byte` has the fixed bits 0xx1xx10 of an answer to DLE EOT."""
    return byte & 0x93 == 0x12


def is_paper_answer(byte: int) -> bool:
    """Tell whether `byte` has the fixed bits 0xx0xxxx of an answer to GS r."""
    return byte & 0x90 == 0x00


def conditions_of(question: int, answer: int) -> frozenset[PrinterCondition]:
    """Return what `answer` to DLE EOT `question` says."""
    assert is_realtime_answer(answer)
    return frozenset(
        condition for bits, condition in _CONDITIONS[question].items() if answer & bits
    )
