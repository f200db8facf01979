"""What keeps a browser safe: where a request may come from, and the headers of every answer.

Each is asked of every route there is, so that a new one can't be forgotten.
"""

import itertools
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from queue_server.web.request_guard import RequestGuard
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay
from tests.integration.web.routes import IN_PATH, all_routes, ask, body_of, changing_routes

OWN_PAGE = {"origin": "http://hospital.test", "sec-fetch-site": "same-origin"}
STRANGE = [
    {"origin": "http://evil.test"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "hospital.test"},
    {"origin": "https://hospital.test"},
    {"origin": "http://hospital.test:8080"},
    {"origin": "http://hospital.test.evil.test"},
    {"origin": "http://hospital.test@evil.test"},
    {"origin": "http://hospital.test:x"},
    {"origin": "http://hospital.test", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    # A proxy may be made to pass these on; they prove nothing.
    {"origin": "http://evil.test", "x-forwarded-host": "evil.test"},
    {"origin": "http://evil.test", "forwarded": "host=evil.test"},
    # Without an origin, as from a form of an old browser.
    {"content-type": "application/x-www-form-urlencoded"},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "text/plain"},
    {"content-type": "text/plain; application/json"},
    {"content-type": ""},
]


async def test_no_route_does_anything_for_another_site(
    day: HospitalDay, application: FastAPI, signed_in: SignedIn
) -> None:
    clients = {user: await signed_in(user) for user in ("li", "shen", "zheng")}
    before, facts = day.service.now.day, len(list(day.journal.facts(day.service.now.day_on)))
    routes = changing_routes(application)
    assert len(routes) >= 25

    for (method, path), headers in itertools.product(routes, STRANGE):
        for client in clients.values():
            answer = await client.request(
                method,
                path.format(**IN_PATH),
                json=body_of(path),
                headers={"content-type": "application/json", **headers},
            )
            refused = (answer.status_code, answer.json()["code"])
            assert refused == (403, "WRONG_ORIGIN"), (path, headers)

    assert day.service.now.day is before
    assert len(list(day.journal.facts(day.service.now.day_on))) == facts
    for client in clients.values():
        assert (await client.get("/api/me")).status_code == 200


async def test_our_own_page_may_ask_every_route(application: FastAPI, signed_in: SignedIn) -> None:
    nurse = await signed_in("li")
    for method, path in changing_routes(application):
        answer = await nurse.request(
            method, path.format(**IN_PATH), json=body_of(path), headers=OWN_PAGE
        )
        assert "WRONG_ORIGIN" not in answer.text, path


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://hospital.test", "hospital.test:80"),
        ("http://HOSPITAL.test:80", "hospital.test"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
async def test_an_origin_is_compared_as_what_it_means(
    signed_in: SignedIn, origin: str, host: str
) -> None:
    answer = await (await signed_in("li")).post(
        f"/api/queues/{CARDIOLOGY}/pause",
        json={"request_id": "r-1"},
        headers={"origin": origin, "host": host},
    )

    assert answer.status_code == 200


async def test_a_host_that_is_none_is_no_origin(signed_in: SignedIn) -> None:
    answer = await (await signed_in("li")).post(
        f"/api/queues/{CARDIOLOGY}/pause",
        json={"request_id": "r-1"},
        headers={"origin": "null", "host": ""},
    )

    assert answer.json()["code"] == "WRONG_ORIGIN"


def require_safety(answer: httpx.Response) -> None:
    headers = answer.headers
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("user", ["", "li", "shen", "zheng"], ids=lambda user: user or "nobody")
async def test_every_answer_of_every_route_has_the_headers_and_is_kept_nowhere(
    application: FastAPI, signed_in: SignedIn, user: str
) -> None:
    client = await signed_in(user)
    application.state.live.close()
    for method, path in [*all_routes(application), ("GET", "/nothing"), ("DELETE", "/api/me")]:
        answer = await ask(client, method, path)
        require_safety(answer)
        is_file = path.startswith("/static/{") or path == "/favicon.ico"
        assert answer.headers["cache-control"] == ("no-cache" if is_file else "no-store"), path
        assert "strict-transport-security" not in answer.headers


async def test_by_https_every_answer_says_that_it_stays_so(
    application: FastAPI, signed_in: SignedIn
) -> None:
    client = await signed_in("")
    client.base_url = httpx.URL("https://hospital.test")
    for method, path in [("GET", "/login"), ("GET", "/nothing"), ("POST", "/api/logout")]:
        answer = await client.request(method, path, json={})
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.fixture
async def failing() -> AsyncIterator[httpx.AsyncClient]:
    """An application that has a mistake, behind the guard."""
    application = FastAPI()

    @application.get("/")
    async def mistake() -> None:
        raise KeyError("张晓明")

    application.add_middleware(RequestGuard)
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://hospital.test") as client:
        yield client


async def test_a_mistake_of_ours_is_a_sentence_with_headers_and_its_log_holds_no_name(
    failing: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await failing.get("/")

    assert (answer.status_code, answer.json()["code"]) == (500, "SERVER_ERROR")
    require_safety(answer)
    assert "KeyError" in caplog.text
    assert "in mistake" in caplog.text
    assert "raise KeyError" not in answer.text
