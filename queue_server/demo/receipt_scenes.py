"""The scene about receipts: printed after paying, and once more as a copy."""

import subprocess
from pathlib import Path
from typing import Final

from queue_server.demo.controls import read_qr, wait_until
from queue_server.demo.pages import card_picture
from queue_server.demo.stage import Stage
from queue_server.records.records import Patient

DOTS_AN_INCH: Final = "80"
PHONE_SIZE: Final = (390, 844)


def prints_receipt_twice(stage: Stage, patient: Patient, slip: Path) -> None:
    """Who has just paid prints the receipt, comes back for another, and somebody verifies it."""
    stage.story.scene(
        "电子票据",
        "Receipts",
        "缴费后打印带电子签名的票据，凭条上的码可核验真伪；再刷卡可补打 30 天内的，注明补打。",
        "A signed receipt after paying; the code on the slip says whether it counts. Later the card"
        " is enough to print one of the last 30 days again, marked as a copy.",
    )
    kiosk = stage.kiosk
    page = stage.browser.new_page(viewport={"width": PHONE_SIZE[0], "height": PHONE_SIZE[1]})
    page.goto(read_qr(slip))
    stage.shoot_page(page, "phone-verify-receipt")
    page.close()
    kiosk.tap("print-receipt")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("receipt-printed")
    seen = keep_page(stage, "receipt-page", set())
    stage.go_home()
    kiosk.tap("pay")
    kiosk.wait_for("identify")
    kiosk.tap("receipts")
    phone = stage.demo.folder / "phone.png"
    card_picture(stage.browser, stage.demo.address, patient.patient_id, phone)
    stage.scan(read_qr(phone))
    kiosk.wait_for("reports")
    stage.shoot_kiosk("receipts")
    kiosk.tap("receipt-0")
    kiosk.wait_for("refusal")
    keep_page(stage, "receipt-copy", seen)
    stage.go_home()


def keep_page(stage: Stage, name: str, seen: set[Path]) -> set[Path]:
    """Put the page that came out since into the story; return all that have come out."""
    pages = stage.demo.a4_pages
    wait_until(lambda: bool(set(pages.glob("*.pdf")) - seen), "a page on A4")
    now = set(pages.glob("*.pdf"))
    [new] = now - seen
    picture = stage.story.picture(name)
    subprocess.run(
        ["pdftoppm", "-r", DOTS_AN_INCH, "-singlefile", "-png", new, picture.with_suffix("")],
        check=True,
    )
    return now
