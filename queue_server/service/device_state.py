"""What the server knows of each device: what it said last, and what has changed lately.

Kept in memory only: after a restart the broker's retained messages and the next reports tell
it again. Pure functions; `at` is the server's instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import structs

from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from queue_server.rules.terms import DeviceId

DEVICES_MAX: Final = 2000
"""No site has so many; whoever made up more names would fill the memory."""
CHANGES_MAX: Final = 30
HEARD_MAX: Final = 20


class DeviceChange(StrEnum):
    """What has changed about a device."""

    CAME = "came"
    WENT = "went"
    STARTED = "started"
    VERSION = "version"
    PAPER = "paper"
    PARTS = "parts"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A change of a device, and to what."""

    at: datetime
    what: DeviceChange
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """A device as it was last heard of."""

    device: DeviceId
    status: DeviceStatus
    """With what it said of itself while it was up."""
    since: datetime
    """Since when its line is up, or down."""
    seen_at: datetime | None
    """When it was last heard; None if only the broker's will tells of it."""
    clock_ahead_s: float | None = None
    """By how much its clock is ahead of the server's; None while that is not known."""
    heard: tuple[Heard, ...] = ()
    """The last calls it has spoken or not spoken, oldest first."""
    changes: tuple[Changed, ...] = ()
    """Oldest first."""
    screenshot: Screenshot | None = field(default=None, repr=False)


Devices = Mapping[DeviceId, DeviceState]


def with_said(
    devices: Devices,
    device: DeviceId,
    said: DeviceStatus | Heard | Screenshot,
    at: datetime,
    *,
    is_retained: bool,
) -> Devices:
    """Return the devices after one of them has said something."""
    known = devices.get(device)
    if known is None:
        if len(devices) >= DEVICES_MAX:
            return devices
        # Who speaks is there, whatever it says first; his status will tell more.
        is_up = not isinstance(said, DeviceStatus) or said.is_up
        status = DeviceStatus(is_up=is_up)
        known = DeviceState(device=device, status=status, since=at, seen_at=None)
    match said:
        case DeviceStatus():
            state = _with_status(known, said, at, is_retained=is_retained)
        case Heard():
            heard = (*known.heard, said)[-HEARD_MAX:]
            state = replace(known, heard=heard, seen_at=at)
        case Screenshot():
            state = replace(known, screenshot=said, seen_at=at)
    return {**devices, device: state}


def _with_status(
    before: DeviceState, said: DeviceStatus, at: datetime, *, is_retained: bool
) -> DeviceState:
    if not said.is_up:
        # Its will, or its good-bye: what the device said of itself stays known.
        return _noted(before, structs.replace(before.status, is_up=False), at)
    if said.reported_at is None:
        return replace(_noted(before, said, at), seen_at=at, clock_ahead_s=None)
    if is_retained:
        # The server has just come; the device may have said it long ago.
        seen_at = min(said.reported_at, at)
        return replace(_noted(before, said, seen_at), seen_at=seen_at)
    ahead_s = (said.reported_at - at).total_seconds()
    return replace(_noted(before, said, at), seen_at=at, clock_ahead_s=ahead_s)


def _noted(before: DeviceState, said: DeviceStatus, at: datetime) -> DeviceState:
    """Return the state with a new status and what has changed by it."""
    old = before.status
    is_first = before.seen_at is None and not before.changes
    changes = []
    if said.is_up != old.is_up or is_first:
        what = DeviceChange.CAME if said.is_up else DeviceChange.WENT
        changes.append(Changed(at=at, what=what))
    if old.started_at is not None and said.started_at != old.started_at:
        changes.append(Changed(at=at, what=DeviceChange.STARTED))
    for what, was, now in (
        (DeviceChange.VERSION, old.version, said.version),
        (DeviceChange.PAPER, old.paper, said.paper),
        (DeviceChange.PARTS, old.parts, said.parts),
        (DeviceChange.SOUND, old.sound, said.sound),
    ):
        if was != now and not is_first:
            changes.append(Changed(at=at, what=what, value=now))
    is_turned = said.is_up != old.is_up or is_first
    return replace(
        before,
        status=said,
        since=at if is_turned else before.since,
        changes=(*before.changes, *changes)[-CHANGES_MAX:],
    )
