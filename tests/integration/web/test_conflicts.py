"""Offline check-ins that did not fit, as nurses are told of them."""

import pytest

from queue_server.rules.terms import PatientId
from queue_server.service.conflict_text import CONFLICTS
from queue_server.service.take_over import Conflict
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay


async def test_a_nurse_is_told_who_it_is_what_is_in_the_way_and_what_to_do(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.fail_to_take_over("K01-003", Conflict.CANCELLED, day.ticket(CARDIOLOGY, 1))
    nurse = await signed_in("li")

    [conflict] = (await nurse.get("/api/station/view")).json()["conflicts"]

    assert (conflict["number"], conflict["device"]) == ("K01-003", "kiosk-01")
    assert (conflict["masked_name"], conflict["tickets"]) == ("张*明", ["A001"])
    assert conflict["reason_zh"] == "号已取消"
    assert "walk-in" in conflict["advice_en"]


async def test_it_is_told_where_it_belongs_and_everywhere_if_nobody_knows_where(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.fail_to_take_over("K01-001", Conflict.TOO_LATE, day.ticket(CARDIOLOGY, 1))
    day.fail_to_take_over("K01-002", Conflict.CARD_UNKNOWN)

    seen = {}
    for name in ("li", "bai"):
        view = (await (await signed_in(name)).get("/api/station/view")).json()
        seen[name] = [one["number"] for one in view["conflicts"]]

    assert seen == {"li": ["K01-001", "K01-002"], "bai": ["K01-002"]}


async def test_it_stands_until_a_nurse_has_settled_it(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.fail_to_take_over("K01-001", Conflict.NO_VISIT, patient=PatientId("patient-000"))
    nurse = await signed_in("li")

    # Two nurses press at once: the second is no trouble.
    for _ in range(2):
        answer = await nurse.post("/api/station/conflicts/take-k01-001/settle", json={})
        assert answer.status_code == 200

    assert (await nurse.get("/api/station/view")).json()["conflicts"] == []
    facts = [(fact.by, fact.name) for fact in day.journal.facts(day.service.now.day_on)]
    assert facts.count(("nurse:li", "ConflictSettled")) >= 1


@pytest.mark.parametrize("why", list(Conflict))
def test_every_conflict_has_its_words_in_both_languages(why: Conflict) -> None:
    text = CONFLICTS[why]

    assert all((text.reason_zh, text.reason_en, text.advice_zh, text.advice_en))
