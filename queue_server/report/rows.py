"""A report as the rows of its tables."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from assets.translations import load
from queue_server.report.columns import KEYS, TABLES
from queue_server.report.day_report import DayReport
from queue_server.report.figures import Figures
from queue_server.report.visit import FIRST_WAITS, HandMove, Visit
from queue_server.rules.terms import Language, QueueId
from queue_server.site import Site

OWN_WORDS: Final = {
    Language.CHINESE: "自填理由（见操作记录）",
    Language.ENGLISH: "own words (see the audit list)",
}
Row = dict[str, Any]


def report_rows(report: DayReport, site: Site | None, entry_count: int) -> dict[str, list[Row]]:
    """Return the rows of each table, those that others refer to first."""
    day_on = report.day_on.isoformat()
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    rows["days"] = [{"day_on": day_on, "as_of_s": report.as_of_s, "entry_count": entry_count}]
    rows["areas"] = _area_rows(site)
    rows["queues"] = _queue_rows(report, site)
    reasons = {language: load("web", language) for language in Language}
    for visit in report.visits:
        key = f"{day_on}/{visit.queue}:{visit.number}"
        rows["visits"].append({"visit": key, "day_on": day_on, **_visit_row(visit)})
        for table, found in _rows_of(visit, reasons).items():
            rows[table] += [
                {str(KEYS[table]): f"{key}#{count}", "visit": key, **row}
                for count, row in enumerate(found, start=1)
            ]
    rows["absences"] = list(_absence_rows(report, day_on))
    rows["site_figures"] = [{"day_on": day_on, **figure_row(report.total)}]
    rows["area_figures"] = [
        {"day_on": day_on, "area": area, **figure_row(found)}
        for area, found in report.areas.items()
    ]
    rows["queue_figures"] = [
        {"day_on": day_on, "queue": queue, **figure_row(found)}
        for queue, found in report.queues.items()
    ]
    return rows


def figure_row(found: Figures) -> Row:
    """Return figures as columns."""
    waits, back, services = found.waits, found.waits_with_results, found.services
    spreads = {
        "waits": waits.count,
        "wait_mean_s": waits.mean_s,
        "wait_p50_s": waits.p50_s,
        "wait_p90_s": waits.p90_s,
        "wait_longest_s": waits.longest_s,
        "waits_with_results": back.count,
        "wait_with_results_mean_s": back.mean_s,
        "wait_with_results_p90_s": back.p90_s,
        "services": services.count,
        "service_mean_s": services.mean_s,
        "service_p50_s": services.p50_s,
        "service_p90_s": services.p90_s,
    }
    names = [name for name in TABLES["site_figures"] if name != "day_on"]
    return {name: spreads[name] if name in spreads else getattr(found, name) for name in names}


def _absence_rows(report: DayReport, day_on: str) -> Iterator[Row]:
    counts: Counter[QueueId] = Counter()
    for one in report.absences:
        counts[one.queue] += 1
        yield {
            "absence": f"{day_on}/{one.queue}#{counts[one.queue]}",
            "day_on": day_on,
            "queue": one.queue,
            "kind": one.kind,
            "cause": one.cause,
            "began_s": one.began_s,
            "ended_s": one.ended_s,
            "lasted_s": one.lasted_s,
            "returns_s": one.returns_s,
            "approval": one.approval,
            "by": one.by,
        }


def _area_rows(site: Site | None) -> list[Row]:
    areas = () if site is None else site.areas
    return [{"area": one.id, "name_zh": one.name_zh, "name_en": one.name_en} for one in areas]


def _queue_rows(report: DayReport, site: Site | None) -> list[Row]:
    known = {} if site is None else {queue.id: queue for queue in site.queues}
    named = [visit for visit in report.visits if visit.came_from or visit.went_to]
    others = [queue for one in named for queue in (one.came_from, one.went_to) if queue]
    others += [one.queue for one in report.absences]
    texts = ("room_zh", "room_en", "clinic_zh", "clinic_en", "doctor_zh", "doctor_en")
    return [
        {
            "queue": queue,
            "area": known[queue].area if queue in known else None,
            # Without the site file a queue is called by its id.
            **{text: getattr(known[queue], text) if queue in known else queue for text in texts},
        }
        for queue in dict.fromkeys([*report.queues, *others])
    ]


def _visit_row(visit: Visit) -> Row:
    first = [wait.wait_s for wait in visit.waits if wait.since in FIRST_WAITS]
    starts = [one.started_s for one in visit.consultations if one.started_s is not None]
    return {
        "queue": visit.queue,
        "number": visit.number,
        "kind": visit.kind,
        "state": visit.state,
        "was_booked": visit.was_booked,
        "is_no_show": visit.is_no_show,
        "came_from": visit.came_from,
        "went_to": visit.went_to,
        "slot_start_s": None if visit.slot is None else visit.slot.start_s,
        "slot_end_s": None if visit.slot is None else visit.slot.end_s,
        "arrived_s": visit.arrived_s,
        "first_called_s": visit.calls[0].called_s if visit.calls else None,
        "first_started_s": starts[0] if starts else None,
        "finished_s": visit.finished_s,
        "first_wait_s": first[0] if first else None,
        "call_count": len(visit.calls),
        "missed_count": len(visit.missed),
        "returned_count": len(visit.returned),
        "move_count": len(visit.moves),
        "overtaken_count": visit.overtaken_count,
        "overtaken_by_emergency_count": visit.overtaken_by_emergency_count,
    }


def _rows_of(
    visit: Visit, reasons: Mapping[Language, Mapping[str, str]]
) -> dict[str, Iterator[Row]]:
    return {
        "waits": (
            {
                "since": wait.since,
                "began_s": wait.began_s,
                "called_s": wait.called_s,
                "wait_s": wait.wait_s,
            }
            for wait in visit.waits
        ),
        "calls": (
            {"called_s": call.called_s, "by": call.by, "is_recall": call.is_recall}
            for call in visit.calls
        ),
        "consultations": (
            {
                "called_s": time.called_s,
                "started_s": time.started_s,
                "ended_s": time.ended_s,
                "service_s": time.service_s,
            }
            for time in visit.consultations
        ),
        "moves": (
            {
                "moved_s": move.moved_s,
                "by": move.by,
                "reason_zh": _reason(move, Language.CHINESE, reasons),
                "reason_en": _reason(move, Language.ENGLISH, reasons),
            }
            for move in visit.moves
        ),
    }


def _reason(
    move: HandMove, language: Language, reasons: Mapping[Language, Mapping[str, str]]
) -> str:
    return reasons[language][f"reason.{move.reason}"] if move.reason else OWN_WORDS[language]
