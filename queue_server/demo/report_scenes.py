"""The scene about reports: a patient proves himself, and has them printed on A4."""

import subprocess

from queue_server.demo.controls import wait_until
from queue_server.demo.stage import Stage

DOTS_AN_INCH = "80"


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
    actor = stage.cast.on_time[3]
    phone_number = actor.patient.phone_number
    assert phone_number is not None, "this patient of the cast has told his phone number"
    kiosk.tap("reports")
    kiosk.wait_for("identify")
    stage.scan(stage.phone_code(actor, demo.folder / "phone.png"))
    kiosk.wait_for("proof-pad")
    for digit in phone_number[-4:]:
        kiosk.tap(f"digit-{digit}")
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
