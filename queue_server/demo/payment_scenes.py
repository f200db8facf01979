"""The scenes about money: what is owed, paid by QR code and by payment code, and cancelled."""

from pathlib import Path
from typing import Final

from queue_server.demo.controls import read_qr, wait_until
from queue_server.demo.pages import card_picture
from queue_server.demo.receipt_scenes import prints_receipt_twice
from queue_server.demo.stage import Stage
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient

WALLET_SIZE: Final = (390, 844)
PAYMENT_CODE: Final = "134567890123456789"
"""What the wallet of a patient shows; the sandbox takes it once."""


def pays_by_phone(stage: Stage) -> None:
    """A patient pays all his bills in one go by the QR code on the screen, and gets a receipt."""
    stage.story.scene(
        "扫码缴费",
        "Paying by phone",
        "出示就诊卡，逐项核对费用，选好后用微信扫码；付款后打印凭条，并说明接下来去哪里。",
        "Card, bills item by item, one QR code for all of them; then a slip, and where to go next.",
    )
    kiosk, patient = stage.kiosk, with_bills(stage, 3)
    show_bills(stage, patient)
    stage.shoot_kiosk("bills")
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    stage.shoot_kiosk("channels")
    kiosk.tap("channel-0")
    kiosk.wait_for("paying")
    stage.shoot_kiosk("paying")
    screen = stage.demo.folder / "paying.png"
    kiosk.screenshot(screen)
    confirm_in_wallet(stage, read_qr(screen))
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("paid")
    stage.keep_slip(slip, "paid")
    prints_receipt_twice(stage, patient, slip)


def pays_by_code(stage: Stage) -> None:
    """A patient cancels, leaves one bill for later, and shows his payment code instead."""
    stage.story.scene(
        "取消、少选、出示付款码",
        "Cancelled, chosen anew, paid by code",
        "先取消扫码支付，留下一张以后再付，再出示付款码；付过的账单不再出现。",
        "A payment is cancelled, one bill left for later, the other paid by code; what is paid is"
        " not asked for again.",
    )
    kiosk, patient = stage.kiosk, with_bills(stage, 2)
    show_bills(stage, patient)
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    kiosk.tap("channel-1")
    kiosk.wait_for("paying")
    kiosk.tap("cancel-payment")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("payment-cancelled")
    kiosk.tap("pay")
    kiosk.wait_for("bills")
    kiosk.tap("bill-0")
    stage.shoot_kiosk("bills-one-left-out")
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    stage.scan(PAYMENT_CODE)
    kiosk.wait_for("place")
    stage.wait_for_slip()
    stage.go_home()
    show_bills(stage, patient)
    stage.go_home()


def with_bills(stage: Stage, count: int) -> Patient:
    """Return the grown-up who owes for so many bills, the one with the most items."""
    file = stage.demo.folder / "data" / "records.sqlite"
    counter, found = DemoCounter(file), []
    for patient in Records(file).patients():
        sheets = counter.sheets_of(patient.patient_id)
        is_open = len(sheets) == count and not any(sheet.is_paid for sheet in sheets)
        if is_open and patient.id_number is not None:
            found.append((sum(len(sheet.charges) for sheet in sheets), patient))
    return max(found, key=lambda one: one[0])[1]


def show_bills(stage: Stage, patient: Patient) -> None:
    """Let a patient identify himself to pay."""
    stage.kiosk.tap("pay")
    stage.kiosk.wait_for("identify")
    phone: Path = stage.demo.folder / "phone.png"
    card_picture(stage.browser, stage.demo.address, patient.patient_id, phone)
    stage.scan(read_qr(phone))
    stage.kiosk.wait_for("bills")


def confirm_in_wallet(stage: Stage, address: str) -> None:
    """Let the patient's wallet open what he has scanned, and pay."""
    width, height = WALLET_SIZE
    page = stage.browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    stage.shoot_page(page, "phone-wallet")
    page.click("button")
    wait_until(lambda: "支付成功" in page.content(), "the wallet to have paid")
    page.close()
