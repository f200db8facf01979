"""The report of a day by HTTP: figures of one's own queues, past days, the file, no names."""

import csv
import io
import threading
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from queue_server.report.day_book import DayBook
from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind
from queue_server.web.report_view import DayReports
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    DERMATOLOGY,
    NAMES,
    HospitalDay,
)


async def told(client: httpx.AsyncClient, **chosen: str) -> dict[str, Any]:
    answer = await client.get("/api/report", params=chosen)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def morning(day: HospitalDay) -> HospitalDay:
    """At cardiology two come at 08:00 and are called at 08:10 and 08:20; one comes elsewhere."""
    day.check_in(CARDIOLOGY, 1, 2)
    day.check_in(DERMATOLOGY, 1)
    for minute in (10, 20):
        day.clock.set(8, minute)
        day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    return day


async def test_a_nurse_is_told_of_her_areas_a_doctor_of_his_queue_the_technician_of_all(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    everything = await told(await signed_in("zheng"))
    hers = await told(await signed_in("bai"))
    his = await told(await signed_in("shen"))

    assert everything["total"]["arrivals"] == 3
    assert len(everything["queues"]) == len(morning.site.queues)
    assert {queue["id"] for queue in hers["queues"]} == {"dermatology-1", "chinese-medicine-1"}
    assert [area["id"] for area in hers["areas"]] == ["area-c"]
    assert hers["total"]["arrivals"] == 1
    assert [queue["id"] for queue in his["queues"]] == [CARDIOLOGY]
    assert his["total"]["waits"] == {
        "count": 2,
        "mean_s": 900.0,
        "p50_s": 600,
        "p90_s": 1200,
        "longest_s": 1200,
    }


async def test_when_doctors_were_away_is_told_of_ones_own_queues_and_given_as_a_file(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    left = asked.ReportAbsence(queue=CARDIOLOGY, kind=AbsenceKind.LEFT, cause=AbsenceCause.SURGERY)
    morning.act(left, by="doctor:shen")
    morning.clock.set(8, 35)
    morning.act(asked.Attend(queue=CARDIOLOGY))
    client = await signed_in("shen")

    # Before that nobody had seen him: he was late by himself.
    *_, absence = (await told(client))["absences"]
    file = (await client.get("/api/report/absences")).text

    assert (absence["kind"], absence["cause_en"]) == ("left", "in surgery")
    assert (absence["began"], absence["ended"], absence["lasted_s"]) == ("08:20", "08:35", 900)
    *_, line = csv.DictReader(io.StringIO(file.removeprefix("\ufeff")))
    assert (line["状态"], line["分钟"]) == ("离岗", "15.0")
    hers = (await told(await signed_in("bai")))["absences"]
    assert CARDIOLOGY not in {one["queue"] for one in hers}


async def test_nobody_is_told_of_an_area_that_is_not_his(signed_in: SignedIn) -> None:
    for path in ("/api/report", "/api/report/export", "/api/report/absences"):
        answer = await (await signed_in("bai")).get(path, params={"area": "area-a"})
        assert answer.json()["code"] == "NOT_ALLOWED"


async def test_one_area_can_be_chosen(morning: HospitalDay, signed_in: SignedIn) -> None:
    report = await told(await signed_in("li"), area="area-c")

    assert report["total"]["arrivals"] == 1
    assert [area["id"] for area in report["areas"] if area["figures"]] == ["area-c"]
    assert len(report["areas"]) == 3


async def test_what_happens_meanwhile_is_in_the_next_answer(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    client = await signed_in("shen")
    assert (await told(client))["total"]["done"] == 1
    morning.act(asked.Finish(queue=CARDIOLOGY, ticket=morning.ticket(CARDIOLOGY, 2).id))
    morning.act(asked.Undo(queue=CARDIOLOGY))
    morning.act(asked.Finish(queue=CARDIOLOGY, ticket=morning.ticket(CARDIOLOGY, 2).id))

    report = await told(client)
    assert report["total"]["done"] == 2
    assert report["as_of"] == "08:20"


async def test_a_past_day_is_told_as_a_whole_with_its_no_shows(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    morning.clock.set(8 + 24)
    morning.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    report = await told(await signed_in("shen"), day_on="2026-11-23")

    assert report["as_of"] == ""
    assert (report["total"]["no_shows"], report["total"]["expected"]) == (10, 0)
    assert report["days"] == ["2026-11-24", "2026-11-23"]


@pytest.mark.parametrize("day_on", ["2026-02-30", "yesterday", "2026-11-23'"])
async def test_a_day_that_is_none_is_refused(signed_in: SignedIn, day_on: str) -> None:
    answer = await (await signed_in("li")).get("/api/report", params={"day_on": day_on})

    assert (answer.status_code, answer.json()["code"]) == (422, "BAD_REQUEST")


async def test_the_file_has_the_figures_in_the_readers_language(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    client = await signed_in("shen")
    client.cookies.set("language", "en")
    answer = await client.get("/api/report/export")

    assert answer.headers["content-disposition"] == 'attachment; filename="report-2026-11-23.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert [one["Of"] for one in lines] == ["all", "area", "queue"]
    assert lines[2]["Doctor"] == "Dr. Shen Huairen"
    assert lines[2]["Wait, P90 (min)"] == "20.0"


async def test_no_name_and_no_patient_is_in_a_report(
    morning: HospitalDay, signed_in: SignedIn
) -> None:
    ticket = morning.ticket(CARDIOLOGY, 3)
    morning.check_in(CARDIOLOGY, 3, 4)
    behind = morning.ticket(CARDIOLOGY, 4).id
    why = f"{NAMES[0]}的家属"
    morning.act(
        asked.Move(queue=CARDIOLOGY, ticket=ticket.id, after=behind, why=why), by="nurse:li"
    )
    client = await signed_in("zheng")

    staff = {"李静"}
    for path in ("/api/report", "/api/report/export"):
        text = (await client.get(path)).text
        assert [name for name in set(NAMES) - staff if name in text] == []
        assert not [one for one in morning.patients if one.patient_id in text]


async def test_figures_are_counted_beside_the_loop_that_serves_the_pages(
    application: FastAPI, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, threads = await signed_in("li"), list[str]()
    stories = DayBook.stories

    def watched(book: DayBook) -> Any:
        threads.append(threading.current_thread().name)
        return stories(book)

    monkeypatch.setattr(DayBook, "stories", watched)
    await told(client)
    assert threads
    assert threading.main_thread().name not in threads


def test_a_day_that_was_read_is_read_on_from_there(
    morning: HospitalDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, read = DayReports(morning.service), list[int]()
    entries = morning.service.entries

    def watched(day_on: Any, *, after: int) -> Any:
        found = list(entries(day_on, after=after))
        read.append(len(found))
        return found

    monkeypatch.setattr(morning.service, "entries", watched)
    day_on = morning.service.now.day_on
    reports.report(day_on, None)
    morning.check_in(CARDIOLOGY, 3)
    assert reports.report(day_on, None).total.arrivals == 4
    assert read[0] == morning.service.now.day.entry_count - 1
    assert read[1] == 1
