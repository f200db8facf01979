"""The nurse station in a real browser: mouse, keyboard, undo, two nurses at once."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState
from queue_server.web.web_server import WebServer
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, PASSWORD, RESPIRATORY, HospitalDay

pytestmark = pytest.mark.browser


def row(page: Page, number: int) -> Locator:
    return page.locator(f'.row[data-key="cardiology-1:A{number:03d}"]')


def numbers(page: Page) -> Locator:
    return page.locator('.queue[data-key="cardiology-1"] .listed .number')


def order(*found: int) -> list[str]:
    return [f"A{number:03d}" for number in found]


@pytest.fixture
def station(day: HospitalDay, open_page: OpenPage) -> Page:
    """A nurse before five waiting patients."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4, 5)
    page = open_page("/station", "li")
    expect(numbers(page)).to_have_text(order(1, 2, 3, 4, 5))
    return page


def drag(page: Page, moved: Locator, target: Locator, part: float) -> None:
    """Drag to a height within the target: 0 is its upper edge, 1 its lower one."""
    start, end = moved.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 60, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + end["height"] * part, steps=6)


def test_a_patient_is_moved_by_the_mouse_with_a_reason(day: HospitalDay, station: Page) -> None:
    drag(station, row(station, 5), row(station, 2), 0.8)
    expect(station.locator(".place")).to_have_text("排在 A002 之后")
    station.mouse.up()

    dialog = station.locator("dialog")
    expect(dialog).to_contain_text("把 A005 李静 排到 A002 之后？")
    expect(dialog.get_by_text("确定调整")).to_be_disabled()
    assert day.order(CARDIOLOGY) == order(1, 2, 3, 4, 5)
    dialog.get_by_text("携带婴幼儿").click()
    dialog.get_by_text("确定调整").click()

    expect(numbers(station)).to_have_text(order(1, 2, 5, 3, 4))
    assert day.order(CARDIOLOGY) == order(1, 2, 5, 3, 4)
    expect(row(station, 5)).to_be_visible()


def test_a_patient_is_moved_by_the_keyboard_alone(day: HospitalDay, station: Page) -> None:
    station.keyboard.press("ArrowDown")
    for _ in range(3):
        station.keyboard.press("ArrowDown")
    expect(row(station, 4)).to_be_focused()
    station.keyboard.press("m")
    station.keyboard.press("ArrowUp")
    station.keyboard.press("ArrowUp")
    expect(station.locator(".place")).to_have_text("排在 A001 之后")
    station.keyboard.press("Enter")
    station.keyboard.press("2")
    station.keyboard.press("Enter")

    expect(numbers(station)).to_have_text(order(1, 4, 2, 3, 5))
    expect(row(station, 4)).to_be_focused()
    reason = day.ticket(CARDIOLOGY, 4).reason
    assert reason is not None
    assert reason.parts["why"] == "病情变化"


def test_a_reason_in_ones_own_words_is_kept(day: HospitalDay, station: Page) -> None:
    row(station, 5).focus()
    station.keyboard.press(" ")
    station.keyboard.press("ArrowUp")
    station.keyboard.press("Enter")
    station.locator("#reason-text").fill("家属赶末班车")
    station.keyboard.press("Enter")

    expect(numbers(station)).to_have_text(order(1, 2, 3, 5, 4))
    station.keyboard.press("Enter")
    expect(station.locator(".detail .why")).to_contain_text("护士调整：家属赶末班车")


def test_leaving_changes_nothing(day: HospitalDay, station: Page) -> None:
    entries = day.service.now.day.entry_count
    row(station, 5).focus()
    station.keyboard.press("m")
    station.keyboard.press("ArrowUp")
    station.keyboard.press("Escape")
    expect(station.locator(".place")).to_have_count(0)
    station.keyboard.press("m")
    station.keyboard.press("ArrowUp")
    station.keyboard.press("Enter")
    expect(station.locator("dialog")).to_be_visible()
    station.keyboard.press("Escape")

    expect(station.locator("dialog")).to_have_count(0)
    assert day.service.now.day.entry_count == entries


def test_nobody_can_be_dropped_before_whoever_stands_by(day: HospitalDay, station: Page) -> None:
    drag(station, row(station, 5), row(station, 1), 0.1)
    expect(station.locator(".place.is-forbidden")).to_have_text("不能越过预备患者")
    expect(row(station, 1)).to_have_class(re.compile("is-forbidden"))
    station.mouse.up()

    expect(station.locator(".place")).to_have_count(0)
    expect(station.locator("dialog")).to_have_count(0)
    assert day.order(CARDIOLOGY) == order(1, 2, 3, 4, 5)


