"""A printer on a serial port."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hardware.serial_port import open_serial_port

READ_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLine:
    """A slip is 60 to 90 kB: 115,200 baud take 6 s for it, 9600 more than a minute."""

    port: str
    baud: int
    write_timeout_s: float

    def open(self) -> "OpenSerialLine":
        """Open the line; OSError if it can't be done."""
        return OpenSerialLine(
            open_serial_port(
                self.port, self.baud, read_timeout_s=0, write_timeout_s=self.write_timeout_s
            )
        )


class OpenSerialLine:
    """An open serial port."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError if not all of it went out."""
        self._port.write(data)

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, b"" if nothing came in time."""
        self._port.timeout = timeout_s
        first: bytes = self._port.read(1)
        if not first:
            return b""
        self._port.timeout = 0
        rest: bytes = self._port.read(READ_BYTES_MAX)
        return first + rest

    def close(self) -> None:
        """Give the line up."""
        with suppress(OSError):
            self._port.close()
