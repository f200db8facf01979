"""The policies page in a real browser: change, rehearse, save, cancel, return; two at once."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from queue_server.rules import commands as asked
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import SETTLED
from tests.browser.test_audit import FAINT, SMALL
from tests.integration.web.hospital_day import CARDIOLOGY, NAMES, HospitalDay

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(day: HospitalDay) -> HospitalDay:
    """At cardiology six come; the second misses his call and is put back; a call every ten min."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4, 5, 6)
    for minute in (10, 20):
        day.clock.set(8, minute)
        day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    walk_in = asked.AddWalkIn(queue=CARDIOLOGY, prefix="A")
    day.act(walk_in, by="nurse:li")
    day.act(
        asked.GrantPriority(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 6).id, rank="aged_80")
    )
    for minute in (30, 40, 50):
        day.clock.set(8, minute)
        day.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
    return day


def choose(page: Page, key: str, value: str) -> None:
    page.locator(f"#rule-{key}").select_option(value)


def rehearse(page: Page) -> None:
    page.locator("#rehearse").click()
    expect(page.locator("#rehearsed")).to_be_visible()


def save(page: Page, reason: str) -> None:
    page.locator("#reason").fill(reason)
    page.locator("#save button[type=submit]").click()


def let_time_pass(day: HospitalDay, minutes: int) -> None:
    """Go on, and let the service look at the clock."""
    day.clock.instant += timedelta(minutes=minutes)
    day.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))


