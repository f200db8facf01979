"""The site file: what is right in it is read, whatever is wrong is told with its place."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_server.board_setup import BoardSetup
from queue_server.contract.board_layout import BoardLayout
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules.area_queue import AreaQueue
from queue_server.rules.policy import parse_policy
from queue_server.rules.terms import AreaId, QueueId, TicketKind
from queue_server.site import SiteError, load_site
from queue_server.toml_table import Problem
from queue_server.watch.alarm_limits import AlarmCode

SITE = """
[site]
id = "north"
name_zh = "北院"
name_en = "North Site"

[policy]
late_after_min = 5

[[area]]
id = "area-1"
name_zh = "一区"
name_en = "Area 1"
floor_zh = "1 层"
floor_en = "Floor 1"

[[queue]]
id = "eye-1"
area = "area-1"
room = "room-1"
room_zh = "1 诊室"
room_en = "Room 1"
clinic_zh = "眼科"
clinic_en = "Ophthalmology"
doctor_zh = "白露"
doctor_en = "Dr. Bai Lu"
doctor_title_zh = "主治医师"
doctor_title_en = "Attending Physician"
prefix = "A"
is_sensitive = false

[[queue]]
id = "skin-1"
area = "area-1"
room = "room-2"
room_zh = "2 诊室"
room_en = "Room 2"
clinic_zh = "皮肤性病科"
clinic_en = "Dermatology"
doctor_zh = "任可为"
doctor_en = "Dr. Ren Kewei"
doctor_title_zh = "主治医师"
doctor_title_en = "Attending Physician"
prefix = "B"
is_sensitive = true
policy.late_rule = "end_of_queue"
"""


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    return tmp_path / "site.toml"


def problems_of(path: Path, content: str | bytes) -> dict[str, str]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SiteError) as caught:
        load_site(path)
    return {problem.where: problem.message_en for problem in caught.value.problems}


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


def load_or_refuse(path: Path, content: bytes) -> None:
    """Whatever stands in the file, it is either read or refused in words."""
    path.write_bytes(content)
    problems: tuple[Problem, ...] | None = None
    try:
        load_site(path)
    except SiteError as error:
        problems = error.problems
    assert problems != ()
    for problem in problems or ():
        assert problem.where
        assert problem.message_zh.isprintable()
        assert problem.message_en.isprintable()


TOML_VALUES = ['""', "7", "1e400", "true", "[]", "[{}]", "{}", "2026-11-23", "04:00:00", "nan"]
HUGE = ["0x" + "f" * 5000, "9" * 5000, "[" * 3000, "{a=" * 3000, '"' + "长" * 5000 + '"']


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.integers(0, SITE.count("\n")),
    new=st.sampled_from([*TOML_VALUES, *HUGE]) | st.text(max_size=20),
    keep_key=st.booleans(),
)
def test_any_changed_line_is_read_or_told(
    tmp_path: Path, line: int, new: str, keep_key: bool
) -> None:
    lines = SITE.split("\n")
    key = lines[line].split("=")[0]
    lines[line] = f"{key}= {new}" if keep_key else new

    load_or_refuse(tmp_path / "site.toml", "\n".join(lines).encode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 900), length=st.integers(0, 60), new=st.binary(max_size=30))
def test_any_damaged_file_is_read_or_told(
    tmp_path: Path, start: int, length: int, new: bytes
) -> None:
    content = SITE.encode()

    load_or_refuse(tmp_path / "site.toml", content[:start] + new + content[start + length :])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_key_that_is_left_out_or_misspelt_is_named(tmp_path: Path, data: st.DataObject) -> None:
    lines = SITE.split("\n")
    index = data.draw(
        st.sampled_from([index for index, line in enumerate(lines) if line.startswith("doctor")])
    )
    key = lines[index].split(" =")[0]
    letter = data.draw(st.integers(1, len(key) - 1))
    lines[index] = lines[index].replace(key, key[:letter] + key[letter + 1 :], 1)

    found = problems_of(tmp_path / "site.toml", "\n".join(lines))

    assert any(where.endswith(f".{key}") and "missing" in found[where] for where in found)


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


BOARD = """
[area.board]
rooms_per_page = 5
lists = ["last_calls", "waiting"]
number_only = true
colours = { priority = "#ffd8a8" }
news_zh = "流感疫苗接种请到 1 层"
news_en = "Flu vaccination: floor 1"
shows_rules = false
"""
WITH_BOARD = SITE.replace('floor_en = "Floor 1"\n', f'floor_en = "Floor 1"\n{BOARD}')


def test_an_areas_boards_are_laid_out_as_its_table_says(site_file: Path) -> None:
    site_file.write_text(WITH_BOARD, encoding="utf-8")

    [area] = load_site(site_file).areas

    assert area.board.number_only
    assert area.board.layout == BoardLayout(
        rooms_per_page=5,
        lists=["waiting", "last_calls"],
        colours={TicketKind.PRIORITY: "#FFD8A8"},
        news_zh="流感疫苗接种请到 1 层",
        news_en="Flu vaccination: floor 1",
        shows_rules=False,
    )


def test_boards_without_a_table_are_laid_out_as_usual(site_file: Path) -> None:
    site_file.write_text(SITE, encoding="utf-8")

    [area] = load_site(site_file).areas

    assert area.board == BoardSetup()


@pytest.mark.parametrize(
    ("right", "wrong", "key", "message"),
    [
        ("rooms_per_page = 5", "rooms_per_page = 11", "rooms_per_page", "from 1 to 10"),
        ('"last_calls"', '"last-calls"', "lists", "standby, waiting, missed, last_calls"),
        ("shows_rules", "show_rules", "show_rules", "did you mean shows_rules?"),
        ("#ffd8a8", "#103C35", "colours.priority", "stands out"),
        ("#ffd8a8", "yellow", "colours.priority", "a colour like"),
        ("priority =", "ordinary =", "colours.ordinary", "did you mean priority?"),
        ('news_en = "Flu vaccination: floor 1"\n', "", "news_en", "one line of text"),
    ],
)
def test_what_is_wrong_in_a_boards_table_is_told_with_its_key(
    site_file: Path, right: str, wrong: str, key: str, message: str
) -> None:
    found = problems_of(site_file, WITH_BOARD.replace(right, wrong, 1))

    assert list(found) == [f"area[area-1].board.{key}"]
    assert message in found[f"area[area-1].board.{key}"]
