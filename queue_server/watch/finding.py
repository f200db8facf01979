"""What each alarm rule looks for. Pure: the figures of one instant in, what is wrong out.

The parts of a sentence are ids, counts and times; never anything about a patient.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from queue_server.rules.terms import AreaId, DeviceId
from queue_server.service.device_state import DeviceState
from queue_server.watch.alarm_limits import AlarmLimits
from queue_server.watch.figures import Figures

PAPER_OUT: Final = frozenset({"paper_out", "PAPER_OUT"})
PAPER_LOW: Final = frozenset({"paper_near_end"})
A4: Final = "a4_"
"""What an A4 printer says of itself begins with it."""
A4_LOW: Final = frozenset({"a4_paper_low", "a4_toner_low"})
PAPER_FINE: Final = frozenset({"ok", "unconfirmed"})
HEARD_WITHIN_S: Final = 60
"""A call that nobody has spoken may still be waiting for the one before it."""
PART_FINE: Final = ":ok"
NEVER: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that is wrong."""

    about: str = ""
    """The id of a device or an area; empty: the server."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """What the sentence names."""


def silent_devices(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Devices of which nothing is heard; expected ones even if they never were."""
    silent = timedelta(seconds=limits.device_silent_s)
    # Without a list whoever was heard once is expected to stay.
    for device in sorted(figures.expected or figures.devices):
        state = figures.devices.get(device)
        seen_at = state.seen_at if state is not None else None
        is_gone = state is not None and not state.status.is_up
        if is_gone or figures.at - (seen_at or figures.started_at) >= silent:
            yield _device(device, seen=clock_text(seen_at) if seen_at else NEVER)


def missing_boards(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Areas whose board no screen shows."""
    shown = {
        state.status.shows
        for state in figures.devices.values()
        if state.status.kind == "area-board" and is_there(state, figures.at, limits)
    }
    for area in figures.areas:
        if area not in shown:
            yield _area(area)


def unspoken_calls(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Areas with a loudspeaker where the last calls were spoken by none."""
    for area in figures.areas:
        boards = [
            state
            for state in figures.devices.values()
            if state.status.shows == area and state.status.sound
        ]
        done = figures.at - timedelta(seconds=HEARD_WITHIN_S)
        calls = [call for call in figures.calls.get(area, ()) if call.called_at <= done]
        last = calls[-limits.unspoken_calls :]
        told = [one for state in boards for one in state.heard if one.area == area]
        spoken = {
            call.sequence
            for call in last
            for heard in told
            if heard.sequence == call.sequence
            and heard.was_spoken
            and heard.heard_at >= call.called_at - timedelta(seconds=limits.clock_off_s)
        }
        if boards and len(last) == limits.unspoken_calls and not spoken:
            why = sorted({one.why_not for one in told[-len(last) :] if one.why_not})
            yield _area(area, count=str(len(last)), why=", ".join(why) or NEVER)


def waiting_help(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Kiosks at which somebody waits for help."""
    for call in figures.help_calls:
        if (figures.at - call.called_at).total_seconds() >= limits.help_call_s:
            yield _device(call.device, minutes=str(limits.help_call_s // 60))


def paper_out(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Printers without paper."""
    for state, conditions in _printers(figures, limits):
        if conditions & PAPER_OUT:
            yield _device(state.device)


def paper_low(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Printers with little paper."""
    for state, conditions in _printers(figures, limits):
        if conditions & PAPER_LOW and not conditions & PAPER_OUT:
            yield _device(state.device)


def broken_printers(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Printers that can't print for another reason than paper."""
    for state, conditions in _printers(figures, limits):
        broken = conditions - PAPER_OUT - PAPER_LOW - PAPER_FINE
        named = sorted(one for one in broken if not one.startswith(A4))
        if named:
            yield _device(state.device, condition=", ".join(named))


def blocked_a4_printers(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """A4 printers that print no reports."""
    for state, conditions in _printers(figures, limits):
        named = sorted(one for one in conditions - A4_LOW if one.startswith(A4))
        if named:
            yield _device(state.device, condition=", ".join(named))


def low_a4_printers(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """A4 printers with little paper or toner."""
    for state, conditions in _printers(figures, limits):
        if conditions & A4_LOW:
            named = ", ".join(sorted(conditions & A4_LOW))
            yield _device(state.device, condition=named)


def broken_parts(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Scanners, card readers and bill validators that do not work."""
    for state in _there(figures, limits):
        broken = [one for one in state.status.parts.split() if not one.endswith(PART_FINE)]
        if broken:
            yield _device(state.device, parts=", ".join(broken))


def wrong_clocks(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Devices whose clock differs from the server's."""
    for state in _there(figures, limits):
        ahead_s = state.clock_ahead_s
        if ahead_s is not None and abs(ahead_s) >= limits.clock_off_s:
            yield _device(state.device, seconds=f"{abs(ahead_s):.0f}")


def silent_records(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """The hospital's records, if they do not answer."""
    del limits
    if figures.records_fail_since is not None:
        yield Found(parts={"since": clock_text(figures.records_fail_since)})


def silent_messages(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """The hospital's message service, if it does not answer."""
    del limits
    if figures.messages_fail_since is not None:
        yield Found(parts={"since": clock_text(figures.messages_fail_since)})


def low_disk(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """The disk of the journal, if it fills up."""
    free_mb = figures.disk_free_bytes // 1_000_000
    if free_mb < limits.disk_free_mb:
        yield Found(parts={"free_mb": str(free_mb)})


def old_backup(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """The last backup, if it is old or there is none."""
    backup_at = figures.backup_at
    if backup_at is None or figures.at - backup_at > timedelta(hours=limits.backup_age_h):
        yield Found(parts={"when": clock_text(backup_at) if backup_at else NEVER})


def ending_certificates(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """Certificates that soon end, or have ended."""
    soon = figures.at + timedelta(days=limits.certificate_days)
    for name, ends_at in figures.certificates.items():
        if ends_at <= soon:
            ends = f"{ends_at.astimezone(figures.at.tzinfo):%Y-%m-%d}"
            yield _device(DeviceId(name), ends=ends)


def restarted_server(figures: Figures, limits: AlarmLimits) -> Iterator[Found]:
    """The server itself, if it was started a short while ago."""
    if figures.at - figures.started_at < timedelta(seconds=limits.restarted_s):
        yield Found(parts={"since": clock_text(figures.started_at)})


def is_there(state: DeviceState, at: datetime, limits: AlarmLimits) -> bool:
    """Tell whether a device is up and was heard lately."""
    is_heard = state.seen_at is not None and at - state.seen_at < timedelta(
        seconds=limits.device_silent_s
    )
    return state.status.is_up and is_heard


def clock_text(at: datetime) -> str:
    """Return an instant as the sentences write it, in the time zone that it has."""
    return f"{at:%m-%d %H:%M}"


def _there(figures: Figures, limits: AlarmLimits) -> Iterator[DeviceState]:
    """Yield the devices whose word can be trusted at this instant."""
    return (state for state in figures.devices.values() if is_there(state, figures.at, limits))


def _printers(
    figures: Figures, limits: AlarmLimits
) -> Iterator[tuple[DeviceState, frozenset[str]]]:
    for state in _there(figures, limits):
        if state.status.paper:
            yield state, frozenset(state.status.paper.split())


def _device(device: DeviceId, **parts: str) -> Found:
    return Found(about=device, parts={"device": device, **parts})


def _area(area: AreaId, **parts: str) -> Found:
    return Found(about=area, parts={"area": area, **parts})
