"""What is known of a device after it has said something."""

from datetime import UTC, datetime, timedelta

from queue_server.contract.device_messages import DeviceStatus, Heard
from queue_server.rules.terms import DeviceId
from queue_server.service.device_state import (
    CHANGES_MAX,
    DEVICES_MAX,
    DeviceChange,
    Devices,
    with_said,
)

AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
TV = DeviceId("tv-1")


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def said(
    devices: Devices, status: DeviceStatus, at: datetime = AT, *, is_retained: bool = False
) -> Devices:
    return with_said(devices, TV, status, at, is_retained=is_retained)


def up(at: datetime, **more: object) -> DeviceStatus:
    return DeviceStatus(is_up=True, reported_at=at, version="1", started_at=AT, **more)  # type: ignore[arg-type]


def test_a_clock_that_is_wrong_is_told_by_the_difference() -> None:
    devices = said({}, up(minutes(5)), minutes(0))

    assert devices[TV].clock_ahead_s == 300
    assert devices[TV].seen_at == minutes(0)


def test_what_the_broker_had_kept_says_nothing_of_the_clock_and_is_as_old_as_it_is() -> None:
    devices = said({}, up(minutes(-60)), minutes(0), is_retained=True)

    assert devices[TV].clock_ahead_s is None
    assert devices[TV].seen_at == minutes(-60)


def test_the_will_turns_the_line_down_and_what_was_known_stays() -> None:
    devices = said({}, up(minutes(0), paper="ok", kind="kiosk"), minutes(0))
    devices = said(devices, DeviceStatus(is_up=False), minutes(9))

    state = devices[TV]
    assert (state.status.is_up, state.status.kind, state.status.version) == (False, "kiosk", "1")
    assert (state.since, state.seen_at) == (minutes(9), minutes(0))
    assert [one.what for one in state.changes][-1] is DeviceChange.WENT


def test_a_report_with_nothing_new_is_no_change() -> None:
    devices = said({}, up(minutes(0)), minutes(0))
    before = devices[TV].changes

    devices = said(devices, up(minutes(1)), minutes(1))

    assert devices[TV].changes == before
    assert devices[TV].since == minutes(0)
    assert devices[TV].seen_at == minutes(1)


def test_paper_sound_and_a_new_start_are_changes() -> None:
    devices = said({}, up(minutes(0), paper="ok", sound="ok"), minutes(0))
    again = up(minutes(1), paper="paper_out", sound="broken")
    devices = said(devices, again, minutes(1))

    assert [(one.what, one.value) for one in devices[TV].changes[-2:]] == [
        (DeviceChange.PAPER, "paper_out"),
        (DeviceChange.SOUND, "broken"),
    ]
    restarted = DeviceStatus(is_up=True, reported_at=minutes(2), started_at=minutes(2))
    devices = said(devices, restarted, minutes(2))
    assert DeviceChange.STARTED in [one.what for one in devices[TV].changes]


def test_memory_is_bounded_whatever_is_said() -> None:
    devices: Devices = {}
    for index in range(2 * CHANGES_MAX):
        devices = said(devices, up(minutes(index), paper=str(index)), minutes(index))
    assert len(devices[TV].changes) == CHANGES_MAX
    heard = Heard(sequence=1, area="area-a", heard_at=AT, was_spoken=True)
    for _ in range(100):
        devices = with_said(devices, TV, heard, AT, is_retained=False)
    assert len(devices[TV].heard) < 100

    many = dict.fromkeys((DeviceId(f"tv-{index}") for index in range(DEVICES_MAX)), devices[TV])
    assert len(with_said(many, DeviceId("one-more"), up(AT), AT, is_retained=False)) == DEVICES_MAX
