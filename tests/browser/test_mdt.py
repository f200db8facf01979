"""An MDT clinic with everybody at once: two doctors at their consoles, the nurse, the patient."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Page, expect

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules.terms import QueueId, TicketState
from queue_server.site import load_site
from queue_server.web.users import Users, make_doctor
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.integration.web.hospital_day import PASSWORD, HospitalDay, make_users

pytestmark = pytest.mark.browser

CLINIC = QueueId("diabetes-mdt")
OUYANG, HAN = QueueId("endocrinology-1"), QueueId("orthopaedics-1")
NARROW = (440, 900)


@pytest.fixture(scope="session")
def users() -> Users:
    site = load_site(DEMO_SITE_FILE)
    password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    team = {
        name: make_doctor(site, name, shown, password_hash, queue)
        for name, shown, queue in (("ouyang", "欧阳静", OUYANG), ("han", "韩铁山", HAN))
    }
    return {**make_users(site), **team}


@pytest.fixture
def consoles(day: HospitalDay, open_page: OpenPage) -> tuple[Page, Page]:
    """Two doctors of the team; two patients of the clinic wait."""
    day.clock.set(8, 10)
    day.check_in(CLINIC, 1, 2)
    day.check_in(OUYANG, 1, 2)
    ouyang, han = (open_page("/console", name, size=NARROW) for name in ("ouyang", "han"))
    for console in (ouyang, han):
        expect(console.locator(".team-panel")).to_be_visible()
    return ouyang, han


def state_of(page: Page, doctor: QueueId) -> Callable[[str], None]:
    return lambda state: expect(
        page.locator(f'.team-panel [data-member="{doctor}"]')
    ).to_have_attribute("data-state", state)


def press(console: Page, letter: str) -> None:
    """Press a key of the team's panel as a doctor does: once its button can be pressed."""
    expect(console.locator(f'.team-panel button:has(kbd:text-is("{letter}"))')).to_be_enabled()
    console.keyboard.press(letter.lower())


def both_see(consoles: tuple[Page, Page], doctor: QueueId, state: str) -> None:
    """Wait until both consoles show the state: the one whose key comes next must, too."""
    for console in consoles:
        state_of(console, doctor)(state)


def test_two_doctors_see_one_patient_who_stays_while_nurse_and_phone_follow(
    day: HospitalDay, open_page: OpenPage, consoles: tuple[Page, Page]
) -> None:
    ouyang, han = consoles
    station = open_page("/station", "li")
    patient = day.ticket(CLINIC, 1)
    phone = open_page(f"/card/{patient.patient}", size=(400, 860))
    column = station.locator(f'.queue[data-key="{CLINIC}"]')
    expect(column.locator(".team")).to_contain_text("还差：欧阳静、韩铁山")

    press(ouyang, "G")
    state_of(han, OUYANG)("present")
    expect(ouyang.locator(".team-panel .missing")).to_have_text("还差：韩铁山")
    expect(ouyang.locator('.team-panel [data-act="call"]')).to_be_disabled()
    expect(column.locator(".team")).to_contain_text("还差：韩铁山")
    assert complaints(ouyang) == []
    press(han, "G")
    expect(column.locator(".team .mark")).to_have_count(0)

    press(ouyang, "J")
    for console in consoles:
        expect(console.locator(".team-panel .patient-in")).to_contain_text("M001")
    expect(phone.locator(".visit .next")).to_contain_text("医生会依次前来")
    # Both at once: neither refuses the other.
    press(ouyang, "G")
    press(han, "G")
    for doctor in (OUYANG, HAN):
        both_see(consoles, doctor, "with_patient")
    expect(column.locator(".in-room")).to_contain_text("就诊中")
    assert complaints(han) == []
    assert complaints(station) == []

    press(han, "G")
    both_see(consoles, HAN, "done")
    expect(ouyang.locator(".team-panel .patient-in")).to_contain_text("会诊中")
    expect(han.locator("#undo")).to_be_enabled()
    han.keyboard.press("Control+z")
    both_see(consoles, HAN, "with_patient")
    press(han, "G")
    both_see(consoles, HAN, "done")
    press(ouyang, "G")
    expect(ouyang.locator(".team-panel .patient-in")).to_have_count(0)
    expect(column).to_contain_text("M002")
    assert day.ticket(CLINIC, 1).state is TicketState.DONE


def test_a_nurse_who_calls_without_the_quorum_is_told_who_is_missing(
    open_page: OpenPage, consoles: tuple[Page, Page]
) -> None:
    ouyang, _ = consoles
    press(ouyang, "G")
    state_of(ouyang, OUYANG)("present")
    station = open_page("/station", "li")

    station.locator(f'.queue[data-key="{CLINIC}"] .menu').click()
    station.locator('dialog[open] [data-act="call-next"]').click()

    expect(station.locator(".refused")).to_have_attribute("data-code", "QUORUM_MISSING")
    expect(station.locator(".refused")).to_contain_text("韩铁山")


def test_a_nurse_signs_a_doctor_in_by_keys_alone_and_his_console_knows(
    open_page: OpenPage, consoles: tuple[Page, Page]
) -> None:
    ouyang, han = consoles
    station = open_page("/station", "li")
    menu = station.locator(f'.queue[data-key="{CLINIC}"] .menu')
    line = station.locator(f'dialog[open] [data-member="{HAN}"]')
    menu.press("Enter")
    expect(line).to_contain_text("未到")
    assert complaints(station) == []
    line.get_by_role("button", name="韩铁山到会诊室了").press("Enter")

    state_of(han, HAN)("present")
    state_of(ouyang, HAN)("present")
    menu.press("Enter")
    line.get_by_role("button", name="韩铁山离开会诊室了").press("Enter")
    state_of(han, HAN)("absent")


def test_the_lead_ends_early_with_a_reason_and_a_colleague_has_no_such_key(
    day: HospitalDay, consoles: tuple[Page, Page]
) -> None:
    ouyang, han = consoles
    for console in consoles:
        press(console, "G")
    state_of(ouyang, HAN)("present")
    press(han, "J")
    expect(han.locator(".team-panel .patient-in")).to_contain_text("M001")
    expect(han.locator('.team-panel [data-act="end"]')).to_have_count(0)

    ouyang.locator('.team-panel [data-act="end"]').click()
    dialog = ouyang.locator("dialog[open]")
    assert complaints(ouyang) == []
    dialog.get_by_text("患者转急诊").click()
    dialog.locator("button[type=submit]").click()

    expect(han.locator(".team-panel .patient-in")).to_have_count(0)
    assert day.ticket(CLINIC, 1).state is TicketState.DONE


def test_a_doctor_who_is_of_no_team_has_no_panel_and_his_keys_do_nothing(
    open_page: OpenPage, day: HospitalDay
) -> None:
    console = open_page("/console", "shen", size=NARROW)
    expect(console.locator("#doctor")).to_have_text("沈怀仁")
    before = day.service.now.day.entry_count

    console.keyboard.press("g")
    console.keyboard.press("j")

    expect(console.locator(".team-panel")).to_have_count(0)
    assert day.service.now.day.entry_count == before
