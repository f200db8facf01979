"""The line to a printer: what a driver needs of network, USB, serial port or device file."""

from typing import Protocol


class OpenLine(Protocol):
    """A line that is open. Every method raises OSError when the line breaks."""

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError (TimeoutError included) if not all of it went out in time."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, waiting at most `timeout_s` for it; b"" if nothing came."""
        ...

    def close(self) -> None:
        """Give the line up. Never raises."""
        ...


class Line(Protocol):
    """How a printer is reached. A driver opens the line for each job and closes it after it."""

    def open(self) -> OpenLine:
        """Open the line within the time-out it was made with; OSError if it can't be done."""
        ...
