"""Who may do what: asked of every route there is, so that a new one can't be forgotten."""

import httpx
import pytest
from fastapi.routing import APIRoute

from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import PASSWORD, HospitalDay

OPEN_TO_ALL = {
    "/login", "/texts/{language}", "/static/{name}", "/static/theme.css", "/favicon.ico",
    "/api/login", "/api/logout",
    # The demo's phone, which make_application switches on.
    "/cards", "/card/{patient}", "/api/cards", "/api/cards/{patient}",
    "/api/cards/{patient}/stream",
}  # fmt: skip
NURSE_ONLY = {"station", "check-in", "stop", "cancel", "move", "priority", "walk-in"}
DOCTOR_ONLY = {"console", "start", "finish", "away-for-results"}
OVERSEERS_ONLY = {"audit", "devices"}
IN_PATH = {
    "queue": "cardiology-1", "number": "A001", "help_id": "help-1", "area": "area-a",
    "device": "kiosk-01", "act": "reload",
}  # fmt: skip


def routes_of(day: HospitalDay) -> list[tuple[str, str]]:
    found = []
    for context in day.application().routes:
        found += _routes(context)
    return found


def _routes(route: object) -> list[tuple[str, str]]:
    if isinstance(route, APIRoute):
        return [(method, route.path) for method in route.methods or ()]
    inner = getattr(route, "routes", None) or getattr(
        getattr(route, "original_router", None), "routes", []
    )
    return [pair for one in inner for pair in _routes(one)]


def protected_routes(day: HospitalDay) -> list[tuple[str, str]]:
    return [(method, path) for method, path in routes_of(day) if path not in OPEN_TO_ALL]


async def ask(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    body: dict[str, str] | None = {} if method in ("POST", "PUT") else None
    return await client.request(method, path.format(**IN_PATH), json=body)


async def test_without_signing_in_no_route_but_the_open_ones_gives_anything(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nobody = await signed_in("")
    protected = protected_routes(day)
    assert ("POST", "/api/queues/{queue}/move") in protected
    assert ("GET", "/api/station/stream") in protected
    assert len(protected) > 25

    for method, path in protected:
        answer = await ask(nobody, method, path)
        if path.startswith("/api/"):
            assert answer.json()["code"] == "NOT_SIGNED_IN", path
        else:
            assert answer.headers["location"] == "/login", path


@pytest.mark.parametrize(
    ("user", "forbidden"),
    [("shen", NURSE_ONLY | OVERSEERS_ONLY), ("li", DOCTOR_ONLY | OVERSEERS_ONLY)],
    ids=["doctor", "nurse"],
)
async def test_each_role_is_refused_what_is_the_other_ones(
    day: HospitalDay, signed_in: SignedIn, user: str, forbidden: set[str]
) -> None:
    client = await signed_in(user)
    refused = set()
    for method, path in protected_routes(day):
        if path.endswith("/stream") and not forbidden & set(path.split("/")):
            continue  # his own stream never ends
        answer = await ask(client, method, path)
        if answer.status_code == 403:
            assert answer.json()["code"] == "NOT_ALLOWED"
            refused |= forbidden & set(path.split("/"))
            assert forbidden & set(path.split("/")), path

    assert refused == forbidden


@pytest.mark.parametrize("user", ["zheng", "qian"], ids=["administrator", "auditor"])
async def test_technician_and_auditor_see_no_patient_and_act_on_no_queue(
    day: HospitalDay, signed_in: SignedIn, user: str
) -> None:
    client = await signed_in(user)
    for method, path in protected_routes(day):
        if path.startswith(("/api/queues", "/api/station", "/api/console", "/station", "/console")):
            answer = await ask(client, method, path)
            assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED"), path

    first_page = {"zheng": "/devices", "qian": "/audit"}[user]
    assert (await client.get("/")).headers["location"] == first_page
    assert (await client.get("/audit")).status_code == 200


async def test_devices_are_the_administrators_alone(signed_in: SignedIn) -> None:
    auditor, administrator = await signed_in("qian"), await signed_in("zheng")

    for path in ("/devices", "/api/devices/view", "/api/devices/kiosk-01/screenshot"):
        assert (await auditor.get(path)).json()["code"] == "NOT_ALLOWED"
    assert (await administrator.get("/devices")).status_code == 200


@pytest.mark.parametrize(
    ("user", "queue"), [("shen", "respiratory-1"), ("bai", "cardiology-1"), ("li", "unknown-1")]
)
async def test_nobody_acts_on_or_looks_into_a_queue_that_is_not_his(
    signed_in: SignedIn, user: str, queue: str
) -> None:
    client = await signed_in(user)

    acted = await client.post(f"/api/queues/{queue}/pause", json={"request_id": "r-1"})
    looked = await client.get(f"/api/queues/{queue}/tickets/C001")

    assert acted.json()["code"] == looked.json()["code"] == "NOT_ALLOWED"


async def test_a_nurse_sees_the_queues_of_her_areas_only(signed_in: SignedIn) -> None:
    view = (await (await signed_in("bai")).get("/api/station/view")).json()

    assert {queue["name"]["area"] for queue in view["queues"]} == {"area-c"}
    assert [area["id"] for area in view["areas"]] == ["area-c"]


async def test_a_nurse_can_not_write_notices_for_another_area(signed_in: SignedIn) -> None:
    answer = await (await signed_in("bai")).put(
        "/api/station/areas/area-a/notices", json={"notices": []}
    )

    assert answer.json()["code"] == "NOT_ALLOWED"


async def test_the_session_cookie_can_not_be_read_by_scripts_nor_sent_from_elsewhere(
    signed_in: SignedIn,
) -> None:
    client = await signed_in("")
    answer = await client.post("/api/login", json={"user": "li", "password": PASSWORD})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


async def test_a_session_ends_with_sign_out_and_after_twelve_hours(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    signed_out, forgotten = await signed_in("li"), await signed_in("li")
    token = signed_out.cookies["session"]

    await signed_out.post("/api/logout", json={})
    signed_out.cookies.set("session", token)
    assert (await signed_out.get("/api/me")).status_code == 401

    day.clock.set(19, 59)
    assert (await forgotten.get("/api/me")).status_code == 200
    day.clock.set(20, 0)
    assert (await forgotten.get("/api/me")).status_code == 401


async def test_guessing_passwords_is_slowed_down_and_the_right_one_works_afterwards(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    client = await signed_in("")

    async def tried(password: str) -> str:
        answer = await client.post("/api/login", json={"user": "li", "password": password})
        return str(answer.json().get("code", "signed in"))

    assert [await tried(f"guess {n}") for n in range(6)] == [
        *["WRONG_PASSWORD"] * 5,
        "TOO_MANY_TRIES",
    ]
    assert await tried(PASSWORD) == "TOO_MANY_TRIES"
    day.clock.set(8, 1)
    assert await tried(PASSWORD) == "signed in"


async def test_an_unknown_name_is_answered_like_a_wrong_password(signed_in: SignedIn) -> None:
    client = await signed_in("")

    answer = await client.post("/api/login", json={"user": "nobody", "password": PASSWORD})

    assert answer.json()["code"] == "WRONG_PASSWORD"
