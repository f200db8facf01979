"""What the technician's desk may ask of a kiosk: to begin anew, and for a screenshot."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, Protocol

from kiosk.conductor import Conductor
from queue_server.client.line import Line
from queue_server.client.obeying import obey
from queue_server.client.screenshot import send_screenshot
from queue_server.rules.terms import DeviceAct

LOOK_S: Final = 0.5


class Window(Protocol):
    """The kiosk's window; in the product the `KioskApp`."""

    def draw_covered(self) -> tuple[bytes, tuple[int, int]]:
        """Return pixels and size of what is shown, with everything personal covered."""

    def stop(self) -> None:
        """Close."""


class DeskCommands:
    """Carries out commands; `wants_restart` tells why the window has closed."""

    def __init__(
        self, line: Line, conductor: Conductor, window: Window, now: Callable[[], datetime]
    ) -> None:
        self._line = line
        self._conductor = conductor
        self._window = window
        self._now = now
        self._in_background: set[asyncio.Task[None]] = set()
        self.wants_restart = False

    def follow(self) -> None:
        """Begin to obey; to be called before `line.run()`."""
        acts = {
            DeviceAct.RELOAD: lambda: self._start(self._reload()),
            DeviceAct.SCREENSHOT: lambda: self._start(
                send_screenshot(self._line, self._window.draw_covered, self._now())
            ),
        }
        obey(self._line, acts, self._now)

    async def _reload(self) -> None:
        # Whoever stands in front of it is served first.
        while not self._conductor.is_free:  # noqa: ASYNC110 - the flow has no event for it
            await asyncio.sleep(LOOK_S)
        self.wants_restart = True
        self._window.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._in_background.add(task)
        task.add_done_callback(self._in_background.discard)
