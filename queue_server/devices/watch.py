"""Has a running broker follow the list of devices: who is revoked is out within a second."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerError
from queue_server.devices.device_list import LIST_NAME
from queue_server.devices.errors import DeviceError
from queue_server.devices.register import DeviceRegister

LOOK_EVERY_S: Final = 0.5
APPLIED_NAME: Final = "applied"
"""A file beside the list: the revision that a running broker follows."""

_log = logging.getLogger(__name__)


class DeviceWatch:
    """Looks at the list of `register` and calls `reload` when it has changed."""

    def __init__(self, register: DeviceRegister, reload: Callable[[], None]) -> None:
        self._register = register
        self._reload = reload
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="device-watch", daemon=True)
        self._seen: tuple[int, int] = (0, 0)

    def start(self) -> None:
        """Begin; a change since the broker was started is followed too."""
        # From now on whoever changes the list may wait for us.
        self._applied_file.write_text("0", encoding="ascii")
        self._thread.start()

    def stop(self) -> None:
        """End; does nothing if it was not started."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._applied_file.unlink(missing_ok=True)

    @property
    def _applied_file(self) -> Path:
        return self._register.folder / APPLIED_NAME

    def _watch(self) -> None:
        told = ""
        while not self._is_over.wait(LOOK_EVERY_S):
            try:
                mark = self._mark()
                if mark == self._seen:
                    continue
                revision = self._register.read().revision
                self._reload()
                self._applied_file.write_text(str(revision), encoding="ascii")
                self._seen, told = mark, ""
                _log.info("the broker follows the list of devices / 设备清单已生效")
            except (BrokerError, DeviceError, OSError, ValueError) as error:
                # The list of before goes on, and somebody who was revoked may still be in.
                if str(error) != told:
                    _log.critical("the list of devices was not taken over: %s", error)
                told = str(error)

    def _mark(self) -> tuple[int, int]:
        """Return what is different of each list: it is replaced as a whole."""
        found = (self._register.folder / LIST_NAME).stat()
        return found.st_ino, found.st_mtime_ns
