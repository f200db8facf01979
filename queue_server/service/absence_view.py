"""What everybody is told of a doctor who sees nobody: neutral words, and the expected return."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from queue_server.contract.absence import Absence as ToldAbsence
from queue_server.contract.absence import Absences, AbsentDoctor
from queue_server.rules.standing import Absence
from queue_server.rules.terms import AbsenceCause, QueueStatus, clock_text
from queue_server.service.now import Now
from queue_server.service.setup import Setup

CAUSES: Final[Mapping[AbsenceCause, tuple[str, str]]] = {
    AbsenceCause.RESCUE: ("抢救患者", "with an emergency"),
    AbsenceCause.URGENT: ("处理紧急事务", "urgent matters"),
    AbsenceCause.SURGERY: ("手术", "in surgery"),
    AbsenceCause.CONSULTATION: ("会诊", "at a consultation"),
    AbsenceCause.DEVICE_FAULT: ("设备检修", "device under repair"),
    AbsenceCause.DUTY: ("临时工作安排", "called to other duties"),
    AbsenceCause.BREAK: ("短暂休息", "a short break"),
}
"""All that may be told in public, in Chinese and English."""


def told_absence(absence: Absence | None) -> ToldAbsence | None:
    """Return what boards, kiosks and phones tell; None: the doctor is there."""
    if absence is None:
        return None
    zh, en = CAUSES[absence.cause] if absence.cause is not None else ("", "")
    return ToldAbsence(
        kind=absence.kind,
        cause_zh=zh,
        cause_en=en,
        returns_text=clock_text(absence.returns_s) if absence.returns_s is not None else "",
    )


def absences_message(setup: Setup, now: Now, at: datetime) -> Absences:
    """Return which doctors see nobody at the moment, and where nobody is called."""
    doctors = []
    for queue in setup.site.queues:
        told = told_absence(now.day.queues[queue.id].absence)
        if told is not None:
            doctors.append(
                AbsentDoctor(
                    queue=queue.id,
                    clinic_zh=queue.clinic_zh,
                    clinic_en=queue.clinic_en,
                    doctor_zh=queue.doctor_zh,
                    doctor_en=queue.doctor_en,
                    absence=told,
                )
            )
    queues = now.day.queues
    paused = [one.id for one in setup.site.queues if queues[one.id].status is QueueStatus.PAUSED]
    return Absences(published_at=at, doctors=doctors, paused=list(map(str, paused)))


assert set(CAUSES) == set(AbsenceCause)
