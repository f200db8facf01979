"""A small hospital whose every patient and appointment the tests know by heart."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from queue_server.records.demo_hospital import write_demo_hospital
from queue_server.records.records import Appointment, AppointmentId, Patient, Sex
from queue_server.records.reports import Flag, Measurement, Report, ReportContent, ReportId
from queue_server.rules.terms import (
    CardId,
    DaySecond,
    FullName,
    PatientId,
    QueueId,
    ReportKind,
    ReportState,
    Slot,
    TicketKind,
)

MONDAY = date(2026, 11, 23)
BEIJING = timezone(timedelta(hours=8))
OPENING = datetime(2026, 11, 23, 8, 5, tzinfo=BEIJING)
HOUR_S = 3600
CROWD_COUNT = 40

ON_TIME = "张小三"
"""Cardiology at 08:00 as A001, and tomorrow; and where this site has no queue."""
SECOND = "李四五"
THIRD = "王五六"
SENSITIVE = "赵隐名"
AFTERNOON = "欧阳明月"
MORNING_OVER = "孙早起"
WITHOUT_VISIT = "周无约"
LONG_HISTORY = "吴常来"
OF_CLINIC = "何待诊"
"""Respiratory medicine at 08:00: the clinic, not a doctor."""
OF_CLINIC_TOO = "许待诊"
_NAMES = (
    ON_TIME,
    SECOND,
    THIRD,
    SENSITIVE,
    AFTERNOON,
    MORNING_OVER,
    WITHOUT_VISIT,
    LONG_HISTORY,
    OF_CLINIC,
    OF_CLINIC_TOO,
    *(f"郑{chr(0x4E00 + number)}山" for number in range(CROWD_COUNT)),
)
CROWD = _NAMES[-CROWD_COUNT:]
"""All at orthopaedics, at 08:00 and 08:30."""


def slot(start_h: float) -> Slot:
    start_s = int(start_h * HOUR_S)
    return Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + HOUR_S // 2))


def patient_id(name: str) -> PatientId:
    return PatientId(f"p-{_NAMES.index(name)}")


def id_number(name: str) -> str:
    return f"11010119900101{_NAMES.index(name):04d}"


def card_id(name: str) -> CardId:
    return CardId(f"card-{_NAMES.index(name)}")


def appointment(
    name: str, queue: str, number: int, at: Slot | None, *, day: date = MONDAY
) -> Appointment:
    return Appointment(
        appointment_id=AppointmentId(f"{day:%Y%m%d}-{queue}-{number}"),
        patient_id=patient_id(name),
        queue_id=QueueId(queue),
        day_on=day,
        slot=at,
        number=number,
        kind=TicketKind.ORDINARY,
        rank=None,
    )


def appointments() -> Iterator[Appointment]:
    tomorrow = MONDAY + timedelta(days=1)
    yield appointment(ON_TIME, "cardiology-1", 1, slot(8))
    yield appointment(SECOND, "cardiology-1", 2, slot(8))
    yield appointment(THIRD, "cardiology-1", 3, slot(8.5))
    yield appointment(AFTERNOON, "cardiology-1", 4, slot(13.5))
    yield appointment(MORNING_OVER, "respiratory-1", 1, slot(7))
    yield appointment(OF_CLINIC, "respiratory", 1, slot(8))
    yield appointment(OF_CLINIC_TOO, "respiratory", 2, slot(8))
    yield appointment(SENSITIVE, "dermatology-1", 1, slot(8))
    yield appointment(ON_TIME, "cardiology-2", 1, slot(9), day=tomorrow)
    yield appointment(ON_TIME, "radiology-far-away", 1, slot(8))
    yield appointment(ON_TIME, "radiology-far-away", 1, slot(8), day=tomorrow)
    for number, name in enumerate(CROWD, start=1):
        yield appointment(name, "orthopaedics-1", number, slot(8 if number % 2 else 8.5))
    for days in range(1, 301):
        past = MONDAY - timedelta(days=days)
        yield appointment(LONG_HISTORY, "cardiology-2", 9, slot(9), day=past)


def report(name: str, number: int, state: ReportState, ready: datetime | None = None) -> Report:
    reported_at = ready or OPENING - timedelta(minutes=20)
    return Report(
        report_id=ReportId(f"lab-{patient_id(name)}-{number}"),
        patient_id=patient_id(name),
        kind=ReportKind.LABORATORY,
        title_zh=f"血常规{number}",
        title_en=f"Blood count {number}",
        ordered_at=OPENING - timedelta(hours=1) + timedelta(minutes=number),
        state=state,
        ready_at=ready,
        printed_count=0,
        content=ReportContent(
            department="检验科",
            ordered_by="沈怀仁",
            specimen="静脉血",
            examined_at=OPENING - timedelta(minutes=50),
            reported_at=reported_at,
            reported_by="温如故",
            verified_by="江见秋",
            measurements=(
                Measurement(
                    name="白细胞计数",
                    short="WBC",
                    value="12.37",
                    unit="×10⁹/L",
                    reference="3.50–9.50",
                    flag=Flag.HIGH,
                ),
            ),
        ),
    )


def reports() -> Iterator[Report]:
    """Of the one on time: final, ready in 40 minutes, and only ordered; of the second: final."""
    yield report(ON_TIME, 1, ReportState.FINAL)
    yield report(ON_TIME, 2, ReportState.IN_PROGRESS, OPENING + timedelta(minutes=41))
    yield report(ON_TIME, 3, ReportState.ORDERED)
    yield report(SECOND, 1, ReportState.FINAL)


def phone_number(name: str) -> str:
    return f"1000000{4000 + _NAMES.index(name)}"


def write_known_hospital(path: Path, *more: Appointment) -> None:
    write_demo_hospital(
        path,
        patients=[
            Patient(
                patient_id=patient_id(name),
                full_name=FullName(name),
                sex=Sex.FEMALE,
                birth_on=date(1990, 1, 1),
                id_number=id_number(name),
                phone_number=phone_number(name),
            )
            for name in _NAMES
        ],
        card_ids={patient_id(name): card_id(name) for name in _NAMES},
        chip_cards={patient_id(ON_TIME): f"chip-{ON_TIME}"},
        appointments=[*appointments(), *more],
        reports=reports(),
    )
