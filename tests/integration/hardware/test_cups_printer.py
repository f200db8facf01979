"""A4 pages on a real CUPS and a real IPP printer: what comes out, and what must never come out."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hardware.errors import ConfigError, PrinterError
from hardware.page_printer import PageCondition
from hardware.printers.cups_printer import conditions_of
from hardware.registry import make_page_printer
from queue_server.demo.controls import wait_until
from queue_server.documents.report_document import make_report
from tests.integration.documents.paper import Paper
from tests.integration.documents.test_report_document import (
    PATIENT,
    PRINTING,
    SITE,
    measurement,
    report,
)
from tests.integration.hardware.a4_room import WAIT_S, A4Room

IN_TIME_S = 3.0
"""For tests in which nothing will come out."""


@pytest.fixture(scope="session")
def pdf() -> bytes:
    """A report of two pages."""
    made = report(*(measurement(f"项目{number}", "6.20") for number in range(60)))
    return make_report(SITE, PATIENT, made, PRINTING)


@pytest.fixture
def room() -> Iterator[A4Room]:
    # Not below pytest's own folder: there CUPS's filters, which are nobody, may not look.
    with TemporaryDirectory(prefix="a4-") as folder:
        made = A4Room(Path(folder))
        yield made
        made.close()


def wait_for(path: Path) -> None:
    """Return when there is such a file."""
    gone = threading.Event()
    for _ in range(int(WAIT_S / 0.05)):
        if path.exists():
            return
        gone.wait(0.05)
    raise AssertionError(f"{path.name} never came")


def failure(room: A4Room, pdf: bytes) -> PrinterError:
    with pytest.raises(PrinterError) as told:
        room.printer(job_timeout_s=IN_TIME_S).print_document(pdf)
    return told.value


def test_a_report_comes_out_on_a4_as_it_is_and_nothing_of_it_stays_behind(
    room: A4Room, pdf: bytes, tmp_path: Path
) -> None:
    room.printer().print_document(pdf)

    [printed] = room.printed()
    paper = Paper(tmp_path, printed.read_bytes())
    assert "A4" in paper.about()["Page size"]
    assert paper.about()["Pages"] == "2"
    assert "欧阳明月" in paper.text()
    settings = printed.with_suffix(".env").read_text()
    assert "media-size={x-dimension=21000 y-dimension=29700}" in settings
    assert "IPP_SIDES=two-sided-long-edge" in settings
    assert room.spooled() == []


def test_what_is_sent_names_nobody(room: A4Room, pdf: bytes) -> None:
    room.printer().print_document(pdf)

    settings = room.printed()[0].with_suffix(".env").read_text()
    assert "IPP_JOB_NAME=report" in settings
    assert "欧阳明月" not in (room.folder / "log" / "page").read_text()


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        ("media-empty-error", PageCondition.PAPER_OUT),
        ("toner-empty-error", PageCondition.TONER_OUT),
        ("media-jam-error", PageCondition.JAM),
        ("cover-open-error", PageCondition.COVER_OPEN),
    ],
)
def test_a_report_that_can_not_be_printed_is_taken_back_and_does_not_come_out_later(
    room: A4Room, pdf: bytes, fault: str, condition: PageCondition
) -> None:
    room.fail(fault)

    told = failure(room, pdf)

    assert told.code == condition
    assert told.may_have_printed
    assert room.spooled() == []
    assert room.printer().status().conditions == {condition}
    room.fail("")
    wait_for(room.folder / "taken-back")
    assert room.printed() == []
    # CUPS itself keeps what it has heard last until its next job.
    wait_until(lambda: room.printer().status().can_print, "the mended printer to be told", WAIT_S)


def test_a_report_that_is_late_is_taken_back(room: A4Room, pdf: bytes) -> None:
    room.fail("hang")

    told = failure(room, pdf)

    # On a busy machine CUPS may give the job up before we do.
    assert told.code in {"a4_late", "a4_fault"}
    assert "取消" in told.sentence_zh
    assert room.spooled() == []
    room.fail("")
    # The report of the next patient comes out, and it alone.
    room.printer().print_document(pdf)
    assert len(room.printed()) == 1


def test_a_printer_that_dies_in_the_middle_prints_nothing_when_it_returns(
    room: A4Room, pdf: bytes
) -> None:
    room.fail("hang")
    with ThreadPoolExecutor(1) as beside:
        printing = beside.submit(failure, room, pdf)
        wait_for(room.folder / "struck")
        room.order("off")
        told = printing.result()

    assert told.code in {"a4_unreachable", "a4_late", "a4_fault"}
    assert room.spooled() == []
    room.fail("")
    room.order("on")
    # A report of the next patient comes out, and it alone.
    room.printer().print_document(pdf)
    assert len(room.printed()) == 1


def test_a_job_of_which_cups_tells_nothing_is_not_taken_for_cancelled(
    room: A4Room, pdf: bytes
) -> None:
    room.order("tell_nothing")

    told = failure(room, pdf)

    # Whether it has come out nobody knows; "cancelled" would say that it has not.
    assert told.code == "a4_not_taken_back"
    assert len(room.printed()) == 1


def test_a_job_that_the_printer_gives_up_is_told(room: A4Room, pdf: bytes) -> None:
    room.fail("abort")

    assert failure(room, pdf).code == "a4_fault"
    assert room.spooled() == []


@pytest.mark.parametrize(
    ("order", "code"),
    [("off", "a4_unreachable"), ("stop_cups", "a4_unreachable"), ("disable", "a4_fault")],
)
def test_nothing_is_sent_to_a_printer_that_is_not_there(
    room: A4Room, pdf: bytes, order: str, code: str
) -> None:
    room.order(order)

    told = failure(room, pdf)

    assert told.code == code
    assert not told.may_have_printed
    assert room.spooled() == []


def test_a_printer_with_little_toner_still_prints_and_says_so(room: A4Room, pdf: bytes) -> None:
    room.fail("toner-low-warning")
    with ThreadPoolExecutor(1) as beside:
        printing = beside.submit(room.printer().print_document, pdf)
        wait_for(room.folder / "struck")
        room.fail("")
        printing.result()

    assert len(room.printed()) == 1


@pytest.mark.parametrize(
    ("reasons", "conditions"),
    [
        ({"none"}, set()),
        ({"media-low-report"}, {PageCondition.PAPER_LOW}),
        ({"marker-supply-low-warning"}, {PageCondition.TONER_LOW}),
        ({"output-area-full-error", "door-open"}, {"a4_output_full", "a4_cover_open"}),
        ({"com.example.unheard-of-error"}, set()),
    ],
)
def test_what_a_printer_says_is_put_into_our_words(reasons: set[str], conditions: set[str]) -> None:
    assert conditions_of(frozenset(reasons)) == conditions


def test_a_misspelt_key_of_its_configuration_is_named() -> None:
    with pytest.raises(ConfigError, match="did you mean 'queue'"):
        make_page_printer({"driver": "cups", "queu": "A4"})
