"""Open a serial port so that whatever is wrong with it is an OSError."""

import termios
from typing import Any

import serial


def open_serial_port(
    port: str,
    baud: int,
    *,
    read_timeout_s: float,
    write_timeout_s: float | None = None,
    stop_bits: int = 1,
) -> Any:
    """Return an open serial.Serial; nobody else can open the port while it is.

    Raises:
        OSError: no such port, or another program holds it. (pyserial's own errors are OSErrors.)
    """
    try:
        return serial.Serial(
            port,
            baud,
            stopbits=stop_bits,
            timeout=read_timeout_s,
            write_timeout=write_timeout_s,
            exclusive=True,
        )
    except termios.error as error:  # pulled out while it was being opened
        raise OSError(f"{port}: {error}") from error
