"""The audit list in a real browser: filters, pages, its file, the keyboard, what can be read."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, NAMES, HospitalDay

pytestmark = pytest.mark.browser

VIEWS = 70
"""More than a page of the list holds."""


@pytest.fixture
def looked(day: HospitalDay, address: str) -> None:
    """A nurse has found many, a doctor has opened tickets again and again."""
    with httpx.Client(base_url=address) as nurse:
        nurse.post("/api/login", json=day.credentials("li"))
        nurse.post("/api/station/search", json={"query": "0"})
        day.check_in(CARDIOLOGY, 1, 2, 3)
        move = {"ticket": f"{CARDIOLOGY}:A003", "after": f"{CARDIOLOGY}:A001", "why": "行动不便"}
        nurse.post(f"/api/queues/{CARDIOLOGY}/move", json={"request_id": "r-1", **move})
    with httpx.Client(base_url=address) as doctor:
        doctor.post("/api/login", json=day.credentials("shen"))
        for view in range(VIEWS):
            day.clock.set(8, view)
            doctor.get(f"/api/queues/{CARDIOLOGY}/tickets/A{view % 12 + 1:03d}")


def rows(page: Page) -> Any:
    return page.locator("#lines tr")


def test_an_auditor_finds_who_saw_a_patient_and_leafs_through_the_day(
    looked: None, open_page: OpenPage
) -> None:
    page = open_page("/audit", "qian")
    expect(rows(page)).to_have_count(50)
    page.locator("#older").click()
    expect(rows(page).last).to_contain_text("登录")
    expect(page.locator("#older")).to_be_disabled()
    page.locator("#newest").click()
    expect(rows(page).first).to_contain_text("查看本记录")

    page.locator("#about").fill("a003")
    page.locator("#who").fill("li")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).first).to_contain_text("行动不便")
    page.locator("#what").select_option("names")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_have_class(re.compile("is-about-names"))
    page.locator("#about").fill("A999")
    page.keyboard.press("Enter")
    expect(page.locator("#nothing")).to_be_visible()


def test_what_nurse_and_doctor_do_at_once_stands_before_the_auditor_and_nobody_else(
    day: HospitalDay, open_page: OpenPage, tmp_path: Path
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    station, console = open_page("/station", "li"), open_page("/console", "shen")
    elsewhere, audit = open_page("/station", "bai"), open_page("/audit", "qian")
    day.clock.set(8, 5)
    expect(console.locator("#call-next")).to_be_enabled()
    console.keyboard.press("n")
    expect(console.locator("#room .number")).to_have_text("A001")
    station.locator(f'.row[data-key="{CARDIOLOGY}:A003"]').click()
    station.locator('.detail [data-act="grant_priority"]').click()
    station.locator("dialog").get_by_text("孕妇").click()
    station.locator("dialog").get_by_role("button", name="优先").click()
    station.locator("#asked-text").fill("母子健康手册")
    station.keyboard.press("Enter")
    expect(console.locator('[data-list="waiting"] .number')).to_have_count(2)

    # The nurse of another area has seen nothing of it, and no nurse sees the list.
    expect(elsewhere.locator(".queue").first).to_be_visible()
    expect(elsewhere.locator(f'.queue[data-key="{CARDIOLOGY}"]')).to_have_count(0)
    for page in (station, console, elsewhere):
        address = page.url.rpartition("/")[0]
        answer = page.request.post(f"{address}/api/audit", data={}, headers={"Origin": address})
        assert answer.status == 403

    audit.locator("#what").select_option("acts")
    for number, who, act in (("A001", "沈怀仁", "叫下一个"), ("A003", "李静", "母子健康手册")):
        audit.locator("#about").fill(number)
        audit.keyboard.press("Enter")
        expect(rows(audit).first).to_contain_text(who)
        expect(rows(audit).first).to_contain_text(act)
    with audit.expect_download() as saving:
        audit.locator("#export").click()
    saving.value.save_as(tmp_path / "audit.csv")
    saved = (tmp_path / "audit.csv").read_text(encoding="utf-8-sig")
    assert "母子健康手册" in saved
    assert "A001" not in saved


def test_a_long_search_is_folded_and_can_be_opened_by_the_keyboard(
    looked: None, open_page: OpenPage
) -> None:
    page = open_page("/audit", "qian")
    page.locator("#who").fill("li")
    page.locator("#what").select_option("names")
    expect(page.locator(".about li")).to_have_count(7)
    page.locator(".about button").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".about li")).to_have_count(30)
    expect(page.locator(".about")).to_be_focused()
    shown = page.locator("body").inner_text()
    assert [name for name in set(NAMES) - {"李静"} if name in shown] == []


def test_the_file_is_saved_with_all_rows_of_the_filter(
    looked: None, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("/audit", "qian", language="en")
    page.locator("#who").fill("shen")
    page.locator("#what").select_option("names")
    expect(rows(page)).to_have_count(50)
    with page.expect_download() as saving:
        page.locator("#export").click()

    saved = tmp_path / "saved.csv"
    saving.value.save_as(saved)
    assert saving.value.suggested_filename == "audit-2026-11-23.csv"
    lines = saved.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Row,Clinic day,Time,Person")
    assert len(lines) == 1 + VIEWS
    expect(page.locator(".done")).to_contain_text("Exported the rows of 2026-11-23")


def test_everything_can_be_reached_by_the_keyboard_in_the_order_of_the_page(
    looked: None, open_page: OpenPage
) -> None:
    page = open_page("/audit", "qian")
    expect(rows(page)).to_have_count(50)
    page.locator("#day").focus()
    reached: list[str] = []
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = "document.activeElement.id || document.activeElement.className"
        reached.append(page.evaluate(focused))

    order = ["what", "who", "about", "export", "sheet", "older"]
    assert [one for one in reached if one in order] == order


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_can_be_read(looked: None, open_page: OpenPage, language: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5; 2.5.8: targets of 24 px; 1.3.1: names."""
    page = open_page("/audit", "qian", language=language)
    expect(rows(page)).to_have_count(50)

    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    text = page.locator("body").inner_text()
    assert not re.search(r"\{|undefined|null|NaN|\[object", text)


FAINT = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && !one.disabled)
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .map((one) => {
      const lights = [light(parse(getComputedStyle(one).color)), light(ground(one))];
      const [high, low] = lights.sort((a, b) => b - a);
      return [(high + 0.05) / (low + 0.05), one.outerHTML];
    })
    .filter(([contrast]) => contrast < 4.5)
    .map(([contrast, html]) => `${contrast.toFixed(2)} ${html.slice(0, 120)}`);
}"""
SMALL = """() => [...document.querySelectorAll("button, input, select")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.outerHTML, one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html]) => html)"""
