"""Offline check-ins that did not fit, on the nurse station."""

import pytest
from playwright.sync_api import expect

from queue_server.service.take_over import Conflict
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay

pytestmark = pytest.mark.browser


def test_a_conflict_is_seen_at_once_and_goes_when_it_is_done(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    told = station.locator("#conflicts")
    expect(told).to_be_hidden()
    day.fail_to_take_over("K01-003", Conflict.CANCELLED, day.ticket(CARDIOLOGY, 1))
    day.fail_to_take_over("K01-004", Conflict.CARD_UNKNOWN)

    expect(told).to_contain_text("离线签到需要处理：2")
    first = told.locator("li").first
    expect(first).to_contain_text("K01-003")
    expect(first).to_contain_text("张*明 · A001")
    expect(first).to_contain_text("号已取消")
    first.get_by_role("button", name="已处理").click()

    expect(told.locator("li")).to_have_count(1)
    told.get_by_role("button", name="已处理").click()
    expect(told).to_be_hidden()
    assert not day.service.now.conflicts
