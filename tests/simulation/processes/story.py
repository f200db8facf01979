"""What a run is made of beside its machines: its clock, its time line, its windows of trouble."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

EVERYBODY: Final = ""
"""Stands for all devices."""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something was wrong from `began_at` to `ended_at`, seconds of the hospital's clock."""

    kind: str
    began_at: float
    ended_at: float
    device: str = EVERYBODY
    is_quiet: bool = False
    """The line is no line while it lasts, though the device may believe in it."""


class Unexpected(AssertionError):
    """A process has ended, or said something, that nobody expected."""


class Story:
    """The hospital's clock and what has happened by it."""

    def __init__(self, folder: Path, clock_offset: timedelta) -> None:
        self.clock_offset = clock_offset
        self.counts: Counter[str] = Counter()
        self.troubles: list[Trouble] = []
        self.unexpected: list[str] = []
        self._began_at = self.now()
        self._lines = (folder / "timeline.txt").open("a", encoding="utf-8", buffering=1)

    def now(self) -> datetime:
        """Return what all clocks of the hospital show."""
        return datetime.now(UTC) + self.clock_offset

    @property
    def seconds(self) -> float:
        """What is written down as a time."""
        return self.now().timestamp()

    def tell(self, who: str, what: str) -> None:
        """Add a line to the time line."""
        now = self.now()
        since_s = (now - self._began_at).total_seconds()
        self._lines.write(f"{since_s:8.2f} {now:%H:%M:%S.%f} {who:14} {what}\n")

    def count(self, what: str) -> None:
        """Count something for the table."""
        self.counts[what] += 1

    def did_not_expect(self, what: str) -> None:
        """Remember what must not happen; the run fails."""
        self.tell("!", what)
        self.unexpected.append(what)

    def close(self) -> None:
        """Close the file."""
        self._lines.close()
