"""What everybody is told of a doctor who sees nobody: neutral words, and the expected return."""

from collections.abc import Mapping
from typing import Final

from queue_server.contract.absence import Absence as ToldAbsence
from queue_server.rules.standing import Absence
from queue_server.rules.terms import AbsenceCause, clock_text

CAUSES: Final[Mapping[AbsenceCause, tuple[str, str]]] = {
    AbsenceCause.RESCUE: ("抢救患者", "with an emergency"),
    AbsenceCause.URGENT: ("处理紧急事务", "urgent matters"),
    AbsenceCause.SURGERY: ("手术", "in surgery"),
    AbsenceCause.CONSULTATION: ("会诊", "at a consultation"),
    AbsenceCause.DEVICE_FAULT: ("设备检修", "device under repair"),
    AbsenceCause.DUTY: ("临时工作安排", "called to other duties"),
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


assert set(CAUSES) == set(AbsenceCause)
