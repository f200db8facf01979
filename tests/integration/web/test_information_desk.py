"""The information desk: tells where to go and for how long, sees masked names, changes nothing."""

import json

import httpx
import pytest

from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, NAMES, HospitalDay


@pytest.fixture
async def desk(signed_in: SignedIn) -> httpx.AsyncClient:
    return await signed_in("mei")


async def found(desk: httpx.AsyncClient, query: str) -> dict[str, object]:
    answer = await desk.post("/api/desk/search", json={"query": query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def only_visit(desk: httpx.AsyncClient, query: str) -> dict[str, object]:
    visits = (await found(desk, query))["visits"]
    assert isinstance(visits, list)
    [one] = visits
    return dict(one)


async def test_who_waits_is_told_where_how_many_are_ahead_and_about_how_long(
    day: HospitalDay, desk: httpx.AsyncClient
) -> None:
    day.clock.set(8, 5)
    day.check_in(CARDIOLOGY, 1, 2, 3)
    day.act(asked.Attend(queue=CARDIOLOGY))

    one = await only_visit(desk, "A003")

    visit = one["visit"]
    assert isinstance(visit, dict)
    assert visit["area_zh"] == "A 候诊区"
    assert visit["place"]["ahead_count"] == 2
    policy = day.service.setup.policies[CARDIOLOGY]
    assert one["wait_min"] == 2 * policy.service_min


async def test_a_patient_is_found_by_number_name_and_id_number(
    day: HospitalDay, desk: httpx.AsyncClient
) -> None:
    patient = next(one for one in day.patients if one.full_name.reveal() == "诸葛守成")
    ticket = next(
        one
        for queue in day.service.now.day.queues.values()
        for one in queue.tickets.values()
        if one.patient == patient.patient_id
    )
    assert patient.id_number is not None

    for query in (ticket.number, "诸葛守成", patient.id_number, patient.id_number[-4:]):
        visits = (await found(desk, query))["visits"]
        assert isinstance(visits, list)
        assert ticket.id in [one["visit"]["ticket_id"] for one in visits], query


async def test_no_answer_but_the_audited_one_holds_a_full_name(
    day: HospitalDay, desk: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)
    answers = [
        (await desk.post("/api/desk/search", json={"query": query})).text
        for query in ("A0", "张晓明", "王芳")
    ]
    answers.append((await desk.get("/api/desk/view")).text)

    assert [name for name in NAMES for answer in answers if name in answer] == []
    named = await desk.post("/api/desk/name", json={"ticket": f"{CARDIOLOGY}:A001"})
    assert named.json() == {"full_name": NAMES[0]}
    auditor = await signed_in("qian")
    lines = (await auditor.post("/api/audit", json={"what": "names"})).text
    assert "导诊台查看全名" in lines
    assert NAMES[0] not in json.dumps(json.loads(lines), ensure_ascii=False)


async def test_who_has_no_visit_today_is_told_so_by_his_whole_id_number(
    day: HospitalDay, desk: httpx.AsyncClient
) -> None:
    nobody = day.patients[-1]
    assert nobody.id_number is not None

    answer = await found(desk, nobody.id_number)

    assert answer["visits"] == []
    assert answer["masked_name"] == "没**约"
    assert (await found(desk, "110101199001010000"))["masked_name"] == ""


async def test_a_slip_is_given_again_to_who_has_one_and_the_audit_list_says_so(
    day: HospitalDay, desk: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)

    slip = await desk.post("/api/desk/slip", json={"ticket": f"{CARDIOLOGY}:A001"})
    none = await desk.post("/api/desk/slip", json={"ticket": f"{CARDIOLOGY}:A002"})

    assert slip.json()["svg"].startswith("<svg")
    assert none.json()["code"] == "WRONG_STATE"
    lines = (await (await signed_in("qian")).post("/api/audit", json={})).text
    assert lines.count("补打小票") == 1


async def test_a_call_for_help_is_answered_and_gone_for_everybody(
    day: HospitalDay, desk: httpx.AsyncClient, signed_in: SignedIn
) -> None:
    day.call_help("kiosk-01")
    [call] = (await desk.get("/api/desk/view")).json()["help_calls"]

    await desk.post(f"/api/desk/help/{call['help_id']}/answer", json={})

    assert (await desk.get("/api/desk/view")).json()["help_calls"] == []
    nurse = await signed_in("li")
    assert (await nurse.get("/api/station/view")).json()["help_calls"] == []


@pytest.mark.parametrize(
    "act", ["check-in", "cancel", "call-next", "pause", "undo", "walk-in", "miss", "hold"]
)
async def test_the_desk_moves_nobody(day: HospitalDay, desk: httpx.AsyncClient, act: str) -> None:
    before = day.service.now.day.entry_count

    answer = await desk.post(
        f"/api/queues/{CARDIOLOGY}/{act}",
        json={"request_id": "r-1", "ticket": f"{CARDIOLOGY}:A001"},
    )

    assert answer.json()["code"] in {"NOT_ALLOWED", "BAD_REQUEST"}
    assert day.service.now.day.entry_count == before


async def test_the_same_search_again_is_written_down_once(
    day: HospitalDay, desk: httpx.AsyncClient
) -> None:
    for _ in range(3):
        await found(desk, "A001")

    facts = [one for one in day.journal.facts(day.service.now.day_on) if one.name == "NamesSeen"]
    assert len(facts) == 1


async def test_a_clinic_is_told_with_its_room_and_the_number_inside(
    day: HospitalDay, desk: httpx.AsyncClient
) -> None:
    day.clock.set(8, 5)
    day.check_in(CARDIOLOGY, 1, 2)
    day.act(asked.CallNext(queue=CARDIOLOGY))

    clinics = {
        one["name"]["id"]: one for one in (await desk.get("/api/desk/view")).json()["clinics"]
    }

    assert set(clinics) == set(day.service.setup.queues)
    cardiology = clinics[QueueId(CARDIOLOGY)]
    assert (cardiology["called"], cardiology["waiting_count"]) == ("A001", 1)
