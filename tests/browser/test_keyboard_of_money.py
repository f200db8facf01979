"""A cashier works through a day by the keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from queue_server.contract.payments import Payment
from queue_server.payments.terms import AttemptState
from tests.browser.cashier_page import cashier, page, server
from tests.browser.test_keyboard import pressed, stops, tab_to
from tests.browser.test_payments import payments
from tests.integration.paying.paying_server import PayingServer

__all__ = ["cashier", "page", "payments", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.broker]


def test_tab_reaches_everything_on_the_cashiers_page_and_in_its_dialog(
    page: Page, payments: list[Payment]
) -> None:
    give_back = f'[data-attempt="{payments[0].payment_id}"] button'
    expect(page.locator(give_back)).to_be_visible()
    wanted, reached, unseen = stops(page)
    assert (wanted - reached, unseen) == (set(), set())

    pressed(page, give_back)
    expect(page.locator("#refund")).to_be_visible()
    wanted, reached, unseen = stops(page)

    assert (wanted - reached, unseen) == (set(), set())
    page.keyboard.press("Escape")
    expect(page.locator(give_back)).to_be_focused()


def test_a_difference_is_found_looked_up_and_its_payment_given_back_by_keys_alone(
    page: Page, server: PayingServer, payments: list[Payment]
) -> None:
    right, wrong = payments
    expect(page.locator("#rows tr")).to_have_count(2)
    tab_to(page, "#day")
    page.keyboard.type(f"{server.demo.day_on:%m%d%Y}")
    page.keyboard.press("Enter")
    expect(page.locator("#differences")).to_contain_text(wrong.payment_id)

    pressed(page, "#find")
    page.keyboard.type(wrong.payment_id[-6:])
    expect(page.locator("#rows tr")).to_have_attribute("data-attempt", wrong.payment_id)
    expect(page.locator("#rows tr")).to_contain_text("请人工处理后登记")
    page.keyboard.press("Control+a")
    page.keyboard.type(right.payment_id[-6:])
    pressed(page, f'[data-attempt="{right.payment_id}"] button')
    pressed(page, "#why", "x")
    page.keyboard.press("Enter")

    expect(page.locator("#rows tr")).to_contain_text("已退款")
    assert server.attempt(right).state is AttemptState.REFUNDED
    assert server.attempt(wrong).state is AttemptState.REVIEW
    # The key that had the keyboard is gone: the next payment can be looked up.
    expect(page.locator("#find")).to_be_focused()