def test_dropping_on_another_doctors_queue_transfers(day: HospitalDay, station: Page) -> None:
    target = station.locator(f'.queue[data-key="{RESPIRATORY}"] .listed')
    drag(station, row(station, 3), target, 0.5)
    station.mouse.up()
    station.locator("dialog").get_by_role("button", name="转诊").click()

    expect(target.locator(".number")).to_have_text(["A003"])
    expect(numbers(station)).to_have_text(order(1, 2, 4, 5))
    assert day.order(RESPIRATORY) == ["A003"]


def test_the_last_act_is_undone_by_ctrl_z_and_the_button_says_which(
    day: HospitalDay, station: Page
) -> None:
    row(station, 5).click()
    station.locator('.detail [data-act="hold"]').click()
    expect(numbers(station)).to_have_text(order(1, 2, 3, 4))
    expect(station.locator("#undo")).to_contain_text("撤销：暂挂 A005")

    station.keyboard.press("Escape")
    station.keyboard.press("Control+z")

    expect(numbers(station)).to_have_text(order(1, 2, 3, 4, 5))
    expect(station.locator("#undo")).to_be_disabled()
    assert day.order(CARDIOLOGY) == order(1, 2, 3, 4, 5)


def test_priority_is_granted_with_its_rank(day: HospitalDay, station: Page) -> None:
    row(station, 5).click()
    station.locator('.detail [data-act="grant_priority"]').click()
    station.locator("dialog").get_by_text("孕妇").click()
    station.locator("dialog").get_by_role("button", name="优先").click()
    station.locator("#asked-text").fill("母子健康手册")
    station.keyboard.press("Enter")

    expect(row(station, 5).locator(".mark.priority")).to_have_text("孕妇")
    ticket = day.ticket(CARDIOLOGY, 5)
    assert (ticket.kind, ticket.rank) == (TicketKind.PRIORITY, "pregnant")
    expect(station.locator(".detail .why")).to_contain_text("母子健康手册")


def test_somebody_without_a_card_is_checked_in_by_the_keyboard(
    day: HospitalDay, station: Page
) -> None:
    patient = day.patients[5]
    assert patient.id_number is not None
    station.keyboard.press("/")
    station.keyboard.type(patient.id_number)
    expect(station.locator(".found li.is-first")).to_contain_text("张建明")
    station.keyboard.press("Enter")

    expect(numbers(station)).to_have_text(order(1, 2, 3, 4, 5, 6))
    expect(station.locator("#messages")).to_contain_text("已签到：A006 张建明")
    assert day.ticket(CARDIOLOGY, 6).state is TicketState.WAITING


def test_a_walk_in_gets_the_next_number_of_the_chosen_queue(
    day: HospitalDay, station: Page
) -> None:
    station.locator("#find").click()
    station.locator("#walk-in").click()
    dialog = station.locator("dialog")
    confirm = dialog.get_by_role("button", name="加号并签到")
    expect(confirm).to_be_disabled()
    dialog.get_by_text("沈怀仁").click()
    dialog.get_by_text("急诊", exact=True).click()
    dialog.get_by_label("急诊分级").select_option("2")
    confirm.click()

    expect(numbers(station).first).to_have_text("A013")
    expect(row(station, 13).locator(".mark.emergency")).to_have_text("急诊2级")
    expect(station.locator(".detail .number")).to_have_text("A013")


def test_the_second_of_two_nurses_is_told_and_sees_the_new_order(
    day: HospitalDay, station: Page, open_page: OpenPage
) -> None:
    second = open_page("/station", "zhao")
    expect(numbers(second)).to_have_text(order(1, 2, 3, 4, 5))
    row(second, 5).focus()
    second.keyboard.press("m")
    second.keyboard.press("ArrowUp")
    second.keyboard.press("Enter")
    expect(second.locator("dialog")).to_be_visible()

    row(station, 5).focus()
    station.keyboard.press("m")
    for _ in range(3):
        station.keyboard.press("ArrowUp")
    station.keyboard.press("Enter")
    station.keyboard.press("1")
    station.keyboard.press("Enter")
    # She sees it while her own question is still open.
    expect(numbers(second)).to_have_text(order(1, 5, 2, 3, 4))
    second.keyboard.press("3")
    second.keyboard.press("Enter")

    refused = second.locator(".refused")
    expect(refused).to_contain_text("A005 号在此期间已被改动，本次操作没有执行")
    expect(refused).to_contain_text("Please look at the new order")
    expect(numbers(second)).to_have_text(order(1, 5, 2, 3, 4))
    assert day.order(CARDIOLOGY) == order(1, 5, 2, 3, 4)


