"""The cashier's page in a real browser, on the real server with the sandbox behind it."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from queue_server.contract.payments import Payment, PaymentState
from queue_server.demo.users import ADMINISTRATOR, AUDITOR, NURSE
from queue_server.payments.terms import AttemptState
from tests.browser.cashier_page import cashier, page, server, sign_in
from tests.browser.test_accessibility import complaints
from tests.integration.paying.paying_server import PayingKiosk, PayingServer

__all__ = ["cashier", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.broker]


@pytest.fixture(scope="module")
def payments(server: PayingServer) -> list[Payment]:
    """One that is paid, and one whose amount differs."""
    kiosk = PayingKiosk(server)
    made = []
    for patient, is_right in zip(server.patients(2), (True, False), strict=False):
        at_kiosk = kiosk.comes(patient)
        payment = at_kiosk.shown(at_kiosk.owed().sheets)
        server.use_wallet(payment, fen=None if is_right else payment.amount_fen + 1)
        state = PaymentState.FULFILLED if is_right else PaymentState.REVIEW
        made.append(kiosk.wait_until_told(payment, state))
    kiosk.close()
    return made


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def test_what_needs_a_person_stands_first_with_what_to_do(
    page: Page, payments: list[Payment]
) -> None:
    first = page.locator("#rows tr").first

    expect(first).to_have_attribute("data-attempt", payments[1].payment_id)
    expect(first).to_contain_text("人工核对")
    expect(first).to_contain_text("请人工处理后登记")
    expect(page.locator("#rows tr")).to_have_count(2)


def test_a_payment_is_found_by_its_number(page: Page, payments: list[Payment]) -> None:
    page.locator("#find").fill(payments[0].payment_id[-6:])

    expect(page.locator("#rows tr")).to_have_count(1)
    expect(page.locator("#rows tr")).to_contain_text("已入账")


def test_a_day_is_compared_with_the_bills_of_the_gateways(
    page: Page, payments: list[Payment], tmp_path: Path
) -> None:
    today = datetime.now(UTC).astimezone(tz=None) + timedelta(0)
    page.locator("#day").fill(f"{today:%Y-%m-%d}")
    page.locator("#compare button.main").click()

    expect(page.locator("#outcome")).not_to_have_text("正在取账单")
    expect(page.locator("#outcome")).not_to_be_empty()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_cashiers_page_nor_in_its_dialog(
    page: Page, server: PayingServer, payments: list[Payment], language: str
) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": server.demo.address}])
    page.reload()
    row = page.locator(f'[data-attempt="{payments[0].payment_id}"]')
    expect(row).to_be_visible()
    assert complaints(page) == []

    row.get_by_role("button").click()
    expect(page.locator("#refund")).to_be_visible()

    assert complaints(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_on_the_pages_that_verify_a_receipt(
    page: Page, server: PayingServer, payments: list[Payment], language: str
) -> None:
    receipt = payments[0].receipt
    assert receipt is not None
    page.context.add_cookies([{"name": "language", "value": language, "url": server.demo.address}])

    for address in (receipt.check_address, f"{receipt.check_address}x"):
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        assert complaints(page) == []


def test_the_cashier_gives_a_part_back_and_the_rest_has_a_new_receipt(
    page: Page, server: PayingServer, payments: list[Payment]
) -> None:
    row = page.locator(f'[data-attempt="{payments[0].payment_id}"]')
    own = row.locator("td.receipt").inner_text().split("\n")[0]
    row.get_by_role("button").click()
    dialog = page.locator("#refund")
    expect(dialog.locator("#refund-sum")).to_have_text(yuan(payments[0].amount_fen))
    boxes = dialog.get_by_role("checkbox")
    for index in range(1, boxes.count()):
        boxes.nth(index).uncheck()
    dialog.locator("[type=number]").first.fill("0.29")
    expect(dialog.locator("#refund-sum")).to_have_text("0.29")
    page.locator("#why").fill("退一项")
    dialog.locator(".main").click()

    expect(row).to_contain_text("红字")
    expect(row).to_contain_text("已入账")
    expect(row.locator("td.receipt")).not_to_contain_text(own)
    assert server.trade(payments[0])["refunded_fen"] == 29
    assert server.attempt(payments[0]).kept.fen == payments[0].amount_fen - 29


def test_no_more_than_is_left_of_an_item_can_be_given_back(
    page: Page, cashier: httpx.Client, payments: list[Payment]
) -> None:
    row = page.locator(f'[data-attempt="{payments[0].payment_id}"]')
    row.get_by_role("button").click()
    amount = page.locator("#refund [type=number]").first
    left = amount.get_attribute("max") or ""
    amount.fill(f"{float(left) + 0.01:.2f}")
    page.locator("#why").fill("太多")
    page.locator("#refund .main").click()

    expect(page.locator("#refund")).to_be_visible()
    charge = page.locator("#refund li").first.get_attribute("data-charge")
    parts = [{"charge": charge, "fen": round(float(left) * 100) + 1}]
    asked = {"why": "too much", "parts": parts}
    answer = cashier.post(f"/api/payments/refund/{payments[0].payment_id}", json=asked)
    assert answer.json()["code"] == "REFUND_TOO_MUCH"


def test_the_cashier_gives_a_payment_back_and_it_goes_back_once(
    page: Page, server: PayingServer, payments: list[Payment], cashier: httpx.Client
) -> None:
    row = page.locator(f'[data-attempt="{payments[0].payment_id}"]')
    row.get_by_role("button").click()
    page.locator("#why").fill("患者未取药")
    page.locator("#refund .main").click()

    expect(row).to_contain_text("已退款")
    assert server.trade(payments[0])["refunded_fen"] == payments[0].amount_fen
    assert server.attempt(payments[0]).state is AttemptState.REFUNDED
    again = cashier.post(f"/api/payments/refund/{payments[0].payment_id}", json={"why": "again"})
    assert again.json()["code"] == "NOT_REFUNDABLE"


@pytest.mark.parametrize(
    ("user", "may_look"), [(NURSE, False), (AUDITOR, False), (ADMINISTRATOR, True)]
)
def test_nobody_else_gives_money_back(
    server: PayingServer, payments: list[Payment], user: str, may_look: bool
) -> None:
    with closing(sign_in(server, user)) as client:
        looked = client.get("/api/payments")
        acted = client.post(f"/api/payments/refund/{payments[1].payment_id}", json={"why": "no"})
        page = client.get("/payments")

    assert looked.is_success is may_look
    assert acted.json()["code"] == "NOT_ALLOWED"
    assert page.status_code == (200 if may_look else 403)
    assert server.attempt(payments[1]).state is AttemptState.REVIEW


@pytest.mark.parametrize(("ends", "kind"), [("", "dl"), ("A", ".none")], ids=["known", "unknown"])
def test_axe_finds_nothing_on_the_page_that_says_whether_a_receipt_counts(
    page: Page, server: PayingServer, payments: list[Payment], ends: str, kind: str
) -> None:
    receipt = payments[0].receipt
    assert receipt is not None
    path = urlsplit(receipt.check_address).path

    page.goto(f"{server.demo.address}{path}{ends}")

    expect(page.locator(kind)).to_be_visible()
    expect(page.locator("h1")).not_to_be_empty()
    assert complaints(page) == []
