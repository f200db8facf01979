"""Whatever is done on the pages, no log holds a name, a password, a code, a token or a card."""

import itertools
import logging
from collections.abc import Iterator

import httpx
import pytest

from queue_server.records.id_number import check_digit
from queue_server.web.web_server import WebServer
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    NAMES,
    PASSWORD,
    TOTP_SECRET,
    HospitalDay,
)
from tests.integration.web.routes import all_routes, body_of


@pytest.fixture
def address(day: HospitalDay) -> Iterator[str]:
    server = WebServer(day.application(), host="127.0.0.1", port=0)
    yield f"http://127.0.0.1:{server.start()}"
    server.stop()


def test_a_morning_on_all_pages_leaves_nothing_of_anybody_in_the_logs(
    day: HospitalDay, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # What the client of this test says is not the server's log.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).propagate = False
    day.check_in(CARDIOLOGY, *range(1, 9))
    secrets = {PASSWORD, TOTP_SECRET, "guess-7f3a", "x-typed-as-a-name"}
    secrets |= {one.id_number or "" for one in day.patients} | {*NAMES, "没有预约"}
    secrets |= {user.password_hash for user in day.users.values()}

    for user in ("li", "shen", "zheng"):
        with httpx.Client(base_url=address) as client:
            credentials = day.credentials(user)
            secrets |= {credentials.get("code", PASSWORD)}
            client.post("/api/login", json={"user": "x-typed-as-a-name", "password": "guess-7f3a"})
            client.post("/api/login", json={**credentials, "password": "guess-7f3a"})
            client.post("/api/login", json={**credentials, "code": "000000"})
            client.post("/api/login", json={"user": user, "password": PASSWORD, "unknown": "x"})
            assert client.post("/api/login", json=credentials).status_code == 200
            secrets.add(client.cookies["session"])
            visit_everything(day, client)
    day.lose_records()
    with httpx.Client(base_url=address) as client:
        client.post("/api/login", json=day.credentials("li"))
        unknown = "11010119900101123"
        unknown += check_digit(unknown)
        secrets.add(unknown)
        answer = client.post("/api/station/search", json={"query": unknown})
        assert answer.status_code == 503

    assert "was refused" in caplog.text
    for secret in secrets - {""}:
        assert secret not in caplog.text


def visit_everything(day: HospitalDay, client: httpx.Client) -> None:
    queries = [*NAMES[:3], "没有预约", day.patients[-1].id_number, "张晓明\n", "A001"]
    for query in queries:
        client.post("/api/station/search", json={"query": query})
    client.post(
        f"/api/queues/{CARDIOLOGY}/walk-in",
        json={
            "request_id": "r-1",
            "kind": "ordinary",
            "rank": None,
            "patient": day.patients[-1].patient_id,
        },
    )
    in_path = {
        "queue": CARDIOLOGY, "number": "A002", "help_id": "h", "conflict_id": "c", "area": "area-a",
        "language": "zh", "name": "base.css", "patient": "patient-001", "device": "kiosk-01",
        "act": "screenshot", "report_id": "laboratory-1", "code": "no-code",
    }  # fmt: skip
    numbers = itertools.count(1)
    for method, path in all_routes(day.application()):
        where = path.format(**in_path)
        if path.endswith("/stream"):
            with client.stream(method, where, timeout=5) as answer:
                next(answer.iter_bytes(), b"")
        elif path not in ("/api/login", "/api/logout"):
            body = {**body_of(path)}
            if "request_id" in body:
                body["request_id"] = f"r-{next(numbers)}-{client.cookies['session'][:4].lower()}"
            client.request(method, where, json=None if method in ("GET", "HEAD") else body)
