"""What the report page is told: the figures of the queues that its reader may see."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from queue_server.report.absences import DoctorAbsence
from queue_server.report.day_book import DayBook
from queue_server.report.day_report import DayReport, make_report, move_reasons
from queue_server.report.figures import Figures, HalfHour, WaitBin
from queue_server.report.visits import visits
from queue_server.rules.terms import AreaId, QueueId, clock_text
from queue_server.service.absence_view import CAUSES
from queue_server.service.clinic_day import day_second
from queue_server.service.queue_service import QueueService
from queue_server.service.setup import Setup

_DAYS_KEPT: Final = 3


class DayReports:
    """Makes the reports of the pages. Used from any thread; each method may block.

    Args:
        service: whose journal.
    """

    def __init__(self, service: QueueService) -> None:
        self._service = service
        self._books: dict[date, DayBook] = {}
        self._days: list[date] = []
        self._reasons: Mapping[str, str] = {}
        # One at a time: the second reader of a day finds it read, and the calls get their turn.
        self._lock = threading.Lock()

    def report(self, day_on: date, only: frozenset[QueueId] | None) -> DayReport:
        """Return the report of a day, of the queues `only`; None: of all."""
        site, running = self._service.setup.site, self._service.now.day_on
        as_of_s = None
        if day_on >= running:
            as_of_s = day_second(site, day_on, self._service.clock())
        with self._lock:
            self._reasons = self._reasons or move_reasons()
            book = self._book(day_on)
            told = visits(book.stories(), self._reasons, as_of_s)
            return make_report(day_on, told, site, as_of_s, only, absences=book.absences())

    def days(self) -> list[date]:
        """Return the clinic days of the journal, the latest first."""
        running = self._service.now.day_on
        with self._lock:
            # A long journal is asked once a day.
            if not self._days or self._days[0] != running:
                self._days = sorted({running, *self._service.days()}, reverse=True)
            return self._days

    def _book(self, day_on: date) -> DayBook:
        """Return the book of a day with all that is in the journal: only what is new is read."""
        book = self._books.pop(day_on, None) or DayBook()
        written = self._service.entries(day_on, after=book.entry_count)
        book.add(one.entry for one in written)
        # The one that was asked for last stands last; a book that failed is forgotten.
        self._books[day_on] = book
        for former in list(self._books)[:-_DAYS_KEPT]:
            del self._books[former]
        return book


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChoice:
    """An area that the reader may choose, with its figures if the report is about it."""

    id: AreaId
    name_zh: str
    name_en: str
    figures: Figures | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReport:
    """A doctor's queue with its figures."""

    id: QueueId
    room_zh: str
    room_en: str
    clinic_zh: str
    clinic_en: str
    doctor_zh: str
    doctor_en: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceLine:
    """A doctor was late, away, pausing or stopped; times are as `08:41`."""

    queue: QueueId
    kind: str
    cause_zh: str
    cause_en: str
    began: str
    ended: str
    """Empty while it lasts."""
    lasted_s: int | None
    expected: str
    """The return that was announced; empty: none was."""
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """The report of a day. No name and no patient stands in it."""

    day_on: str
    days: list[str]
    """The clinic days of the journal, the latest first."""
    as_of: str
    """The time of the running day that it was made at, as `08:41`; empty: the day is over."""
    area: str
    """The area that it is about; empty: all that the reader may see."""
    areas: list[AreaChoice]
    total: Figures
    queues: list[QueueReport]
    half_hours: Sequence[HalfHour]
    wait_bins: Sequence[WaitBin]
    absences: list[AbsenceLine]


def report_view(
    setup: Setup, report: DayReport, days: Sequence[date], areas: Sequence[AreaId], area: str
) -> ReportView:
    """Return what the page is told; `areas` are those that its reader may choose."""
    return ReportView(
        day_on=report.day_on.isoformat(),
        days=[day.isoformat() for day in days],
        as_of="" if report.as_of_s is None else clock_text(report.as_of_s),
        area=area,
        areas=[
            AreaChoice(
                id=one.id,
                name_zh=one.name_zh,
                name_en=one.name_en,
                figures=report.areas.get(one.id),
            )
            for one in setup.site.areas
            if one.id in areas
        ],
        total=report.total,
        queues=[_queue(setup, queue, found) for queue, found in report.queues.items()],
        half_hours=report.half_hours,
        wait_bins=report.wait_bins,
        absences=[_absence_line(one) for one in report.absences],
    )


def _absence_line(absence: DoctorAbsence) -> AbsenceLine:
    zh, en = ("", "") if absence.cause is None else CAUSES[absence.cause]
    return AbsenceLine(
        queue=absence.queue,
        kind=absence.kind,
        cause_zh=zh,
        cause_en=en,
        began=clock_text(absence.began_s),
        ended="" if absence.ended_s is None else clock_text(absence.ended_s),
        lasted_s=absence.lasted_s,
        expected="" if absence.returns_s is None else clock_text(absence.returns_s),
        approval=absence.approval,
    )


def _queue(setup: Setup, queue: QueueId, found: Figures) -> QueueReport:
    known = setup.queues.get(queue)
    # A queue of a past day that the site has no more is called by its id.
    names = ("room_zh", "room_en", "clinic_zh", "clinic_en", "doctor_zh", "doctor_en")
    texts = {name: queue if known is None else getattr(known, name) for name in names}
    return QueueReport(id=queue, figures=found, **texts)
