"""The cashier's page says who owes what, and until when, of what was put off."""

import pytest
from playwright.sync_api import Page, expect

from queue_server.contract.deferral import Defer, Deferred
from tests.browser.cashier_page import cashier, page, server
from tests.integration.paying.paying_server import PayingKiosk, PayingServer, self_pay_fen
from tests.integration.paying.test_paying_later import agreed

__all__ = ["cashier", "page", "server"]
pytestmark = [pytest.mark.browser, pytest.mark.broker]


def test_who_owes_what_stands_on_the_page_until_it_is_paid(
    page: Page, server: PayingServer
) -> None:
    part = page.locator("#put-off-part")
    expect(page.locator("#nothing")).to_be_visible()
    expect(part).to_be_hidden()

    kiosk = PayingKiosk(server)
    patient = kiosk.comes(agreed(server, is_used_up=False))
    sheets = patient.owed().sheets
    deferred = kiosk.ask(
        Defer(
            session_id=patient.session_id,
            sheet_ids=[one.sheet_id for one in sheets],
            amount_fen=self_pay_fen(sheets),
        )
    )
    kiosk.close()
    assert isinstance(deferred, Deferred)
    page.locator("#refresh").click()

    row = page.locator(f'[data-put-off="{deferred.deferral_id}"]')
    yuan = f"{deferred.open_fen // 100}.{deferred.open_fen % 100:02d}"
    expect(row).to_contain_text(patient.patient.patient_id)
    expect(row).to_contain_text(sheets[0].items[0].title_zh)
    expect(row).to_contain_text(deferred.due_on)
    expect(row).to_contain_text("已放行")
    expect(row.locator(".amount")).to_have_text(yuan)
    expect(page.locator("#put-off-sum")).to_have_text(yuan)
    assert patient.patient.full_name.reveal() not in page.content()
