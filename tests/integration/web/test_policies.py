"""The policies by HTTP: whose they are to change, what is kept, what the audit list says."""

from typing import Any

import httpx

from queue_server.rules import commands as asked
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, DERMATOLOGY, NAMES, HospitalDay


def change(key: str, value: object, level: str = "hospital", of: str = "") -> dict[str, object]:
    return {"level": level, "of": of, "key": key, "value": value}


FRONT = change("priority_rule", "front")
IN_A = change("missed_rule", "end_of_queue", "area", "area-a")
IN_C = change("missed_rule", "end_of_queue", "queue", DERMATOLOGY)


async def save(
    client: httpx.AsyncClient, *changes: dict[str, object], seen_revision: int = 0, **more: object
) -> httpx.Response:
    body = {"seen_revision": seen_revision, "changes": list(changes), "reason": "试行", **more}
    return await client.post("/api/policies/save", json=body)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


def let_it_take_effect(day: HospitalDay) -> int:
    day.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    return day.service.now.policy_book.revision


async def test_a_head_nurse_changes_her_areas_and_the_hospital_only_if_all_are_hers(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    tang, fang = await signed_in("tang"), await signed_in("fang")

    assert code_of(await save(tang, FRONT)) == "NOT_ALLOWED"
    assert code_of(await save(tang, IN_C)) == "NOT_ALLOWED"
    assert (await save(tang, IN_A)).status_code == 200
    revision = let_it_take_effect(day)
    assert (await save(fang, FRONT, IN_A, IN_C, seen_revision=revision)).status_code == 200
    revision = let_it_take_effect(day)
    # What others have changed stays: leaving it out would change it.
    assert code_of(await save(tang, IN_A, seen_revision=revision)) == "NOT_ALLOWED"
    assert day.service.setup.policies[DERMATOLOGY].missed_rule == "end_of_queue"
    assert day.service.setup.policies[CARDIOLOGY].priority_rule == "front"


async def test_the_second_of_two_is_told_that_the_rules_have_moved(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    tang, fang = await signed_in("tang"), await signed_in("fang")
    assert (await save(fang, FRONT)).status_code == 200

    late = await save(tang, IN_A)

    assert (late.status_code, code_of(late)) == (409, "POLICY_MOVED")


async def test_a_draft_that_is_wrong_is_told_with_the_key_and_what_was_expected(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    fang = await signed_in("fang")
    for wrong in (
        change("late_rule", {"every": 2}),
        change("late_rul", 2),
        change("late_after_min", 90),
    ):
        for path in ("rehearse", "save"):
            body: dict[str, object] = {"seen_revision": 0, "changes": [wrong]}
            more = {"reason": "x"} if path == "save" else {}
            answer = await fang.post(f"/api/policies/{path}", json=body | more)
            assert code_of(answer) == "POLICY_WRONG"
            assert "late_" in answer.json()["message_en"]
    elsewhere = change("late_after_min", 5, "queue", "nowhere")
    assert code_of(await save(fang, elsewhere)) == "UNKNOWN_QUEUE"
    assert code_of(await save(fang, FRONT, effective_at="2026-11-31T08:00")) == "BAD_REQUEST"
    assert code_of(await save(fang, FRONT, effective_at="2026-11-22T08:00")) == "POLICY_TIME"


async def test_a_rehearsal_tells_of_her_own_queues_only_by_number(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    day.check_in(DERMATOLOGY, 1, 2)
    tang = await signed_in("tang")

    answer = await tang.post("/api/policies/rehearse", json={"seen_revision": 0, "changes": [IN_A]})

    told: dict[str, Any] = answer.json()
    assert told["people_count"] == 3
    assert {queue for text in told["texts"] for queue in text["queues"]} <= set(
        day.users["tang"].queues
    )
    assert [name for name in NAMES if name in answer.text] == []
    assert day.service.now.policy_book.versions == ()


async def test_the_audit_list_tells_who_changed_the_rules_when_and_why(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    fang = await signed_in("fang")
    await save(fang, FRONT, effective_at="2026-11-23T14:00")
    await fang.post("/api/policies/cancel", json={"number": 1, "seen_revision": 1})

    answer = await (await signed_in("qian")).post("/api/audit", json={"what": "acts"})

    cancelled, saved = answer.json()["lines"][:2]
    assert (saved["by"], saved["what_en"]) == ("head_nurse:fang", "saved a version of the rules")
    assert saved["detail_zh"] == "第 1 版，2026-11-23 14:00 起：试行"
    assert cancelled["what_zh"] == "取消规则版本"
