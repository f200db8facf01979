"""Kiosks are told at once which doctors are late, away, pausing or stopped."""

from collections.abc import Callable
from typing import Any

from queue_server.contract import topics
from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond, QueueId
from tests.integration.service.served_site import Listener, ServedSite

SHEN = QueueId("cardiology-1")


def of_shen(told: dict[str, Any]) -> list[dict[str, str]]:
    """Return what is told of him; the others are late by themselves."""
    return [one["absence"] for one in told["doctors"] if one["doctor_zh"] == "沈怀仁"]


def test_who_leaves_is_told_until_he_is_back(
    served: ServedSite, listen: Callable[..., Listener]
) -> None:
    topic = topics.absences(served.site)
    kiosk = listen(served, topic)
    served.act(asked.Attend(queue=SHEN))
    kiosk.wait_for(topic, lambda told: of_shen(told) == [])

    left = asked.ReportAbsence(
        queue=SHEN,
        kind=AbsenceKind.LEFT,
        cause=AbsenceCause.SURGERY,
        returns_s=DaySecond(23 * 3600),
    )
    served.act(left)

    said = {"kind": "left", "cause_zh": "手术", "cause_en": "in surgery", "returns_text": "23:00"}
    kiosk.wait_for(topic, lambda told: of_shen(told) == [said])
    served.act(asked.Attend(queue=SHEN))
    kiosk.wait_for(topic, lambda told: of_shen(told) == [])


def test_a_kiosk_that_comes_later_is_told_too(
    served: ServedSite, listen: Callable[..., Listener]
) -> None:
    served.act(asked.Stop(queue=SHEN, cause=AbsenceCause.RESCUE))

    topic = topics.absences(served.site)
    late_comer = listen(served, topic)

    late_comer.wait_for(topic, lambda told: [one["kind"] for one in of_shen(told)] == ["stopped"])
