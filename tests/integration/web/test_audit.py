"""Every access to a full name is in the journal, and the audit list tells of it on any day."""

import asyncio
import csv
import io
import threading
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from queue_server.journal.journal import JournaledFact
from queue_server.rules import commands as asked
from queue_server.rules.decide import COMMANDS
from queue_server.rules.moving import ACTS
from queue_server.rules.terms import AbsenceCause
from queue_server.service.facts import FACTS
from queue_server.service.now import Now
from queue_server.web import audit_list, desk
from queue_server.web.audit_line import FACT_WORDS
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    MONDAY,
    NAMES,
    RESPIRATORY,
    HospitalDay,
)

DETAIL = f"/api/queues/{CARDIOLOGY}/tickets/A001"


def seen(day: HospitalDay) -> list[JournaledFact]:
    return [fact for fact in day.journal.facts(MONDAY) if fact.name == "NamesSeen"]


async def listed(client: httpx.AsyncClient, **asked_for: Any) -> list[dict[str, Any]]:
    answer = await client.post("/api/audit", json=asked_for)
    assert answer.status_code == 200, answer.text
    lines: list[dict[str, Any]] = answer.json()["lines"]
    return lines


def told(lines: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    numbers = [" ".join(one["number"] for one in line["about"]) for line in lines]
    return [
        (line["by"], line["what_en"], number) for line, number in zip(lines, numbers, strict=True)
    ]


async def test_who_opens_a_page_of_names_is_written_down_once(
    day: HospitalDay, application: FastAPI, signed_in: SignedIn
) -> None:
    nurse, doctor = await signed_in("li"), await signed_in("shen")
    application.state.live.close()  # streams end at once: a page that loses its line each second
    for _ in range(3):
        assert (await nurse.get("/api/station/stream")).status_code == 200
        await nurse.get("/api/station/view")
        await doctor.get("/api/console/stream")

    first, second = seen(day)
    assert (first.by, first.body["where"]) == ("nurse:li", "station")
    assert first.body["areas"] == ["area-a", "area-b", "area-c"]
    assert (second.by, second.body["where"]) == ("doctor:shen", "console")
    # He sees who waits for his colleague as well.
    assert second.body["queues"] == [CARDIOLOGY, "cardiology-2"]

    day.clock.set(8, 11)
    await nurse.get("/api/station/stream")
    assert len(seen(day)) == 3


async def test_another_session_of_the_same_nurse_is_written_down_too(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    for client in (await signed_in("li"), await signed_in("li")):
        await client.get("/api/station/view")

    assert [fact.by for fact in seen(day)] == ["nurse:li", "nurse:li"]


async def test_a_ticket_is_written_down_when_it_is_opened_and_not_when_it_is_refreshed(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    doctor = await signed_in("shen")
    for minute in range(0, 30, 9):
        day.clock.set(8, minute)
        await doctor.get(DETAIL)
    assert (await doctor.get(DETAIL.replace("A001", "A999"))).status_code == 404

    [fact] = seen(day)
    assert fact.body["tickets"] == [f"{CARDIOLOGY}:A001"]
    assert fact.body["patients"] == ["patient-000"]
    day.clock.set(8, 40)
    await doctor.get(DETAIL)
    assert len(seen(day)) == 2


async def test_of_a_search_is_kept_whom_it_found_and_not_what_was_typed(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    without_ticket = day.patients[-1].id_number
    assert without_ticket is not None
    found_by = {
        "王芳": "name", "A002": "number", without_ticket: "id_number",
        without_ticket[-4:]: "id_number_end", "没有这个人": "name",
    }  # fmt: skip
    for query in found_by:
        await nurse.post("/api/station/search", json={"query": query})

    facts = seen(day)
    assert [fact.body["query"] for fact in facts] == list(found_by.values())
    assert f"{CARDIOLOGY}:A002" in facts[0].body["tickets"]  # type: ignore[operator]
    assert facts[2].body["patients"] == [day.patients[-1].patient_id]
    assert (facts[4].body["tickets"], facts[4].body["patients"]) == ([], [])
    for query in ("王芳", "没有这个人", without_ticket):
        assert query not in str([fact.body for fact in facts])


async def test_nobody_is_shown_a_name_before_it_is_written_down(
    day: HospitalDay, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, doctor = await signed_in("li"), await signed_in("shen")
    monkeypatch.setattr(desk, "ANSWER_WITHIN_S", 0.05)
    day.service.stop()
    try:
        answers = [
            await nurse.get("/api/station/view"),
            await nurse.get("/api/station/stream"),
            await nurse.post("/api/station/search", json={"query": "A001"}),
            await doctor.get("/api/console/view"),
            await doctor.get("/api/console/stream"),
            await doctor.get(DETAIL),
        ]
    finally:
        day.service = day.new_service()
        day.service.start()

    assert {answer.json()["code"] for answer in answers} == {"NO_ANSWER"}


async def test_looking_changes_nothing_of_the_day(day: HospitalDay, signed_in: SignedIn) -> None:
    nurse = await signed_in("li")
    before = day.service.now
    told_now: list[Now] = []
    stop = day.service.listen(told_now.append)

    await nurse.get("/api/station/view")
    await nurse.get(DETAIL)
    await nurse.post("/api/station/search", json={"query": "A001"})
    await nurse.post("/api/logout", json={})

    stop()
    assert day.service.now is before
    assert told_now == []
    replayed = day.service.past_day(MONDAY)
    assert replayed.change_count == before.change_count


async def test_the_list_says_who_signed_in_looked_and_acted(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    nurse = await signed_in("li")
    await nurse.get("/api/station/view")
    await nurse.get(DETAIL)
    move = {"request_id": "r-1", "ticket": f"{CARDIOLOGY}:A003", "after": f"{CARDIOLOGY}:A001"}
    await nurse.post(f"/api/queues/{CARDIOLOGY}/move", json={**move, "why": "行动不便"})
    await nurse.put("/api/station/areas/area-b/notices", json={"notices": []})
    await nurse.post("/api/logout", json={})

    lines = await listed(await signed_in("qian"))

    assert told(lines) == [
        ("auditor:qian", "read this list", ""),
        ("auditor:qian", "signed in", ""),
        ("nurse:li", "signed out", ""),
        ("nurse:li", "notices for an area", ""),
        ("nurse:li", "move", "A003"),
        ("nurse:li", "looked at a ticket", "A001"),
        ("nurse:li", "opened the nurse station: all names of its areas", ""),
        ("nurse:li", "signed in", ""),
    ]
    moved = lines[4]
    assert (moved["name"], moved["at"]) == ("李静", "08:00:00")
    assert "行动不便" in moved["detail_zh"]
    [about] = moved["about"]
    assert (about["masked_name"], about["clinic_en"]) == ("欧阳*月", "Cardiology")


async def test_each_filter_leaves_what_fits(day: HospitalDay, signed_in: SignedIn) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    nurse, doctor, other = [await signed_in(user) for user in ("bai", "shen", "gu")]
    await nurse.get("/api/station/view")  # area C: not cardiology
    await doctor.get("/api/console/view")
    await other.get("/api/console/view")
    await doctor.get(DETAIL)
    await doctor.post(f"/api/queues/{CARDIOLOGY}/call-next", json={"request_id": "r-1"})
    auditor = await signed_in("qian")

    async def what(**asked_for: Any) -> list[tuple[str, str, str]]:
        return told(await listed(auditor, **asked_for))

    console = "opened the doctor console: all names of its queue"
    assert await what(what="names", who="shen") == [
        ("doctor:shen", "looked at a ticket", "A001"),
        ("doctor:shen", console, ""),
    ]
    assert await what(what="acts", who="shen") == [
        ("doctor:shen", "call next", "A001 A002"),
        ("doctor:shen", "doctor is there", ""),
    ]
    assert [line[:2] for line in await what(what="sign_in", who="doctor:gu")] == [
        ("doctor:gu", "signed in")
    ]
    assert ("kiosk-01", "check-in", "A002") in await what(what="devices")
    about = [
        ("doctor:shen", "call next", "A001 A002"),
        ("doctor:shen", "looked at a ticket", "A001"),
        ("doctor:shen", console, ""),
    ]
    assert await what(about="a001") == about
    assert await what(about="patient-000") == about
    assert await what(about=f"{CARDIOLOGY}:A001") == about
    assert await what(about="A999") == []
    assert await what(about="patient") == []


async def test_a_number_that_two_clinics_use_finds_both(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    number = day.ticket(RESPIRATORY, 1).number
    await nurse.get(f"/api/queues/{RESPIRATORY}/tickets/{number}")

    [line] = await listed(await signed_in("zheng"), about=number.lower(), what="names")

    assert line["about"][0]["number"] == number


async def test_no_full_name_is_in_the_list_or_its_file(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, *range(1, 9))
    nurse = await signed_in("li")
    await nurse.post("/api/station/search", json={"query": "0"})
    await nurse.post("/api/station/search", json={"query": day.patients[-1].id_number})
    auditor = await signed_in("qian")
    # A nurse is called like one of the patients.
    names = {*NAMES, "没有预约"} - {"李静"}

    for what in ("people", "names", "devices"):
        page = await auditor.post("/api/audit", json={"what": what})
        file = await auditor.post("/api/audit/export", json={"what": what})
        for text in (page.text, file.text):
            assert "*" in text
            assert [name for name in names if name in text] == []


async def test_long_lists_come_in_pages(
    day: HospitalDay, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_list, "LINES_PER_PAGE", 10)
    nurse = await signed_in("li")
    for number in range(1, 13):
        await nurse.get(f"/api/queues/{CARDIOLOGY}/tickets/A{number:03d}")
    auditor = await signed_in("qian")

    first = (await auditor.post("/api/audit", json={"what": "names"})).json()
    more = {"what": "names", "before": first["next_before"]}
    second = (await auditor.post("/api/audit", json=more)).json()

    numbers = [line["about"][0]["number"] for page in (first, second) for line in page["lines"]]
    assert numbers == [f"A{number:03d}" for number in range(12, 0, -1)]
    assert (len(first["lines"]), second["next_before"]) == (10, None)


async def test_yesterday_can_be_read(day: HospitalDay, signed_in: SignedIn) -> None:
    nurse = await signed_in("li")
    await nurse.get(DETAIL)
    is_tomorrow = threading.Event()

    def looked(now: Now) -> None:
        if now.day_on > MONDAY:
            is_tomorrow.set()

    day.service.listen(looked)
    day.clock.set(32)
    assert await asyncio.to_thread(is_tomorrow.wait, 10)
    auditor = await signed_in("qian")

    page = (await auditor.post("/api/audit", json={"day_on": "2026-11-23", "about": "A001"})).json()

    assert page["days"] == ["2026-11-24", "2026-11-23"]
    [line] = page["lines"]
    assert line["what_en"] == "looked at a ticket"
    assert [one["masked_name"] for one in line["about"]] == ["张*明"]
    assert told(await listed(auditor, what="names")) == []


async def test_a_row_stays_readable_when_the_records_do_not_answer(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    await nurse.post("/api/station/search", json={"query": day.patients[-1].id_number})
    day.lose_records()

    [line] = await listed(await signed_in("qian"), what="names")

    [about] = line["about"]
    assert (about["masked_name"], about["patient_id"]) == ("", day.patients[-1].patient_id)


@pytest.mark.parametrize("day_on", ["2026-13-01", "2026-02-30", "0000-00-00"])
async def test_a_day_that_is_none_is_told_as_such(signed_in: SignedIn, day_on: str) -> None:
    auditor = await signed_in("qian")

    for path in ("/api/audit", "/api/audit/export"):
        answer = await auditor.post(path, json={"day_on": day_on})
        assert answer.json()["code"] == "BAD_REQUEST"


async def test_the_file_opens_in_a_spreadsheet_and_its_taking_away_is_listed(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)
    day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    auditor = await signed_in("qian")

    answer = await auditor.post("/api/audit/export", json={"what": "acts"})

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "audit-2026-11-23.csv" in answer.headers["content-disposition"]
    [heading, row] = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[2:6] == ["时间", "人员", "账号", "内容"]
    assert row[1:9] == [
        "2026-11-23", "08:00:00", "沈怀仁", "doctor:shen", "叫下一个", "A001", "张*明",
        "patient-000",
    ]  # fmt: skip
    lines = await listed(auditor, who="qian")
    assert "exported this list" in {line["what_en"] for line in lines}


async def test_a_stop_of_a_key_department_tells_who_asked_and_who_confirmed(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    stop = asked.Stop(queue=RESPIRATORY, cause=AbsenceCause.RESCUE, approval="2026-17")
    day.act(stop, by="doctor:gu")
    day.act(asked.ConfirmStop(queue=RESPIRATORY), by="head_nurse:tang")

    lines = await listed(await signed_in("qian"), what="acts")

    [confirmed, asked_for] = [line for line in lines if line["by"] != "rule"]
    assert (asked_for["by"], confirmed["by"]) == ("doctor:gu", "head_nurse:tang")
    assert (asked_for["what_zh"], confirmed["what_zh"]) == ("停诊", "确认停诊")
    assert "2026-17" in asked_for["detail_en"]
    assert "with an emergency 2026-17" in confirmed["detail_en"]


def test_every_act_and_every_fact_has_words_in_the_list() -> None:
    words = {**ACTS, "undo": ("", "")}

    assert set(COMMANDS) <= set(words)
    assert set(FACTS) <= set(FACT_WORDS) | {"NamesSeen"}
