"""Insurance settlements that need a person: on the cashier's page, with what to do, until noted."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from queue_server.contract.insurance import CancelInsurance, InsuranceSettled
from queue_server.contract.messages import Refused
from queue_server.demo.controls import wait_until
from queue_server.rules.terms import RefusalCode
from tests.browser.cashier_page import WAIT_MS, cashier, page, server
from tests.browser.test_accessibility import complaints
from tests.integration.paying.paying_server import AtKiosk, PayingKiosk, PayingServer
from tests.integration.paying.test_insurance_code import settle

__all__ = ["cashier", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.broker]
OFTEN = 1000


def a_patient(server: PayingServer, kiosk: PayingKiosk) -> AtKiosk:
    """Somebody who owes for two sheets, and has not come yet."""
    return kiosk.comes(server.patients(2)[0])


def show(page: Page) -> None:
    """Refresh until there is a settlement to see to: the insurance is asked again by itself."""

    def is_there() -> bool:
        page.locator("#refresh").click()
        page.wait_for_load_state("networkidle")
        return page.locator("#claims tr").count() > 0

    wait_until(is_there, "a settlement to see to")


@pytest.fixture
def not_undone(page: Page, server: PayingServer) -> InsuranceSettled:
    """A settlement whose patient has left, and which the insurance refuses to undo."""
    expect(page.locator("#nothing, #rows tr").first).to_be_visible()
    expect(page.locator("#claims-part")).to_be_hidden()
    kiosk = PayingKiosk(server)
    patient = a_patient(server, kiosk)
    server.fault("insurance", on="undo", do="refuse", times=OFTEN)
    settled = kiosk.ask(settle(patient, patient.owed().sheets))
    assert isinstance(settled, InsuranceSettled)
    kiosk.ask(CancelInsurance(session_id=patient.session_id))
    kiosk.close()
    show(page)
    return settled


def test_what_the_insurance_does_not_undo_stands_there_until_a_person_has_seen_to_it(
    page: Page, server: PayingServer, not_undone: InsuranceSettled
) -> None:
    row = page.locator(f'[data-claim="{not_undone.claim_id}"]')
    fen = not_undone.insurance_fen
    expect(row.locator(".amount")).to_have_text(f"{fen // 100}.{fen % 100:02d}")
    expect(row).to_contain_text("撤销未完成")
    expect(row).to_contain_text("医保平台拒绝")
    expect(row).to_contain_text("请在医保平台按此单号办理撤销")
    expect(row).to_contain_text(not_undone.sheets[0].items[0].title_zh)
    assert complaints(page) == []

    page.locator('[data-language="en"]').click()
    expect(row).to_contain_text("Undo it under this number")
    assert complaints(page) == []

    # With the keyboard alone, and with a second thought.
    key = row.get_by_role("button")
    page.once("dialog", lambda dialog: dialog.dismiss())
    key.focus()
    page.keyboard.press("Enter")
    expect(row).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    key.press("Enter")

    expect(page.locator("#claims-part")).to_be_hidden(timeout=WAIT_MS)
    expect(page.locator("#messages")).to_contain_text(not_undone.claim_id)
    claims = server.books().claim_book.claims
    assert [one.state.value for one in claims.values() if one.id == not_undone.claim_id] == [
        "undone"
    ]


def test_a_settlement_of_which_the_insurance_does_not_tell_is_there_too(
    page: Page, server: PayingServer
) -> None:
    kiosk = PayingKiosk(server)
    patient = a_patient(server, kiosk)
    server.fault("insurance", on="settle", do="lose_reply")
    server.fault("insurance", on="settle_query", do="refuse", times=OFTEN)
    refused = kiosk.ask(settle(patient, patient.owed().sheets))
    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.INSURANCE_PENDING
    kiosk.close()

    show(page)

    row = page.locator("#claims tr")
    expect(row).to_contain_text("结算结果不明")
    expect(row).to_contain_text("已结算的办理撤销")
    page.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("button").click()
    expect(page.locator("#claims-part")).to_be_hidden()


def test_what_is_not_stuck_can_not_be_noted(cashier: httpx.Client) -> None:
    told = cashier.post("/api/payments/undone/I20261127none", json={})

    assert (told.status_code, told.json()["code"]) == (409, "CLAIM_NOT_STUCK")
