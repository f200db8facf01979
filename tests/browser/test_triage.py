"""Two steps of triage in real browsers: an area queue, its doctors, many doctors on one screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId
from queue_server.site import load_site
from tests.browser.conftest import OpenPage
from tests.integration.web.hospital_day import CARDIOLOGY, COLLEAGUE, HospitalDay, make_users

pytestmark = pytest.mark.browser

AREA_QUEUE = """
[[area_queue]]
id = "cardiology"
area = "area-a"
clinic_zh = "心血管内科"
clinic_en = "Cardiology"
prefix = "Z"
queues = ["cardiology-1", "cardiology-2"]
room_cap = 1
"""


@pytest.fixture
def day(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[HospitalDay]:
    """The demo hospital with an area queue for cardiology, or with many more doctors."""
    content = DEMO_SITE_FILE.read_text(encoding="utf-8") + getattr(request, "param", AREA_QUEUE)
    site_file = tmp_path / "site.toml"
    site_file.write_text(content, encoding="utf-8")
    site = load_site(site_file)
    running = HospitalDay(tmp_path, make_users(site), per_queue=12, site=site)
    running.start()
    yield running
    running.stop()


def listed(page: Page, queue: str) -> Locator:
    return page.locator(f'.queue[data-key="{queue}"] .listed .number')


def walk_ins(day: HospitalDay, count: int) -> None:
    for _ in range(count):
        day.act(asked.AddWalkIn(queue=QueueId("cardiology"), prefix="Z"))


def test_a_call_brings_the_next_one_of_the_area_to_the_doctor_who_has_called(
    day: HospitalDay, open_page: OpenPage
) -> None:
    walk_ins(day, 4)
    station, doctor = open_page("/station", "li"), open_page("/console", "lu", size=(360, 800))
    expect(listed(station, "cardiology")).to_have_text(["Z003", "Z004"])
    expect(listed(station, CARDIOLOGY)).to_have_text(["Z001"])
    expect(listed(station, COLLEAGUE)).to_have_text(["Z002"])

    doctor.locator("#call-next").click()

    expect(doctor.locator("#room .number")).to_have_text("Z002")
    expect(listed(station, COLLEAGUE)).to_have_text(["Z003"])
    expect(listed(station, "cardiology")).to_have_text(["Z004"])
    doctor.keyboard.press("Control+z")
    expect(listed(station, COLLEAGUE)).to_have_text(["Z002"])
    expect(listed(station, "cardiology")).to_have_text(["Z003", "Z004"])


def test_who_asks_for_a_doctor_waits_for_him(day: HospitalDay, open_page: OpenPage) -> None:
    walk_ins(day, 4)
    station = open_page("/station", "li")
    station.locator('.row[data-key="cardiology:Z003"]').click()
    station.locator('.detail [data-act="ask_for_doctor"]').click()
    station.locator("dialog").get_by_text("沈怀仁").click()
    station.locator("dialog button[type=submit]").click()
    expect(station.locator('.row[data-key="cardiology:Z003"]')).to_contain_text("指定沈怀仁")

    day.act(asked.CallNext(queue=COLLEAGUE))

    expect(listed(station, COLLEAGUE)).to_have_text(["Z004"])
    expect(listed(station, "cardiology")).to_have_text(["Z003"])
    day.act(asked.CallNext(queue=CARDIOLOGY))
    expect(listed(station, CARDIOLOGY)).to_have_text(["Z003"])


def test_the_area_queue_calls_nobody_itself(day: HospitalDay, open_page: OpenPage) -> None:
    walk_ins(day, 3)
    station = open_page("/station", "li")

    station.locator('.queue[data-key="cardiology"] .menu').click()
    expect(station.locator('dialog [data-act="pause"]')).to_be_visible()
    expect(station.locator('dialog [data-act="call-next"]')).to_have_count(0)
    station.keyboard.press("Escape")
    station.locator('.row[data-key="cardiology:Z003"]').click()
    expect(station.locator('.detail [data-act="transfer"]')).to_be_visible()
    expect(station.locator('.detail [data-act="call"]')).to_have_count(0)


def test_several_are_transferred_at_once_by_the_keyboard_and_another_nurse_sees_it(
    day: HospitalDay, open_page: OpenPage
) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3, 4)
    station, other = open_page("/station", "li"), open_page("/station", "zhao")
    expect(listed(station, CARDIOLOGY)).to_have_text(["A001", "A002", "A003", "A004"])
    for number in (2, 4):
        station.locator(f'.row[data-key="cardiology-1:A00{number}"]').focus()
        station.keyboard.press("x")
    expect(station.locator("#marked")).to_contain_text("已选 2 位")

    station.keyboard.press("t")
    station.locator("dialog").get_by_text("顾清和").click()
    station.keyboard.press("Enter")

    expect(listed(other, "respiratory-1")).to_have_text(["A002", "A004"])
    expect(listed(other, CARDIOLOGY)).to_have_text(["A001", "A003"])
    expect(station.locator("#marked")).to_be_hidden()
    # Each is a step of its own, which she can take back.
    station.keyboard.press("Control+z")
    expect(listed(other, "respiratory-1")).to_have_text(["A002"])


MORE_DOCTORS = "".join(
    f"""
[[queue]]
id = "more-{number}"
area = "area-b"
room = "room-9{number:02d}"
room_zh = "9{number:02d} 诊室"
room_en = "Room 9{number:02d}"
clinic_zh = "呼吸与危重症医学科"
clinic_en = "Respiratory and Critical Care Medicine"
doctor_zh = "古丽娜尔·阿不都热合曼"
doctor_en = "Dr. Alexandria Montgomery-Whitfield"
doctor_title_zh = "副主任医师"
doctor_title_en = "Associate Chief Physician"
prefix = "{chr(64 + number)}Y"
"""
    for number in range(1, 12)
)


@pytest.mark.parametrize(
    "day", [MORE_DOCTORS], indirect=True, ids=["20 doctors, two of the demo, an area queue"]
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_twenty_doctors_stand_on_one_screen_without_scrolling_sideways(
    day: HospitalDay, open_page: OpenPage, language: str
) -> None:
    for queue in day.site.queues:
        day.check_in(queue.id, *range(1, 9))
    station = open_page("/station", "li", language=language, size=(1366, 768))
    expect(station.locator(".queue")).to_have_count(22)

    assert station.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert station.evaluate("board.scrollWidth <= board.clientWidth")
    for column in station.locator(".queue").all():
        box = column.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1366


@pytest.mark.parametrize(
    "day", [MORE_DOCTORS], indirect=True, ids=["20 doctors, two of the demo, an area queue"]
)
def test_a_filter_leaves_the_doctors_rooms_or_clinics_that_have_its_words(
    day: HospitalDay, open_page: OpenPage
) -> None:
    station = open_page("/station", "li")
    expect(station.locator(".queue")).to_have_count(22)
    station.keyboard.press("f")
    station.keyboard.type("呼吸 9")

    expect(station.locator(".queue")).to_have_count(11)
    station.keyboard.type("07")
    expect(station.locator(".queue .where")).to_have_text([re.compile("907 诊室")])
    station.keyboard.press("Escape")
    expect(station.locator(".queue")).to_have_count(22)
