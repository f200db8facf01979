"""The scene about the auditor: who has done what, and who was shown a full name."""

from typing import Final

import pyotp

from queue_server.demo.pages import DESK_SIZE, signed_in_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import AUDITOR, NURSE, PASSWORD, TOTP_SECRET

ROW: Final = "#lines tr"


def reads_who_did_what(stage: Stage) -> None:
    """An auditor looks through the morning, and asks what one nurse has done."""
    stage.story.scene(
        "审计员查阅操作记录",
        "The auditor reads who did what",
        "审计员用第二重验证登录，看到上午谁做了什么、谁看过哪些姓名（姓名仍遮盖），按人筛选。任何人都不能修改。",
        "With a second factor the auditor sees who did what and who was shown which names, still"
        " masked, and asks for one person. Nobody can change the list.",
    )
    page = signed_in_page(
        stage.browser,
        stage.demo.address,
        AUDITOR,
        PASSWORD,
        DESK_SIZE,
        code=pyotp.TOTP(TOTP_SECRET).now(),
        first_page="**/audit",
    )
    page.locator(ROW).first.wait_for(state="visible")
    stage.shoot_page(page, "audit")
    page.locator("#what").select_option("acts")
    page.locator("#who").fill(NURSE)
    page.keyboard.press("Enter")
    page.locator(ROW).filter(has_text="李护士").first.wait_for(state="visible")
    stage.shoot_page(page, "audit-of-a-nurse")
    page.close()
