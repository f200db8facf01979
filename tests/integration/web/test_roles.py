"""Who may do what: one table, compared with every route there is, asked by everybody there is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from queue_server.payments.sandbox.keys import make_keys
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.routes import all_routes, ask

EVERYBODY = {"", "li", "tang", "bai", "shen", "gu", "zheng", "qian", "chen", "mei"}
"""Nobody; nurse of all areas, head nurse of area A, nurse of area C; doctor of cardiology,
doctor of another queue; administrator; auditor; cashier; desk of all areas. The addresses asked
for are those of cardiology, in area A."""
SIGNED_IN = EVERYBODY - {""}
NURSES = {"li", "tang", "bai"}
HEAD_NURSES = {"tang"}
DOCTORS = {"shen", "gu"}
ITS_NURSE = {"li", "tang"}
ITS_DOCTOR = {"shen"}
ITS_OWN = ITS_NURSE | ITS_DOCTOR
ADMINISTRATORS = {"zheng"}
OVERSEERS = {"zheng", "qian"}
CASHIERS = {"chen"}
DESKS = {"mei"}

MAY = {
    "GET /": SIGNED_IN,
    "GET /login": EVERYBODY,
    "GET /station": NURSES,
    "GET /console": DOCTORS,
    "GET /desk": DESKS,
    "GET /api/desk/view": DESKS,
    "GET /api/desk/stream": DESKS,
    "POST /api/desk/search": DESKS,
    "POST /api/desk/help/{help_id}/answer": DESKS,
    "POST /api/desk/name": DESKS,
    "POST /api/desk/slip": DESKS,
    "GET /audit": OVERSEERS,
    "GET /report": NURSES | DOCTORS | ADMINISTRATORS,
    "GET /api/report": NURSES | DOCTORS | ADMINISTRATORS,
    "GET /api/report/export": NURSES | DOCTORS | ADMINISTRATORS,
    "GET /api/report/absences": NURSES | DOCTORS | ADMINISTRATORS,
    "GET /policies": HEAD_NURSES | ADMINISTRATORS,
    "GET /api/policies": HEAD_NURSES | ADMINISTRATORS,
    "POST /api/policies/rehearse": HEAD_NURSES,
    "POST /api/policies/save": HEAD_NURSES,
    "POST /api/policies/cancel": HEAD_NURSES,
    "GET /texts/{language}": EVERYBODY,
    "GET /static/theme.css": EVERYBODY,
    "GET /static/{name}": EVERYBODY,
    "GET /favicon.ico": EVERYBODY,
    "GET /openapi.json": EVERYBODY,
    "HEAD /openapi.json": EVERYBODY,
    "POST /api/login": EVERYBODY,
    "POST /api/logout": EVERYBODY,
    "GET /api/me": SIGNED_IN,
    "GET /api/station/view": NURSES,
    "GET /api/station/stream": NURSES,
    "POST /api/station/search": NURSES,
    "POST /api/station/screens": NURSES,
    "GET /api/station/screens/{device}/picture": NURSES,
    "POST /api/station/help/{help_id}/answer": NURSES,
    "POST /api/station/conflicts/{conflict_id}/settle": NURSES,
    "PUT /api/station/areas/{area}/notices": ITS_NURSE,
    "GET /devices": ADMINISTRATORS,
    "GET /api/devices/view": ADMINISTRATORS,
    "GET /api/devices/stream": ADMINISTRATORS,
    "GET /api/devices/{device}/history": ADMINISTRATORS,
    "GET /api/devices/{device}/screenshot": ADMINISTRATORS,
    "POST /api/devices/{device}/{act}": ADMINISTRATORS,
    "POST /api/audit": OVERSEERS,
    "POST /api/audit/export": OVERSEERS,
    "GET /api/console/view": DOCTORS,
    "GET /api/console/stream": DOCTORS,
    "GET /api/queues/{queue}/tickets/{number}": ITS_OWN,
    "POST /api/queues/{queue}/check-in": ITS_NURSE,
    "POST /api/queues/{queue}/walk-in": ITS_NURSE,
    "POST /api/queues/{queue}/move": ITS_NURSE,
    "POST /api/queues/{queue}/priority": ITS_NURSE,
    "POST /api/queues/{queue}/cancel": ITS_NURSE,
    "POST /api/queues/{queue}/wanted": ITS_NURSE,
    "POST /api/queues/{queue}/cancel-check-in": ITS_NURSE,
    "POST /api/queues/{queue}/grade": ITS_OWN,
    "POST /api/queues/{queue}/note": ITS_OWN,
    "POST /api/queues/{queue}/cross-call": ITS_DOCTOR,
    "POST /api/queues/{queue}/extra": ITS_DOCTOR,
    "POST /api/queues/{queue}/room": ITS_DOCTOR,
    "POST /api/queues/{queue}/join-team": ITS_OWN,
    "POST /api/queues/{queue}/leave-team": ITS_OWN,
    # Of a queue of his own; that it is one of a team is the rules' matter.
    "POST /api/queues/{queue}/come-to-patient": ITS_DOCTOR,
    "POST /api/queues/{queue}/end-turn": ITS_DOCTOR,
    "POST /api/queues/{queue}/end-for-team": ITS_DOCTOR,
    "POST /api/queues/{queue}/spread": ITS_NURSE,
    "POST /api/queues/{queue}/offer-colleague": ITS_NURSE,
    "POST /api/queues/{queue}/absence": ITS_OWN,
    "POST /api/queues/{queue}/attend": ITS_OWN,
    "POST /api/queues/{queue}/confirm-stop": ITS_OWN,
    "POST /api/queues/{queue}/withdraw-stop": ITS_OWN,
    "POST /api/queues/{queue}/start": ITS_DOCTOR,
    "POST /api/queues/{queue}/finish": ITS_DOCTOR,
    "POST /api/queues/{queue}/away-for-results": ITS_DOCTOR,
    "POST /api/queues/{queue}/call": ITS_OWN,
    "POST /api/queues/{queue}/call-next": ITS_OWN,
    "POST /api/queues/{queue}/recall": ITS_OWN,
    "POST /api/queues/{queue}/miss": ITS_OWN,
    "POST /api/queues/{queue}/hold": ITS_OWN,
    "POST /api/queues/{queue}/resume": ITS_OWN,
    "POST /api/queues/{queue}/results-ready": ITS_OWN,
    "POST /api/queues/{queue}/transfer": ITS_OWN,
    "POST /api/queues/{queue}/undo": ITS_OWN,
    "POST /api/queues/{queue}/pause": ITS_OWN,
    "POST /api/queues/{queue}/reopen": ITS_OWN,
    # What a kiosk was given over MQTT, once; and whoever holds a printed page.
    "POST /api/kiosk/report": EVERYBODY,
    "GET /verify/report/{report_id}/{code}": EVERYBODY,
    "GET /verify/receipt/{number}/{code}": EVERYBODY,
    "GET /payments": CASHIERS | ADMINISTRATORS,
    "GET /api/payments": CASHIERS | ADMINISTRATORS,
    "POST /api/payments/reconcile": CASHIERS | ADMINISTRATORS,
    "POST /api/payments/export": CASHIERS | ADMINISTRATORS,
    "POST /api/payments/receipts": CASHIERS | ADMINISTRATORS,
    "POST /api/payments/refund/{attempt}": CASHIERS,
    "POST /api/payments/hand_out/{attempt}": CASHIERS,
    "POST /api/payments/empty/{device}": CASHIERS,
    "POST /api/payments/undone/{claim}": CASHIERS,
    # The gateways, whose signature counts.
    "POST /payments/notice/{channel}": EVERYBODY,
    # The demo's phone, which make_application switches on for a demo only.
    "GET /cards": EVERYBODY,
    "GET /card/{patient}": EVERYBODY,
    "GET /api/cards": EVERYBODY,
    "GET /api/cards/{patient}": EVERYBODY,
    "POST /api/cards/{patient}/offer": EVERYBODY,
    "GET /api/cards/{patient}/stream": EVERYBODY,
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder, datetime.now(UTC))
    return folder


@pytest.fixture
def application(day: HospitalDay, keys: Path) -> FastAPI:
    """All there is, payments included."""
    return day.application(paying=day.paying(keys))


def test_the_table_names_every_route_there_is_and_no_other(application: FastAPI) -> None:
    assert {f"{method} {path}" for method, path in all_routes(application)} == set(MAY)


@pytest.mark.parametrize("user", sorted(EVERYBODY), ids=lambda user: user or "nobody")
async def test_everybody_may_do_what_the_table_says_and_nothing_else(
    application: FastAPI, signed_in: SignedIn, user: str
) -> None:
    client = await signed_in(user)
    # Streams end at once.
    application.state.live.close()
    token = dict(client.cookies)
    allowed = set()
    for method, path in all_routes(application):
        client.cookies.update(token)  # a sign-out is among the routes
        if path == "/api/logout":
            continue
        answer = await ask(client, method, path)
        code = answer.json()["code"] if answer.status_code in (401, 403) else ""
        is_sent_away = answer.headers.get("location") == "/login"
        assert code in ("", "NOT_SIGNED_IN", "NOT_ALLOWED", "WRONG_PASSWORD"), path
        if code in ("", "WRONG_PASSWORD") and not is_sent_away:
            allowed.add(f"{method} {path}")
        elif not user:
            assert is_sent_away or code == "NOT_SIGNED_IN", path
        else:
            assert code == "NOT_ALLOWED", path

    expected = {route for route, users in MAY.items() if user in users}
    assert allowed == expected - {"POST /api/logout"}


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


async def test_a_nurse_finds_the_patients_of_her_areas_only(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    found = (await (await signed_in("bai")).post("/api/station/search", json={"query": "0"})).json()

    areas = {day.service.setup.queues[ticket["queue"]].area for ticket in found["tickets"]}
    assert areas == {"area-c"}


@pytest.mark.parametrize(
    ("user", "page"),
    [
        ("li", "/station"),
        ("shen", "/console"),
        ("zheng", "/devices"),
        ("qian", "/audit"),
        ("chen", "/payments"),
        ("mei", "/desk"),
    ],
)
async def test_everybody_begins_on_the_page_of_his_role(
    signed_in: SignedIn, user: str, page: str
) -> None:
    client = await signed_in(user)

    assert (await client.get("/api/me")).json()["first_page"] == page
    assert (await client.get("/")).headers["location"] == page
    assert (await client.get(page)).status_code == 200


@pytest.mark.parametrize(("user", "sees"), [("zheng", True), ("chen", True), ("qian", False)])
async def test_who_may_look_at_payments_is_told_so_for_the_link(
    signed_in: SignedIn, user: str, sees: bool
) -> None:
    assert (await (await signed_in(user)).get("/api/me")).json()["sees_payments"] is sees
