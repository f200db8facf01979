"""The driver of ESC/POS ticket printers, over any line.

A slip counts as printed only when the printer has answered a question sent behind it. No answer is
a failure, never "paper is fine". Before each question whatever still lies in the line is thrown
away, because an answer does not say which question it belongs to.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

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
from hardware.printers.escpos_status import (
    ERROR_CAUSE,
    OFFLINE_CAUSE,
    PAPER_QUERY,
    PAPER_SENSOR,
    PRINTER,
    REASONS_TO_BE_OFFLINE,
    conditions_of,
    is_paper_answer,
    is_realtime_answer,
    realtime_query,
)
from hardware.printers.line import Line, OpenLine
from hardware.slip import Slip
from hardware.slip_drawing import SlipFonts, draw_slip
from hardware.ticket_printer import PrinterCondition, PrinterStatus

DRAIN_READS_MAX = 64
"""A device that goes on talking without being asked is no printer."""

_log = logging.getLogger(__name__)

# What stops a slip, the most useful reason first.
_BLOCKING: tuple[tuple[PrinterCondition, type[PrinterError]], ...] = (
    (PrinterCondition.UNREACHABLE, PrinterUnreachable),
    (PrinterCondition.NO_ANSWER, PrinterNoAnswer),
    (PrinterCondition.COVER_OPEN, CoverOpen),
    (PrinterCondition.PAPER_OUT, PaperOut),
    (PrinterCondition.FAULT, PrinterFault),
    (PrinterCondition.OFFLINE, PrinterFault),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscposSettings:
    """How a printer is treated. The time-outs of opening and writing belong to the line."""

    cut: Cut = Cut.FULL
    query_timeout_s: float = 1.0
    """For the answer to one status question."""
    job_timeout_s: float = 15.0
    """For the answer behind a whole slip: printing 150 mm takes about a second, a serial line 6."""
    is_one_way: bool = False
    """The line can't be read: nothing is asked, nothing is confirmed."""


class EscposTicketPrinter:
    """A TicketPrinter that speaks ESC/POS. The line is opened anew for each job."""

    def __init__(self, line: Line, fonts: SlipFonts, settings: EscposSettings) -> None:
        self._line = line
        self._fonts = fonts
        self._settings = settings
        self._one_at_a_time = threading.Lock()

    def status(self) -> PrinterStatus:
        """See TicketPrinter."""
        with self._one_at_a_time:
            return self._status()

    def print_slip(self, slip: Slip) -> None:
        """See TicketPrinter."""
        job = escpos_job(draw_slip(slip, self._fonts), self._settings.cut)
        with self._one_at_a_time:
            try:
                # Question and job on one line: cheap printers refuse a second one for a while.
                with self._opened() as line:
                    _raise_if_blocked(self._status_over(line))
                    trouble = self._trouble_with(line, job)
            except OSError as error:
                raise PrinterUnreachable(str(error)) from error
            if trouble is not None:
                _raise_if_blocked(self._status(), may_have_printed=True)
                raise SlipUnconfirmed(trouble, may_have_printed=True)

    def _trouble_with(self, line: OpenLine, job: bytes) -> str | None:
        """Send `job`; return None when the printer has confirmed it, else what went wrong."""
        timeout_s = self._settings.job_timeout_s
        try:
            line.write(job)
            if self._settings.is_one_way:
                return None
            _drain(line)
            line.write(PAPER_QUERY)
            answer = _first_answer(line, is_paper_answer, timeout_s)
        except OSError as error:
            return f"the line broke in the middle of the slip: {error}"
        return f"no answer within {timeout_s:g} s" if answer is None else None

    def _status(self) -> PrinterStatus:
        try:
            with self._opened() as line:
                return self._status_over(line)
        except OSError as error:
            _log.info("printer unreachable: %s", error)
            return PrinterStatus(conditions=frozenset({PrinterCondition.UNREACHABLE}))

    def _status_over(self, line: OpenLine) -> PrinterStatus:
        if self._settings.is_one_way:
            return PrinterStatus(conditions=frozenset({PrinterCondition.UNCONFIRMED}))
        conditions: set[PrinterCondition] = set()
        for question in (PRINTER, OFFLINE_CAUSE, ERROR_CAUSE, PAPER_SENSOR):
            _drain(line)
            line.write(realtime_query(question))
            answer = _first_answer(line, is_realtime_answer, self._settings.query_timeout_s)
            if answer is None:
                return PrinterStatus(conditions=frozenset({PrinterCondition.NO_ANSWER}))
            conditions |= conditions_of(question, answer)
        if conditions & REASONS_TO_BE_OFFLINE:
            conditions.discard(PrinterCondition.OFFLINE)
        if PrinterCondition.PAPER_OUT in conditions:
            conditions.discard(PrinterCondition.PAPER_NEAR_END)
        return PrinterStatus(conditions=frozenset(conditions))

    @contextmanager
    def _opened(self) -> Iterator[OpenLine]:
        line = self._line.open()
        try:
            yield line
        finally:
            line.close()


def _drain(line: OpenLine) -> None:
    """Throw away what nobody asked for now; ConnectionError if there is no end to it."""
    for _ in range(DRAIN_READS_MAX):
        if not line.read(timeout_s=0):
            return
    raise ConnectionError("the device talks without being asked")


def _first_answer(line: OpenLine, is_answer: Callable[[int], bool], timeout_s: float) -> int | None:
    """Return the first byte that can be the answer, or None if none came within `timeout_s`.

    Other bytes are passed over: a raster may by chance hold the bytes of a real-time question, and
    printers then answer it from within the slip.
    """
    deadline_s = monotonic() + timeout_s
    while (left_s := deadline_s - monotonic()) > 0:
        for byte in line.read(left_s):
            if is_answer(byte):
                return byte
    return None


def _raise_if_blocked(status: PrinterStatus, *, may_have_printed: bool = False) -> None:
    for condition, error in _BLOCKING:
        if condition in status.conditions:
            detail = ", ".join(sorted(status.conditions))
            raise error(detail, may_have_printed=may_have_printed)
