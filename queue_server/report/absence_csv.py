"""The absences of a day as a file for a spreadsheet: a line for each."""

from typing import Final

from queue_server.report.day_report import DayReport
from queue_server.report.report_csv import minutes, written
from queue_server.rules.terms import AbsenceKind, DaySecond, Language, clock_text
from queue_server.service.absence_view import CAUSES
from queue_server.site import Site

HEADINGS: Final = (
    ("门诊日", "Clinic day"),
    ("诊区", "Area"),
    ("科室", "Clinic"),
    ("医生", "Doctor"),
    ("队列", "Queue"),
    ("状态", "Kind"),
    ("原因", "Cause"),
    ("开始", "From"),
    ("结束", "To"),
    ("分钟", "Minutes"),
    ("预计返回", "Expected return"),
    ("批准编号", "Approval"),
    ("操作账号", "By"),
)
KINDS: Final = {
    AbsenceKind.LATE: ("迟到", "late"),
    AbsenceKind.LEFT: ("离岗", "away"),
    AbsenceKind.PAUSED: ("暂停叫号", "paused"),
    AbsenceKind.STOPPED: ("停诊", "stopped"),
}


def absence_csv(report: DayReport, site: Site | None, language: Language) -> str:
    """Return the file, in the reader's language."""
    column = 0 if language is Language.CHINESE else 1
    areas = {} if site is None else {one.id: (one.name_zh, one.name_en) for one in site.areas}
    known = {} if site is None else {one.id: one for one in site.queues}
    lines = []
    for one in report.absences:
        names, queue = ("", "", ""), known.get(one.queue)
        if queue is not None:
            clinic, doctor = (
                (queue.clinic_zh, queue.clinic_en),
                (queue.doctor_zh, queue.doctor_en),
            )
            names = (areas[queue.area][column], clinic[column], doctor[column])
        cause = "" if one.cause is None else CAUSES[one.cause][column]
        times = (_clock(one.began_s), _clock(one.ended_s))
        told = (_clock(one.returns_s), one.approval, one.by)
        lines.append(
            [
                report.day_on.isoformat(),
                *names,
                one.queue,
                KINDS[one.kind][column],
                cause,
                *times,
                minutes(one.lasted_s),
                *told,
            ]
        )
    return written([heading[column] for heading in HEADINGS], lines)


def _clock(second: DaySecond | None) -> str:
    return "" if second is None else clock_text(second)
