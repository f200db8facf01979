"""What the technician's desk may ask of a board: to begin anew, to be silent, for a screenshot."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol

from display.announcer import Announcer
from queue_server.client.line import Line
from queue_server.client.obeying import obey
from queue_server.client.screenshot import send_screenshot
from queue_server.rules.terms import DeviceAct


class Window(Protocol):
    """The board's window; in the product the `BoardApp`."""

    def draw_covered(self) -> tuple[bytes, tuple[int, int]]:
        """Return pixels and size of what is shown, with everything personal covered."""

    def stop(self) -> None:
        """Close."""


class DeskCommands:
    """Carries out commands, and ends the board; `wants_restart` tells why it has ended.

    Args:
        line: the board's line.
        window: the board's window.
        announcer: of an area board.
        now: gives the present instant.
        ending: set as soon as the board is to end.
    """

    def __init__(
        self,
        line: Line,
        window: Window,
        announcer: Announcer | None,
        now: Callable[[], datetime],
        ending: asyncio.Event,
    ) -> None:
        self._line = line
        self._window = window
        self._announcer = announcer
        self._now = now
        self._ending = ending
        self._in_background: set[asyncio.Task[None]] = set()
        self.wants_restart = False

    def follow(self) -> None:
        """Begin to obey; to be called before `line.run()`."""
        acts: dict[DeviceAct, Callable[[], None]] = {
            DeviceAct.RELOAD: self._reload,
            DeviceAct.SCREENSHOT: self._send_screenshot,
        }
        if self._announcer is not None:
            acts[DeviceAct.SILENCE] = partial(self._announcer.be_silent, True)
            acts[DeviceAct.SPEAK] = partial(self._announcer.be_silent, False)
        obey(self._line, acts, self._now)

    def end(self) -> None:
        """End the board; it does not begin anew."""
        self.wants_restart = False
        self._ending.set()
        self._window.stop()

    def _reload(self) -> None:
        self.wants_restart = not self._ending.is_set()
        self._ending.set()
        self._window.stop()

    def _send_screenshot(self) -> None:
        sending = send_screenshot(self._line, self._window.draw_covered, self._now())
        task = asyncio.get_running_loop().create_task(sending)
        self._in_background.add(task)
        task.add_done_callback(self._in_background.discard)
