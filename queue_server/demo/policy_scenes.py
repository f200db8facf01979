"""The scene about the head nurse: a changed rule, rehearsed on the morning that has just been."""

from queue_server.demo.pages import STATION_SIZE, signed_in_page
from queue_server.demo.stage import Stage
from queue_server.demo.users import HEAD_NURSE, PASSWORD


def rehearses_a_rule(stage: Stage) -> None:
    """She changes a rule, sees what today would have been like, and saves it for the afternoon."""
    stage.story.scene(
        "护士长修改规则",
        "The head nurse changes a rule",
        "护士长想让优先患者排到最前。保存之前，先用今天上午试算：各类患者候诊多久，谁提前、谁推后，患者看到的规则怎样变；下午两点起生效。",
        "Priority patients shall come first. Before she saves, she sees what this morning would"
        " have been like: waits, who sooner, who later, what patients read. It holds from two on.",
    )
    page = signed_in_page(stage.browser, stage.demo.address, HEAD_NURSE, PASSWORD, STATION_SIZE)
    page.goto(f"{stage.demo.address}/policies")
    page.locator("#rule-priority_rule").select_option("front")
    page.locator("#rule-missed_rule").select_option("end_of_queue")
    page.locator("#rehearse").click()
    page.locator("#rehearsed").wait_for(state="visible")
    stage.shoot_page(page, "policies-rehearsed")
    page.locator("#reason").fill("老年患者候诊过久")
    page.locator("[name=when][value=later]").check()
    page.locator("#effective-at").fill(f"{stage.demo.day_on:%Y-%m-%d}T14:00")
    page.locator("#save button[type=submit]").click()
    page.locator(".version.is-waiting").wait_for(state="visible")
    stage.shoot_page(page, "policies-versions")
    page.close()
