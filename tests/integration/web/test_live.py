"""Live streams over a real server: the new view comes at once, and never too often."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from queue_server.rules import commands as asked
from queue_server.web.web_server import WebServer
from tests.integration.web.hospital_day import CARDIOLOGY, DERMATOLOGY, PASSWORD, HospitalDay


@pytest.fixture
def address(day: HospitalDay) -> Iterator[str]:
    server = WebServer(day.application(), host="127.0.0.1", port=0)
    port = server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
async def nurse(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, timeout=10) as client:
        await client.post("/api/login", json={"user": "li", "password": PASSWORD})
        yield client


async def events_of(answer: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def views_of(answer: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    """Yield what a page shows after each event."""
    view: dict[str, Any] = {}
    async for name, told in events_of(answer):
        view = told if name == "view" else changed(view, told)
        yield view


def changed(view: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    lists = {}
    for field, queues in change["queue_lists"].items():
        news = {queue["name"]["id"]: queue for queue in queues}
        lists[field] = [news.get(one["name"]["id"], one) for one in view[field]]
    return {**view, **change["fields"], **lists}


def pause_and_reopen(day: HospitalDay, times: int) -> None:
    for _ in range(times):
        day.act(asked.Pause(queue=CARDIOLOGY))
        day.act(asked.Reopen(queue=CARDIOLOGY))


async def test_a_page_gets_the_view_at_once_and_again_after_each_change(
    day: HospitalDay, nurse: httpx.AsyncClient
) -> None:
    async with nurse.stream("GET", "/api/station/stream") as answer:
        views = views_of(answer)
        first = await anext(views)
        assert first["queues"][1]["tickets"]["listed"] == []

        changed_at_s = time.perf_counter()
        await asyncio.to_thread(day.check_in, CARDIOLOGY, 1)
        second = await anext(views)

    assert [one["number"] for one in second["queues"][1]["tickets"]["listed"]] == ["A001"]
    assert time.perf_counter() - changed_at_s < 0.5


async def test_a_change_tells_only_the_queue_that_has_changed_and_the_page_is_the_same_as_a_new_one(
    day: HospitalDay, nurse: httpx.AsyncClient
) -> None:
    async with nurse.stream("GET", "/api/station/stream") as answer:
        events = events_of(answer)
        _, view = await anext(events)
        await asyncio.to_thread(day.check_in, CARDIOLOGY, 1)
        name, change = await anext(events)

    told = [queue["name"]["id"] for queue in change["queue_lists"]["queues"]]
    assert (name, told) == ("change", [CARDIOLOGY])
    assert not {"areas", "all_queues", "day_on"} & change["fields"].keys()
    anew = (await nurse.get("/api/station/view")).json()
    assert {**changed(view, change), "now_s": anew["now_s"]} == anew


async def test_many_changes_at_once_are_sent_together(
    day: HospitalDay, nurse: httpx.AsyncClient
) -> None:
    async with nurse.stream("GET", "/api/station/stream") as answer:
        views = views_of(answer)
        await anext(views)
        began_at_s = time.perf_counter()
        changing = asyncio.create_task(asyncio.to_thread(pause_and_reopen, day, 100))
        received = 0
        async for view in views:
            received += 1
            if changing.done() and view["entry_count"] == day.service.now.day.entry_count:
                break

    assert received <= 10 * (time.perf_counter() - began_at_s) + 2
    assert received < 200


async def test_a_change_in_another_area_sends_nothing_to_a_nurse(
    day: HospitalDay, address: str
) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=10) as bai:
        await bai.post("/api/login", json={"user": "bai", "password": PASSWORD})
        async with bai.stream("GET", "/api/station/stream") as answer:
            views = views_of(answer)
            first = await anext(views)
            await asyncio.to_thread(pause_and_reopen, day, 60)
            await asyncio.to_thread(day.check_in, DERMATOLOGY, 1)

            # The next view has all of it: nothing was sent in between.
            assert (await anext(views))["entry_count"] == first["entry_count"] + 121


async def test_what_can_be_taken_back_is_shown_as_soon_as_it_was_done(
    day: HospitalDay, nurse: httpx.AsyncClient
) -> None:
    await asyncio.to_thread(day.check_in, CARDIOLOGY, 1)
    async with nurse.stream("GET", "/api/station/stream") as answer:
        views = views_of(answer)
        await anext(views)
        body = {"request_id": "r-1", "ticket": "cardiology-1:A001"}
        await nurse.post(f"/api/queues/{CARDIOLOGY}/hold", json=body)

        async with asyncio.timeout(2):
            while (await anext(views))["own_act"] is None:
                pass


async def test_a_stream_ends_with_the_session(day: HospitalDay, nurse: httpx.AsyncClient) -> None:
    async with nurse.stream("GET", "/api/station/stream") as answer:
        views = views_of(answer)
        await anext(views)
        await nurse.post("/api/logout", json={})
        await asyncio.to_thread(day.check_in, CARDIOLOGY, 1)

        assert [view async for view in views] == []


async def test_the_server_stops_while_pages_are_open(
    day: HospitalDay, nurse: httpx.AsyncClient, address: str
) -> None:
    another = WebServer(day.application(), host="127.0.0.1", port=0)
    port = another.start()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        await client.post("/api/login", json={"user": "li", "password": PASSWORD})
        async with client.stream("GET", "/api/station/stream") as answer:
            views = views_of(answer)
            await anext(views)
            began_at_s = time.perf_counter()
            await asyncio.to_thread(another.stop)

            assert [view async for view in views] == []
    assert time.perf_counter() - began_at_s < 2


def test_a_port_that_is_taken_is_an_error_at_the_start(day: HospitalDay, address: str) -> None:
    port = int(address.rpartition(":")[2])

    with pytest.raises(OSError, match="in use"):
        WebServer(day.application(), host="127.0.0.1", port=port).start()


async def test_a_page_that_stays_open_over_the_end_of_the_day_asks_anew_and_is_written_down_anew(
    day: HospitalDay, nurse: httpx.AsyncClient
) -> None:
    day.clock.set(27, 50)
    await nurse.post("/api/login", json={"user": "li", "password": PASSWORD})
    async with nurse.stream("GET", "/api/station/stream") as answer:
        views = views_of(answer)
        assert (await anext(views))["day_on"] == "2026-11-23"
        day.clock.set(28, 1)
        assert [view async for view in views if view["day_on"] != "2026-11-23"] == []

    async with nurse.stream("GET", "/api/station/stream") as answer:
        assert (await anext(views_of(answer)))["day_on"] == "2026-11-24"
    facts = [fact.name for fact in day.journal.facts(date(2026, 11, 24))]
    assert facts.count("NamesSeen") == 1
