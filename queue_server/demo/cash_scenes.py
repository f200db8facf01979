"""The scenes about cash: paid with bank notes, change by the rule, and the cashier who counts."""

from typing import Final

import pyotp

from queue_server.demo.controls import TourStuck, ask, wait_until
from queue_server.demo.pages import STATION_SIZE, signed_in_page
from queue_server.demo.payment_scenes import show_bills, with_bills
from queue_server.demo.receipt_scenes import keep_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import CASHIER, PASSWORD, TOTP_SECRET
from queue_server.payments.fen import Fen, total
from queue_server.records.demo_counter import DemoCounter

CASH_KEY: Final = "channel-3"
"""Behind WeChat Pay, Alipay and UnionPay."""
NOTES_YUAN: Final = (100, 50, 20, 10, 5, 1)
CHANGE_YUAN: Final = 20
"""The last note is one that leaves change."""


def pays_in_cash(stage: Stage) -> None:
    """A patient puts in notes of which the last one leaves change; another one gives up."""
    stage.story.scene(
        "现金缴费",
        "Paying with bank notes",
        "逐张放入纸币，屏幕显示还差多少；本机不找零，多付的按医院规定凭小票到窗口领取。",
        "Notes one by one, and what is still missing. No change is given: by the rule what"
        " is too much is fetched at the desk, with the slip.",
    )
    kiosk, patient = stage.kiosk, with_bills(stage, 2)
    counter = DemoCounter(stage.demo.folder / "data" / "records.sqlite")
    sheets = counter.sheets_of(patient.patient_id)
    owed = total(charge.self_pay for sheet in sheets for charge in sheet.charges)
    show_bills(stage, patient)
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    stage.shoot_kiosk("channels-cash")
    kiosk.tap(CASH_KEY)
    kiosk.wait_for("cash")
    stage.shoot_kiosk("cash")
    for yuan in _notes(owed)[:-1]:
        _put_in(stage, yuan)
    stage.shoot_kiosk("cash-notes-in")
    _put_in(stage, _notes(owed)[-1])
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("cash-paid")
    stage.keep_slip(slip, "cash-paid")
    seen = set(stage.demo.a4_pages.glob("*.pdf"))
    kiosk.tap("print-receipt")
    kiosk.wait_for("refusal")
    keep_page(stage, "receipt-cash", seen)
    stage.go_home()
    _gives_up(stage)
    _counts(stage)


def _gives_up(stage: Stage) -> None:
    """Another one puts in a note and then does not pay: it is kept for him."""
    kiosk = stage.kiosk
    show_bills(stage, with_bills(stage, 2))
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    kiosk.tap(CASH_KEY)
    kiosk.wait_for("cash")
    _put_in(stage, NOTES_YUAN[-1])
    kiosk.tap("cancel-payment")
    kiosk.wait_for("refusal")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("cash-given-up")
    stage.keep_slip(slip, "cash-kept")
    stage.go_home()


def _counts(stage: Stage) -> None:
    """The cashier sees what is kept, hands it out, and counts the kiosk's box."""
    stage.story.scene(
        "收费员",
        "The cashier",
        "收费员看到为患者留存的现金和每台自助机的钱箱；发还登记一次；两人清点后登记实点金额，再与账目核对。",
        "The cashier sees what is kept for patients and the box of each kiosk, hands out, and says"
        " what two people have counted; the day is then compared with the books.",
    )
    page = signed_in_page(
        stage.browser,
        stage.demo.address,
        CASHIER,
        PASSWORD,
        STATION_SIZE,
        code=pyotp.TOTP(TOTP_SECRET).now(),
        first_page="**/payments",
    )
    page.wait_for_selector("[data-box]")
    stage.shoot_page(page, "cashier")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("[data-kept] button").first.click()
    wait_until(lambda: page.locator("[data-kept]").count() == 1, "what was handed out")
    should_be = page.locator("[data-box] .amount").last.inner_text()
    page.locator("[data-box] button").click()
    page.locator("#counted").fill(should_be)
    stage.shoot_page(page, "cashier-counts")
    page.locator("#empty .main").click()
    page.locator("#day").fill(stage.demo.money_day_on.isoformat())
    page.locator("#compare button.main").click()
    page.wait_for_selector("[data-box-of-day]")
    stage.shoot_page(page, "cashier-compared")
    page.close()


def _notes(owed: Fen) -> list[int]:
    """Return notes, the largest first, of which the last one is more than enough."""
    notes, missing_fen = [], owed.fen
    while missing_fen > CHANGE_YUAN * 100 // 2:
        note = next((one for one in NOTES_YUAN if one * 100 < missing_fen), 1)
        notes.append(note)
        missing_fen -= note * 100
    return [*notes, CHANGE_YUAN]


def _put_in(stage: Stage, yuan: int) -> None:
    """Push a note in as soon as the slot takes one, and wait until it lies in the box."""
    port = stage.demo.ports.cash_control
    before = len(ask(port, do="state")["box_fen"])

    def is_taken() -> bool:
        try:
            ask(port, do="insert", value=str(yuan))
        except TourStuck:  # the slot is closed
            return False
        return True

    wait_until(is_taken, "the slot to open")
    wait_until(lambda: len(ask(port, do="state")["box_fen"]) > before, "a note in the box")
