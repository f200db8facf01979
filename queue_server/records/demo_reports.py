"""What the demo hospital has examined: the same for the same seed and day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random  # noqa: TID251 - only ever handed over, with a seed
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from assets import FOLDER
from queue_server.records.records import Patient
from queue_server.records.reports import Flag, Measurement, Report, ReportContent, ReportId
from queue_server.rules.terms import ReportKind, ReportState

_REPORTS_FILE: Final = FOLDER / "demo" / "reports.toml"
_DOCTORS: Final = ("沈怀仁", "顾清和", "许望舒", "温如故", "陆时雨", "江见秋")
_OUTSIDE_SHARE: Final = 0.12
"""So many of a hundred values lie outside their range."""
_EXAMINED_AT: Final = time(7, 20)
_REPORTED_AT: Final = time(8, 10)
_READY_AT: Final = time(9, 45)
"""Of those that are being made in the demo's morning, which begins at about nine."""


class _Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: ReportKind
    title_zh: str
    title_en: str
    department: str
    specimen: str
    findings: str = ""
    conclusion: str = ""
    remark: str = ""
    measurements: list[tuple[str, str, str, float, float, int]] = []


class _ReportData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    report: list[_Template]


def make_reports(
    patients: Sequence[Patient], day: date, timezone: str, chance: Random
) -> Iterator[Report]:
    """Yield each patient's reports: final ones, one that is being made, one only ordered."""
    templates = msgspec.toml.decode(_REPORTS_FILE.read_bytes(), type=_ReportData).report
    zone = ZoneInfo(timezone)
    for patient in patients:
        chosen = chance.sample(templates, len(templates) - 1)
        states = [ReportState.ORDERED, ReportState.IN_PROGRESS]
        states += [ReportState.FINAL] * (len(chosen) - len(states))
        for number, (template, state) in enumerate(zip(chosen, states, strict=True), start=1):
            yield _report(template, state, patient, number, day, zone, chance)


def _report(  # noqa: PLR0917 - what one is made of
    template: _Template,
    state: ReportState,
    patient: Patient,
    number: int,
    day: date,
    zone: ZoneInfo,
    chance: Random,
) -> Report:
    examined_at = datetime.combine(day, _EXAMINED_AT, zone) + timedelta(
        minutes=chance.randrange(20)
    )
    is_being_made = state is ReportState.IN_PROGRESS
    ready = _READY_AT if is_being_made else _REPORTED_AT
    ready_at = datetime.combine(day, ready, zone) + timedelta(minutes=chance.randrange(8))
    reported_by, verified_by = chance.sample(_DOCTORS, 2)
    content = ReportContent(
        department=template.department,
        ordered_by=chance.choice(_DOCTORS),
        specimen=template.specimen,
        examined_at=examined_at,
        reported_at=ready_at,
        reported_by=reported_by,
        verified_by=verified_by,
        measurements=tuple(_measurement(*one, chance) for one in template.measurements),
        findings=template.findings.strip(),
        conclusion=template.conclusion.strip(),
        remark=template.remark,
    )
    return Report(
        report_id=ReportId(f"{template.kind}-{day:%Y%m%d}-{patient.patient_id}-{number}"),
        patient_id=patient.patient_id,
        kind=template.kind,
        title_zh=template.title_zh,
        title_en=template.title_en,
        ordered_at=examined_at - timedelta(minutes=25),
        state=state,
        ready_at=None if state is ReportState.ORDERED else ready_at,
        printed_count=0,
        content=None if state is ReportState.ORDERED else content,
    )


def _measurement(  # noqa: PLR0917 - as the file has it
    name: str, short: str, unit: str, low: float, high: float, decimals: int, chance: Random
) -> Measurement:
    width = high - low
    share = chance.uniform(0.1, 0.9)
    if chance.random() < _OUTSIDE_SHARE:
        share = chance.uniform(1.05, 1.4)
        if low > width / 2 and chance.random() < 0.5:
            share = -share + 1
    value = round(low + share * width, decimals)
    flag = Flag.HIGH if value > high else Flag.LOW if value < low else Flag.NORMAL
    return Measurement(
        name=name,
        short=short,
        value=f"{value:.{decimals}f}",
        unit=unit,
        reference=f"{low:.{decimals}f}–{high:.{decimals}f}",
        flag=flag,
    )
