"""A scanner on a serial port, which is what USB-COM (CDC) mode gives. Survives being unplugged."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from hardware.scanner import ScannerState
from hardware.scanners.code_collector import CodeCollector, CodeLimits
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


class SerialScanner:
    """A Scanner. Configure the device to end each code with CR."""

    def __init__(self, settings: SerialScannerSettings) -> None:
        self._settings = settings
        self._state = ScannerState.STOPPED
        self._on_state: Callable[[ScannerState], None] | None = None
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> ScannerState:
        """See Scanner."""
        return self._state

    def start(
        self,
        on_code: Callable[[str], None],
        on_state: Callable[[ScannerState], None] | None = None,
    ) -> None:
        """See Scanner."""
        assert self._thread is None, "already started"
        self._is_stopping.clear()
        port = self._opened_port()
        self._state = ScannerState.UNREACHABLE if port is None else ScannerState.READY
        self._on_state = on_state
        self._thread = threading.Thread(
            target=self._run, args=(port, on_code), name="serial-scanner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """See Scanner. Not to be called from a callback."""
        if self._thread is not None:
            self._is_stopping.set()
            self._thread.join()
            self._thread = None
            self._state = ScannerState.STOPPED

    def _run(self, port: Any, on_code: Callable[[str], None]) -> None:
        while not self._is_stopping.is_set():
            if port is None:
                self._is_stopping.wait(self._settings.reconnect_s)
                port = self._opened_port()
                continue
            self._change_state(ScannerState.READY)
            try:
                self._deliver_codes(port, on_code)
            except OSError as error:
                _log.warning("scanner lost: %s", error)
                self._change_state(ScannerState.UNREACHABLE)
            finally:
                port.close()
                port = None

    def _opened_port(self) -> Any:
        """Return the open port, or None if the scanner can't be reached."""
        settings = self._settings
        try:
            return open_serial_port(settings.port, settings.baud, read_timeout_s=READ_TIMEOUT_S)
        except OSError as error:
            _log.debug("scanner not reached: %s", error)
            return None

    def _change_state(self, state: ScannerState) -> None:
        if state is not self._state:
            self._state = state
            if self._on_state is not None:
                self._on_state(state)

    def _deliver_codes(self, port: Any, on_code: Callable[[str], None]) -> None:
        """Deliver codes until told to stop; OSError when the scanner is lost."""
        collector = CodeCollector(self._settings.limits)
        while not self._is_stopping.is_set():
            data: bytes = port.read(1)
            data += port.read(port.in_waiting)
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
