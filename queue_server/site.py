"""What the site file says: the hospital site, its waiting areas and its doctors' queues.

`load_site` checks everything but the `policy` tables, which it hands on as they stand: only
`rules/policy.py` knows their keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from queue_server.board_setup import BoardSetup, board_setup
from queue_server.rules.area_queue import ROOM_CAP_DEFAULT, AreaQueue
from queue_server.rules.report_printing import ReportPolicy
from queue_server.rules.team import Member, Team, Teams
from queue_server.rules.terms import AreaId, DaySecond, QueueId, RoomId, SiteId
from queue_server.site_mdt import MDT_KEYS, MDT_TEXTS, TITLE, team_of
from queue_server.site_reports import report_policy
from queue_server.toml_table import Problem, Problems, Table, parse_toml
from queue_server.watch.alarm_limits import AlarmLimits, alarm_limits

TIMEZONE_DEFAULT: Final = "Asia/Shanghai"
DAY_ROLLS_OVER_DEFAULT: Final = DaySecond(4 * 3600)

_SITE_KEYS: Final = (
    "id",
    "name_zh",
    "name_en",
    "timezone",
    "day_rolls_over_at",
    "offline_check_in",
    "public_address",
)
_AREA_TEXTS: Final = ("name_zh", "name_en", "floor_zh", "floor_en")
_QUEUE_TEXTS: Final = (
    "room_zh",
    "room_en",
    "clinic_zh",
    "clinic_en",
    "doctor_zh",
    "doctor_en",
    "doctor_title_zh",
    "doctor_title_en",
)
_AREA_QUEUE_KEYS: Final = (
    "id",
    "area",
    "clinic_zh",
    "clinic_en",
    "prefix",
    "queues",
    "assign",
    "spread",
    "room_cap",
    "may_ask_for_doctor",
    "is_sensitive",
    "policy",
)
_PREFIX_WORDS: Final = ("一或两个大写字母，如 A", "one or two capital letters, like A")
_QUEUE_KEYS: Final = ("id", "area", "room", *_QUEUE_TEXTS, "prefix", "is_sensitive", "policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A waiting area with its boards and its loudspeaker."""

    id: AreaId
    name_zh: str
    name_en: str
    floor_zh: str
    floor_en: str
    policy: Mapping[str, object] = field(default_factory=dict)
    """What differs from the site's policy in all of its queues, unchecked."""
    board: BoardSetup = field(default_factory=BoardSetup)
    """How its boards are laid out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSetup:
    """One doctor's queue and the consulting room it leads to."""

    id: QueueId
    area: AreaId
    room: RoomId
    room_zh: str
    room_en: str
    clinic_zh: str
    clinic_en: str
    doctor_zh: str
    doctor_en: str
    doctor_title_zh: str
    doctor_title_en: str
    prefix: str
    """The capital letter of its ticket numbers: `A` gives A001, A002 ..."""
    is_sensitive: bool
    """Such a clinic shows and speaks the number only, and its room has a neutral name."""
    policy: Mapping[str, object]
    """What differs from the policies of site and area, unchecked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaQueueSetup:
    """The queue of a clinic's waiting area, whose patients go over to its doctors' queues."""

    queue: QueueSetup
    """What it is called; its room is the area itself, and its doctor nobody yet."""
    rules: AreaQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One hospital site. At `day_rolls_over_at` the next clinic day begins."""

    id: SiteId
    name_zh: str
    name_en: str
    areas: tuple[Area, ...]
    queues: tuple[QueueSetup, ...]
    """Those of doctors, then those of MDT clinics."""
    policy: Mapping[str, object]
    """The hospital's policy, unchecked."""
    area_queues: tuple[AreaQueueSetup, ...] = ()
    teams: Teams = field(default_factory=dict)
    """Who sees the patients of each MDT clinic."""
    timezone: str = TIMEZONE_DEFAULT
    day_rolls_over_at: DaySecond = DAY_ROLLS_OVER_DEFAULT
    offline_check_in: bool = False
    """Whether kiosks may check in by the virtual card alone while the server is away."""
    alarm_limits: AlarmLimits = field(default_factory=AlarmLimits)
    reports: ReportPolicy | None = None
    """What it has chosen about printing reports; None: its kiosks print none."""
    public_address: str = ""
    """Where patients reach the pages from outside; empty: what is printed has no QR to verify."""


