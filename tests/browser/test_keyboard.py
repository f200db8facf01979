"""Every page by the keyboard alone: all is reached, and one sees where the keyboard is."""

from typing import Final

import pytest
from playwright.sync_api import Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import TicketState
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import OPENED, PAGES, busy
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay

__all__ = ["busy"]
pytestmark = pytest.mark.browser

MARK: Final = """() => {
    const scope = document.querySelector("dialog[open]") ?? document.body;
    const selector = "button, a[href], input, select, textarea, summary, [tabindex], [onclick]";
    const radios = new Set();
    let count = 0;
    for (const one of scope.querySelectorAll(selector)) {
        const isThere = one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
        // The arrows go on from the one row, and from the one radio button, that Tab reaches.
        if (!isThere || one.tabIndex < 0) continue;
        if (one.type === "radio") {
            if (radios.has(one.name)) continue;
            radios.add(one.name);
            one.dataset.stop = `radio ${one.name}`;
        } else one.dataset.stop = `${count} ${one.tagName} ${one.id} ${one.textContent.trim()}`;
        count += 1;
    }
    return [...scope.querySelectorAll("[data-stop]")].map((one) => one.dataset.stop);
}"""
"""Marks everything that Tab has to reach, in the dialog that is open or else on the page."""
HAS_IT: Final = """() => {
    const one = document.activeElement;
    if (one === document.body) return ["", true];
    const radio = one.type === "radio"
        ? document.querySelector(`[data-stop="radio ${one.name}"]`) : null;
    const isSeen = [one, one.closest("label")].filter(Boolean).some((shown) => {
        const style = getComputedStyle(shown);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    });
    return [(radio ?? one).dataset.stop ?? one.tagName, isSeen];
}"""
"""What has the keyboard, and whether one sees that it has."""


def stops(page: Page) -> tuple[set[str], set[str], set[str]]:
    """Return what has to be reached, what Tab has reached, and where one did not see it."""
    wanted = set(page.evaluate(MARK))
    reached, unseen = set(), set()
    # Once round, and a little more: where it begins depends on what had the keyboard before.
    for _ in range(len(wanted) + 12):
        page.keyboard.press("Tab")
        name, is_seen = page.evaluate(HAS_IT)
        reached.add(name)
        if not is_seen:
            unseen.add(name)
    return wanted, reached, unseen


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_everything_on_a_page_and_one_sees_where_it_is(
    busy: HospitalDay, open_page: OpenPage, name: str
) -> None:
    path, user, drawn = PAGES[name]
    page = open_page(path, user)
    expect(page.locator(drawn).first).to_be_visible()
    expect(page.locator("body:not([inert])")).to_be_visible()

    wanted, reached, unseen = stops(page)

    assert wanted - reached == set()
    assert unseen == set()


@pytest.mark.parametrize("name", OPENED)
def test_tab_reaches_everything_in_what_a_page_opens(
    busy: HospitalDay, open_page: OpenPage, name: str
) -> None:
    where, open_it = OPENED[name]
    path, user, drawn = PAGES[where]
    page = open_page(path, user)
    expect(page.locator(drawn).first).to_be_visible()
    expect(page.locator("body:not([inert])")).to_be_visible()
    open_it(page)

    wanted, reached, unseen = stops(page)

    assert wanted - reached == set()
    assert unseen == set()


@pytest.mark.parametrize(
    ("path", "user", "on", "key"),
    [
        ("/station", "li", ".row", "n"),
        ("/station", "li", ".row", "/"),
        ("/station", "li", ".row", "?"),
        ("/station", "li", ".menu", "Enter"),
        ("/console", "shen", "#extra", "Enter"),
        ("/console", "shen", "#absence-key", "Enter"),
        ("/console", "shen", "#pause", "Enter"),
        ("/console", "shen", "#take-room", "Enter"),
        ("/console", "shen", "#keys", "Enter"),
    ],
)
def test_when_a_dialog_closes_the_keyboard_is_where_it_was(
    day: HospitalDay, open_page: OpenPage, path: str, user: str, on: str, key: str
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    page = open_page(path, user)
    expect(page.locator(f"{on}:enabled" if on.startswith("#") else on).first).to_be_visible()
    page.locator(on).first.focus()
    expect(page.locator(on).first).to_be_focused()

    page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(on).first).to_be_focused()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the first `selector` has the keyboard."""
    for _ in range(80):
        if page.evaluate("(one) => document.activeElement?.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


def pressed(page: Page, selector: str, key: str = "Enter") -> None:
    expect(page.locator(selector).first).to_be_enabled()
    tab_to(page, selector)
    page.keyboard.press(key)


def test_a_consultation_goes_by_tab_and_enter_and_the_keyboard_is_never_lost(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    console = open_page("/console", "shen")
    pressed(console, "#call-next")
    pressed(console, '[data-act="start"]')
    expect(console.locator("#room.is-in-service")).to_be_visible()

    # `start` rests now: the keyboard is on what can be done next.
    expect(console.locator(".acts :focus")).to_have_count(1)
    pressed(console, '[data-act="finish"]')
    expect(console.locator("#room.is-empty")).to_be_visible()
    pressed(console, '[data-ticket="cardiology-1:A002"]')
    pressed(console, '.patient-acts [data-act="hold"]')

    expect(console.locator('[data-list="held"]')).to_be_visible()
    assert day.ticket(CARDIOLOGY, 2).state is TicketState.ON_HOLD
    pressed(console, "#undo")
    expect(console.locator('[data-list="held"]')).to_have_count(0)


def test_a_nurse_opens_a_ticket_acts_and_goes_back_to_its_row_by_keys_alone(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    station = open_page("/station", "li")
    expect(station.locator(".row")).to_have_count(3)
    station.keyboard.press("ArrowDown")
    station.keyboard.press("ArrowDown")
    station.keyboard.press("Enter")
    expect(station.locator("#detail")).to_be_visible()
    pressed(station, '#detail [data-act="hold"]')
    expect(station.locator('[data-group="held"] button')).to_be_visible()
    station.keyboard.press("Escape")

    expect(station.locator("#detail")).to_be_hidden()
    pressed(station, '[data-group="held"] button')
    expect(station.locator("#detail")).to_be_visible()
    pressed(station, '#detail [data-act="resume"]')
    expect(station.locator(".row")).to_have_count(3)


def test_the_report_of_absences_is_saved_by_the_keyboard(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1)
    day.act(asked.Stop(queue=CARDIOLOGY))
    page = open_page("/report", "li")
    expect(page.locator("#absences tbody tr").first).to_be_visible()

    with page.expect_download() as saved:
        pressed(page, "#export-absences")

    assert saved.value.suggested_filename.startswith("absences-")
