"""The doctor console in a real browser: one key for each act, and nothing happens twice."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueStatus, TicketState
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import (
    CARDIOLOGY,
    COLLEAGUE,
    RESPIRATORY,
    HospitalDay,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def console(day: HospitalDay, open_page: OpenPage) -> Page:
    """A doctor before four waiting patients."""
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    page = open_page("/console", "shen", size=(420, 900))
    expect(waiting(page)).to_have_text(["A001", "A002", "A003", "A004"])
    return page


def waiting(page: Page) -> Locator:
    return page.locator('[data-list="waiting"] .number')


def call_next(page: Page, key: str = "n") -> None:
    expect(page.locator("#call-next")).to_be_enabled()
    page.keyboard.press(key)


def in_room(page: Page) -> Locator:
    return page.locator("#room .number")


def test_a_consultation_needs_one_key_for_each_act(day: HospitalDay, console: Page) -> None:
    call_next(console)
    expect(in_room(console)).to_have_text("A001")
    expect(console.locator("#room .name")).to_have_text("张晓明")
    console.keyboard.press("r")
    expect(console.locator("#room .since")).to_contain_text("第 2 次呼叫")
    console.keyboard.press("s")
    expect(console.locator("#room .state")).to_have_text("就诊中")
    call_next(console, "F8")
    expect(in_room(console)).to_have_text("A002")
    assert day.ticket(CARDIOLOGY, 1).state is TicketState.DONE
    console.keyboard.press("m")
    expect(console.locator("#room")).to_contain_text("诊室空闲")
    expect(waiting(console)).to_have_text(["A003", "A004", "A002"])
    call_next(console)
    expect(in_room(console)).to_have_text("A003")
    console.keyboard.press("e")
    expect(console.locator('[data-list="away"] .number')).to_have_text("A003")
    call_next(console)
    expect(in_room(console)).to_have_text("A004")
    console.keyboard.press("f")
    expect(console.locator("#room")).to_contain_text("诊室空闲")
    assert day.ticket(CARDIOLOGY, 4).state is TicketState.DONE


def test_a_double_click_calls_one_patient_however_slow_it_is(
    day: HospitalDay, console: Page
) -> None:
    sent: list[str] = []
    console.on(
        "request", lambda request: sent.append(request.url) if request.method == "POST" else None
    )
    button = console.locator("#call-next").bounding_box()
    assert button is not None
    x, y = button["x"] + 40, button["y"] + 40

    console.mouse.dblclick(x, y)
    expect(in_room(console)).to_have_text("A001")
    console.mouse.click(x, y)
    console.keyboard.press("n")

    expect(console.locator("#call-next")).to_be_enabled()
    expect(waiting(console)).to_have_text(["A002", "A003", "A004"])
    assert day.order(CARDIOLOGY) == ["A002", "A003", "A004"]
    assert len(sent) == 1


def test_a_chosen_patient_is_called(day: HospitalDay, console: Page) -> None:
    console.locator('[data-ticket="cardiology-1:A003"]').click()
    console.locator(".patient-acts").get_by_role("button", name="叫他").click()
    expect(console.locator("dialog")).to_contain_text("先叫 A003")
    console.keyboard.press("1")
    console.keyboard.press("Enter")

    expect(in_room(console)).to_have_text("A003")
    expect(waiting(console)).to_have_text(["A001", "A002", "A004"])


def test_a_missed_call_is_taken_back(day: HospitalDay, console: Page) -> None:
    call_next(console)
    expect(in_room(console)).to_have_text("A001")
    console.keyboard.press("m")
    expect(console.locator("#undo")).to_contain_text("撤销：过号 A001")
    console.keyboard.press("Control+z")

    expect(in_room(console)).to_have_text("A001")
    expect(waiting(console)).to_have_text(["A002", "A003", "A004"])
    assert day.ticket(CARDIOLOGY, 1).state is TicketState.CALLED


def test_a_doctor_pauses_with_a_reason_and_a_return_until_he_calls(
    day: HospitalDay, console: Page
) -> None:
    console.keyboard.press("p")
    dialog = console.locator("dialog[open]")
    expect(dialog.locator("input[name=cause]:checked")).to_have_value("break")
    dialog.locator("#returns-at").fill("08:50")
    console.keyboard.press("Enter")

    expect(console.locator("#absence")).to_contain_text("医生暂停叫号 · 短暂休息 · 预计 08:50 恢复")
    assert day.service.now.day.queues[CARDIOLOGY].status is QueueStatus.OPEN
    call_next(console)
    expect(in_room(console)).to_have_text("A001")
    expect(console.locator("#absence .absence")).to_have_count(0)


def test_a_pause_ends_by_the_same_key(day: HospitalDay, console: Page) -> None:
    console.keyboard.press("p")
    console.keyboard.press("2")
    console.keyboard.press("Enter")
    expect(console.locator("#absence")).to_contain_text("医生暂停叫号 · 临时工作安排")
    expect(console.locator("#pause")).to_contain_text("恢复叫号")
    console.keyboard.press("p")

    expect(console.locator("#absence .absence")).to_have_count(0)
    assert day.service.now.day.queues[CARDIOLOGY].absence is None


def test_nobody_is_called_while_the_nurse_has_paused_the_queue(
    day: HospitalDay, console: Page
) -> None:
    day.act(asked.Pause(queue=CARDIOLOGY))
    expect(console.locator("#call-next")).to_be_disabled()
    expect(console.locator("#call-next")).to_contain_text("已暂停")
    assert day.service.now.day.queues[CARDIOLOGY].status is QueueStatus.PAUSED
    console.keyboard.press("n")
    console.keyboard.press("p")

    expect(console.locator("#call-next")).to_be_enabled()
    expect(console.locator("#room")).to_contain_text("诊室空闲")


def test_a_patient_in_the_room_is_transferred(day: HospitalDay, console: Page) -> None:
    call_next(console)
    expect(in_room(console)).to_have_text("A001")
    console.keyboard.press("t")
    console.locator("dialog").get_by_text("顾清和").click()
    console.locator("dialog").get_by_role("button", name="转诊").click()

    expect(console.locator("#room")).to_contain_text("诊室空闲")
    assert day.order(RESPIRATORY) == ["A001"]


def test_a_refusal_says_what_to_do_in_both_languages(day: HospitalDay, console: Page) -> None:
    day.act(asked.CallNext(queue=CARDIOLOGY))
    expect(in_room(console)).to_have_text("A001")
    # The same patient is with another doctor when this one calls him.
    day.act(
        asked.Transfer(queue=CARDIOLOGY, ticket=day.ticket(CARDIOLOGY, 2).id, to_queue=RESPIRATORY)
    )
    expect(waiting(console)).to_have_text(["A003", "A004"])
    console.route(
        "**/call-next", lambda route: (day.act(asked.Pause(queue=CARDIOLOGY)), route.continue_())
    )
    console.locator("#call-next").click()

    expect(console.locator(".refused")).to_contain_text("已暂停叫号。请先恢复叫号。")
    expect(console.locator(".refused")).to_contain_text("Calling is paused")
    expect(in_room(console)).to_have_text("A001")


def test_what_the_nurse_changes_is_seen_within_a_second(day: HospitalDay, console: Page) -> None:
    last, first = day.ticket(CARDIOLOGY, 4), day.ticket(CARDIOLOGY, 1)
    day.act(asked.Move(queue=CARDIOLOGY, ticket=last.id, after=first.id, why="病情变化"))

    expect(waiting(console)).to_have_text(["A001", "A004", "A002", "A003"], timeout=1000)


def test_the_narrowest_window_needs_no_sideways_scrolling(open_page: OpenPage) -> None:
    page = open_page("/console", "shen", language="en", size=(360, 700))
    expect(page.locator("#doctor")).to_have_text("Dr. Shen Huairen")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_doctors_take_one_patient_and_exactly_one_gets_him(
    day: HospitalDay, console: Page, open_page: OpenPage
) -> None:
    colleague = open_page("/console", "lu", size=(360, 800))
    colleague.locator(f'[data-colleague="{CARDIOLOGY}"]').click()
    colleague.locator('[data-ticket="cardiology-1:A002"]').click()
    colleague.locator('[data-act="cross-call"]').click()
    expect(colleague.locator("dialog")).to_contain_text("接诊沈怀仁的 A002")
    # While she looks for the reason the patient's own doctor calls him.
    console.locator('[data-ticket="cardiology-1:A002"]').click()
    console.locator('[data-act="call"]').click()
    console.keyboard.press("2")
    console.keyboard.press("Enter")
    expect(in_room(console)).to_have_text("A002")

    colleague.keyboard.press("1")
    colleague.keyboard.press("Enter")

    expect(colleague.locator(".refused")).to_contain_text("A002")
    expect(colleague.locator("#room")).to_contain_text("诊室空闲")
    colleague.keyboard.press("Escape")
    # The next one whom she takes is gone from his doctor's list at once.
    colleague.locator('[data-ticket="cardiology-1:A003"]').click()
    colleague.locator('[data-act="cross-call"]').click()
    colleague.keyboard.press("1")
    colleague.keyboard.press("Enter")
    expect(in_room(colleague)).to_have_text("A003")
    expect(waiting(console)).to_have_text(["A001", "A004"])
    assert day.service.now.day.queues[COLLEAGUE].in_room == f"{COLLEAGUE}:A003"


def test_the_nurses_note_stands_before_the_doctor(
    day: HospitalDay, console: Page, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    station.locator('.row[data-key="cardiology-1:A001"]').click()
    station.locator('.detail [data-act="write_note"]').click()
    station.keyboard.type("听力不佳，请大声")
    station.keyboard.press("Enter")

    note = console.locator('[data-ticket="cardiology-1:A001"] .nurse-note')
    expect(note).to_have_text("护士：听力不佳，请大声")
    call_next(console)
    expect(console.locator("#room .nurse-note")).to_have_text("护士：听力不佳，请大声")


def test_an_extra_ticket_needs_the_keyboard_only(day: HospitalDay, console: Page) -> None:
    console.keyboard.press("a")
    console.keyboard.type(day.patients[-1].id_number or "")
    console.keyboard.press("Enter")

    expect(waiting(console)).to_have_text(["A001", "A013", "A002", "A003", "A004"])
    added = console.locator('[data-ticket="cardiology-1:A013"]')
    expect(added).to_contain_text("没有预约")
    expect(added).to_contain_text("加号")


def test_a_patient_is_called_again_after_a_while_only(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(COLLEAGUE, 1)
    console = open_page("/console", "lu", size=(420, 900))
    expect(waiting(console)).to_have_text(["B001"])
    call_next(console)
    recall = console.locator('[data-act="recall"]')
    expect(recall).to_have_text(re.compile(r"复呼 \d+秒"))
    expect(recall).to_be_disabled()
    day.clock.set(8, 1)
    day.check_in(COLLEAGUE, 2)

    expect(recall).to_be_enabled()
    console.keyboard.press("r")
    expect(console.locator("#room .since")).to_contain_text("第 2 次呼叫")


def test_the_keys_are_listed(console: Page) -> None:
    console.keyboard.press("?")

    expect(console.locator("dialog .keys-table")).to_contain_text("叫下一个")
    expect(console.locator("dialog .keys-table dt")).to_have_count(17)
