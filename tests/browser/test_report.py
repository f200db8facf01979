"""The report page in a real browser: tiles, plots, table, file, keyboard, what can be read."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import TicketKind
from tests.browser.conftest import OpenPage
from tests.browser.test_audit import FAINT, SMALL
from tests.integration.web.hospital_day import CARDIOLOGY, DERMATOLOGY, NAMES, HospitalDay

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(day: HospitalDay) -> HospitalDay:
    """Four come to cardiology, two an hour later; one to dermatology. Calls every ten minutes."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    day.check_in(DERMATOLOGY, 1)
    day.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A", kind=TicketKind.EMERGENCY), by="nurse:li")
    for minute in range(10, 60, 10):
        day.clock.set(8, minute)
        day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    day.check_in(CARDIOLOGY, 9, 10)
    return day


def figure(page: Page, tile: str) -> str:
    return page.locator(f".tile.is-{tile} .figure").inner_text().replace("\n", " ")


def names(page: Page) -> list[str]:
    return page.locator("#doctors tbody:not(.sums) .doctor").all_inner_texts()


def test_a_nurse_sees_the_figures_of_the_day(morning: HospitalDay, open_page: OpenPage) -> None:
    page = open_page("/station", "li", language="en")
    page.get_by_role("link", name="Report").click()

    expect(page.locator(".tile")).to_have_count(9)
    assert figure(page, "arrivals") == "8"
    # The emergency waited 10 minutes, the others 20, 30, 40 and 50.
    assert figure(page, "wait") == "30 min"
    assert "max 50" in page.locator(".tile.is-wait").inner_text()
    expect(page.locator("#doctors tr.is-quiet")).to_have_count(0)
    row = page.locator(f'[data-queue="{CARDIOLOGY}"] td')
    assert row.nth(0).inner_text() == "7"
    assert row.nth(3).inner_text() == "30.0"
    expect(page.locator("#as-of")).to_contain_text("08:50")


def test_the_plots_show_each_half_hour_and_tell_it_in_words_and_numbers(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/report", "li", language="en")
    expect(page.locator("#plot-day .half-hour")).to_have_count(2)
    label = page.locator("#plot-day svg").get_attribute("aria-label")
    assert label is not None
    assert "most came at 08:00, 6 people" in label
    expect(page.locator("#plot-bins .bar-mark")).to_have_count(5)
    page.locator("#plot-day summary").click()
    cells = page.locator("#plot-day tbody tr").first.locator("td")
    assert cells.all_inner_texts() == ["6", "30", "50"]


def test_an_area_is_chosen_and_the_table_sorted_by_the_keyboard(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/report", "li", language="en")
    expect(page.locator("#doctors .sums tr")).to_have_count(4)
    page.locator('[data-column="arrivals"]').focus()
    page.keyboard.press("Enter")
    assert names(page)[:2] == ["Dr. Shen Huairen", "Dr. Ren Kewei"]
    expect(page.locator('[data-column="arrivals"]')).to_be_focused()
    expect(page.locator('th[aria-sort="descending"]')).to_contain_text("Arrivals")
    page.keyboard.press("Enter")
    assert names(page)[-1] == "Dr. Shen Huairen"

    page.locator("#area").select_option("area-c")
    expect(page.locator("#doctors .sums tr")).to_have_count(1)
    assert figure(page, "arrivals") == "1"


def test_an_empty_day_says_so_and_leads_back_to_one_that_is_not(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/report", "li")
    page.locator("#day").fill("2026-11-20")
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#export")).to_be_disabled()
    page.locator("#next-day").click()
    expect(page.locator("#found")).to_be_visible()
    expect(page.locator("#day")).to_have_value("2026-11-23")


def test_the_file_is_saved(morning: HospitalDay, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("/report", "shen")
    with page.expect_download() as saving:
        page.locator("#export").click()

    assert saving.value.suggested_filename == "report-2026-11-23.csv"
    saving.value.save_as(tmp_path / "saved.csv")
    assert "沈怀仁" in (tmp_path / "saved.csv").read_text(encoding="utf-8-sig")


def test_on_paper_there_are_no_controls_but_what_it_is_about(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/report", "li")
    expect(page.locator("#found")).to_be_visible()
    page.emulate_media(media="print")

    expect(page.locator("#export")).to_be_hidden()
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("#subject")).to_contain_text("2026-11-23")


def test_everything_can_be_reached_by_the_keyboard_in_the_order_of_the_page(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/report", "li")
    expect(page.locator("#found")).to_be_visible()
    page.locator("#area").focus()
    reached: list[str] = []
    focused = """(() => {
      const at = document.activeElement;
      return at.id || at.dataset.column || at.className || at.localName;
    })()"""
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))

    order = ["export", "print", "first-page", "sign-out", "summary", "sheet", "arrivals", "done"]
    assert list(dict.fromkeys(one for one in reached if one in order)) == order


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (480, 800)])
def test_every_text_can_be_read(
    morning: HospitalDay, open_page: OpenPage, language: str, size: tuple[int, int]
) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5; 2.5.8: targets of 24 px; 1.4.10: reflow."""
    page = open_page("/report", "li", language=language, size=size)
    expect(page.locator("#found")).to_be_visible()

    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    text = page.locator("body").inner_text()
    assert not re.search(r"\{|undefined|null|NaN|\[object", text)
    assert [name for name in set(NAMES) - {"李静"} if name in text] == []
