"""The figures of a day as a file for a spreadsheet: a line for the site, each area, each queue."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from queue_server.report.day_report import DayReport
from queue_server.report.figures import Figures
from queue_server.rules.terms import Language
from queue_server.site import Site

_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADINGS: Final = (
    ("门诊日", "Clinic day"),
    ("范围", "Of"),
    ("诊区", "Area"),
    ("科室", "Clinic"),
    ("医生", "Doctor"),
    ("队列", "Queue"),
    ("预约", "Booked"),
    ("签到", "Arrivals"),
    ("现场号", "Walk-ins"),
    ("转入", "Transferred in"),
    ("转出", "Transferred out"),
    ("诊结", "Done"),
    ("取消", "Cancelled"),
    ("爽约", "No-shows"),
    ("候诊平均（分）", "Wait, mean (min)"),
    ("候诊中位（分）", "Wait, P50 (min)"),
    ("候诊P90（分）", "Wait, P90 (min)"),
    ("候诊最长（分）", "Wait, longest (min)"),
    ("回诊候诊平均（分）", "Wait with results, mean (min)"),
    ("回诊候诊P90（分）", "Wait with results, P90 (min)"),
    ("接诊平均（分）", "Service, mean (min)"),
    ("接诊中位（分）", "Service, P50 (min)"),
    ("接诊P90（分）", "Service, P90 (min)"),
    ("过号次数", "Missed calls"),
    ("回诊次数", "Returned with results"),
    ("叫号次数", "Calls"),
    ("人均叫号", "Calls per patient"),
    ("人工调整", "Moves by hand"),
    ("被规则插队（人）", "Overtaken by rules (patients)"),
    ("被规则插队（次）", "Overtaken by rules (times)"),
    ("被插队最多的号码", "Overtaken most"),
    ("该号次数", "that one, times"),
    ("被急诊插队（次）", "Overtaken by emergencies (times)"),
)


def report_csv(report: DayReport, site: Site | None, language: Language) -> str:
    """Return the file, in the reader's language."""
    is_zh = language is Language.CHINESE
    lines = (
        [report.day_on.isoformat(), *place, *_cells(found)]
        for place, found in _lines(report, site, is_zh=is_zh)
    )
    return written([zh if is_zh else en for zh, en in HEADINGS], lines)


def written(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a file that a spreadsheet opens, and takes nothing in it for a formula."""
    file = io.StringIO()
    file.write(_MARK)
    writer = csv.writer(file)
    writer.writerow(headings)
    for cells in lines:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return file.getvalue()


def _lines(
    report: DayReport, site: Site | None, *, is_zh: bool
) -> Iterator[tuple[tuple[str, str, str, str, str], Figures]]:
    """Yield scope, area, clinic, doctor and queue of each line, with its figures."""
    areas = {} if site is None else {one.id: one for one in site.areas}
    known = {} if site is None else {one.id: one for one in site.queues}
    words = ("全部", "诊区", "队列") if is_zh else ("all", "area", "queue")
    names = {key: one.name_zh if is_zh else one.name_en for key, one in areas.items()}
    yield (words[0], "", "", "", ""), report.total
    for area, found in report.areas.items():
        yield (words[1], names[area], "", "", ""), found
    for queue, found in report.queues.items():
        one = known.get(queue)
        if one is None:
            yield (words[2], "", "", "", queue), found
            continue
        clinic, doctor = (one.clinic_zh, one.doctor_zh) if is_zh else (one.clinic_en, one.doctor_en)
        yield (words[2], names[one.area], clinic, doctor, queue), found


def _cells(found: Figures) -> list[str]:
    waits, back, services = found.waits, found.waits_with_results, found.services
    per_patient = found.calls_per_patient
    return [
        *map(str, (found.booked, found.arrivals, found.walk_ins)),
        *map(str, (found.transferred_in, found.transferred_out)),
        *map(str, (found.done, found.cancelled, found.no_shows)),
        *map(minutes, (waits.mean_s, waits.p50_s, waits.p90_s, waits.longest_s)),
        *map(minutes, (back.mean_s, back.p90_s)),
        *map(minutes, (services.mean_s, services.p50_s, services.p90_s)),
        *map(str, (found.missed_calls, found.returned, found.calls)),
        "" if per_patient is None else f"{per_patient:.2f}",
        *map(str, (found.moves_by_hand, found.overtaken_visits, found.overtaken_times)),
        found.overtaken_most,
        *map(str, (found.overtaken_most_times, found.overtaken_by_emergency_times)),
    ]


def minutes(seconds: float | None) -> str:
    """Write seconds as minutes with one decimal; nothing if there are none."""
    return "" if seconds is None else f"{seconds / 60:.1f}"
