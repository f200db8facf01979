"""`[alarms]` of the site file: from when on something is an alarm, and which rules are off."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from queue_server.toml_table import Table


class AlarmCode(StrEnum):
    """What an alarm is about; the rules stand in `alarm_rules.py`."""

    DEVICE_SILENT = "DEVICE_SILENT"
    BOARD_MISSING = "BOARD_MISSING"
    CALLS_NOT_SPOKEN = "CALLS_NOT_SPOKEN"
    HELP_WAITING = "HELP_WAITING"
    PAPER_OUT = "PAPER_OUT"
    PRINTER_BROKEN = "PRINTER_BROKEN"
    PAPER_LOW = "PAPER_LOW"
    A4_BLOCKED = "A4_BLOCKED"
    A4_LOW = "A4_LOW"
    PART_BROKEN = "PART_BROKEN"
    CLOCK_OFF = "CLOCK_OFF"
    RECORDS_SILENT = "RECORDS_SILENT"
    MESSAGES_SILENT = "MESSAGES_SILENT"
    DISK_LOW = "DISK_LOW"
    BACKUP_OLD = "BACKUP_OLD"
    CERTIFICATE_EXPIRING = "CERTIFICATE_EXPIRING"
    SERVER_RESTARTED = "SERVER_RESTARTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLimits:
    """What `[alarms]` says. Each field but `off` is a key with a whole number."""

    device_silent_s: int = 90
    """So long nothing was heard of a device; each reports every 30 s."""
    unspoken_calls: int = 3
    """So many calls of an area in a row were spoken by no loudspeaker."""
    help_call_s: int = 180
    """So long somebody has been waiting for help at a kiosk."""
    clock_off_s: int = 30
    """A device's clock is so far from the server's."""
    disk_free_mb: int = 2000
    """Less is left on the disk of the journal."""
    backup_age_h: int = 26
    """The last `hospital-kiosk backup` is older."""
    certificate_days: int = 30
    """A certificate ends sooner."""
    restarted_s: int = 900
    """So long a start of the server is told."""
    off: frozenset[AlarmCode] = frozenset()
    """Codes that are no alarm at this site."""


NUMBERS: Final = tuple(one.name for one in fields(AlarmLimits) if one.name != "off")
NUMBER_MAX: Final = 1_000_000


def alarm_limits(table: Table) -> AlarmLimits:
    """Read the table `[alarms]`; what is wrong is noted in its problems."""
    table.check_keys((*NUMBERS, "off"))
    default = AlarmLimits()
    numbers = {
        name: table.whole_number(name, getattr(default, name), 1, NUMBER_MAX) for name in NUMBERS
    }
    off = table.some_of("off", tuple(AlarmCode))
    return AlarmLimits(**numbers, off=frozenset(AlarmCode(code) for code in off))
