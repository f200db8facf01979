"""Cash on the cashier's page: what kiosks hold, counted by two, and what is kept for patients."""

from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from queue_server.contract.payments import NoteNoted, Payment, TellNote
from queue_server.service.clinic_day import clinic_day
from tests.browser.cashier_page import cashier, page, server
from tests.integration.paying.paying_server import AtKiosk, PayingKiosk, PayingServer

__all__ = ["cashier", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.broker]
NOTES_FEN = (2000, 500)


@pytest.fixture(scope="module")
def begun(server: PayingServer) -> Payment:
    """A payment in cash under way: kiosk-01 has two notes of it."""
    kiosk = PayingKiosk(server)
    patient = next(one for one in server.patients(2))
    at_kiosk = kiosk.comes(patient)
    payment = at_kiosk.pays(at_kiosk.wants_to_pay(at_kiosk.owed().sheets, "cash"))
    for number, fen in enumerate(NOTES_FEN, 1):
        tell(at_kiosk, payment, number, fen)
    kiosk.close()
    return payment


def tell(at_kiosk: AtKiosk, payment: Payment, number: int, fen: int) -> None:
    note = TellNote(
        book="b1",
        number=number,
        payment_id=payment.payment_id,
        value_fen=fen,
        box_count=number,
        expected_count=number - 1,
        credited_at=datetime.now(UTC),
    )
    assert isinstance(at_kiosk.kiosk.ask(note), NoteNoted)


def compare(page: Page, server: PayingServer) -> None:
    page.locator("#day").fill(clinic_day(server.demo.site, datetime.now(UTC)).isoformat())
    page.locator("#compare button.main").click()


def count(page: Page, yuan: str) -> None:
    """Say what was counted in the box of kiosk-01."""
    page.locator('[data-box="kiosk-01"]').get_by_role("button").click()
    page.locator("#counted").fill(yuan)
    page.locator("#empty .main").click()


def test_a_box_is_counted_by_the_cashier_and_compared_with_the_books(
    page: Page, server: PayingServer, begun: Payment
) -> None:
    box = page.locator('[data-box="kiosk-01"]')
    expect(box).to_contain_text("应有 2 张，机器计数 2 张")
    expect(box).to_contain_text("25.00")
    compare(page, server)
    of_day = page.locator('[data-box-of-day="kiosk-01"]')
    expect(of_day).to_contain_text("当天未清点")
    expect(page.locator("#outcome")).to_contain_text("现金：收纸币 25.00")

    count(page, "一张")  # no sum at all: the browser asks again
    expect(page.locator("#empty")).to_be_visible()
    page.locator("#empty-cancel").click()
    count(page, "20.00")

    expect(box).to_contain_text("应有 0 张，机器计数 0 张")
    compare(page, server)
    expect(of_day).to_contain_text("钱箱金额不符")
    expect(of_day).to_contain_text("由另外两人复点")
    expect(of_day.locator(".amount").first).to_have_text("25.00")
    expect(of_day.locator(".amount").last).to_have_text("20.00")


def test_a_box_is_not_emptied_without_what_was_counted(
    server: PayingServer, begun: Payment, cashier: httpx.Client
) -> None:
    for body in ({}, {"counted": "-1"}, {"counted": "1.234"}, {"counted": "many"}):
        assert cashier.post("/api/payments/empty/kiosk-01", json=body).status_code == 422
