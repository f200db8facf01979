"""What the alarm rules look at: everything about the site at one instant, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from queue_server.rules.terms import AreaId, DeviceId
from queue_server.service.device_state import Devices
from queue_server.service.now import CallMade, HelpCall


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDevice:
    """A device that should be there, whether or not it was ever heard."""

    device: DeviceId
    kind: str
    """`kiosk`, `area-board` or `door-board`, as in `DeviceStatus`."""
    shows: str = ""
    """The area or room of a board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The site at the instant `at`, as the server sees it."""

    at: datetime
    started_at: datetime
    """When the server was started."""
    devices: Devices
    areas: tuple[AreaId, ...]
    calls: Mapping[AreaId, tuple[CallMade, ...]]
    """Of the running day, oldest first."""
    help_calls: tuple[HelpCall, ...]
    disk_free_bytes: int
    backup_at: datetime | None
    """When the journal was last copied; None: never."""
    expected: Mapping[DeviceId, ExpectedDevice] = field(default_factory=dict)
    records_fail_since: datetime | None = None
    """Since when the hospital's records have not answered; None while they do."""
    messages_fail_since: datetime | None = None
    """Since when the message service has not answered; None while it does, or there is none."""
    certificates: Mapping[str, datetime] = field(default_factory=dict)
    """When each certificate ends, by whose it is."""
