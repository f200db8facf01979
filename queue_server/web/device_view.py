"""What the devices page shows: every device, the worst first, and the alarms. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from queue_server.rules.terms import AreaId, DeviceId, RoomId
from queue_server.service.device_state import DeviceState
from queue_server.service.now import ActiveAlarm, Now
from queue_server.service.setup import Setup
from queue_server.watch.alarm_limits import AlarmCode, AlarmLimits
from queue_server.watch.alarm_rules import RULES, Severity
from queue_server.watch.figures import ExpectedDevice
from queue_server.watch.finding import NEVER, is_there

SEVERITIES: Final = tuple(Severity)
"""The worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmView:
    """An active alarm in words."""

    code: str
    severity: Severity
    about: str
    message_zh: str
    message_en: str
    age_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardView:
    """The last call that a board has spoken, or has not."""

    sequence: int
    was_spoken: bool
    why_not: str
    age_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """One device; what is not known is None or empty. Ages are seconds, as of the view."""

    device: DeviceId
    kind: str
    place_zh: str
    place_en: str
    line: str
    """`up`, `silent` (up, but not heard lately), `down` or `missing` (never heard)."""
    severity: Severity | None
    """Of its worst alarm."""
    since_s: int | None
    seen_s: int | None
    running_s: int | None
    version: str
    paper: list[str]
    parts: list[str]
    """`id_card:ok`, `cash:CASH_JAM`: its other devices, each with how it is."""
    sound: str
    clock_ahead_s: float | None
    heard: HeardView | None
    screenshot_at: str
    """Changes with each screenshot; empty if there is none."""
    history_at: str
    """When something last happened with it, as in its history; empty if nothing has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesView:
    """Everything on the devices page."""

    entry_count: int
    alarms: list[AlarmView]
    devices: list[DeviceView]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """Something that has happened with a device: a change, a command or an alarm."""

    at: str
    """`11-23 08:05:09` at the site."""
    what: str
    value: str
    by: str


def devices_view(
    setup: Setup, now: Now, at: datetime, expected: Mapping[DeviceId, ExpectedDevice]
) -> DevicesView:
    """Return the page as of the instant `at`."""
    known = [alarm for alarm in now.alarms if alarm.code in RULES]
    severities = _severities(known)
    devices = [
        _device(
            setup,
            device,
            now,
            expected.get(device),
            at=at,
            severities=severities,
        )
        for device in sorted({*now.devices, *expected})
    ]
    alarms = [_alarm(setup, alarm, at) for alarm in known]
    return DevicesView(
        entry_count=now.day.entry_count,
        alarms=sorted(alarms, key=lambda one: (SEVERITIES.index(one.severity), -one.age_s)),
        devices=sorted(devices, key=_badness),
    )


def history(now: Now, device: DeviceId, at: datetime) -> list[HistoryLine]:
    """Return what has happened with a device, the latest first."""
    return [
        HistoryLine(
            at=f"{when.astimezone(at.tzinfo):%m-%d %H:%M:%S}", what=what, value=value, by=by
        )
        for when, what, value, by in sorted(_happened(now, device), reverse=True)
    ]


def _happened(now: Now, device: DeviceId) -> list[tuple[datetime, str, str, str]]:
    """Return when, what, to which value and by whom."""
    state = now.devices.get(device)
    changes = state.changes if state is not None else ()
    return [
        *((one.at, one.what.value, one.value, "") for one in changes),
        *(
            (one.asked_at, one.do.value, "", one.by)
            for one in now.device_commands
            if one.device == device
        ),
        *((one.began_at, one.code, "", "") for one in now.alarms if one.about == device),
    ]


class _Parts(dict[str, str]):
    """What a sentence names; an alarm of another version may lack some of it."""

    def __missing__(self, key: str) -> str:
        return NEVER


def _severities(alarms: Sequence[ActiveAlarm]) -> dict[str, Severity]:
    """Return the worst severity about each device or area."""
    worst: dict[str, Severity] = {}
    for alarm in alarms:
        severity = _severity(alarm)
        if SEVERITIES.index(severity) < SEVERITIES.index(worst.get(alarm.about, Severity.NOTE)):
            worst[alarm.about] = severity
        worst.setdefault(alarm.about, severity)
    return worst


def _severity(alarm: ActiveAlarm) -> Severity:
    return RULES[AlarmCode(alarm.code)].severity


def _alarm(setup: Setup, alarm: ActiveAlarm, at: datetime) -> AlarmView:
    rule = RULES[AlarmCode(alarm.code)]
    area = setup.areas.get(AreaId(alarm.about))
    names_zh = {"area": area.name_zh} if area else {}
    names_en = {"area": area.name_en} if area else {}
    return AlarmView(
        code=alarm.code,
        severity=rule.severity,
        about=alarm.about,
        message_zh=rule.zh.format_map(_Parts({**alarm.parts, **names_zh})),
        message_en=rule.en.format_map(_Parts({**alarm.parts, **names_en})),
        age_s=_age_s(at, alarm.began_at),
    )


def _device(
    setup: Setup,
    device: DeviceId,
    now: Now,
    expected: ExpectedDevice | None,
    *,
    at: datetime,
    severities: Mapping[str, Severity],
) -> DeviceView:
    state = now.devices.get(device)
    status = state.status if state is not None else None
    kind = (status.kind if status else "") or (expected.kind if expected else "")
    shows = (status.shows if status else "") or (expected.shows if expected else "")
    place_zh, place_en = place_of(setup, shows)
    started_at = status.started_at if status else None
    return DeviceView(
        device=device,
        kind=kind,
        place_zh=place_zh,
        place_en=place_en,
        line=line_of(state, at, setup.site.alarm_limits),
        severity=severities.get(device),
        since_s=_age_s(at, state.since) if state else None,
        seen_s=_age_s(at, state.seen_at) if state and state.seen_at else None,
        running_s=_age_s(at, started_at) if started_at else None,
        version=status.version if status else "",
        paper=status.paper.split() if status else [],
        parts=status.parts.split() if status else [],
        sound=status.sound if status else "",
        clock_ahead_s=state.clock_ahead_s if state else None,
        heard=_heard(state, at) if state else None,
        screenshot_at=state.screenshot.taken_at.isoformat() if state and state.screenshot else "",
        history_at=max((when.isoformat() for when, *_ in _happened(now, device)), default=""),
    )


def line_of(state: DeviceState | None, at: datetime, limits: AlarmLimits) -> str:
    """Return how its line is: `up`, `silent`, `down` or `missing`."""
    if state is None:
        return "missing"
    if not state.status.is_up:
        return "down"
    return "up" if is_there(state, at, limits) else "silent"


def place_of(setup: Setup, shows: str) -> tuple[str, str]:
    """Return the area or room that a board shows, in both languages."""
    area = setup.areas.get(AreaId(shows))
    if area is not None:
        return area.name_zh, area.name_en
    for queue in setup.site.queues:
        if queue.room == RoomId(shows):
            return queue.room_zh, queue.room_en
    return shows, shows


def _heard(state: DeviceState, at: datetime) -> HeardView | None:
    if not state.heard:
        return None
    last = state.heard[-1]
    return HeardView(
        sequence=last.sequence,
        was_spoken=last.was_spoken,
        why_not=last.why_not,
        age_s=_age_s(at, last.heard_at),
    )


def _badness(device: DeviceView) -> tuple[int, bool, str]:
    """Order devices by their worst alarm, then those without a line, then by name."""
    rank = len(SEVERITIES) if device.severity is None else SEVERITIES.index(device.severity)
    return rank, device.line == "up", device.device


def _age_s(at: datetime, then: datetime) -> int:
    return max(0, int((at - then).total_seconds()))
