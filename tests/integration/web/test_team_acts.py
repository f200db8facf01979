"""At an MDT clinic a nurse says for a doctor that he is there, or has left; he says so himself."""

from collections.abc import Sequence

import pytest

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId
from queue_server.site import load_site
from queue_server.web.users import Users, make_doctor
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import HospitalDay, make_users
from tests.integration.web.test_acts import act
from tests.integration.web.test_audit import listed

CLINIC = QueueId("diabetes-mdt")
OUYANG, HAN, SHEN = (QueueId(one) for one in ("endocrinology-1", "orthopaedics-1", "cardiology-1"))


@pytest.fixture(scope="session")
def users() -> Users:
    """The usual ones, and a doctor of the team."""
    site = load_site(DEMO_SITE_FILE)
    made = make_users(site)
    his = made["shen"]
    ouyang = make_doctor(site, "ouyang", "欧阳静", his.password_hash, OUYANG)
    return {**made, "ouyang": ouyang}


def present(day: HospitalDay) -> Sequence[QueueId]:
    return day.service.now.day.queues[CLINIC].standing.present


async def test_a_nurse_signs_a_doctor_in_who_forgot_it_and_out_again(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    nurse = await signed_in("li")

    done = await act(nurse, "join-team", "r-1", CLINIC, member=HAN)
    assert done.status_code == 200
    assert present(day) == (HAN,)
    again = await act(nurse, "join-team", "r-2", CLINIC, member=HAN)
    assert again.json()["code"] == "TEAM_STATE"

    done = await act(nurse, "leave-team", "r-3", CLINIC, member=HAN)
    assert done.status_code == 200
    assert present(day) == ()


async def test_the_audit_list_says_which_nurse_did_it_and_for_which_doctor(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    await act(await signed_in("li"), "join-team", "r-1", CLINIC, member=HAN)

    [line] = await listed(await signed_in("qian"), what="acts")

    assert (line["by"], line["what_en"]) == ("nurse:li", "came to the MDT clinic")
    # Whose clinic it is names the whole team; the last sentence, who came.
    assert line["detail_zh"].endswith(" 韩铁山 已到多学科门诊。")
    assert line["detail_en"].endswith(" Dr. Han Tieshan is at the MDT clinic.")


@pytest.mark.parametrize("named", [{"member": SHEN}, {}])
async def test_a_nurse_names_one_of_the_team(
    day: HospitalDay, signed_in: SignedIn, named: dict[str, str]
) -> None:
    refused = await act(await signed_in("li"), "join-team", "r-1", CLINIC, **named)

    assert refused.json()["code"] == "NOT_IN_TEAM"
    assert present(day) == ()


async def test_whoever_is_with_the_patient_is_not_signed_out(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    day.check_in(CLINIC, 1)
    for member in (OUYANG, HAN):
        day.act(asked.JoinTeam(queue=CLINIC, member=member))
    day.act(asked.CallNext(queue=CLINIC))
    ticket = day.ticket(CLINIC, 1).id
    day.act(asked.ComeToPatient(queue=CLINIC, ticket=ticket, member=HAN))

    refused = await act(await signed_in("li"), "leave-team", "r-1", CLINIC, member=HAN)

    assert refused.json()["code"] == "TURN_OPEN"
    assert HAN in present(day)


async def test_a_doctor_speaks_of_himself_only(day: HospitalDay, signed_in: SignedIn) -> None:
    doctor = await signed_in("ouyang")

    refused = await act(doctor, "join-team", "r-1", CLINIC, member=HAN)
    assert refused.json()["code"] == "NOT_ALLOWED"
    done = await act(doctor, "join-team", "r-2", CLINIC)

    assert done.status_code == 200
    assert present(day) == (OUYANG,)
