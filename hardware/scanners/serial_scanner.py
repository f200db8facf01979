"""A scanner on a serial port, which is what USB-COM (CDC) mode gives. Survives being unplugged."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from hardware.scanners.code_collector import CodeCollector, CodeLimits
from hardware.scanners.reconnecting_scanner import ReconnectingScanner
from hardware.serial_port import open_serial_port

READ_TIMEOUT_S = 0.1
"""How soon stop() is noticed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialScannerSettings:
    """`port` is best a name below /dev/serial/by-id: it stays the same when cables change."""

    port: str
    baud: int = 9600
    """Any value will do in USB-COM mode."""
    reconnect_s: float = 2.0
    """Between two tries to reach a scanner that is not there."""
    limits: CodeLimits = field(default_factory=CodeLimits)


class SerialScanner(ReconnectingScanner):
    """A Scanner. Configure the device to end each code with CR."""

    def __init__(self, settings: SerialScannerSettings) -> None:
        super().__init__(settings.reconnect_s)
        self._settings = settings

    def _open(self) -> Any:
        settings = self._settings
        return open_serial_port(settings.port, settings.baud, read_timeout_s=READ_TIMEOUT_S)

    def _deliver_codes(self, device: Any, on_code: Callable[[str], None]) -> None:
        collector = CodeCollector(self._settings.limits)
        while not self._is_stopping.is_set():
            data: bytes = device.read(1)
            data += device.read(device.in_waiting)
            # A character a byte, until a code is whole: a read may end within a character.
            for code in collector.feed(data.decode("latin-1"), monotonic()):
                self._deliver(code.encode("latin-1"), on_code)

    def _deliver(self, code: bytes, on_code: Callable[[str], None]) -> None:
        try:
            text = code.decode()
        except UnicodeDecodeError:
            _log.warning("a code of %d bytes is not UTF-8 and was dropped", len(code))
        else:
            on_code(text)
