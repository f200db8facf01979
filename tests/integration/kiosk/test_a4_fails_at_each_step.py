"""The A4 printer jams, runs out of paper or is gone at each step of printing a report.

A step is a commit of the journal about the report, before and after it, and the page that is being
printed. Real broker, server, HTTPS, CUPS and IPP printer. An ordinary run tries a few; all of them
come with `--every-death`.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import pytest

from hardware.page_printer import PageCondition
from kiosk.report_printer import ReportPrinter
from queue_server.client.line import Line
from queue_server.contract.messages import Refused
from queue_server.contract.report_messages import PrintReport, ReportReleased
from queue_server.demo.controls import wait_until
from queue_server.journal.journal import Batch
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.terms import RefusalCode
from tests.integration.hardware.a4_room import WAIT_S, A4Room
from tests.integration.hardware.test_cups_printer import wait_for
from tests.integration.kiosk.test_report_printer import (
    FINAL,
    Hospital,
    counted,
    hospital,
    line,
    release,
    room,
    told,
)

__all__ = ["hospital", "line", "room"]
IN_TIME_S: Final = 3.0
"""So long a job may take that will not come out."""
PAGE: Final = "while the page is printed"
FAULTS: Final = {
    "jam": PageCondition.JAM,
    "paper out": PageCondition.PAPER_OUT,
    "gone": PageCondition.UNREACHABLE,
}
"""What the technician is told of each."""
SAID_BY_PRINTER: Final = {"jam": "media-jam-error", "paper out": "media-empty-error"}
BEFORE_PAPER: Final = (
    "before ReportReleased",
    "after ReportReleased",
    "before ReportFetched",
    "after ReportFetched",
    PAGE,
)
AFTER_PAPER: Final = ("before ReportPrinted", "after ReportPrinted")
CHOSEN: Final = (("jam", PAGE), ("paper out", "after ReportReleased"), ("gone", PAGE))
ALL: Final = tuple((fault, step) for fault in FAULTS for step in (*BEFORE_PAPER, *AFTER_PAPER))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "step" in metafunc.fixturenames:
        is_every = metafunc.config.getoption("--every-death")
        metafunc.parametrize(("fault", "step"), ALL if is_every else CHOSEN)


def strike(room: A4Room, fault: str) -> None:
    if fault == "gone":
        room.order("off")
    else:
        room.fail(SAID_BY_PRINTER[fault])


def mend(room: A4Room, fault: str) -> None:
    """Mend it, and return when the printer says so; the job that it held is over then."""
    room.fail("")
    if fault == "gone":
        room.order("on")
    wait_until(lambda: room.printer().status().can_print, "the printer", WAIT_S)


@contextmanager
def at_step(journal: SqliteJournal, step: str, act: Callable[[], None]) -> Iterator[list[str]]:
    """Act once at that commit of the journal; yield the steps that have passed."""
    passed: list[str] = []
    append = journal.append

    def passes(when: str, batch: Batch) -> None:
        for fact in batch.facts:
            passed.append(f"{when} {fact.name}")
            if passed[-1] == step and passed.count(step) == 1:
                act()

    def gated(batch: Batch) -> None:
        passes("before", batch)
        append(batch)
        passes("after", batch)

    journal.append = gated  # type: ignore[method-assign]
    yield passed
    journal.append = append  # type: ignore[method-assign]


async def print_while(
    room: A4Room, printer: ReportPrinter, given: ReportReleased, fault: str, step: str
) -> tuple[str, str] | None:
    """Print, and let it happen over the page if that is the step; return what he is told."""
    with ThreadPoolExecutor(1) as beside:
        if step == PAGE:
            room.fail("hang")

            def in_the_middle() -> None:
                wait_for(room.folder / "struck")
                strike(room, fault)

            beside.submit(in_the_middle)
        failure = await printer.print_released(given)
    await told(printer)
    return None if failure is None else (failure.sentence_zh, failure.sentence_en)


async def test_nothing_stays_in_a_tray_and_the_right_to_print_comes_back(
    hospital: Hospital, line: Line, room: A4Room, fault: str, step: str
) -> None:
    is_before_paper = step in BEFORE_PAPER
    timeout_s = IN_TIME_S if is_before_paper else WAIT_S
    printer = ReportPrinter(room.printer(job_timeout_s=timeout_s), hospital.shelf.fetch, line)
    with at_step(hospital.served.journal, step, lambda: strike(room, fault)) as passed:
        session, given = await release(line)
        failure = await print_while(room, printer, given, fault, step)
    assert step in {*passed, PAGE}, passed

    if is_before_paper:
        # The patient is told what to do, the technician what is wrong.
        assert failure is not None
        assert all(failure)
        assert FAULTS[fault] in (await printer.status()).conditions
    else:
        assert failure is None
    assert await counted(line, session) == (0 if is_before_paper else 1)
    await printer.stop()

    # Mended, it prints nothing that was taken back, and the next one as if nothing had been.
    mend(room, fault)
    assert room.spooled() == []
    again = await line.ask(PrintReport(session_id=session, report_id=FINAL))
    if is_before_paper:
        assert isinstance(again, ReportReleased)
        printer = ReportPrinter(room.printer(), hospital.shelf.fetch, line)
        assert await printer.print_released(again) is None
        await told(printer)
        await printer.stop()
    else:
        assert isinstance(again, Refused)
        assert again.code is RefusalCode.REPORT_PRINTED_ALREADY
    assert len(room.printed()) == 1
    assert await counted(line, session) == 1