def test_before_saving_she_sees_text_and_what_today_would_have_been(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/station", "fang", language="en")
    page.get_by_role("link", name="Rules").click()
    expect(page.locator("#save")).to_be_hidden()
    choose(page, "priority_rule", "front")
    expect(page.locator("#save")).to_be_hidden()
    expect(page.locator("#draft li")).to_contain_text("front")
    rehearse(page)

    expect(page.locator("#rehearsed-sum")).to_contain_text("sooner")
    expect(page.locator("#plot-waits svg")).to_have_attribute("aria-label", re.compile("ordinary"))
    assert page.locator("#plot-calls g").count() > 0
    expect(page.locator("#texts ins").first).to_be_visible()
    page.locator(".numbers summary").click()
    expect(page.locator("#changed tbody tr").filter(has_text="A006")).to_contain_text("−")
    assert morning.service.now.policy_book.versions == ()

    save(page, "Elderly patients wait too long")
    expect(page.locator('.version[data-number="1"]')).to_contain_text("Elderly")
    let_time_pass(morning, 0)
    assert morning.service.setup.policies[CARDIOLOGY].priority_rule == "front"


def test_a_change_after_a_rehearsal_has_to_be_rehearsed_anew(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/policies", "fang")
    choose(page, "priority_rule", "front")
    rehearse(page)
    choose(page, "missed_rule", "end_of_queue")

    expect(page.locator("#rehearsed")).to_be_hidden()
    expect(page.locator("#save")).to_be_hidden()
    page.locator("#discard").click()
    expect(page.locator("#rehearse")).to_be_disabled()
    expect(page.locator("#draft-nothing")).to_be_visible()


def test_of_two_head_nurses_the_second_is_told_and_keeps_what_she_was_about_to_change(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    fang, tang = open_page("/policies", "fang"), open_page("/policies", "tang", language="en")
    choose(fang, "standby_count", "#")
    fang.locator("#rule-standby_count-number").fill("2")
    fang.locator("#rule-standby_count-number").press("Tab")
    expect(tang.locator("#rule-standby_count")).to_be_disabled()
    tang.locator("#place-area-area-a").click()
    choose(tang, "missed_rule", "end_of_queue")
    rehearse(fang)
    rehearse(tang)
    save(fang, "预备两人")
    expect(fang.locator(".done")).to_be_visible()
    let_time_pass(morning, 0)
    save(tang, "Quieter corridor")

    expect(tang.locator('.refused[data-code="POLICY_MOVED"]')).to_be_visible()
    assert len(morning.service.now.policy_book.versions) == 1
    expect(tang.locator("#load-latest")).to_be_focused()
    tang.keyboard.press("Enter")
    expect(tang.locator("#draft li")).to_have_count(1)
    expect(tang.locator('.version[data-number="1"]')).to_contain_text("预备两人")
    rehearse(tang)
    save(tang, "Quieter corridor")
    expect(tang.locator('.version[data-number="2"]')).to_be_visible()
    let_time_pass(morning, 0)
    policy = morning.service.setup.policies[CARDIOLOGY]
    assert (policy.standby_count, policy.missed_rule) == (2, "end_of_queue")


def test_what_a_head_nurse_saves_holds_for_doctor_and_nurse_from_the_next_act_on(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    morning.check_in(CARDIOLOGY, 7, 8, 9, 10, 11)
    head, station = open_page("/policies", "fang"), open_page("/station", "li")
    console = open_page("/console", "shen")
    number = console.locator('[data-list="waiting"] .number')
    at_the_nurse = station.locator(f'.queue[data-key="{CARDIOLOGY}"] .listed .number')
    waiting = morning.order(CARDIOLOGY)
    expect(at_the_nurse).to_have_text(waiting)
    choose(head, "missed_rule", "end_of_queue")
    rehearse(head)
    # Nothing has changed for anybody while she only tries it out.
    expect(number).to_have_text(waiting)
    save(head, "过号排到最后")
    expect(head.locator('.version[data-number="1"]')).to_contain_text("过号排到最后")

    expect(console.locator("#call-next")).to_be_enabled()
    console.keyboard.press("n")
    expect(console.locator("#room .number")).to_have_text(waiting[0])
    console.keyboard.press("m")

    last = [*waiting[1:], waiting[0]]
    expect(number).to_have_text(last)
    expect(at_the_nurse).to_have_text(last)
    assert morning.order(CARDIOLOGY) == last


def test_a_version_that_waits_is_cancelled_and_one_that_held_is_returned_to(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/policies", "fang", language="en")
    choose(page, "priority_rule", "front")
    rehearse(page)
    page.locator("[name=when][value=later]").check()
    page.locator("#effective-at").fill("2026-11-23T14:00")
    save(page, "From this afternoon on")
    first = page.locator('.version[data-number="1"]')
    expect(first).to_contain_text("to take effect 2026-11-23 14:00")
    first.locator(".cancel").click()
    page.locator("dialog button[type=submit]").click()
    expect(first).to_contain_text("cancelled")

    first.locator(".return").click()
    expect(page.locator("#rehearse")).to_be_focused()
    rehearse(page)
    save(page, "After all")
    second = page.locator('.version[data-number="2"]')
    expect(second).to_contain_text("The same as version 1")
    let_time_pass(morning, 1)
    page.reload()
    expect(second).to_contain_text("in force")
    page.locator(".version.is-file .return").click()
    rehearse(page)
    save(page, "Back")
    third = page.locator('.version[data-number="3"]')
    expect(third).to_be_visible()
    let_time_pass(morning, 1)
    page.reload()
    expect(third).to_contain_text("in force")
    assert morning.service.now.policy_book.changes == ()


def test_everything_is_done_by_the_keyboard(morning: HospitalDay, open_page: OpenPage) -> None:
    page = open_page("/policies", "fang")
    page.locator("#place-area-area-a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#place-area-area-a")).to_be_focused()
    page.locator("#rule-priority_ranks").focus()
    page.keyboard.press("ArrowDown")
    page.locator("#rule-priority_ranks-aged_80-up").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#draft li")).to_contain_text("80")
    page.locator("#rehearse").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#rehearsed-title")).to_be_focused()
    page.locator("#reason").focus()
    page.keyboard.type("按年龄")
    page.keyboard.press("Enter")
    expect(page.locator('.version[data-number="1"]')).to_be_visible()


def test_the_technician_reads_and_changes_nothing(
    morning: HospitalDay, open_page: OpenPage
) -> None:
    page = open_page("/policies", "zheng")
    expect(page.locator("#rule-base_order")).to_be_disabled()
    assert page.locator("#rules select:enabled").count() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (480, 800)])
def test_every_text_can_be_read(
    morning: HospitalDay, open_page: OpenPage, language: str, size: tuple[int, int]
) -> None:
    page = open_page("/policies", "fang", language=language, size=size)
    choose(page, "priority_rule", "front")
    rehearse(page)

    # A colour on its way to another one is neither.
    page.evaluate(SETTLED)
    assert page.evaluate(FAINT) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    text = page.locator("body").inner_text()
    assert not re.search(r"\{|undefined|null|NaN|\[object", text)
    assert [name for name in NAMES if name in text] == []
