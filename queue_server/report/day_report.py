"""The report of one clinic day: its visits, and the figures of the site, its areas and queues."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from assets.translations import languages, load
from queue_server.report.absences import DoctorAbsence
from queue_server.report.figures import Figures, HalfHour, WaitBin, figures, half_hours, wait_bins
from queue_server.report.visit import Visit
from queue_server.rules.terms import AreaId, DaySecond, QueueId
from queue_server.site import Site

MOVE_REASONS = ("one", "two", "three", "four", "five", "six")
"""Keys of the common reasons that the nurse station offers for a move, in table `reason`."""


class DayReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a day, or of some queues on it."""

    day_on: date
    as_of_s: DaySecond | None
    """The second of the running day that it was made at; None: the day is over."""
    visits: Sequence[Visit]
    total: Figures
    areas: Mapping[AreaId, Figures]
    """In the order of the site file; empty without one."""
    queues: Mapping[QueueId, Figures]
    half_hours: Sequence[HalfHour]
    wait_bins: Sequence[WaitBin]
    absences: Sequence[DoctorAbsence]
    """By queue, each in order."""


def make_report(
    day_on: date,
    visits: Iterable[Visit],
    site: Site | None,
    as_of_s: DaySecond | None,
    only: frozenset[QueueId] | None = None,
    *,
    absences: Iterable[DoctorAbsence],
) -> DayReport:
    """Return the report of a day.

    Args:
        day_on: the clinic day.
        visits: those of the day.
        site: tells which queues there are, and their areas; None: those that had visits.
        as_of_s: the present second of the running day; None: the day is over.
        only: the queues that it is about; None: all.
        absences: those of the day's doctors.
    """
    by_queue: dict[QueueId, list[Visit]] = {
        queue.id: [] for queue in (() if site is None else site.queues)
    }
    for visit in visits:
        by_queue.setdefault(visit.queue, []).append(visit)
    if only is not None:
        by_queue = {queue: found for queue, found in by_queue.items() if queue in only}
    every = [visit for found in by_queue.values() for visit in found]
    return DayReport(
        day_on=day_on,
        as_of_s=as_of_s,
        visits=every,
        total=figures(every),
        areas={} if site is None else _areas(site, by_queue),
        queues={queue: figures(found) for queue, found in by_queue.items()},
        half_hours=half_hours(every),
        wait_bins=wait_bins(every),
        absences=[one for one in absences if only is None or one.queue in only],
    )


def _areas(site: Site, by_queue: Mapping[QueueId, list[Visit]]) -> dict[AreaId, Figures]:
    areas: dict[AreaId, list[Visit]] = {area.id: [] for area in site.areas}
    seen = set()
    for queue in site.queues:
        if queue.id in by_queue:
            seen.add(queue.area)
            areas[queue.area] += by_queue[queue.id]
    return {area: figures(found) for area, found in areas.items() if area in seen}


def move_reasons() -> dict[str, str]:
    """Return the key of each common reason of a move, by its text in any language."""
    return {
        texts[f"reason.{key}"]: key
        for texts in (load("web", language) for language in languages())
        for key in MOVE_REASONS
    }
