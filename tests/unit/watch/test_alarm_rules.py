"""What each rule finds wrong, what it leaves alone, and that nothing flaps."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.rules.terms import AreaId, DeviceId, QueueId, TicketId
from queue_server.service.device_state import DeviceState
from queue_server.service.now import CallMade, HelpCall
from queue_server.watch.alarm_limits import AlarmCode, AlarmLimits
from queue_server.watch.alarm_rules import RULES, find_all
from queue_server.watch.document import BEGIN, END, section
from queue_server.watch.figures import ExpectedDevice, Figures
from queue_server.watch.holding import Held, Key, turn

AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
AREA = AreaId("area-a")
KIOSK, BOARD = DeviceId("kiosk-1"), DeviceId("board-1")
GIGABYTE = 1_000_000_000
LIMITS = AlarmLimits()


def ago(**span: float) -> datetime:
    return AT - timedelta(**span)


def state(device: DeviceId, seen_at: datetime = AT, **status: object) -> DeviceState:
    values: dict[str, object] = {"is_up": True, "version": "1", **status}
    return DeviceState(
        device=device,
        status=DeviceStatus(**values),  # type: ignore[arg-type]
        since=ago(hours=1),
        seen_at=seen_at,
        clock_ahead_s=0.0,
    )


WELL_BOARD = state(BOARD, kind="area-board", shows=AREA, sound="ok")
WELL = Figures(
    at=AT,
    started_at=ago(days=2),
    devices={BOARD: WELL_BOARD, KIOSK: state(KIOSK, kind="kiosk", paper="ok")},
    areas=(AREA,),
    calls={},
    help_calls=(),
    disk_free_bytes=50 * GIGABYTE,
    backup_at=ago(hours=3),
)


def with_state(device: DeviceState, figures: Figures = WELL) -> Figures:
    return replace(figures, devices={**figures.devices, device.device: device})


def call(sequence: int, at: datetime) -> CallMade:
    return CallMade(
        sequence=sequence,
        called_at=at,
        queue=QueueId("q"),
        ticket=TicketId("q:A001"),
        is_recall=False,
    )


def heard(sequence: int, *, was_spoken: bool, why_not: str = "") -> Heard:
    return Heard(sequence=sequence, area=AREA, heard_at=AT, was_spoken=was_spoken, why_not=why_not)


CALLS = {AREA: tuple(call(number, ago(minutes=9 - number)) for number in (1, 2, 3))}
MUTE = replace(
    WELL_BOARD,
    heard=tuple(heard(number, was_spoken=False, why_not="NO_SOUND") for number in (1, 2, 3)),
)
SPOKE_LAST = replace(MUTE, heard=(*MUTE.heard[:2], heard(3, was_spoken=True)))
NEVER_HEARD = DeviceId("kiosk-9")
EXPECTED = ExpectedDevice(device=NEVER_HEARD, kind="kiosk")


def found(figures: Figures, limits: AlarmLimits = LIMITS) -> set[Key]:
    return set(find_all(figures, limits))


def test_a_site_where_all_is_well_has_no_alarm() -> None:
    assert found(WELL) == set()


@pytest.mark.parametrize(
    ("figures", "alarm"),
    [
        (with_state(state(KIOSK, ago(seconds=91))), ("DEVICE_SILENT", KIOSK)),
        (with_state(state(KIOSK, is_up=False)), ("DEVICE_SILENT", KIOSK)),
        (
            replace(WELL, expected={NEVER_HEARD: EXPECTED}),
            ("DEVICE_SILENT", NEVER_HEARD),
        ),
        (with_state(state(BOARD, kind="area-board", shows="area-b")), ("BOARD_MISSING", AREA)),
        (with_state(MUTE, replace(WELL, calls=CALLS)), ("CALLS_NOT_SPOKEN", AREA)),
        (
            replace(
                WELL,
                help_calls=(
                    HelpCall(help_id="h", device=KIOSK, screen="home", called_at=ago(minutes=4)),
                ),
            ),
            ("HELP_WAITING", KIOSK),
        ),
        (with_state(state(KIOSK, paper="offline paper_out")), ("PAPER_OUT", KIOSK)),
        (with_state(state(KIOSK, paper="PAPER_OUT")), ("PAPER_OUT", KIOSK)),
        (with_state(state(KIOSK, paper="paper_near_end")), ("PAPER_LOW", KIOSK)),
        (with_state(state(KIOSK, paper="cover_open")), ("PRINTER_BROKEN", KIOSK)),
        (with_state(state(KIOSK, paper="a4_paper_out")), ("A4_BLOCKED", KIOSK)),
        (with_state(state(KIOSK, paper="a4_toner_low")), ("A4_LOW", KIOSK)),
        (with_state(state(KIOSK, parts="scanner:ok cash:CASH_JAM")), ("PART_BROKEN", KIOSK)),
        (with_state(replace(state(KIOSK), clock_ahead_s=-31.0)), ("CLOCK_OFF", KIOSK)),
        (replace(WELL, records_fail_since=ago(minutes=1)), ("RECORDS_SILENT", "")),
        (replace(WELL, messages_fail_since=ago(minutes=1)), ("MESSAGES_SILENT", "")),
        (replace(WELL, disk_free_bytes=GIGABYTE), ("DISK_LOW", "")),
        (replace(WELL, backup_at=ago(hours=27)), ("BACKUP_OLD", "")),
        (replace(WELL, backup_at=None), ("BACKUP_OLD", "")),
        (
            replace(WELL, certificates={"queue-server": AT + timedelta(days=29)}),
            ("CERTIFICATE_EXPIRING", "queue-server"),
        ),
        (replace(WELL, started_at=ago(minutes=14)), ("SERVER_RESTARTED", "")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(figures: Figures, alarm: Key) -> None:
    assert alarm in found(figures)
    rule = RULES[AlarmCode(alarm[0])]
    parts = find_all(figures, LIMITS)[alarm].parts
    assert rule.zh.format(**parts)
    assert alarm[1] == "" or alarm[1] in rule.en.format(**parts)


@pytest.mark.parametrize(
    "figures",
    [
        with_state(state(KIOSK, ago(seconds=89))),
        with_state(state(KIOSK, paper="unconfirmed")),
        with_state(SPOKE_LAST, replace(WELL, calls=CALLS)),
        # Nobody has set a loudspeaker up there: nobody expects to hear it.
        replace(WELL, calls=CALLS, devices={BOARD: state(BOARD, kind="area-board", shows=AREA)}),
        # The last of three calls has only just been made: its turn may come.
        with_state(MUTE, replace(WELL, calls={AREA: (*CALLS[AREA][:2], call(3, ago(seconds=5)))})),
        with_state(replace(state(KIOSK), clock_ahead_s=None)),
        replace(WELL, backup_at=ago(hours=26)),
        replace(WELL, certificates={"queue-server": AT + timedelta(days=31)}),
        replace(WELL, started_at=ago(minutes=16)),
    ],
)  # fmt: skip
def test_what_is_within_its_limit_is_no_alarm(figures: Figures) -> None:
    assert found(figures) == set()


def test_with_a_list_of_devices_nobody_else_is_missed() -> None:
    expected = {one: ExpectedDevice(device=one, kind="kiosk") for one in (KIOSK, BOARD)}
    figures = with_state(
        state(DeviceId("somebody"), ago(hours=1)), replace(WELL, expected=expected)
    )

    assert found(figures) == set()


def test_a_site_can_change_a_limit_and_switch_a_rule_off() -> None:
    figures = with_state(state(KIOSK, ago(seconds=91), paper="paper_out"))

    assert ("DEVICE_SILENT", KIOSK) not in found(figures, AlarmLimits(device_silent_s=600))
    off = AlarmLimits(off=frozenset({AlarmCode.DEVICE_SILENT}))
    assert "DEVICE_SILENT" not in {code for code, _ in found(figures, off)}


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


SILENT: Key = ("DEVICE_SILENT", KIOSK)


def test_what_lasts_becomes_an_alarm_once_and_ends_once() -> None:
    held, began, ended = turn(Held(), {SILENT}, set(), at(0))
    assert (began, ended) == ([], [])
    held, began, ended = turn(held, {SILENT}, set(), at(15))
    assert (began, ended) == ([SILENT], [])
    held, began, ended = turn(held, {SILENT}, {SILENT}, at(20))
    assert (began, ended) == ([], [])
    held, began, ended = turn(held, set(), {SILENT}, at(25))
    assert (began, ended) == ([], [])
    held, began, ended = turn(held, set(), {SILENT}, at(40))
    assert (began, ended) == ([], [SILENT])


def test_what_comes_and_goes_neither_begins_nor_ends_an_alarm() -> None:
    held = Held()
    for second in range(0, 300, 10):
        wrong = {SILENT} if second % 20 else set()
        held, began, ended = turn(held, wrong, set(), at(second))
        assert (began, ended) == ([], [])
    held = Held()
    for second in range(0, 300, 10):
        wrong = {SILENT} if second % 20 else set()
        held, began, ended = turn(held, wrong, {SILENT}, at(second))
        assert (began, ended) == ([], [])


def test_an_alarm_whose_rule_is_no_more_ends() -> None:
    _, _, ended = turn(Held(), set(), {("OLD_RULE", "")}, at(0))

    assert ended == [("OLD_RULE", "")]


def test_every_rule_says_in_both_languages_what_to_do() -> None:
    for rule in RULES.values():
        assert re.search("请", rule.zh), rule.code
        assert len(re.findall(r"[.;]", rule.en)) >= 2, rule.code
        assert set(re.findall(r"\{\w+\}", rule.zh)) == set(re.findall(r"\{\w+\}", rule.en))


def test_the_page_for_operators_is_up_to_date() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
    start, end = page.index(BEGIN), page.index(END) + len(END)

    assert page[start:end] == section(), "python -m queue_server.watch.document"
