"""A doctor takes a room in the morning: he, a colleague, the nurse and a patient at once."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.integration.web.hospital_day import COLLEAGUE, HospitalDay

pytestmark = pytest.mark.browser


def test_a_doctor_takes_a_room_by_the_keyboard_and_everybody_sees_it(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station, console = open_page("/station", "li"), open_page("/console", "lu", size=(360, 800))
    phone = open_page(f"/card/{day.ticket(COLLEAGUE, 1).patient}", size=(400, 860))
    expect(phone.locator(".visit")).to_contain_text("202 诊室")
    where = station.locator(f'.queue[data-key="{COLLEAGUE}"] .where')
    expect(where).to_contain_text("202 诊室")
    expect(console.locator("#where")).to_contain_text("202 诊室")

    console.keyboard.press("d")
    dialog = console.locator("dialog[open]")
    expect(dialog).to_contain_text("平时：顾清和")
    assert complaints(console) == []
    dialog.get_by_text("203 诊室").click()
    console.keyboard.press("Enter")

    expect(console.locator("#where")).to_contain_text("203 诊室")
    expect(where).to_contain_text("203 诊室")
    expect(phone.locator(".visit")).to_contain_text("203 诊室")
    console.keyboard.press("Control+z")
    expect(where).to_contain_text("202 诊室")


def test_a_room_in_which_somebody_is_today_is_not_offered_and_not_given(
    day: HospitalDay, open_page: OpenPage
) -> None:
    console = open_page("/console", "lu")
    expect(console.locator("#where")).to_contain_text("202 诊室")
    open_page("/console", "gu")

    refused = console.request.post(
        console.url.replace("/console", f"/api/queues/{COLLEAGUE}/room"),
        data={"request_id": "mine", "room": "room-203"},
    )

    assert refused.json()["code"] == "ROOM_TAKEN"
    console.keyboard.press("d")
    expect(console.locator("dialog[open]")).to_contain_text("201 诊室")
    expect(console.locator("dialog[open]")).not_to_contain_text("203 诊室")
