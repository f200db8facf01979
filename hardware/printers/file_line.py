"""A printer behind a device file, such as /dev/usb/lp0, or a plain file that collects the bytes."""

import os
import select
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic

READ_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """`is_one_way` for one that can't be read back: a parallel port, a plain file that exists."""

    path: str
    is_one_way: bool
    write_timeout_s: float

    def open(self) -> "OpenFileLine":
        """Open the line; OSError if it can't be done."""
        # Never O_CREAT: below /dev it would make a file that swallows slips without a printer.
        flags = os.O_WRONLY | os.O_APPEND if self.is_one_way else os.O_RDWR
        descriptor = os.open(self.path, flags | os.O_NONBLOCK | os.O_NOCTTY)
        return OpenFileLine(descriptor, self.write_timeout_s)


class OpenFileLine:
    """An open device file."""

    def __init__(self, descriptor: int, write_timeout_s: float) -> None:
        self._descriptor = descriptor
        self._write_timeout_s = write_timeout_s

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError if not all of it went out."""
        deadline_s = monotonic() + self._write_timeout_s
        left = memoryview(data)
        while left:
            left_s = max(0.0, deadline_s - monotonic())
            if not select.select([], [self._descriptor], [], left_s)[1]:
                raise TimeoutError("the printer takes no more data")
            left = left[os.write(self._descriptor, left) :]

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, b"" if nothing came in time."""
        if not select.select([self._descriptor], [], [], timeout_s)[0]:
            return b""
        data = os.read(self._descriptor, READ_BYTES_MAX)
        if not data:
            raise ConnectionResetError("the device file has come to its end")
        return data

    def close(self) -> None:
        """Give the line up."""
        with suppress(OSError):
            os.close(self._descriptor)
