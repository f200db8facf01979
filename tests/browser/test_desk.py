"""The information desk in a browser, with a patient at a kiosk and a nurse beside it."""

import pytest
from playwright.sync_api import expect

from queue_server.rules import commands as asked
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.integration.web.hospital_day import CARDIOLOGY, NAMES, HospitalDay

pytestmark = pytest.mark.browser


def test_a_patient_is_told_where_to_go_by_the_keyboard_alone_and_it_follows_the_call(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.clock.set(8, 5)
    day.check_in(CARDIOLOGY, 1, 2)
    day.act(asked.Attend(queue=CARDIOLOGY))
    desk = open_page("/desk", "mei")
    expect(desk.locator(f'#clinics [data-queue="{CARDIOLOGY}"]')).to_contain_text("201 诊室")

    desk.keyboard.type("a002")
    card = desk.locator(".visit")
    expect(card.locator(".go")).to_have_text("请在 A 候诊区（2 层）等候叫号")
    expect(card.locator(".wait")).to_contain_text("前面 1 位，约")
    assert NAMES[1] not in desk.locator("body").inner_text()
    assert complaints(desk) == []
    desk.keyboard.press("Enter")
    desk.keyboard.press("n")
    expect(card.locator(".name")).to_have_text(NAMES[1])
    desk.keyboard.press("p")
    expect(desk.locator("#slip .number")).to_have_text("A002")
    expect(desk.locator("#slip svg")).to_have_count(1)
    assert NAMES[1] not in (desk.locator("#slip").text_content() or "")

    day.act(asked.CallTicket(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 2).id))
    expect(card.locator(".go")).to_have_text("请现在就到 201 诊室（2 层）")
    desk.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(desk.locator("#query")).to_be_focused()


def test_the_desk_answers_a_kiosk_and_the_nurse_sees_that_it_is_done(
    day: HospitalDay, open_page: OpenPage
) -> None:
    desk, station = open_page("/desk", "mei"), open_page("/station", "li")
    expect(desk.locator("#clinics tr").first).to_be_visible()
    day.call_help("kiosk-01")
    expect(station.locator("#help")).to_contain_text("kiosk-01")
    expect(desk.locator("#help")).to_contain_text("kiosk-01")
    assert complaints(desk) == []
    desk.locator("h1").click()

    desk.keyboard.press("h")

    expect(desk.locator("#help")).to_be_hidden()
    expect(station.locator("#help")).to_be_hidden()


def test_the_keys_of_the_desk_are_told_in_both_languages(open_page: OpenPage) -> None:
    desk = open_page("/desk", "mei", language="en")
    expect(desk.locator("#clinics tr").first).to_be_visible()
    desk.locator("#keys").click()

    expect(desk.locator("dialog[open]")).to_contain_text("clear, next in line")
    assert complaints(desk) == []
