"""Late, left, stopped: two people at once in real browsers, and the patient's phone beside them."""

import pytest
from playwright.sync_api import Locator, Page, expect

from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond, QueueId, QueueStatus
from queue_server.service.message_facts import MessageKind, PatientTold
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, RESPIRATORY, HospitalDay

pytestmark = pytest.mark.browser


def column(page: Page, queue: str) -> Locator:
    return page.locator(f'.queue[data-key="{queue}"]')


def status(day: HospitalDay, queue: QueueId) -> QueueStatus:
    return day.service.now.day.queues[queue].status


def say(page: Page, kind: str, cause: str, returns_at: str = "", approval: str = "") -> None:
    """Fill in the dialog of absences and confirm it."""
    dialog = page.locator("dialog[open]")
    dialog.locator(f"input[name=kind][value={kind}]").check()
    dialog.locator(f"input[name=cause][value={cause}]").check()
    if returns_at:
        dialog.locator("#returns-at").fill(returns_at)
    if approval:
        dialog.locator("#approval").fill(approval)
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0)


def test_a_doctor_leaves_with_one_key_and_nurse_and_phone_see_it(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1, 2)
    console, station = open_page("/console", "shen"), open_page("/station", "li")
    expect(console.locator("#call-next")).to_be_enabled()

    console.keyboard.press("l")
    say(console, "left", "surgery", returns_at="10:30")

    told = "暂时离岗 · 手术 · 预计 10:30 返回"
    expect(console.locator("#absence")).to_contain_text(told)
    expect(column(station, CARDIOLOGY).locator(".mark.absent")).to_have_text(told)

    console.locator("#call-next").click()

    expect(console.locator("#absence .absence")).to_have_count(0)
    expect(column(station, CARDIOLOGY).locator(".mark.absent")).to_have_count(0)


def test_a_nurse_says_it_for_the_doctor_who_ends_it_by_signing_in(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li", language="en")
    column(station, CARDIOLOGY).locator(".menu").click()
    station.locator('dialog [data-act="absence"]').click()
    say(station, "late", "urgent")
    mark = column(station, CARDIOLOGY).locator(".mark.absent")
    expect(mark).to_have_text("Doctor is late · urgent matters")

    open_page("/console", "shen")

    expect(mark).to_have_count(0)


def test_a_key_department_is_stopped_by_two_people_only(
    day: HospitalDay, open_page: OpenPage
) -> None:
    console, station = open_page("/console", "gu"), open_page("/station", "li")
    console.keyboard.press("l")
    say(console, "stopped", "rescue", approval="医务处 2026-17")
    bar = console.locator("#absence .is-asked")
    expect(bar).to_contain_text("医务处 2026-17")
    # Who has asked can take it back, and can't confirm it.
    expect(bar.locator("button")).to_have_text(["撤回"])
    assert status(day, RESPIRATORY) is QueueStatus.OPEN

    column(station, RESPIRATORY).locator(".menu").click()
    station.locator('dialog [data-act="confirm-stop"]').click()

    expect(console.locator("#absence .is-stopped")).to_contain_text("停诊 · 抢救患者")
    assert status(day, RESPIRATORY) is QueueStatus.STOPPED


def test_a_doctor_whom_nobody_has_seen_is_late_by_himself(open_page: OpenPage) -> None:
    # It is eight, when the first slots begin.
    station = open_page("/station", "li")
    mark = column(station, CARDIOLOGY).locator(".mark.absent")
    expect(mark).to_have_text("医生迟到")

    open_page("/console", "shen")

    expect(mark).to_have_count(0)
    expect(column(station, RESPIRATORY).locator(".mark.absent")).to_have_text("医生迟到")


def test_the_phone_of_a_waiting_patient_tells_it(day: HospitalDay, open_page: OpenPage) -> None:
    open_page("/console", "shen")
    patient = day.ticket(CARDIOLOGY, 1).patient
    phone = open_page(f"/card/{patient}", size=(400, 860))
    expect(phone.locator(".visit .number").first).to_have_text("A001")
    expect(phone.locator(".absence")).to_have_count(0)

    day.act(
        asked.ReportAbsence(
            queue=CARDIOLOGY,
            kind=AbsenceKind.LEFT,
            cause=AbsenceCause.RESCUE,
            returns_s=DaySecond(9 * 3600),
        )
    )

    expect(phone.locator(".absence strong")).to_have_text("暂时离岗 · 抢救患者 · 预计 09:00 返回")
    expect(phone.locator(".absence")).to_contain_text("您的位置不变")


def test_the_phone_of_a_patient_whose_clinic_is_stopped_tells_what_to_do(
    day: HospitalDay, open_page: OpenPage
) -> None:
    phone = open_page(f"/card/{day.ticket(CARDIOLOGY, 1).patient}", size=(400, 860))
    expect(phone.locator(".visit .number").first).to_have_text("A001")
    day.act(asked.Stop(queue=CARDIOLOGY, cause=AbsenceCause.SURGERY))

    expect(phone.locator(".absence strong")).to_have_text("停诊 · 手术")
    expect(phone.locator(".absence")).to_contain_text("请到护士台改约或退号")


def test_the_nurse_sees_who_knows_of_a_stop_and_whom_she_has_to_call(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station, other = open_page("/station", "li"), open_page("/station", "zhao", language="en")
    day.act(asked.Stop(queue=CARDIOLOGY, cause=AbsenceCause.SURGERY))
    mark = column(station, CARDIOLOGY).locator(".mark.told")
    expect(column(station, CARDIOLOGY).locator(".mark.absent")).to_have_text("停诊 · 手术")
    expect(mark).to_have_count(0)

    for number in range(1, 13):
        ticket = day.ticket(CARDIOLOGY, number)
        assert ticket.patient is not None
        fact = PatientTold(
            ticket=ticket.id,
            patient=ticket.patient,
            kind=MessageKind.STOPPED,
            is_reached=number not in (2, 7),
        )
        day.service.note(fact, by="messages").result(5)

    expect(mark).to_have_text("2 人需电话告知")
    expect(column(other, CARDIOLOGY).locator(".mark.told")).to_have_text("To be called: 2")
    column(station, CARDIOLOGY).locator(".menu").click()
    expect(station.locator("dialog .told span")).to_have_text("已短信通知 10 人 · 2 人需电话告知")
    expect(station.locator("dialog .told strong")).to_have_text("请电话告知：A002 · A007")
    station.keyboard.press("Escape")
    day.act(asked.Reopen(queue=CARDIOLOGY))
    expect(mark).to_have_count(0)


def test_what_is_told_can_be_said_with_the_keyboard_alone(open_page: OpenPage) -> None:
    console = open_page("/console", "shen")
    expect(console.locator("#absence-key")).to_be_enabled()

    console.keyboard.press("l")
    expect(console.locator("dialog input[name=kind]").first).to_be_focused()
    console.keyboard.press("ArrowDown")
    console.keyboard.press("Tab")
    console.keyboard.press("Space")
    console.keyboard.press("Enter")

    expect(console.locator("#absence")).to_contain_text("暂时离岗 · 抢救患者")
