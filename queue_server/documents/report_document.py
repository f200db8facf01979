"""A report as an A4 page: which words stand where. Pure but for the typesetting."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import msgspec

from queue_server.documents.typesetter import qr_svg, typeset
from queue_server.records.records import Patient, Sex
from queue_server.records.reports import Flag, Report, ReportContent
from queue_server.rules.terms import DeviceId, ReportKind
from queue_server.site import Site

_SEXES: Final = {Sex.FEMALE: "女", Sex.MALE: "男"}
_EXAMINED: Final = {
    ReportKind.LABORATORY: ("采样时间", "Collected"),
    ReportKind.IMAGING: ("检查时间", "Examined"),
    ReportKind.ECG: ("检查时间", "Examined"),
}
_EXAMINED_WHAT: Final = {
    ReportKind.LABORATORY: ("标本", "Specimen"),
    ReportKind.IMAGING: ("部位", "Region"),
    ReportKind.ECG: ("体位", "Position"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """Where and when a report is printed, and how it can be verified."""

    device: DeviceId
    printed_at: datetime
    """In local time."""
    check_address: str
    """What the QR code holds; empty: there is none."""
    check_code: str
    """To be compared by whoever asks by telephone."""


def make_report(site: Site, patient: Patient, report: Report, printing: Printing) -> bytes:
    """Return the PDF of a final report.

    Raises:
        DocumentError: it can't be made.
    """
    assert report.content is not None, "only what is final is printed"
    content, zone = report.content, printing.printed_at.tzinfo
    return typeset(
        "report",
        {
            "hospital_zh": site.name_zh,
            "hospital_en": site.name_en,
            "qr_svg": qr_svg(printing.check_address),
            "title_zh": report.title_zh,
            "title_en": report.title_en,
            "facts": _facts(patient, report, content, printing.printed_at),
            "summary": _summary(content),
            "measurements": [msgspec.to_builtins(one) for one in content.measurements],
            "findings": content.findings,
            "conclusion": content.conclusion,
            "remark": content.remark,
            "signed": [
                _pair("报告医师", "Reported by", content.reported_by),
                _pair("审核医师", "Verified by", content.verified_by),
                _pair("报告时间", "Reported", _time(content.reported_at.astimezone(zone))),
            ],
            "footer": f"{_time(printing.printed_at)} 打印于 {printing.device}"
            f"　校验码 Check code {printing.check_code}",
            "number": report.report_id,
        },
    )


def _facts(
    patient: Patient, report: Report, content: ReportContent, printed_at: datetime
) -> list[dict[str, str]]:
    zone = printed_at.tzinfo
    examined_at = content.examined_at.astimezone(zone)
    return [
        _pair("姓名", "Name", patient.full_name.reveal()),
        _pair("性别", "Sex", _SEXES[patient.sex]),
        _pair("年龄", "Age", age_text(patient.birth_on, examined_at.date())),
        _pair(*_EXAMINED[report.kind], _time(examined_at)),
        _pair("科室", "Department", content.department),
        _pair("开单医师", "Ordered by", content.ordered_by),
        _pair("开单时间", "Ordered", _time(report.ordered_at.astimezone(zone))),
        _pair(*_EXAMINED_WHAT[report.kind], content.specimen),
    ]


def age_text(birth_on: date, day: date) -> str:
    """Return an age as a report has it: years, of small children months or days."""
    years = day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
    if years >= 3:
        return f"{years} 岁"
    days = (day - birth_on).days
    return f"{days // 30} 个月" if days >= 60 else f"{days} 天"


def _summary(content: ReportContent) -> str:
    count = len(content.measurements)
    high, low, other = (
        sum(one.flag is flag for one in content.measurements)
        for flag in (Flag.HIGH, Flag.LOW, Flag.ABNORMAL)
    )
    if not high + low + other:
        return f"共 {count} 项，均在参考区间内。"
    parts = [f"偏高 {high} 项" if high else "", f"偏低 {low} 项" if low else ""]
    parts.append(f"异常 {other} 项" if other else "")
    return f"共 {count} 项，其中{'、'.join(part for part in parts if part)}。"


def _pair(zh: str, en: str, value: str) -> dict[str, str]:
    return {"zh": zh, "en": en, "value": value}


def _time(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
