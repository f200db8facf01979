"""What nurses and doctors ask of a queue over HTTP, on a real service with a real journal."""

import asyncio
from typing import Any

import httpx

from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState
from queue_server.rules.ticket import Ticket
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, PASSWORD, RESPIRATORY, HospitalDay

ADDRESS = f"/api/queues/{CARDIOLOGY}"


async def act(
    client: httpx.AsyncClient, name: str, request_id: str, queue: str = CARDIOLOGY, **body: Any
) -> httpx.Response:
    asked_for = {"request_id": request_id, **body}
    return await client.post(f"/api/queues/{queue}/{name}", json=asked_for)


def ticket(number: int) -> str:
    return f"{CARDIOLOGY}:A{number:03d}"


def present(day: HospitalDay, number: int) -> Ticket:
    return day.ticket(CARDIOLOGY, number)


async def test_a_nurse_moves_a_patient_and_the_journal_says_who_and_why(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    nurse = await signed_in("li")

    done = await act(nurse, "move", "r-1", ticket=ticket(4), after=ticket(1), why="行动不便")

    assert done.status_code == 200
    assert day.order(CARDIOLOGY) == ["A001", "A004", "A002", "A003"]
    detail = (await nurse.get(f"{ADDRESS}/tickets/A004")).json()
    assert detail["reason_zh"] == "护士调整：行动不便，排在 A001 号之后。"
    moved = detail["history"][0]
    assert (moved["by"], moved["what_zh"], moved["at"]) == ("李静", "调整顺序", "08:00:00")


async def test_a_move_without_a_reason_is_refused_in_two_languages(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)

    refused = await act(
        await signed_in("li"), "move", "r-1", ticket=ticket(3), after=ticket(1), why=" "
    )

    assert refused.status_code == 409
    assert refused.json() == {
        "code": "REASON_MISSING",
        "message_zh": "请填写理由。",
        "message_en": "Please give a reason.",
    }


async def test_the_same_request_sent_twice_acts_once_and_gets_the_same_answer(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    doctor = await signed_in("shen")

    first, second = await asyncio.gather(
        act(doctor, "call-next", "r-1"), act(doctor, "call-next", "r-1")
    )

    assert first.json() == second.json()
    assert present(day, 1).state is TicketState.CALLED
    assert day.order(CARDIOLOGY) == ["A002", "A003"]


async def test_a_request_id_of_somebody_else_brings_nobody_his_answer(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    await act(await signed_in("shen"), "call-next", "r-1")

    answer = await act(await signed_in("li"), "pause", "r-1")

    assert answer.status_code == 200
    assert day.service.now.day.queues[CARDIOLOGY].status is QueueStatus.PAUSED


async def test_whoever_decides_on_an_old_order_is_told_and_nothing_is_overwritten(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    li, zhao = await signed_in("li"), await signed_in("zhao")
    seen = (await zhao.get("/api/station/view")).json()["entry_count"]
    await act(li, "move", "r-1", ticket=ticket(4), after=ticket(1), why="病情变化", seen_entry=seen)

    refused = await act(
        zhao, "move", "r-2", ticket=ticket(4), after=ticket(2), why="医生要求", seen_entry=seen
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "CHANGED_SINCE"
    assert "请看新的顺序" in refused.json()["message_zh"]
    assert day.order(CARDIOLOGY) == ["A001", "A004", "A002", "A003"]


async def test_each_takes_back_his_own_last_act_also_after_signing_in_anew(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    li, zhao = await signed_in("li"), await signed_in("zhao")
    await act(li, "move", "r-1", ticket=ticket(4), after=ticket(1), why="病情变化")
    await act(zhao, "hold", "r-2", ticket=ticket(3))

    own = (await li.get("/api/station/view")).json()["own_act"]
    assert (own["what_zh"], own["number"]) == ("调整顺序", "A004")
    # A new application knows nothing but the journal.
    transport = httpx.ASGITransport(app=day.application())
    async with httpx.AsyncClient(transport=transport, base_url="http://hospital.test") as anew:
        await anew.post("/api/login", json={"user": "li", "password": PASSWORD})
        assert (await anew.get("/api/station/view")).json()["own_act"] == own
        await act(anew, "undo", "r-3", entry=own["entry"])

    assert day.order(CARDIOLOGY) == ["A001", "A002", "A004"]
    assert present(day, 3).state is TicketState.ON_HOLD
    assert (await zhao.get("/api/station/view")).json()["own_act"]["number"] == "A003"


async def test_somebody_without_a_card_is_found_by_the_end_of_his_id_number_and_checked_in(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    patient = day.patients[1]
    assert patient.id_number is not None

    answer = await nurse.post("/api/station/search", json={"query": patient.id_number[-4:]})

    [found] = answer.json()["tickets"]
    assert found["ticket"]["full_name"] == "王芳"
    assert patient.id_number not in answer.text
    done = await act(nurse, "check-in", "r-1", ticket=found["ticket"]["id"])
    assert done.status_code == 200
    assert day.order(CARDIOLOGY) == ["A002"]


async def test_somebody_without_an_appointment_is_known_by_his_id_number_and_added(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    query = day.patients[-1].id_number

    found = (await nurse.post("/api/station/search", json={"query": query})).json()

    assert found["tickets"] == []
    [patient] = found["patients"]
    assert (patient["full_name"], patient["elsewhere"]) == ("没有预约", [])
    done = await act(
        nurse, "walk-in", "r-1", kind="priority", rank="aged_80", patient=patient["patient_id"]
    )
    assert done.json()["ticket"] == ticket(13)
    added = present(day, 13)
    assert (added.kind, added.rank, added.patient) == (
        TicketKind.PRIORITY,
        "aged_80",
        patient["patient_id"],
    )


async def test_a_priority_walk_in_without_a_known_rank_is_refused(signed_in: SignedIn) -> None:
    refused = await act(await signed_in("li"), "walk-in", "r-1", kind="priority", rank="friend")

    assert refused.json()["code"] == "UNKNOWN_RANK"


async def test_a_doctor_goes_through_a_consultation(day: HospitalDay, signed_in: SignedIn) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    doctor = await signed_in("shen")

    await act(doctor, "call-next", "r-1")
    await act(doctor, "recall", "r-2", ticket=ticket(1))
    await act(doctor, "start", "r-3", ticket=ticket(1))
    room = (await doctor.get("/api/console/view")).json()["queue"]["tickets"]["in_room"]
    assert (room["number"], room["full_name"], room["state"]) == ("A001", "张晓明", "in_service")
    assert room["called_count"] == 2
    await act(doctor, "away-for-results", "r-4", ticket=ticket(1))
    await act(doctor, "call-next", "r-5")
    await act(doctor, "miss", "r-6", ticket=ticket(2))
    await act(doctor, "transfer", "r-7", ticket=ticket(3), to_queue=RESPIRATORY)

    tickets = (await doctor.get("/api/console/view")).json()["queue"]["tickets"]
    assert tickets["in_room"] is None
    assert [one["number"] for one in tickets["away"]] == ["A001"]
    assert [one["number"] for one in tickets["listed"]] == ["A002"]
    assert day.order(RESPIRATORY) == ["A003"]


async def test_the_answer_to_a_call_names_whoever_is_called_and_not_whom_it_finished(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    doctor = await signed_in("shen")

    called = [(await act(doctor, "call-next", f"r-{n}")).json()["ticket"] for n in (1, 2)]

    assert called == [ticket(1), ticket(2)]


async def test_two_patients_with_the_same_masked_name_in_one_area_are_warned_of(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    # 张晓明 waits for cardiology, 张建明 as well: on a board both are 张*明.
    day.check_in(CARDIOLOGY, 1)
    nurse = await signed_in("li")
    assert (await nurse.get("/api/station/view")).json()["shared_names"] == []

    day.check_in(CARDIOLOGY, 6)

    view = (await nurse.get("/api/station/view")).json()
    assert view["shared_names"] == [
        {"area": "area-a", "masked_name": "张*明", "tickets": [ticket(1), ticket(6)]}
    ]
    assert all(one["shares_masked_name"] for one in view["queues"][1]["tickets"]["listed"])


async def test_notices_and_answered_help_calls_are_kept(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")
    lines = [{"text_zh": "沈医生 9:30 恢复出诊", "text_en": ""}, {"text_zh": " ", "text_en": ""}]

    await nurse.put("/api/station/areas/area-a/notices", json={"notices": lines})

    areas = (await nurse.get("/api/station/view")).json()["areas"]
    assert areas[0]["notices"] == [{"text_zh": "沈医生 9:30 恢复出诊", "text_en": ""}]
    facts = day.journal.facts(day.service.now.day_on)
    assert [fact.by for fact in facts if fact.name == "NoticesSet"] == ["nurse:li"]


async def test_a_help_call_goes_when_a_nurse_says_that_she_goes_there(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.call_help("kiosk-01")
    nurse = await signed_in("li")
    [call] = (await nurse.get("/api/station/view")).json()["help_calls"]
    assert call["device"] == "kiosk-01"

    # Two nurses press at once: the second is no trouble.
    for _ in range(2):
        answer = await nurse.post(f"/api/station/help/{call['help_id']}/answer", json={})
        assert answer.status_code == 200

    assert (await nurse.get("/api/station/view")).json()["help_calls"] == []


async def test_what_can_be_done_with_a_ticket_follows_the_state_table(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")

    async def acts() -> set[str]:
        detail = (await nurse.get(f"{ADDRESS}/tickets/A001")).json()
        return set(detail["acts"])

    assert await acts() == {"check_in", "grant_priority", "grade", "write_note", "cancel"}
    day.check_in(CARDIOLOGY, 1)
    assert {"move", "hold", "transfer", "call", "cancel_check_in"} <= await acts()
    assert "check_in" not in await acts()
    day.act(asked.CallNext(queue=CARDIOLOGY))
    assert {"recall", "start", "miss"} <= await acts()
