"""The nurse looks at the screens of her areas from her station."""

import pytest
from playwright.sync_api import expect

from queue_server.contract.device_messages import DeviceStatus, Screenshot
from tests.browser.conftest import OpenPage
from tests.browser.test_keyboard import pressed
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.many_devices import jpeg, status

pytestmark = pytest.mark.browser


@pytest.fixture
def equipped(day: HospitalDay) -> HospitalDay:
    day.device_says("board-a", status(day, "area-board", "area-a"))
    day.device_says("board-c", status(day, "area-board", "area-c"))
    day.device_says("door-201", status(day, "door-board", "room-201"))
    day.device_says("board-a", Screenshot(taken_at=day.clock(), jpeg=jpeg()))
    return day


def test_a_key_opens_what_the_screens_show_and_closes_it_again(
    equipped: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    expect(station.locator(".queue").first).to_be_visible()
    station.keyboard.press("b")
    panel = station.locator("#screens-panel")

    expect(panel.locator("li strong")).to_have_text(["A 候诊区", "201 诊室", "C 候诊区"])
    expect(panel.locator('[data-screen="board-a"] img')).to_be_visible()
    station.wait_for_function(
        "() => document.querySelector('[data-screen=board-a] img')?.naturalWidth > 0"
    )
    expect(panel.locator('[data-screen="board-a"] time')).to_have_text("08:00:00")
    expect(panel.locator('[data-screen="door-201"]')).to_contain_text("正在取画面")
    station.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_new_picture_replaces_the_former_one_and_a_lost_screen_says_so(
    equipped: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    station.locator("#screens").click()
    first = station.locator('[data-screen="board-a"]')
    expect(first.locator("time")).to_have_text("08:00:00")

    equipped.clock.set(8, 1)
    equipped.device_says("board-a", Screenshot(taken_at=equipped.clock(), jpeg=jpeg("#B3261E")))
    equipped.device_says("board-c", DeviceStatus(is_up=False))

    expect(first.locator("time")).to_have_text("08:01:00")
    expect(station.locator('[data-screen="board-c"]')).to_contain_text("未连接")


def test_the_screens_of_one_area_are_shown_alone(
    equipped: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    station.locator("#screens").click()
    screens = station.locator("#screens-panel li")
    expect(screens).to_have_count(3)

    station.locator('[data-area="area-c"]').click()

    expect(screens.locator("strong")).to_have_text(["C 候诊区"])


def test_two_nurses_follow_the_same_screen_each_among_those_of_her_own_areas(
    equipped: HospitalDay, open_page: OpenPage
) -> None:
    equipped.device_says("board-c", Screenshot(taken_at=equipped.clock(), jpeg=jpeg()))
    of_all, of_one = open_page("/station", "li"), open_page("/station", "bai")
    for station in (of_all, of_one):
        station.locator("#screens").click()
        expect(station.locator('[data-screen="board-c"] time')).to_have_text("08:00:00")
    expect(of_all.locator("#screens-panel li strong")).to_have_text(
        ["A 候诊区", "201 诊室", "C 候诊区"]
    )
    expect(of_one.locator("#screens-panel li strong")).to_have_text(["C 候诊区"])

    equipped.clock.set(8, 1)
    equipped.device_says("board-c", Screenshot(taken_at=equipped.clock(), jpeg=jpeg("#B3261E")))

    for station in (of_all, of_one):
        expect(station.locator('[data-screen="board-c"] time')).to_have_text("08:01:00")
    # What is not hers she can't fetch by its address either.
    picture = "/api/station/screens/board-a/picture?at=x"
    assert of_all.request.get(of_all.url.replace("/station", picture)).ok
    assert not of_one.request.get(of_one.url.replace("/station", picture)).ok


def test_the_preview_is_opened_looked_through_and_closed_by_keys_alone(
    equipped: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    expect(station.locator(".queue").first).to_be_visible()
    pressed(station, '[data-area="area-c"]')
    station.keyboard.press("b")
    screens = station.locator("#screens-panel li")
    expect(screens.locator("strong")).to_have_text(["C 候诊区"])
    expect(station.locator("#screens-panel .close")).to_be_focused()

    # New pictures come and go: the keyboard stays where it is.
    equipped.device_says("board-c", Screenshot(taken_at=equipped.clock(), jpeg=jpeg("#B3261E")))
    expect(screens.locator("img")).to_be_visible()
    expect(station.locator("#screens-panel .close")).to_be_focused()
    station.keyboard.press("Enter")

    expect(station.locator("#screens-panel")).to_be_hidden()
    expect(station.locator("#screens")).to_be_focused()
    station.keyboard.press("b")
    station.keyboard.press("b")
    expect(station.locator("#screens-panel")).to_be_hidden()
