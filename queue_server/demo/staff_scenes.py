"""The scenes about nurse and doctor at once: another room, hold, undo, transfer, a pause."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from queue_server.demo.cast import SECOND_DOCTOR, THIRD_DOCTOR
from queue_server.demo.pages import CONSOLE_SIZE, signed_in_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import PASSWORD

ROOM_TAKEN = "302 诊室"


@contextmanager
def _console(stage: Stage) -> Iterator[Page]:
    page = signed_in_page(stage.browser, stage.demo.address, SECOND_DOCTOR, PASSWORD, CONSOLE_SIZE)
    page.locator("#where").get_by_text("诊室").wait_for()
    yield page
    page.close()


def works_beside_the_nurse(stage: Stage) -> None:
    """A doctor signs in to another room; nurse and doctor act on the same list, by keys alone."""
    stage.story.scene(
        "换诊室、暂挂、撤销、转诊",
        "Another room, hold, undo, transfer",
        "内分泌科医生今天坐 302 诊室。护士加三个现场号，医生用键盘叫号、暂挂、撤销、转诊；"
        "双方的屏幕同时更新。",
        "A doctor sits in another room today. The nurse adds three walk-ins; he calls, holds, takes"
        " back and transfers by keys alone, and both screens follow at once.",
    )
    for _ in range(3):
        stage.nurse.act(SECOND_DOCTOR, "walk-in", kind="ordinary")
    with _console(stage) as console:
        console.keyboard.press("d")
        console.locator("dialog[open]").get_by_text(ROOM_TAKEN).click()
        stage.shoot_page(console, "console-room")
        console.keyboard.press("Enter")
        console.locator("#where").get_by_text(ROOM_TAKEN).wait_for()
        console.locator("#call-next:enabled").wait_for()
        console.keyboard.press("n")
        console.locator("#room.is-called").wait_for()
        console.keyboard.press("h")
        console.locator('[data-list="held"]').wait_for()
        stage.shoot_page(console, "console-held")
        console.keyboard.press("Control+z")
        console.locator("#room.is-called").wait_for()
        console.keyboard.press("t")
        console.locator(f'dialog[open] input[value="{THIRD_DOCTOR}"]').check()
        console.keyboard.press("Enter")
        console.locator("#room.is-empty").wait_for()
    stage.station.locator(f'.queue[data-key="{THIRD_DOCTOR}"] .row').first.wait_for()


def pauses_with_a_reason(stage: Stage) -> None:
    """A short pause is told everywhere, and ends with the next call."""
    stage.story.scene(
        "暂停叫号：原因和恢复时间",
        "A pause, with a cause and a return",
        "医生短暂休息：选一个中性的原因和恢复时间，屏幕、自助机首页和患者手机立即显示；"
        "下一次叫号时自动结束，当天统计里留有记录。",
        "The doctor takes a short break. Boards, kiosks and phones tell it at once; the next call"
        " ends it, and the day's report keeps it.",
    )
    with _console(stage) as console:
        console.keyboard.press("p")
        console.locator("dialog[open] input:checked").wait_for()
        stage.shoot_page(console, "console-pause")
        console.keyboard.press("Enter")
        console.locator("#absence .is-paused").wait_for()
        stage.shoot_page(console, "console-paused")
        stage.station.locator(".mark.absent.paused").wait_for()
        stage.shoot_kiosk("home-absent")
        console.locator("#call-next:enabled").wait_for()
        console.keyboard.press("n")
        console.locator("#room.is-called").wait_for()
        console.keyboard.press("f")
        console.locator("#room.is-empty").wait_for()
    with stage.nurse_station() as page:
        page.goto(f"{stage.demo.address}/report")
        page.locator("#absences tbody tr").first.wait_for()
        page.screenshot(path=stage.story.picture("report"), full_page=True)
        page.locator("#absences-section").screenshot(path=stage.story.picture("report-absences"))
