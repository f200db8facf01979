"""The site file: what is right in it is read, whatever is wrong is told with its place."""

from pathlib import Path

import pytest

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules.policy import parse_policy
from queue_server.rules.terms import AreaId, QueueId
from queue_server.site import SiteError, load_site
from queue_server.watch.alarm_limits import AlarmCode
from tests.unit.site.site_for_tests import SITE, problems_of


def test_a_site_file_is_read_with_its_defaults(site_file: Path) -> None:
    site_file.write_text(SITE, encoding="utf-8")

    site = load_site(site_file)

    assert (site.id, site.name_zh, site.name_en) == ("north", "北院", "North Site")
    assert (site.timezone, site.day_rolls_over_at) == ("Asia/Shanghai", 4 * 3600)
    assert [area.id for area in site.areas] == [AreaId("area-1")]
    assert [queue.id for queue in site.queues] == [QueueId("eye-1"), QueueId("skin-1")]
    assert [queue.is_sensitive for queue in site.queues] == [False, True]


def test_policies_are_handed_on_as_they_stand(site_file: Path) -> None:
    site_file.write_text(SITE, encoding="utf-8")

    site = load_site(site_file)

    assert site.policy == {"late_after_min": 5}
    assert [queue.policy for queue in site.queues] == [{}, {"late_rule": "end_of_queue"}]


def test_a_site_may_roll_its_day_over_at_another_time_and_place(site_file: Path) -> None:
    content = SITE.replace(
        'id = "north"', 'id = "north"\ntimezone = "Asia/Urumqi"\nday_rolls_over_at = "05:30"'
    )
    site_file.write_text(content, encoding="utf-8")

    site = load_site(site_file)

    assert (site.timezone, site.day_rolls_over_at) == ("Asia/Urumqi", 5 * 3600 + 30 * 60)


def test_the_demo_hospital_has_three_areas_nine_doctors_an_mdt_and_a_sensitive_clinic() -> None:
    site = load_site(DEMO_SITE_FILE)

    assert len(site.areas) == 3
    assert len(site.queues) == 10
    assert len(site.teams) == 1
    assert [queue.prefix for queue in site.queues] == list("ABJKDEFGHM")
    assert [one.queue.id for one in site.area_queues] == ["respiratory"]
    assert [queue.id for queue in site.queues if queue.is_sensitive] == ["dermatology-1"]


def test_the_demo_hospitals_policies_are_ones_that_the_rules_know() -> None:
    site = load_site(DEMO_SITE_FILE)

    policies = {queue.id: parse_policy(site.policy, queue.policy) for queue in site.queues}

    assert policies[QueueId("chinese-medicine-1")].late_rule == "end_of_queue"
    assert policies[QueueId("cardiology-1")].late_rule == "end_of_next_slot"


