"""Signing in, languages, the demo's phone, and what every page owes to everybody."""

import re

import pytest
from playwright.sync_api import Page, expect

from queue_server.rules import commands as asked
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, PASSWORD, HospitalDay

pytestmark = pytest.mark.browser


def test_a_doctor_signs_in_and_out_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page).to_have_url(re.compile("/login$"))
    expect(page.locator("#user")).to_be_focused()
    page.keyboard.type("shen")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".refused")).to_contain_text("用户名或密码不对")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/console$"))
    page.locator("#sign-out").click()
    expect(page).to_have_url(re.compile("/login$"))
    page.goto(page.url.replace("/login", "/console"))
    expect(page).to_have_url(re.compile("/login$"))


def test_an_auditor_is_asked_for_his_code_in_a_second_step(
    day: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/login")
    page.locator("#user").fill("qian")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#password")).to_be_hidden()
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".refused")).to_contain_text("验证码不对")

    page.locator("#back").click()
    expect(page.locator("#user")).to_be_focused()
    expect(page.locator("#password")).to_have_value("")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#code").fill(day.credentials("qian")["code"])
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/audit$"))


def test_a_page_whose_session_is_over_leads_to_signing_in(
    day: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/station", "li")
    expect(page.locator(".queue")).to_have_count(11)
    day.clock.set(20, 1)
    day.call_help("kiosk-01")

    expect(page).to_have_url(re.compile("/login$"))


def test_the_language_is_changed_and_stays(open_page: OpenPage) -> None:
    page = open_page("/station", "li")
    expect(page.locator("h1")).to_have_text("护士站")
    page.locator('[data-language="en"]').click()
    expect(page.locator("#find")).to_contain_text("Find / check in")
    assert page.evaluate("document.documentElement.lang") == "en"

    page.reload()

    expect(page.locator("#find")).to_contain_text("Find / check in")
    expect(page.locator('.queue[data-key="cardiology-1"] strong').first).to_have_text(
        "Dr. Shen Huairen"
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_has_a_gap_where_a_text_belongs(
    day: HospitalDay, open_page: OpenPage, language: str
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    day.act(asked.CallNext(queue=CARDIOLOGY))
    pages = [
        open_page("/login", language=language),
        open_page("/station", "li", language=language),
        open_page("/console", "shen", language=language),
        open_page("/cards", language=language),
        open_page("/card/patient-001", language=language),
    ]
    shown = [".login", ".row", ".patient", "#patients a", ".visit"]
    for page, selector in zip(pages, shown, strict=True):
        expect(page.locator(selector).first).to_be_visible()
        text = page.locator("body").inner_text()
        assert not re.search(r"\{|undefined|null|NaN|\[object", text), text
        assert unnamed(page) == []
    if language == "en":
        station = pages[1].locator("header.bar, .queue header").all_inner_texts()
        assert not re.search("[\u4e00-\u9fff]", "".join(station).replace("中", ""))


def unnamed(page: Page) -> list[str]:
    """Return buttons and fields that a screen reader could not name."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, a")]
            .filter((one) => one.checkVisibility())
            .filter((one) => !(one.innerText.trim() || one.ariaLabel || one.labels?.length))
            .map((one) => one.outerHTML)"""
    )
    return found


@pytest.mark.parametrize(
    ("path", "user", "shown"),
    [("/station", "li", ".row"), ("/console", "shen", ".patient"), ("/login", "", ".login")],
)
def test_every_target_is_large_enough_for_a_mouse(
    day: HospitalDay, open_page: OpenPage, path: str, user: str, shown: str
) -> None:
    """WCAG 2.2, 2.5.8: at least 24 by 24 CSS px."""
    day.check_in(CARDIOLOGY, 1, 2)
    page = open_page(path, user)
    expect(page.locator(shown).first).to_be_visible()

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=radio]), .row")]
            .filter((one) => one.checkVisibility())
            .map((one) => [one.outerHTML, one.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24)
            .map(([html]) => html)"""
    )

    assert small == []


def test_the_phone_shows_a_card_that_renews_itself_and_the_place(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    page = open_page("/cards", size=(390, 844))
    page.locator("#filter").fill("A002")
    page.locator("#patients a").first.click()
    expect(page.locator("#name")).to_have_text("王*")
    expect(page.locator("#code svg path")).to_have_count(1)
    expect(page.locator(".visit")).to_contain_text("前面还有 1 位")

    day.act(asked.CallNext(queue=CARDIOLOGY))
    expect(page.locator(".visit")).to_contain_text("您是下一位")
    day.act(asked.CallNext(queue=CARDIOLOGY))
    expect(page.locator(".visit")).to_contain_text("请到 201 诊室 就诊")

    assert "王芳" not in page.content()


def test_the_card_is_a_new_one_before_the_old_one_expires(open_page: OpenPage) -> None:
    page = open_page("/login", size=(390, 844))
    page.clock.install()
    page.goto(page.url.replace("/login", "/card/patient-001"))
    expect(page.locator("#countdown")).to_contain_text("45 秒后自动更新")
    path = page.locator("#code svg path")
    first = path.get_attribute("d")
    assert first is not None
    page.clock.run_for(46_000)

    expect(path).not_to_have_attribute("d", first)
