"""The devices page in a browser: the worst first, live, and one device in full."""

import re

import pytest
from playwright.sync_api import expect

from queue_server.contract.device_messages import DeviceStatus
from queue_server.service.facts import AlarmBegan
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.many_devices import fill, status

pytestmark = pytest.mark.browser
ADMINISTRATOR = "zheng"


def begin(day: HospitalDay, code: str, about: str, **parts: str) -> None:
    fact = AlarmBegan(code=code, about=about, parts=parts)
    day.service.note(fact, by="watch").result(5)


def begin_all(day: HospitalDay) -> None:
    begin(day, "PAPER_LOW", "kiosk-09", device="kiosk-09")
    begin(day, "CLOCK_OFF", "kiosk-17", device="kiosk-17", seconds="95")
    begin(day, "PAPER_OUT", "kiosk-05", device="kiosk-05")
    begin(day, "DEVICE_SILENT", "door-03", device="door-03", seen="11-23 08:00")
    begin(day, "BACKUP_OLD", "", when="–")


def test_sixty_devices_stand_on_one_screen_the_worst_first(
    day: HospitalDay, open_page: OpenPage
) -> None:
    fill(day)
    begin_all(day)
    page = open_page("/devices", ADMINISTRATOR, "en", (1440, 900))

    cards = page.locator(".card")
    expect(cards).to_have_count(64)
    first = [cards.nth(index).get_attribute("data-device") for index in range(4)]
    assert first == ["door-03", "kiosk-05", "kiosk-17", "kiosk-09"]
    expect(page.locator("#counts")).to_have_text("63 of 64 up")
    expect(page.locator(".alarm.critical")).to_have_count(2)
    expect(page.locator("#alarms")).to_contain_text("Check power and network cable")
    heights = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert heights[0] <= heights[1], heights


def test_what_happens_is_seen_at_once(day: HospitalDay, open_page: OpenPage) -> None:
    day.device_says("kiosk-01", status(day, "kiosk", paper="ok"))
    page = open_page("/devices", ADMINISTRATOR, "en")
    card = page.locator(".card")
    expect(card).to_contain_text("up")
    expect(page.locator("#alarms")).to_have_text("No alarms")

    day.device_says("kiosk-01", status(day, "kiosk", paper="paper_out"))
    begin(day, "PAPER_OUT", "kiosk-01", device="kiosk-01")

    expect(card).to_contain_text("no paper")
    expect(page.locator(".alarm")).to_contain_text("Put in a new roll")
    day.device_says("kiosk-01", DeviceStatus(is_up=False))
    expect(card).to_contain_text("down")


def test_one_device_in_full_and_what_can_be_asked_of_it(
    day: HospitalDay, open_page: OpenPage
) -> None:
    fill(day)
    page = open_page("/devices", ADMINISTRATOR, "en")
    page.locator("[data-device=kiosk-01]").click()
    detail = page.locator("#detail")
    picture = detail.locator("img")
    expect(picture).to_have_js_property("naturalWidth", 90)
    expect(detail.locator(".history")).to_contain_text("Line up")

    day.clock.set(8, 1)
    detail.get_by_role("button", name="Restart").click()

    expect(page.locator("#messages")).to_contain_text("kiosk-01 was asked to restart")
    expect(detail.locator(".history li").first).to_contain_text(re.compile("Restart.*zheng"))
    [command] = day.service.now.device_commands
    assert (command.device, command.do, command.by) == ("kiosk-01", "reload", "administrator:zheng")
    page.keyboard.press("Escape")
    expect(detail).to_be_hidden()


def test_a_board_can_be_silenced_and_a_device_without_a_line_asked_nothing(
    day: HospitalDay, open_page: OpenPage
) -> None:
    fill(day)
    page = open_page("/devices", ADMINISTRATOR, "en")
    page.locator("[data-device=door-03]").click()
    expect(page.locator("#detail [data-act=reload]")).to_be_disabled()

    page.locator("#filter").fill("area-a")
    page.locator("[data-device=area-a-board]").click()
    page.locator("#detail [data-act=silence]").click()

    expect(page.locator("#messages")).to_contain_text("asked to be silent")
    expect(page.locator(".card")).to_have_count(1)


def test_the_page_can_be_filtered(day: HospitalDay, open_page: OpenPage) -> None:
    fill(day)
    begin_all(day)
    page = open_page("/devices", ADMINISTRATOR, "zh")
    page.get_by_role("button", name="只看异常").click()
    expect(page.locator(".card")).to_have_count(4)
    page.locator("#kinds").get_by_role("button", name=re.compile("自助机")).click()
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#filter").fill("17")
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card")).to_contain_text("时钟快 95 秒")
