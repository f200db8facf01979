"""Spread the waiting: the nurse at the station and patients with their phones, at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.site import load_site
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.integration.web.hospital_day import CARDIOLOGY, COLLEAGUE, HospitalDay, make_users

pytestmark = pytest.mark.browser


@pytest.fixture
def day(tmp_path: Path) -> Iterator[HospitalDay]:
    """Both cardiologists have the same title; five wait for Shen, and nobody for Lu."""
    site = load_site(DEMO_SITE_FILE)
    running = HospitalDay(tmp_path, make_users(site), per_queue=12, site=site)
    running.start()
    for queue in (CARDIOLOGY, COLLEAGUE):
        running.act(asked.Attend(queue=queue))
    running.check_in(CARDIOLOGY, 1, 2, 3, 4, 5)
    yield running
    running.stop()


def opened(station: Page) -> Locator:
    """Open the panel by its key."""
    expect(station.locator("#spread")).to_be_visible()
    station.keyboard.press("w")
    panel = station.locator("#spread-panel")
    expect(panel).to_be_visible()
    return panel


def line(page: Page, number: int) -> Locator:
    return page.locator(f'[data-proposal="cardiology-1:A00{number}"]')


def listed(page: Page, queue: str) -> Locator:
    return page.locator(f'.queue[data-key="{queue}"] .listed .number')


def test_the_panel_says_who_from_where_to_where_and_both_waits(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    panel = opened(station)

    expect(panel.locator("li .number")).to_have_text(["A003", "A005"])
    expect(line(station, 3)).to_contain_text("沈怀仁 · 201 诊室 → 陆书宁 · 202 诊室")
    expect(line(station, 3).locator(".waits")).to_have_text("16分 → 0分")
    expect(line(station, 5).locator(".waits")).to_have_text("32分 → 8分")
    assert day.order(CARDIOLOGY) == ["A001", "A002", "A003", "A004", "A005"]


def test_a_nurse_confirms_some_or_all_another_nurse_sees_it_and_each_can_be_undone(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station, other = open_page("/station", "li"), open_page("/station", "zhao")
    panel = opened(station)
    line(station, 3).locator("input").uncheck()

    panel.locator('[data-do="confirm"]').click()

    expect(listed(other, COLLEAGUE)).to_have_text(["A005"])
    expect(listed(other, CARDIOLOGY)).to_have_text(["A001", "A002", "A003", "A004"])
    station.keyboard.press("Escape")
    station.keyboard.press("Control+z")
    expect(listed(other, COLLEAGUE)).to_have_text([])
    opened(station).locator('[data-do="confirm"]').click()
    expect(listed(other, COLLEAGUE)).to_have_text(["A003", "A005"])
    expect(listed(other, CARDIOLOGY)).to_have_text(["A001", "A002", "A004"])


def test_what_no_longer_holds_is_refused_with_a_sentence_and_the_other_goes(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    panel = opened(station)
    day.act(asked.Pause(queue=COLLEAGUE))
    expect(panel.locator("li")).to_have_count(0)
    expect(panel).to_contain_text("目前没有患者换医生会明显少等")

    refused = station.request.post(
        f"{station.url.removesuffix('/station')}/api/queues/{CARDIOLOGY}/spread",
        data={"request_id": "late", "ticket": "cardiology-1:A003", "to_queue": COLLEAGUE},
    )

    assert refused.status == 409
    assert refused.json()["code"] == "SPREAD_OVER"
    assert "位置保持不变" in refused.json()["message_zh"]
    assert day.order(CARDIOLOGY) == ["A001", "A002", "A003", "A004", "A005"]


def test_the_history_of_the_patient_tells_who_sent_him_and_what_it_brought(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    opened(station).locator('[data-do="confirm"]').click()
    expect(listed(station, COLLEAGUE)).to_have_text(["A003", "A005"])
    station.keyboard.press("Escape")

    station.locator('.row[data-key="cardiology-2:A003"]').click()

    history = station.locator("#detail .history")
    expect(history).to_contain_text("分流到同科医生")
    expect(history).to_contain_text("李静")
    expect(station.locator("#detail .why")).to_contain_text("预计等候由 16 分钟变为 0 分钟")


def phone_of(day: HospitalDay, open_page: OpenPage, number: int, language: str = "zh") -> Page:
    patient = day.ticket(CARDIOLOGY, number).patient
    phone = open_page(f"/card/{patient}", size=(400, 900), language=language)
    expect(phone.locator(".visit .number").first).to_have_text(f"A00{number}")
    return phone


def test_a_patient_who_is_asked_says_yes_on_his_phone_and_another_one_says_no(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    third, fifth = phone_of(day, open_page, 3), phone_of(day, open_page, 5, "en")
    expect(third.locator(".offer")).to_have_count(0)

    opened(station).locator('[data-do="ask"]').click()

    expect(line(station, 3)).to_contain_text("已询问")
    expect(station.locator('[data-do="ask"]')).to_be_disabled()
    expect(third.locator(".offer .before")).to_have_text("沈怀仁 · 201 诊室约 16 分钟")
    expect(third.locator(".offer .after")).to_have_text("陆书宁 · 202 诊室马上")
    third.locator('[data-answer="yes"]').click()

    expect(listed(station, COLLEAGUE)).to_have_text(["A003"])
    expect(third.locator(".offer")).to_have_count(0)
    expect(third.locator(".visit").first).to_contain_text("陆书宁")
    expect(third.locator("#messages")).to_contain_text("您已改由陆书宁医生接诊")

    fifth.locator('[data-answer="no"]').click()

    expect(fifth.locator("#messages")).to_contain_text("You keep your doctor")
    expect(fifth.locator(".offer")).to_have_count(0)
    expect(line(station, 5)).to_have_count(0)
    assert day.order(CARDIOLOGY) == ["A001", "A002", "A004", "A005"]


def test_a_question_leaves_the_phone_when_it_holds_no_more_and_a_late_yes_is_refused(
    day: HospitalDay, open_page: OpenPage
) -> None:
    phone = phone_of(day, open_page, 3)
    offer = asked.OfferColleague(
        queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 3).id, to_queue=COLLEAGUE
    )
    day.act(offer)
    expect(phone.locator(".offer")).to_be_visible()

    day.act(asked.Pause(queue=COLLEAGUE))
    expect(phone.locator(".offer")).to_have_count(0)
    late = phone.request.post(
        phone.url.replace("/card/", "/api/cards/") + "/offer",
        data={"request_id": "late", "ticket": "cardiology-1:A003", "accepts": True},
    )

    assert late.json()["code"] == "SPREAD_OVER"
    assert day.order(CARDIOLOGY) == ["A001", "A002", "A003", "A004", "A005"]


def test_nobody_answers_for_another_patient(day: HospitalDay, open_page: OpenPage) -> None:
    phone = phone_of(day, open_page, 5)
    day.act(
        asked.OfferColleague(
            queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 3).id, to_queue=COLLEAGUE
        )
    )

    foreign = phone.request.post(
        phone.url.replace("/card/", "/api/cards/") + "/offer",
        data={"request_id": "mine", "ticket": "cardiology-1:A003", "accepts": True},
    )

    assert foreign.status == 404
    assert day.ticket(CARDIOLOGY, 3).offered == COLLEAGUE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_panel_and_on_the_question(
    day: HospitalDay, open_page: OpenPage, language: str
) -> None:
    station, phone = open_page("/station", "li", language), phone_of(day, open_page, 3, language)
    panel = opened(station)
    panel.locator('[data-do="ask"]').click()
    expect(phone.locator(".offer")).to_be_visible()

    assert complaints(station) == []
    assert complaints(phone) == []
