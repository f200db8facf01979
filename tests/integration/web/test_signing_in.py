"""Signing in and out: cookies, guessing, the second factor, and when a session ends."""

import asyncio

import httpx

from queue_server.web.second_factor import code_at
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    PASSWORD,
    TOTP_SECRET,
    HospitalDay,
)


async def tried(client: httpx.AsyncClient, user: str, password: str, code: str = "") -> str:
    """Return why a sign-in was refused; empty when it was not."""
    typed = {"user": user, "password": password} | ({"code": code} if code else {})
    return str((await client.post("/api/login", json=typed)).json().get("code", ""))


async def test_the_session_cookie_can_not_be_read_by_scripts_nor_sent_from_elsewhere(
    signed_in: SignedIn,
) -> None:
    client = await signed_in("")
    answer = await client.post("/api/login", json={"user": "li", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


async def test_each_sign_in_gets_a_new_token_and_ends_the_session_before(
    signed_in: SignedIn,
) -> None:
    client = await signed_in("li")
    first = client.cookies["session"]
    await tried(client, "li", PASSWORD)
    second = client.cookies["session"]
    assert first != second

    client.cookies.set("session", first)
    assert (await client.get("/api/me")).status_code == 401


async def test_a_token_that_somebody_planted_before_the_sign_in_opens_nothing(
    signed_in: SignedIn,
) -> None:
    client = await signed_in("")
    client.cookies.set("session", "planted")
    await tried(client, "li", PASSWORD)
    client.cookies.clear()
    client.cookies.set("session", "planted")

    assert (await client.get("/api/me")).status_code == 401


async def test_a_session_ends_with_sign_out(signed_in: SignedIn) -> None:
    client = await signed_in("li")
    token = client.cookies["session"]
    await client.post("/api/logout", json={})
    assert "session" not in client.cookies

    client.cookies.set("session", token)
    assert (await client.get("/api/me")).status_code == 401


async def test_a_session_ends_after_half_an_hour_without_a_request_and_after_twelve_hours(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    busy, idle = await signed_in("li"), await signed_in("zhao")
    for minutes in range(29, 12 * 60, 29):
        day.clock.set(8, minutes)
        assert (await busy.get("/api/me")).status_code == 200
    assert (await idle.get("/api/me")).status_code == 401

    day.clock.set(20, 0)
    assert (await busy.get("/api/me")).status_code == 401


async def test_guessing_passwords_is_slowed_down_and_the_right_one_works_afterwards(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    client = await signed_in("")

    assert [await tried(client, "li", f"guess {n}") for n in range(6)] == [
        *["WRONG_PASSWORD"] * 5,
        "TOO_MANY_TRIES",
    ]
    assert await tried(client, "li", PASSWORD) == "TOO_MANY_TRIES"
    day.clock.set(8, 1)
    assert await tried(client, "li", PASSWORD) == ""


async def test_guessing_at_the_same_time_is_no_way_around(signed_in: SignedIn) -> None:
    client = await signed_in("")

    found = await asyncio.gather(*(tried(client, "li", f"guess {n}") for n in range(20)))

    assert found.count("WRONG_PASSWORD") == 5


async def test_one_password_on_many_names_is_slowed_down(signed_in: SignedIn) -> None:
    client = await signed_in("")

    found = [await tried(client, f"name-{n}", "123456") for n in range(21)]

    assert found == [*["WRONG_PASSWORD"] * 20, "TOO_MANY_TRIES"]


async def test_an_unknown_name_is_answered_like_a_wrong_password(signed_in: SignedIn) -> None:
    client = await signed_in("")

    unknown = await client.post("/api/login", json={"user": "nobody", "password": PASSWORD})
    wrong = await client.post("/api/login", json={"user": "li", "password": "wrong"})

    assert unknown.json()["code"] == "WRONG_PASSWORD"
    assert unknown.content == wrong.content


async def test_a_technician_needs_password_and_code(day: HospitalDay, signed_in: SignedIn) -> None:
    client = await signed_in("")
    code = code_at(TOTP_SECRET, day.clock())

    assert await tried(client, "zheng", PASSWORD) == "CODE_NEEDED"
    assert "session" not in client.cookies
    assert await tried(client, "zheng", PASSWORD, "000000") == "WRONG_CODE"
    assert await tried(client, "zheng", "wrong", code) == "WRONG_PASSWORD"
    assert await tried(client, "zheng", PASSWORD, code) == ""
    assert (await client.get("/api/me")).json()["role"] == "administrator"


async def test_a_code_that_was_seen_over_the_shoulder_is_of_no_use(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    client, other = await signed_in(""), await signed_in("")
    code = code_at(TOTP_SECRET, day.clock())
    assert await tried(client, "zheng", PASSWORD, code) == ""

    assert await tried(other, "zheng", PASSWORD, code) == "WRONG_CODE"


async def test_guessing_codes_is_slowed_down_wherever_it_comes_from(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    client = await signed_in("")

    found = [await tried(client, "zheng", PASSWORD, f"00000{n}") for n in range(6)]

    assert found == [*["WRONG_CODE"] * 5, "TOO_MANY_TRIES"]
    code = code_at(TOTP_SECRET, day.clock())
    assert await tried(client, "zheng", PASSWORD, code) == "TOO_MANY_TRIES"
    day.clock.set(8, 5)
    assert await tried(client, "zheng", PASSWORD, code_at(TOTP_SECRET, day.clock())) == ""


async def test_a_wrong_password_does_not_tell_that_there_is_a_second_factor(
    signed_in: SignedIn,
) -> None:
    assert await tried(await signed_in(""), "zheng", "wrong") == "WRONG_PASSWORD"


async def test_a_restart_signs_nobody_out_and_the_last_act_can_still_be_taken_back(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    client = await signed_in("li")
    act = {"request_id": "r-1", "ticket": f"{CARDIOLOGY}:A002"}
    await client.post(f"/api/queues/{CARDIOLOGY}/hold", json=act)
    own = (await client.get("/api/station/view")).json()["own_act"]
    assert own["number"] == "A002"

    transport = httpx.ASGITransport(app=day.application())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://hospital.test", cookies=client.cookies
    ) as after:
        assert (await after.get("/api/station/view")).json()["own_act"] == own


async def test_a_code_used_before_a_restart_stays_used(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    code = day.credentials("zheng")["code"]
    await signed_in("zheng")

    transport = httpx.ASGITransport(app=day.application())
    async with httpx.AsyncClient(transport=transport, base_url="http://hospital.test") as after:
        assert await tried(after, "zheng", PASSWORD, code) == "WRONG_CODE"
