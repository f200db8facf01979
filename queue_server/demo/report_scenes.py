"""The scenes about reports: a patient proves himself, has them printed, and one once more."""

import subprocess

from queue_server.demo.controls import read_qr, wait_until
from queue_server.demo.payment_scenes import confirm_in_wallet
from queue_server.demo.stage import Stage

DOTS_AN_INCH = "80"
PRINTED_BEFORE = "report-2"
"""After what is being made and what is only ordered stands what was printed."""


def prints_reports(stage: Stage) -> None:
    """Card, end of the phone number, list; paper runs out, is filled up, and two come out."""
    stage.story.scene(
        "打印报告",
        "Reports on paper",
        "刷卡后再输入手机号后四位，才看得到报告；已出具的打勾打印，其余写明还要多久。缺纸时说明并取消，不会留给下一位。",
        "After the card the end of the phone number is asked for. What is final is printed; the"
        " rest says how long it takes. Without paper the report is taken back.",
    )
    kiosk, demo = stage.kiosk, stage.demo
    _proves_himself(stage)
    stage.shoot_kiosk("proof")
    kiosk.tap("confirm")
    kiosk.wait_for("reports")
    stage.shoot_kiosk("reports")
    demo.a4_pages.mkdir(exist_ok=True)
    no_paper = demo.a4_pages / "paper-out"
    no_paper.touch()
    kiosk.tap("print-reports")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("reports-no-paper")
    no_paper.unlink()
    kiosk.tap("reports")
    kiosk.wait_for("reports")
    kiosk.tap("print-reports")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("reports-printed")
    _keep_page(stage)
    stage.go_home()


def pays_for_a_copy(stage: Stage) -> None:
    """The same patient comes back and wants a report again: it costs something now."""
    stage.story.scene(
        "补打报告",
        "A report once more",
        "已免费打印过的报告，再打一份写明价钱：点一下，扫码付款，报告和凭条随后一起出来。",
        "What was printed for free names its price: a touch, a code to pay, then slip and report"
        " come out by themselves.",
    )
    kiosk = stage.kiosk
    _proves_himself(stage)
    kiosk.tap("confirm")
    kiosk.wait_for("reports")
    kiosk.tap(PRINTED_BEFORE)
    stage.shoot_kiosk("reports-copy")
    kiosk.tap("print-reports")
    kiosk.wait_for("channels")
    stage.shoot_kiosk("copy-channels")
    kiosk.tap("channel-0")
    kiosk.wait_for("paying")
    screen = stage.demo.folder / "paying-copy.png"
    kiosk.screenshot(screen)
    confirm_in_wallet(stage, read_qr(screen))
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("copy-printed")
    stage.keep_slip(stage.wait_for_slip(), "copy-paid")
    stage.go_home()


def _proves_himself(stage: Stage) -> None:
    """Let the patient show his card and type the end of his phone number."""
    kiosk, actor = stage.kiosk, stage.cast.on_time[3]
    phone_number = actor.patient.phone_number
    assert phone_number is not None, "this patient of the cast has told his phone number"
    kiosk.tap("reports")
    kiosk.wait_for("identify")
    stage.scan(stage.phone_code(actor, stage.demo.folder / "phone.png"))
    kiosk.wait_for("proof-pad")
    for digit in phone_number[-4:]:
        kiosk.tap(f"digit-{digit}")


def _keep_page(stage: Stage) -> None:
    """Put the first page that came out into the story."""
    pages = stage.demo.a4_pages
    wait_until(lambda: any(pages.glob("*.pdf")), "a page on A4")
    longest = max(pages.glob("*.pdf"), key=lambda path: path.stat().st_size)
    picture = stage.story.picture("report-page")
    subprocess.run(
        ["pdftoppm", "-r", DOTS_AN_INCH, "-singlefile", "-png", longest, picture.with_suffix("")],
        check=True,
    )