class SiteError(Exception):
    """The site file can't be used; `problems` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [f"{self.path}: {len(self.problems)} 处错误 / problems: {len(self.problems)}"]
        for problem in self.problems:
            lines.append(f"  {problem.where}: {problem.message_en}")
            lines.append(f"  {' ' * len(problem.where)}  {problem.message_zh}")
        return "\n".join(lines)


def load_site(path: Path) -> Site:
    """Read and check the site file at `path`.

    Raises:
        SiteError: the file can't be read, is no TOML or says something impossible.
    """
    problems = Problems()
    values = parse_toml(path, problems)
    if problems.found:
        raise SiteError(path, problems.found)
    site = _site(Table("", values, problems))
    if problems.found:
        raise SiteError(path, problems.found)
    return site


def _site(root: Table) -> Site:
    root.check_keys(("site", "policy", "alarms", "reports", "area", "area_queue", "queue", "mdt"))
    table = root.table("site")
    table.check_keys(_SITE_KEYS)
    area_tables = root.tables("area")
    doctor_tables, mdt_tables = root.tables("queue"), root.optional_tables("mdt")
    queue_tables = [*doctor_tables, *mdt_tables]
    areas = tuple(_area(area) for area in area_tables)
    doctors = tuple(_queue(queue) for queue in doctor_tables)
    clinics = [_mdt(table, doctors) for table in mdt_tables]
    queues = (*doctors, *(queue for queue, _ in clinics))
    _check_unique(area_tables, [area.id for area in areas], "id")
    _check_unique(queue_tables, [queue.room for queue in queues], "room")
    _check_areas(queue_tables, queues, areas)
    area_queue_tables = root.optional_tables("area_queue")
    area_queues = tuple(_area_queue(table, areas, doctors) for table in area_queue_tables)
    every_table = [*queue_tables, *area_queue_tables]
    every_queue = [*queues, *(one.queue for one in area_queues)]
    _check_unique(every_table, [queue.id for queue in every_queue], "id")
    _check_unique(every_table, [queue.prefix for queue in every_queue], "prefix")
    _check_one_area_queue(area_queue_tables, area_queues)
    return Site(
        id=SiteId(table.id("id")),
        name_zh=table.text("name_zh"),
        name_en=table.text("name_en"),
        areas=areas,
        queues=queues,
        area_queues=area_queues,
        teams={queue.id: team for queue, team in clinics},
        policy=root.raw_table("policy"),
        timezone=_timezone(table),
        day_rolls_over_at=_day_rolls_over_at(table),
        offline_check_in=table.flag("offline_check_in"),
        alarm_limits=alarm_limits(root.optional_table("alarms")),
        reports=report_policy(root.table("reports")) if "reports" in root else None,
        public_address=_public_address(table),
    )


def _public_address(table: Table) -> str:
    if "public_address" not in table:
        return ""
    return table.matching(
        "public_address",
        r"https?://[A-Za-z0-9.:-]{1,120}",
        "网址，如 https://queue.example.cn（末尾不带 /）",
        "an address like https://queue.example.cn, without a / at its end",
    )


def _area(table: Table) -> Area:
    table.check_keys(("id", *_AREA_TEXTS, "policy", "board"))
    return Area(
        id=AreaId(table.id("id")),
        policy=table.raw_table("policy"),
        board=board_setup(table.optional_table("board")),
        **{key: table.text(key) for key in _AREA_TEXTS},
    )


def _queue(table: Table) -> QueueSetup:
    table.check_keys(_QUEUE_KEYS)
    queue = QueueSetup(
        id=QueueId(table.id("id")),
        area=AreaId(table.id("area")),
        room=RoomId(table.id("room")),
        prefix=table.matching("prefix", "[A-Z]{1,2}", *_PREFIX_WORDS),
        is_sensitive=table.flag("is_sensitive"),
        policy=table.raw_table("policy"),
        **{key: table.text(key) for key in _QUEUE_TEXTS},
    )
    _check_neutral(table, queue)
    return queue


def _mdt(table: Table, doctors: Sequence[QueueSetup]) -> tuple[QueueSetup, Team]:
    table.check_keys(MDT_KEYS)
    members = [Member(id=one.id, zh=one.doctor_zh, en=one.doctor_en) for one in doctors]
    team = team_of(table, members)
    doctor_zh, doctor_en = team.named(one.id for one in team.members)
    queue = QueueSetup(
        id=QueueId(table.id("id")),
        area=AreaId(table.id("area")),
        room=RoomId(table.id("room")),
        prefix=table.matching("prefix", "[A-Z]{1,2}", *_PREFIX_WORDS),
        is_sensitive=table.flag("is_sensitive"),
        policy=table.raw_table("policy"),
        doctor_zh=doctor_zh,
        doctor_en=doctor_en,
        **{key: table.text(key) for key in MDT_TEXTS},
        **TITLE,
    )
    _check_neutral(table, queue)
    return queue, team


def _area_queue(
    table: Table, areas: Sequence[Area], queues: Sequence[QueueSetup]
) -> AreaQueueSetup:
    table.check_keys(_AREA_QUEUE_KEYS)
    area_id = AreaId(table.id("area"))
    area = next((area for area in areas if area.id == area_id), None)
    if area is None and area_id:
        known = [one.id for one in areas]
        table.wrong("area", f"已有的诊区：{'、'.join(known)}", f"one of {', '.join(known)}")
    of_area = [one.id for one in queues if one.area == area_id]
    doctors = table.some_of("queues", of_area, least=1)
    named = dict.fromkeys(_QUEUE_TEXTS, "")
    if area is not None:
        # Whoever has no doctor yet waits in the area.
        named |= {"room_zh": area.name_zh, "room_en": area.name_en}
    named |= {"doctor_zh": "待分配医生", "doctor_en": "Doctor to be assigned"}
    named |= {text: table.text(text) for text in ("clinic_zh", "clinic_en")}
    queue_id = QueueId(table.id("id"))
    return AreaQueueSetup(
        queue=QueueSetup(
            id=queue_id,
            area=area_id,
            room=RoomId(queue_id),
            prefix=table.matching("prefix", "[A-Z]{1,2}", *_PREFIX_WORDS),
            is_sensitive=table.flag("is_sensitive"),
            policy=table.raw_table("policy"),
            **named,
        ),
        rules=AreaQueue(
            id=queue_id,
            doctors=tuple(QueueId(doctor) for doctor in doctors),
            is_automatic=_one_of(table, "assign", "automatic", "by_hand") == "automatic",
            spread=_one_of(table, "spread", "fewest_waiting", "evenly"),
            room_cap=table.whole_number("room_cap", ROOM_CAP_DEFAULT, 1, 20),
            may_ask_for_doctor=table.flag("may_ask_for_doctor"),
        ),
    )


def _one_of(table: Table, key: str, default: Any, *others: str) -> Any:
    """Return one of some words; the first one when the key is left out."""
    if key not in table:
        return default
    words = (default, *others)
    return table.matching(key, "|".join(words), "、".join(words), " or ".join(words)) or default


def _check_neutral(table: Table, queue: QueueSetup) -> None:
    if not queue.is_sensitive:
        return
    for room_key, room, clinic in (
        ("room_zh", queue.room_zh, queue.clinic_zh),
        ("room_en", queue.room_en, queue.clinic_en),
    ):
        if clinic and clinic.casefold() in room.casefold():
            table.wrong(
                room_key,
                "不含科室名的中性名称，如“3诊室”（本诊室为隐私科室）",
                "a neutral name like 'Room 3' without the clinic's: this clinic is sensitive",
            )


def _check_unique(tables: Sequence[Table], values: Sequence[str], key: str) -> None:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        holder = first.setdefault(value, index)
        # An empty value has been noted as wrong already.
        if value and holder != index:
            tables[index].taken(key, tables[holder].name)


def _check_areas(
    tables: Sequence[Table], queues: Sequence[QueueSetup], areas: Sequence[Area]
) -> None:
    known = [area.id for area in areas if area.id]
    for table, queue in zip(tables, queues, strict=True):
        if queue.area and known and queue.area not in known:
            table.wrong("area", f"已有的诊区：{'、'.join(known)}", f"one of {', '.join(known)}")


def _check_one_area_queue(tables: Sequence[Table], area_queues: Sequence[AreaQueueSetup]) -> None:
    """Note a doctor who stands behind two area queues: who would come next?"""
    first: dict[QueueId, int] = {}
    for index, area_queue in enumerate(area_queues):
        for doctor in area_queue.rules.doctors:
            holder = first.setdefault(doctor, index)
            if holder != index:
                name = tables[holder].name
                tables[index].wrong(
                    "queues",
                    f"每位医生只属于一个诊区队列（{doctor} 已属于 {name}）",
                    f"each doctor behind one area queue only: {doctor} is behind {name}",
                )


def _timezone(table: Table) -> str:
    if "timezone" not in table:
        return TIMEZONE_DEFAULT
    name = table.text("timezone")
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        if name:
            table.wrong("timezone", "时区名，如 Asia/Shanghai", "a time zone like Asia/Shanghai")
    return name


def _day_rolls_over_at(table: Table) -> DaySecond:
    if "day_rolls_over_at" not in table:
        return DAY_ROLLS_OVER_DEFAULT
    text = table.matching(
        "day_rolls_over_at",
        "([01][0-9]|2[0-3]):[0-5][0-9]",
        '带引号的时刻，如 "04:00"',
        'a time of day in quotes, like "04:00"',
    )
    if not text:
        return DAY_ROLLS_OVER_DEFAULT
    hours, minutes = text.split(":")
    return DaySecond(int(hours) * 3600 + int(minutes) * 60)
