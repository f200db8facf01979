"""A device that is read by a thread of its own, and looked for again when it was unplugged."""

import logging
import threading
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

_log = logging.getLogger(__name__)


class Opened(Protocol):
    """An open device."""

    def close(self) -> None:
        """Give it up."""
        ...


Device = TypeVar("Device", bound=Opened)


class ReconnectingLoop(Generic[Device]):
    """Opens the device, reads it until it is lost, and opens it again.

    Args:
        name: of the thread, and of the device in the log.
        open_device: returns the open device; OSError if it can't be reached.
        deliver: reads until `is_stopping` is set; OSError when the device is lost.
        reconnect_s: the pause between two tries to reach it.
    """

    def __init__(
        self,
        name: str,
        open_device: Callable[[], Device],
        deliver: Callable[[Device], None],
        reconnect_s: float,
    ) -> None:
        self._name = name
        self._open_device = open_device
        self._deliver = deliver
        self._reconnect_s = reconnect_s
        self.is_stopping: Final = threading.Event()
        self._is_reached = False
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started."""
        return self._thread is not None

    @property
    def is_reached(self) -> bool:
        """Whether the device was there when it was last asked for anything."""
        return self._is_reached

    def start(self, on_reached: Callable[[bool], None]) -> None:
        """Begin. `on_reached`: told when it changes whether the device is reached."""
        assert self._thread is None, "already started"
        self.is_stopping.clear()
        device = self._opened()
        self._is_reached = device is not None
        self._thread = threading.Thread(
            target=self._run, args=(device, on_reached), name=self._name, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End, not from a callback. May be called twice."""
        if self._thread is not None:
            self.is_stopping.set()
            self._thread.join()
            self._thread = None

    def _run(self, device: Device | None, on_reached: Callable[[bool], None]) -> None:
        while not self.is_stopping.is_set():
            if device is None:
                if not self.is_stopping.wait(self._reconnect_s):
                    device = self._opened()
                continue
            self._change(on_reached, is_reached=True)
            try:
                self._deliver(device)
            except OSError as error:
                _log.warning("%s lost: %s", self._name, error)
                self._change(on_reached, is_reached=False)
            finally:
                device.close()
                device = None
        if device is not None:
            device.close()

    def _opened(self) -> Device | None:
        try:
            return self._open_device()
        except OSError as error:
            _log.debug("%s not reached: %s", self._name, error)
            return None

    def _change(self, on_reached: Callable[[bool], None], *, is_reached: bool) -> None:
        if is_reached is not self._is_reached:
            self._is_reached = is_reached
            on_reached(is_reached)
