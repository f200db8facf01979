"""What a doctor does beside calling the next one, over HTTP: colleagues, extra tickets, reasons."""

import asyncio

from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, COLLEAGUE, HospitalDay
from tests.integration.web.test_acts import act, ticket


async def test_two_doctors_at_once_and_exactly_one_gets_the_patient(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    his, colleague = await signed_in("shen"), await signed_in("lu")
    taken = {"from_queue": CARDIOLOGY, "why": "对方诊室患者多"}

    answers = await asyncio.gather(
        act(his, "call", "r-1", ticket=ticket(1)),
        act(colleague, "cross-call", "r-1", queue=COLLEAGUE, ticket=ticket(1), **taken),
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    rooms = [day.service.now.day.queues[queue].in_room for queue in (CARDIOLOGY, COLLEAGUE)]
    assert sorted(room is None for room in rooms) == [False, True]


async def test_only_a_doctor_of_the_same_clinic_takes_a_patient_and_says_why(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)
    stranger, colleague = await signed_in("gu"), await signed_in("lu")
    asked_for = {"ticket": ticket(1), "from_queue": CARDIOLOGY}

    refused = await act(
        stranger, "cross-call", "r-1", queue="respiratory-1", why="患者要求", **asked_for
    )
    assert refused.json()["code"] == "NOT_ALLOWED"
    refused = await act(colleague, "cross-call", "r-1", queue=COLLEAGUE, why=" ", **asked_for)
    assert refused.json()["code"] == "REASON_MISSING"
    assert day.order(CARDIOLOGY) == ["A001"]


async def test_a_doctor_sees_who_waits_for_his_colleague_and_the_audit_list_says_so(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)

    view = (await (await signed_in("lu")).get("/api/console/view")).json()

    [colleague] = view["colleagues"]
    assert colleague["name"]["id"] == CARDIOLOGY
    assert [one["full_name"] for one in colleague["listed"]] == ["张晓明"]
    facts = day.journal.facts(day.service.now.day_on)
    [seen] = [one.body for one in facts if one.by == "doctor:lu" and one.name == "NamesSeen"]
    assert seen["queues"] in ((CARDIOLOGY, COLLEAGUE), [CARDIOLOGY, COLLEAGUE])


async def test_whoever_is_called_out_of_turn_is_called_for_a_reason(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    doctor = await signed_in("shen")

    refused = await act(doctor, "call", "r-1", ticket=ticket(2))
    assert refused.json()["code"] == "REASON_MISSING"
    assert day.order(CARDIOLOGY) == ["A001", "A002"]
    await act(doctor, "call", "r-2", ticket=ticket(2), why="病情需要")

    detail = (await doctor.get(f"/api/queues/{CARDIOLOGY}/tickets/A002")).json()
    assert "病情需要" in detail["history"][0]["reason_zh"]


async def test_an_extra_ticket_is_under_the_name_of_its_id_number(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    doctor = await signed_in("shen")

    done = await act(doctor, "extra", "r-1", id_number=day.patients[-1].id_number)
    unknown = await act(doctor, "extra", "r-2", id_number="110101194001010000")

    assert done.json()["ticket"] == ticket(13)
    [listed] = (await doctor.get("/api/console/view")).json()["queue"]["tickets"]["listed"]
    assert (listed["full_name"], listed["is_extra"]) == ("没有预约", True)
    assert unknown.json()["code"] == "ID_NUMBER_UNKNOWN"


async def test_the_nurses_note_the_level_and_the_proof_reach_the_doctor(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    nurse, doctor = await signed_in("li"), await signed_in("shen")

    await act(nurse, "note", "r-1", ticket=ticket(3), note="听力不佳")
    await act(nurse, "grade", "r-2", ticket=ticket(3), level=2)
    await act(nurse, "priority", "r-3", ticket=ticket(2), rank="military", proof="军官证")

    tickets = (await doctor.get("/api/console/view")).json()["queue"]["tickets"]["listed"]
    assert [one["number"] for one in tickets] == ["A003", "A001", "A002"]
    assert (tickets[0]["note"], tickets[0]["level"]) == ("听力不佳", 2)
    detail = (await doctor.get(f"/api/queues/{CARDIOLOGY}/tickets/A002")).json()
    assert "军官证" in detail["reason_zh"]
    assert "军官证" in detail["history"][0]["reason_en"]


async def test_a_check_in_by_mistake_is_cancelled_by_the_nurse(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CARDIOLOGY, 1)

    await act(await signed_in("li"), "cancel-check-in", "r-1", ticket=ticket(1))

    assert day.order(CARDIOLOGY) == []
    day.check_in(CARDIOLOGY, 1)
    assert day.order(CARDIOLOGY) == ["A001"]