def test_what_others_do_is_seen_within_a_second_without_reloading(
    day: HospitalDay, station: Page
) -> None:
    day.act(asked.CallNext(queue=CARDIOLOGY))

    in_room = station.locator('.queue[data-key="cardiology-1"] .in-room')
    expect(in_room).to_contain_text("A001", timeout=1000)
    expect(in_room).to_contain_text("张晓明")
    expect(numbers(station)).to_have_text(order(2, 3, 4, 5), timeout=1000)


def test_a_list_that_is_held_in_the_hand_does_not_slip(day: HospitalDay, station: Page) -> None:
    row(station, 4).focus()
    station.keyboard.press("m")
    day.act(asked.Hold(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 2).id))
    day.call_help("kiosk-01")
    expect(numbers(station)).to_have_text(order(1, 2, 3, 4, 5))

    station.keyboard.press("Escape")

    expect(numbers(station)).to_have_text(order(1, 3, 4, 5))
    expect(station.locator("#help")).to_contain_text("kiosk-01 请求帮助")


def test_a_help_call_goes_when_the_nurse_goes(day: HospitalDay, station: Page) -> None:
    day.call_help("kiosk-02")

    station.locator("#help").get_by_role("button", name="我去").click()

    expect(station.locator("#help")).to_be_hidden()
    assert day.service.now.help_calls == ()


def test_a_notice_is_written_for_an_area(day: HospitalDay, station: Page) -> None:
    station.keyboard.press("n")
    station.locator("dialog").get_by_label("中文").fill("今日 B 超排队较长")
    station.locator("dialog").get_by_role("button", name="发布").click()

    expect(station.locator("#messages")).to_contain_text("通知已发布")
    [notice] = day.service.now.notices[day.site.areas[0].id]
    assert notice.text_zh == "今日 B 超排队较长"


def test_a_queue_is_paused_and_reopened(day: HospitalDay, station: Page) -> None:
    column = station.locator('.queue[data-key="cardiology-1"]')
    column.locator(".menu").click()
    station.locator('dialog [data-act="pause"]').click()
    expect(column.locator(".counts")).to_contain_text("已暂停")
    assert day.service.now.day.queues[CARDIOLOGY].status is QueueStatus.PAUSED

    column.locator(".menu").click()
    station.locator('dialog [data-act="reopen"]').click()
    expect(column.locator(".counts")).not_to_contain_text("已暂停")


def test_an_act_without_a_line_is_told_as_not_done(day: HospitalDay, station: Page) -> None:
    station.context.set_offline(True)
    row(station, 5).click()
    expect(station.locator(".refused")).to_contain_text("连不上服务器")

    station.context.set_offline(False)
    day.act(asked.CallNext(queue=CARDIOLOGY))
    expect(numbers(station)).to_have_text(order(2, 3, 4, 5))


def test_a_server_that_is_gone_is_shown_and_found_again(
    day: HospitalDay, address: str, open_page: OpenPage
) -> None:
    server = WebServer(day.application(), host="127.0.0.1", port=0)
    port = server.start()
    page = open_page("/login")
    page.goto(f"http://127.0.0.1:{port}/login")
    page.locator("#user").fill("li")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".queue")).to_have_count(11)
    expect(page.locator("#line-down")).to_be_hidden()
    server.stop()
    expect(page.locator("#line-down")).to_be_visible()
    expect(page.locator("#line")).to_have_text("未连接")

    again = WebServer(day.application(), host="127.0.0.1", port=port)
    again.start()
    # Sessions outlive the server that kept them.
    expect(page.locator("#line-down")).to_be_hidden()
    expect(page.locator("#line")).not_to_have_text("未连接")
    # The page is whole before this server goes, too.
    page.wait_for_load_state("networkidle")
    again.stop()


def test_the_areas_are_filtered_and_nothing_scrolls_sideways(
    day: HospitalDay, station: Page
) -> None:
    expect(station.locator(".queue")).to_have_count(11)
    assert station.evaluate("document.documentElement.scrollWidth <= innerWidth")
    station.locator('[data-area="area-c"]').click()

    expect(station.locator(".queue")).to_have_count(2)


def test_same_masked_names_are_shown_and_lead_to_the_patients(
    day: HospitalDay, station: Page
) -> None:
    day.check_in(CARDIOLOGY, 6)

    expect(row(station, 6).locator(".mark.shared")).to_have_text("重名")
    station.locator("#shared button").click()
    station.locator("dialog").get_by_role("button", name="A006 张建明").click()
    expect(station.locator(".detail .name")).to_have_text("张建明")


def test_the_keys_are_listed(station: Page) -> None:
    station.keyboard.press("?")

    expect(station.locator("dialog kbd")).to_have_count(17)
    expect(station.locator("dialog")).to_contain_text("撤销自己的最近一步")
