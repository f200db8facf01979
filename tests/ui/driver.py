"""Drives a real Kivy app in the test's own process: no X server, no pointer, real drawing."""

# ruff: noqa: PLC0415 - importing Kivy's window opens it

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FRAME_LOOK_S = 0.002


class UiDriver:
    """Taps, scans and looks; widgets are named by their `test_name`."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def frames(self, count: int = 2) -> None:
        """Let so many frames be drawn."""
        from kivy.clock import Clock

        last = Clock.frames + count
        while Clock.frames < last:  # noqa: ASYNC110 - Kivy has no event for it
            await asyncio.sleep(FRAME_LOOK_S)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Let frames be drawn until `happened()`; the test's time-out ends what never does."""
        while not happened():
            await self.frames(1)
        await self.frames(2)

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size, as a screen does that comes up late."""
        from kivy.core.window import Window

        Window.size = size
        await self.frames()

    def widgets(self) -> Iterator[Any]:
        """Every widget of the window; popups are children of the window too."""
        from kivy.core.window import Window

        for root in Window.children:
            yield from root.walk()

    def has(self, test_name: str) -> bool:
        return any(getattr(one, "test_name", None) == test_name for one in self.widgets())

    def find(self, test_name: str) -> Any:
        for widget in self.widgets():
            if getattr(widget, "test_name", None) == test_name:
                return widget
        raise LookupError(f"no widget named {test_name!r} on the screen")

    async def tap(self, test_name: str) -> None:
        widget = self.find(test_name)
        await self.touch(*widget.to_window(*widget.center))

    async def touch(self, x: float, y: float) -> None:
        """Touch the window at `x`, `y`, counted from its lower left corner."""
        from kivy.tests.common import UnitTestTouch

        touch = UnitTestTouch(x, y)
        touch.touch_down()
        await self.frames(1)
        touch.touch_up()
        await self.frames(2)

    async def scan(self, code: str) -> None:
        """Send what a keyboard scanner would send."""
        from kivy.core.window import Window

        for character in code:
            Window.dispatch("on_textinput", character)
        Window.dispatch("on_key_down", 13, 40, "\r", [])
        await self.frames(2)

    def picture(self, path: Path) -> Path:
        """Save what is on the screen; Kivy puts a number behind the name."""
        from kivy.core.window import Window

        return Path(Window.screenshot(name=str(path)))
