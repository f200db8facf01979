"""Whatever is sent, the answer is a plain sentence, nothing changes, and nothing is given away."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from queue_server.web.request_guard import BODY_BYTES_MAX
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay

MOVE = f"/api/queues/{CARDIOLOGY}/move"
GOOD = {
    "request_id": "r-1",
    "ticket": "cardiology-1:A002",
    "after": "cardiology-1:A001",
    "why": "x",
}
JSON = {"content-type": "application/json"}


def sentence_of(answer: httpx.Response) -> str:
    found = answer.json()
    assert set(found) == {"code", "message_zh", "message_en"}
    assert "Traceback" not in answer.text
    return str(found["code"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 5000,
        json.dumps({**GOOD, "whyy": "misspelt"}).encode(),
        json.dumps({**GOOD, "why": 7}).encode(),
        json.dumps({**GOOD, "why": "x" * 101}).encode(),
        json.dumps({**GOOD, "why": "two\nlines"}).encode(),
        json.dumps({**GOOD, "why": "\ud800"}).encode(),
        json.dumps({**GOOD, "request_id": "Ä"}).encode(),
        json.dumps({**GOOD, "ticket": "cardiology-1"}).encode(),
        json.dumps({**GOOD, "seen_entry": -1}).encode(),
        json.dumps({**GOOD, "seen_entry": 1e400}).encode(),
        json.dumps({**GOOD, "seen_entry": "1"}).encode(),
        json.dumps({"request_id": "r-1"}).encode(),
    ],
)
async def test_what_is_no_request_is_answered_plainly(
    day: HospitalDay, signed_in: SignedIn, body: bytes
) -> None:
    nurse = await signed_in("li")
    before = day.service.now.day

    answer = await nurse.post(MOVE, content=body, headers=JSON)

    assert 400 <= answer.status_code < 500
    assert sentence_of(answer) == "BAD_REQUEST"
    assert day.service.now.day is before


async def test_what_somebody_typed_is_not_repeated_in_the_refusal(signed_in: SignedIn) -> None:
    nurse = await signed_in("li")

    answer = await nurse.post("/api/station/search", json={"query": "张晓明\n"})

    assert sentence_of(answer) == "BAD_REQUEST"
    assert "张晓明" not in answer.text


async def test_a_body_that_is_too_large_is_refused_unread(signed_in: SignedIn) -> None:
    nurse = await signed_in("li")

    answer = await nurse.post(MOVE, content=b"x" * (BODY_BYTES_MAX + 1), headers=JSON)

    assert answer.status_code == 413
    assert sentence_of(answer) == "TOO_LARGE"


async def test_a_body_without_an_end_is_cut_off(signed_in: SignedIn) -> None:
    nurse = await signed_in("li")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * BODY_BYTES_MAX:
            sent += 8192
            yield b" " * 8192

    answer = await nurse.post(MOVE, content=endless(), headers=JSON)

    assert sentence_of(answer) == "TOO_LARGE"
    assert sent < 3 * BODY_BYTES_MAX


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api/nothing",
        "/static/pages.py",
        "/static/..%2fusers.py",
        "/static/station.html",
        "/texts/fr",
        "/docs",
        "/redoc",
    ],
)
async def test_what_is_not_there_is_said_plainly(signed_in: SignedIn, path: str) -> None:
    answer = await (await signed_in("")).get(path)

    assert 400 <= answer.status_code < 500
    assert sentence_of(answer) in {"NOT_FOUND", "BAD_REQUEST"}


async def test_records_that_can_not_be_asked_are_told_as_such(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    day.lose_records()

    answer = await nurse.post("/api/station/search", json={"query": day.patients[-1].id_number})

    assert answer.status_code == 503
    assert sentence_of(answer) == "RECORDS_UNAVAILABLE"
