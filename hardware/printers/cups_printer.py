"""The driver of A4 printers: through CUPS, by the commands `lp` and `cancel`, and IPP questions.

A document counts as printed only when its job is completed (RFC 8011, job-state 9): counters of
pages rise on jobs that never come out. A job that is not completed in time is cancelled and purged,
for a report that comes out later lies before the next patient.
"""

import logging
import os
import re
import subprocess
import threading
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Final

from hardware.errors import PrinterError
from hardware.page_errors import (
    PageDoorOpen,
    PageFault,
    PageJam,
    PageOutputFull,
    PagePaperOut,
    PagesLate,
    PagesNotTakenBack,
    PageTonerOut,
    PageUnreachable,
)
from hardware.page_printer import PageCondition, PageStatus
from hardware.printers.ipp_question import (
    JOB_STATE,
    LAST_JOB,
    PRINTER_STATE,
    IppAnswer,
    NoIppAnswer,
    ask_ipp,
)

_USER: Final = "kiosk"
_TITLE: Final = "report"
"""Job lists are read by anybody: no name, no title of a report."""
_PROCESSING, _STOPPED, _CANCELED, _ABORTED, _COMPLETED = 5, 6, 7, 8, 9
_PRINTER_STOPPED: Final = 5
_GONE: Final = "client-error-not-found"
_TAKEN_BACK: Final = frozenset({_CANCELED, _ABORTED})
_JOB_ID: Final = re.compile(r"request id is \S+-(\d+) \(")
_log = logging.getLogger(__name__)

_REASONS: Final[tuple[tuple[str, PageCondition], ...]] = (
    ("media-empty", PageCondition.PAPER_OUT),
    ("media-needed", PageCondition.PAPER_OUT),
    ("media-low", PageCondition.PAPER_LOW),
    ("media-jam", PageCondition.JAM),
    ("toner-empty", PageCondition.TONER_OUT),
    ("marker-supply-empty", PageCondition.TONER_OUT),
    ("toner-low", PageCondition.TONER_LOW),
    ("marker-supply-low", PageCondition.TONER_LOW),
    ("input-tray-missing", PageCondition.TRAY_OPEN),
    ("cover-open", PageCondition.COVER_OPEN),
    ("door-open", PageCondition.COVER_OPEN),
    ("interlock-open", PageCondition.COVER_OPEN),
    ("output-area-full", PageCondition.OUTPUT_FULL),
    ("output-tray-missing", PageCondition.OUTPUT_FULL),
    ("fuser-", PageCondition.FAULT),
    ("paused", PageCondition.FAULT),
    ("shutdown", PageCondition.FAULT),
    ("offline-report", PageCondition.UNREACHABLE),
    ("connecting-to-device", PageCondition.UNREACHABLE),
    ("timed-out", PageCondition.UNREACHABLE),
)
"""What the beginning of a printer-state-reason means."""

