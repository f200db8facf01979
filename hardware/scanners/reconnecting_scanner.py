"""A scanner that is read by a thread of its own and looked for again when it was unplugged."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from hardware.reconnecting_loop import ReconnectingLoop
from hardware.scanner import ScannerState


class ReconnectingScanner(ABC):
    """A Scanner, but for how its device is opened and read."""

    def __init__(self, reconnect_s: float) -> None:
        self._on_code: Callable[[str], None] = lambda code: None
        self._loop = ReconnectingLoop[Any](
            "scanner",
            open_device=self._open,
            deliver=lambda device: self._deliver_codes(device, self._on_code),
            reconnect_s=reconnect_s,
        )
        self._is_stopping = self._loop.is_stopping

    @property
    def state(self) -> ScannerState:
        """See Scanner."""
        if not self._loop.is_running:
            return ScannerState.STOPPED
        return ScannerState.READY if self._loop.is_reached else ScannerState.UNREACHABLE

    def start(
        self,
        on_code: Callable[[str], None],
        on_state: Callable[[ScannerState], None] | None = None,
    ) -> None:
        """See Scanner."""
        self._on_code = on_code
        self._loop.start(lambda _: None if on_state is None else on_state(self.state))

    def stop(self) -> None:
        """See Scanner. Not to be called from a callback."""
        self._loop.stop()

    @abstractmethod
    def _open(self) -> Any:
        """Return the open device, with a method close(); OSError if it can't be reached."""

    @abstractmethod
    def _deliver_codes(self, device: Any, on_code: Callable[[str], None]) -> None:
        """Deliver codes until told to stop; OSError when the scanner is lost."""
