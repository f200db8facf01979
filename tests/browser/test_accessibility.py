"""axe finds nothing on any page, nor in what can be opened on it, in either language."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond, TicketKind
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, RESPIRATORY, HospitalDay

pytestmark = pytest.mark.browser

PAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "login": ("/login", "", "#user"),
    "station": ("/station", "li", ".row"),
    "console": ("/console", "shen", "#call-next:enabled"),
    "desk": ("/desk", "mei", "#clinics tr"),
    "devices": ("/devices", "zheng", "main"),
    "audit": ("/audit", "qian", "tbody tr"),
    "report": ("/report", "li", "#found:not([hidden]), #nothing:not([hidden])"),
    "policies": ("/policies", "fang", "#rules .rule"),
    "cards": ("/cards", "", "main a"),
    "card": ("/card/patient-000", "", ".visit"),
}
"""Address, who opens it, and what is there once it is drawn."""


SETTLED: Final = """Promise.all(
    document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished.catch(() => null))
)"""


def with_keys(key: str) -> Callable[[Page], None]:
    return lambda page: page.keyboard.press(key)


def open_screens(page: Page) -> None:
    page.keyboard.press("b")
    # Here no screen has ever spoken: once that is known the panel stands still.
    expect(page.locator("#screens-panel p:not(.soft)")).to_be_visible()


def open_ticket(page: Page) -> None:
    page.locator(".row").first.click()
    expect(page.locator("#detail")).to_be_visible()


def open_queue_sheet(page: Page) -> None:
    page.locator(f'.queue[data-key="{RESPIRATORY}"] .menu').click()


def open_team(page: Page) -> None:
    page.locator('.queue[data-key="diabetes-mdt"] .menu').click()
    expect(page.locator("dialog [data-member]").first).to_be_visible()


def open_absence(page: Page) -> None:
    open_queue_sheet(page)
    page.locator('dialog [data-act="absence"]').click()
    page.locator("dialog input[value=stopped]").check()


def rehearse(page: Page) -> None:
    page.locator("#rule-priority_rule").select_option("front")
    page.locator("#rehearse").click()
    expect(page.locator("#rehearsed")).to_be_visible()
    page.locator(".numbers summary").click()


OPENED: Final[Mapping[str, tuple[str, Callable[[Page], None]]]] = {
    "station-ticket": ("station", open_ticket),
    "station-find": ("station", with_keys("/")),
    "station-notices": ("station", with_keys("n")),
    "station-keys": ("station", with_keys("?")),
    "station-screens": ("station", open_screens),
    "station-queue": ("station", open_queue_sheet),
    "station-team": ("station", open_team),
    "station-absence": ("station", open_absence),
    "policies-rehearsed": ("policies", rehearse),
    "console-absence": ("console", with_keys("l")),
    "console-keys": ("console", with_keys("?")),
    "console-transfer": ("console", with_keys("t")),
}


@pytest.fixture
def busy(day: HospitalDay) -> HospitalDay:
    """A morning on which every kind of mark and list is there."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4, 5, 6)
    day.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A", kind=TicketKind.EMERGENCY))
    # Under other rules the sixth would have been called sooner.
    last = day.ticket(CARDIOLOGY, 6).id
    day.act(asked.GrantPriority(queue=CARDIOLOGY, ticket=last, rank="aged_80"))
    day.act(asked.Hold(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 5).id))
    for minute in (10, 20, 30):
        day.clock.set(8, minute)
        day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    day.act(
        asked.ReportAbsence(
            queue=CARDIOLOGY,
            kind=AbsenceKind.LEFT,
            cause=AbsenceCause.RESCUE,
            returns_s=DaySecond(9 * 3600),
        )
    )
    day.act(asked.Stop(queue=RESPIRATORY, approval="2026-17"), by="doctor:gu")
    day.call_help("kiosk-01")
    return day


def complaints(page: Page) -> list[str]:
    """Return what axe has found, each with the places where it is."""
    # A colour on its way to another one is neither.
    page.evaluate(SETTLED)
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:120] for node in one['nodes'][:4]]}"
        for one in found
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page(
    busy: HospitalDay, open_page: OpenPage, name: str, language: str
) -> None:
    path, user, drawn = PAGES[name]
    page = open_page(path, user, language=language)
    expect(page.locator(drawn).first).to_be_visible()

    assert complaints(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", OPENED)
def test_axe_finds_nothing_in_what_a_page_opens(
    busy: HospitalDay, open_page: OpenPage, name: str, language: str
) -> None:
    where, open_it = OPENED[name]
    path, user, drawn = PAGES[where]
    page = open_page(path, user, language=language)
    expect(page.locator(drawn).first).to_be_visible()
    open_it(page)

    assert complaints(page) == []
