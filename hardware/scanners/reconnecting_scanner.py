"""A scanner that is read by a thread of its own and looked for again when it was unplugged."""

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from hardware.scanner import ScannerState

_log = logging.getLogger(__name__)


class ReconnectingScanner(ABC):
    """A Scanner, but for how its device is opened and read."""

    def __init__(self, reconnect_s: float) -> None:
        self._reconnect_s = reconnect_s
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
        device = self._opened_device()
        self._state = ScannerState.UNREACHABLE if device is None else ScannerState.READY
        self._on_state = on_state
        self._thread = threading.Thread(
            target=self._run, args=(device, on_code), name="scanner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """See Scanner. Not to be called from a callback."""
        if self._thread is not None:
            self._is_stopping.set()
            self._thread.join()
            self._thread = None
            self._state = ScannerState.STOPPED

    @abstractmethod
    def _open(self) -> Any:
        """Return the open device, with a method close(); OSError if it can't be reached."""

    @abstractmethod
    def _deliver_codes(self, device: Any, on_code: Callable[[str], None]) -> None:
        """Deliver codes until told to stop; OSError when the scanner is lost."""

    def _run(self, device: Any, on_code: Callable[[str], None]) -> None:
        while not self._is_stopping.is_set():
            if device is None:
                if not self._is_stopping.wait(self._reconnect_s):
                    device = self._opened_device()
                continue
            self._change_state(ScannerState.READY)
            try:
                self._deliver_codes(device, on_code)
            except OSError as error:
                _log.warning("scanner lost: %s", error)
                self._change_state(ScannerState.UNREACHABLE)
            finally:
                device.close()
                device = None
        if device is not None:
            device.close()

    def _opened_device(self) -> Any:
        """Return the open device, or None if the scanner can't be reached."""
        try:
            return self._open()
        except OSError as error:
            _log.debug("scanner not reached: %s", error)
            return None

    def _change_state(self, state: ScannerState) -> None:
        if state is not self._state:
            self._state = state
            if self._on_state is not None:
                self._on_state(state)
