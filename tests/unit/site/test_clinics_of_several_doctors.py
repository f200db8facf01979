"""Area queues and multi-disciplinary clinics in the site file."""

from pathlib import Path

import pytest

from queue_server.rules.area_queue import AreaQueue
from queue_server.rules.terms import QueueId
from queue_server.site import load_site
from tests.unit.site.site_for_tests import SITE, problems_of

AREA_QUEUE = """
[[area_queue]]
id = "eyes"
area = "area-1"
clinic_zh = "眼科"
clinic_en = "Ophthalmology"
prefix = "Z"
queues = ["eye-1"]
"""


def test_an_area_queue_is_read_with_its_defaults(site_file: Path) -> None:
    site_file.write_text(SITE + AREA_QUEUE, encoding="utf-8")

    [area_queue] = load_site(site_file).area_queues

    assert area_queue.rules == AreaQueue(id=QueueId("eyes"), doctors=(QueueId("eye-1"),))
    assert area_queue.rules.is_automatic
    assert (area_queue.queue.room_zh, area_queue.queue.clinic_en) == ("一区", "Ophthalmology")


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ('id = "eyes"', 'id = "eye-1"', "area_queue[eye-1].id", "queue[eye-1] already has"),
        ('prefix = "Z"', 'prefix = "A"', "area_queue[eyes].prefix", "queue[eye-1] already has"),
        ('["eye-1"]', '["ear-1"]', "area_queue[eyes].queues", "a list of some of eye-1, skin-1"),
        ('["eye-1"]', "[]", "area_queue[eyes].queues", "a list of some of eye-1, skin-1"),
        ('["eye-1"]', '["eye-1"]\nspread = "x"', "area_queue[eyes].spread", "fewest_waiting or ev"),
        ('["eye-1"]', '["eye-1"]\nroom_cap = 0', "area_queue[eyes].room_cap", "from 1 to 20"),
        ('["eye-1"]', '["eye-1"]\nrooms = 1', "area_queue[eyes].rooms", "unknown"),
    ],
)
def test_a_mistake_in_an_area_queue_is_told_with_its_key(
    site_file: Path, old: str, new: str, where: str, message: str
) -> None:
    found = problems_of(site_file, SITE + AREA_QUEUE.replace(old, new))

    assert message in found[where]


def test_a_doctor_stands_behind_one_area_queue_only(site_file: Path) -> None:
    other = AREA_QUEUE.replace('"eyes"', '"more-eyes"').replace('"Z"', '"Y"')

    found = problems_of(site_file, SITE + AREA_QUEUE + other)

    assert "each doctor behind one area queue only" in found["area_queue[more-eyes].queues"]


MDT = """
[[mdt]]
id = "eye-and-skin"
area = "area-1"
room = "305"
room_zh = "305 会诊室"
room_en = "Room 305"
clinic_zh = "眼皮多学科门诊"
clinic_en = "Eye and Skin MDT"
prefix = "M"
team = ["eye-1", "skin-1"]
"""


def test_an_mdt_clinic_is_read_with_its_defaults(site_file: Path) -> None:
    site_file.write_text(SITE + MDT, encoding="utf-8")

    site = load_site(site_file)

    team = site.teams[QueueId("eye-and-skin")]
    assert [one.id for one in team.members] == ["eye-1", "skin-1"]
    assert team.quorum == {"eye-1", "skin-1"}
    assert team.lead == "eye-1"
    clinic = site.queues[-1]
    names = [queue.doctor_zh for queue in site.queues[:-1] if team.has(queue.id)]
    assert (clinic.doctor_zh, clinic.doctor_title_zh) == ("、".join(names), "多学科团队")


@pytest.mark.parametrize(
    ("right", "wrong", "where", "told"),
    [
        ('"skin-1"]', '"ear-1"]', "mdt[eye-and-skin].team", "a list of some of eye-1, skin-1"),
        ('["eye-1", "skin-1"]', '["eye-1"]', "mdt[eye-and-skin].team", "a list of some of"),
        ('"skin-1"]', '"eye-1"]', "mdt[eye-and-skin].team", "each doctor once"),
        ('"skin-1"]', '"skin-1"]\nquorum = ["x"]', "mdt[eye-and-skin].quorum", "eye-1, skin-1"),
        ('"skin-1"]', '"skin-1"]\nlead = "x"', "mdt[eye-and-skin].lead", "one of eye-1, skin-1"),
        ('prefix = "M"', 'prefix = "A"', "mdt[eye-and-skin].prefix", "already has"),
        ('"skin-1"]', '"skin-1"]\ndoctor_zh = "x"', "mdt[eye-and-skin].doctor_zh", "unknown"),
    ],
)
def test_a_mistake_in_an_mdt_clinic_is_told_with_its_key(
    site_file: Path, right: str, wrong: str, where: str, told: str
) -> None:
    found = problems_of(site_file, SITE + MDT.replace(right, wrong))

    assert told in found[where]