def test_all_mistakes_are_told_at_once(site_file: Path) -> None:
    content = SITE.replace('prefix = "B"', 'prefix = "A"').replace('name_en = "Area 1"', "")

    found = problems_of(site_file, content)

    assert found == {
        "area[area-1].name_en": (
            "is missing: give one line of text, not blank, at most 200 characters"
        ),
        "queue[skin-1].prefix": "is 'A', which queue[eye-1] already has",
    }


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ('doctor_zh = "白露"', 'docter_zh = "白露"', "queue[eye-1].docter_zh", "doctor_zh?"),
        ("[policy]", "[polizy]", "polizy", "did you mean policy?"),
        ('id = "skin-1"', 'id = "eye-1"', "queue[eye-1].id", "queue[eye-1] already has"),
        ('id = "skin-1"', 'id = "Skin.1"', "queue[2].id", "a-z, 0-9 and -"),
        ('id = "skin-1"', "id = 7", "queue[2].id", "is 7"),
        ('room = "room-2"', 'room = "room-1"', "queue[skin-1].room", "already has"),
        ('room = "room-2"', 'room = "Raum 2"', "queue[skin-1].room", "a-z, 0-9 and -"),
        ('prefix = "A"', 'prefix = "a"', "queue[eye-1].prefix", "one or two capital letters"),
        ('prefix = "A"', 'prefix = "Ä"', "queue[eye-1].prefix", "one or two capital letters"),
        ('area = "area-1"', 'area = "x"', "queue[eye-1].area", "one of area-1"),
        ('room_zh = "2 诊室"', 'room_zh = "皮肤性病科"', "queue[skin-1].room_zh", "sensitive"),
        ('room_en = "Room 2"', 'room_en = "dermatology 2"', "queue[skin-1].room_en", "sensitive"),
        ("is_sensitive = true", 'is_sensitive = "yes"', "queue[skin-1].is_sensitive", "true or"),
        ('name_zh = "北院"', 'name_zh = " "', "site.name_zh", "not blank"),
        ('name_zh = "北院"', r'name_zh = "北\n院"', "site.name_zh", "one line"),
        ('id = "north"', 'id = "north"\ntimezone = "Asia"', "site.timezone", "time zone like"),
        ('id = "north"', 'id = "north"\ntimezone = "../x"', "site.timezone", "time zone like"),
        ('id = "north"', 'id = "north"\nday_rolls_over_at = 4', "site.day_rolls_over_at", "04:00"),
        ("[policy]", 'day_rolls_over_at = "24:00"\n[policy]', "site.day_rolls_over_at", "04:00"),
        ("[policy]\nlate_after_min = 5", "", "policy", "a table"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_what_was_expected(
    site_file: Path, old: str, new: str, where: str, message: str
) -> None:
    assert old in SITE
    content = SITE.replace(old, new, 1)
    if where == "policy":
        content = "policy = 3\n" + content

    found = problems_of(site_file, content)

    assert message in found[where]


def test_a_file_without_areas_and_queues_is_told_what_is_missing(site_file: Path) -> None:
    found = problems_of(site_file, "")

    assert {"site", "area", "queue"} <= set(found)
    assert found["queue"] == "is missing: give at least one table, written as [[queue]]"


def test_an_error_in_the_toml_is_told_with_its_line(site_file: Path) -> None:
    found = problems_of(site_file, '[site]\nid = "north\n')

    assert list(found) == ["line 2"]


def test_a_file_that_is_not_utf_8_is_told_with_its_line(site_file: Path) -> None:
    found = problems_of(site_file, "[site]\nname_zh = '北院'".encode("gbk"))

    assert found == {"line 2": "is not UTF-8: save it as UTF-8"}


def test_a_file_that_cannot_be_read_is_told_why(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="No such file"):
        load_site(tmp_path / "missing.toml")
    with pytest.raises(SiteError, match="Is a directory"):
        load_site(tmp_path)


def test_a_file_that_is_far_too_large_is_refused_unread(site_file: Path) -> None:
    found = problems_of(site_file, b"#" * 1_000_001)

    assert "larger than 1 MB" in found["file"]


def test_every_problem_is_told_in_chinese_and_english(site_file: Path) -> None:
    site_file.write_text(SITE.replace("prefix", "prefex"), encoding="utf-8")

    with pytest.raises(SiteError) as caught:
        load_site(site_file)

    text = str(caught.value)
    assert "queue[eye-1].prefex: unknown: did you mean prefix?" in text
    assert "没有这个键；是否想写 prefix？" in text
    assert "queue[eye-1].prefix: is missing: give one or two capital letters, like A" in text


def test_limits_of_alarms_are_read_and_mistakes_told_with_the_nearest_key(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    written = DEMO_SITE_FILE.read_text(encoding="utf-8")
    path.write_text(f'{written}\n[alarms]\ndisk_free_mb = 500\noff = ["BACKUP_OLD"]\n')
    limits = load_site(path).alarm_limits
    assert (limits.disk_free_mb, limits.device_silent_s) == (500, 90)
    assert limits.off == {AlarmCode.BACKUP_OLD}

    path.write_text(f'{written}\n[alarms]\ndisk_free = 5\nclock_off_s = "x"\noff = ["NO"]\n')
    with pytest.raises(SiteError) as told:
        load_site(path)

    sentences = str(told.value)
    assert "alarms.disk_free: unknown: did you mean disk_free_mb?" in sentences
    assert "alarms.clock_off_s" in sentences
    assert "alarms.off" in sentences