_BLOCKING: Final[tuple[tuple[PageCondition, type[PrinterError]], ...]] = (
    (PageCondition.UNREACHABLE, PageUnreachable),
    (PageCondition.JAM, PageJam),
    (PageCondition.PAPER_OUT, PagePaperOut),
    (PageCondition.TONER_OUT, PageTonerOut),
    (PageCondition.TRAY_OPEN, PageDoorOpen),
    (PageCondition.COVER_OPEN, PageDoorOpen),
    (PageCondition.OUTPUT_FULL, PageOutputFull),
    (PageCondition.FAULT, PageFault),
)
"""What stops a document, the most useful reason first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CupsSettings:
    """Which queue, and how long things may take."""

    queue: str
    server: str
    """`host:port` of the printing system."""
    job_timeout_s: float
    query_timeout_s: float
    poll_s: float


class CupsPrinter:
    """A `PagePrinter` behind a CUPS queue."""

    def __init__(self, settings: CupsSettings) -> None:
        self._settings = settings
        self._turn = threading.Lock()
        self._uri = f"ipp://{settings.server}/printers/{settings.queue}"

    def status(self) -> PageStatus:
        """Ask queue and printer how they are. Never raises."""
        return PageStatus(conditions=conditions_of(self._reasons()))

    def _reasons(self) -> frozenset[str]:
        """Return the printer-state-reasons of queue and printer, in the words of IPP."""
        try:
            queue = self._ask(self._uri)
            device = _device_of(queue)
            # CUPS hears of the printer only while it prints, and keeps what it has heard last: that
            # it was jammed, long after it was mended. A printer that can be asked knows better.
            knows = self._ask(device) if device else queue
            words = knows.words("printer-state-reasons")
            if self._is_stopped(queue):
                words |= {"paused"}
        except NoIppAnswer as error:
            _log.warning("The A4 printer can't be asked: %s", error)
            return frozenset({"offline-report"})
        return words

    def print_document(self, pdf: bytes) -> None:
        """Print `pdf`; what has not come out in time is taken back."""
        with self._turn:
            # An empty tray may be one of several: warnings do not stop a document beforehand.
            grave = {one for one in self._reasons() if not one.endswith("-warning")}
            _raise_if_blocked(frozenset(grave), may_have_printed=False)
            job = self._submit(pdf)
            ends_s = monotonic() + self._settings.job_timeout_s
            state = self._state_of(job)
            while state not in {_COMPLETED, *_TAKEN_BACK} and monotonic() < ends_s:
                sleep(self._settings.poll_s)
                state = self._state_of(job)
            if state == _COMPLETED:
                self._require_not_given_up(job)
            else:
                self._take_back(job, state)

    # --- jobs ------------------------------------------------------------------------------------

    def _submit(self, pdf: bytes) -> int:
        settings = self._settings
        command = ["lp", "-d", settings.queue, "-U", _USER, "-t", _TITLE]
        # Without them: Letter, and scaled to it.
        command += ["-o", "media=A4", "-o", "print-scaling=none", "-o", "sides=two-sided-long-edge"]
        told = self._run(*command, "-", content=pdf)
        found = _JOB_ID.search(told)
        if found is None:
            raise PageUnreachable("lp takes no job")
        return int(found[1])

    def _state_of(self, job: int) -> int | None:
        """Return the state of a job; None: it can't be asked now."""
        try:
            answer = ask_ipp(
                self._uri,
                JOB_STATE,
                timeout_s=self._settings.query_timeout_s,
                job_id=job,
                job_user=_USER,
            )
        except NoIppAnswer as error:
            _log.warning("A job on A4 can't be asked: %s", error)
            return None
        if answer.status == _GONE:
            # Purged: nothing of it is there any more.
            return _CANCELED
        if not answer.is_good:
            # Busy, or it does not tell: that is not the end of a job.
            _log.warning("CUPS does not tell of a job on A4: %s", answer.status)
            return None
        return int(answer.attributes["job-state"])

    def _require_not_given_up(self, job: int) -> None:
        """Ask the printer itself what became of a job that CUPS calls completed.

        CUPS 2.4 says so of one that the printer gives up at once, when its backend asks after that
        for the first time.

        Raises:
            PageFault: the printer has given it up, or somebody has cancelled it there.
        """
        try:
            device = _device_of(self._ask(self._uri))
            if not device:
                return
            last = ask_ipp(
                device, LAST_JOB, timeout_s=self._settings.query_timeout_s, job_user=_USER
            )
        except NoIppAnswer as error:
            _log.warning("The A4 printer does not tell of its last job: %s", error)
            return
        state = last.attributes.get("job-state")
        if last.is_good and state in _TAKEN_BACK:
            raise PageFault(f"job {job} ended in state {state}", may_have_printed=True)

    def _take_back(self, job: int, state: int | None) -> None:
        """Cancel and purge a job, and say why it was not printed.

        Raises:
            PrinterError: always.
        """
        may_have_printed = state not in {_STOPPED, *_TAKEN_BACK, None}
        reasons = self._reasons()
        self._run("cancel", "-U", _USER, "-x", f"{self._settings.queue}-{job}")
        after = self._state_of(job)
        if after == _COMPLETED:
            # It came out while it was being taken back: all the better.
            return
        if after not in _TAKEN_BACK:
            raise PagesNotTakenBack(f"job {job} is in state {after}", may_have_printed=True)
        _raise_if_blocked(reasons, may_have_printed=may_have_printed)
        if state in _TAKEN_BACK:
            raise PageFault(f"job {job} ended in state {state}", may_have_printed=True)
        raise PagesLate(f"job {job} was in state {state}", may_have_printed=may_have_printed)

    # --- commands --------------------------------------------------------------------------------

    def _ask(self, uri: str) -> IppAnswer:
        return ask_ipp(uri, PRINTER_STATE, timeout_s=self._settings.query_timeout_s)

    def _is_stopped(self, queue: IppAnswer) -> bool:
        is_stopped = queue.attributes.get("printer-state") == _PRINTER_STOPPED
        return is_stopped or queue.attributes.get("printer-is-accepting-jobs") is False

    def _run(self, *command: str, content: bytes = b"") -> str:
        """Run a command of CUPS; its standard output, empty if it can't be done.

        Raises:
            PageUnreachable: CUPS is not installed.
        """
        environment = {**os.environ, "CUPS_SERVER": self._settings.server, "LC_ALL": "C"}
        try:
            told = subprocess.run(
                command,
                input=content,
                capture_output=True,
                check=False,
                env=environment,
                timeout=self._settings.query_timeout_s * 3,
            )
        except FileNotFoundError as error:
            raise PageUnreachable(
                f"{command[0]} is missing: apt-get install cups-client"
            ) from error
        except subprocess.TimeoutExpired:
            _log.warning("%s has not ended in time", command[0])
            return ""
        if told.returncode != 0:
            _log.warning("%s: %s", command[0], told.stderr.decode(errors="replace").strip()[:200])
        return told.stdout.decode(errors="replace")


def _device_of(queue: IppAnswer) -> str:
    """Return where the printer itself can be asked by IPP; empty: nowhere."""
    device = str(queue.attributes.get("device-uri", ""))
    return device if device.startswith(("ipp://", "ipps://")) else ""


def conditions_of(reasons: frozenset[str]) -> frozenset[PageCondition]:
    """Return what printer-state-reasons mean; those that mean nothing to us are left out."""
    return frozenset(
        condition
        for reason in reasons
        for beginning, condition in _REASONS
        if reason.startswith(beginning)
    )


def _raise_if_blocked(reasons: frozenset[str], *, may_have_printed: bool) -> None:
    conditions = conditions_of(reasons)
    for condition, error in _BLOCKING:
        if condition in conditions:
            told = " ".join(sorted(reasons))
            raise error(told, may_have_printed=may_have_printed)
