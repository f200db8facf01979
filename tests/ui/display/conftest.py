"""Boards in a real window that nobody sees."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.update(
    KIVY_NO_ARGS="1",
    KIVY_NO_FILELOG="1",
    KIVY_USE_DEFAULTCONFIG="1",
    KIVY_LOG_MODE="PYTHON",
    KIVY_WINDOW="sdl2",
    SDL_VIDEODRIVER="offscreen",
    SDL_AUDIODRIVER="dummy",
)

import pytest

from display.announcer import Announcer, Pace
from display.presenter import AreaPresenter, DoorPresenter
from queue_server.contract.device_messages import Heard
from tests.unit.display.samples import NOW, texts

AREA_SIZE = (1920, 1080)
DOOR_SIZE = (1280, 800)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Seen:
    """What a person in front of the board would see."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def frames(self, count: int = 4) -> None:
        from kivy.clock import Clock as Frames  # noqa: PLC0415 - importing it early opens nothing

        last = Frames.frames + count
        while Frames.frames < last:  # noqa: ASYNC110 - Kivy has no event for it
            await asyncio.sleep(0.002)

    def labels(self) -> Iterator[Any]:
        """Yield the labels with a text that are visible, with all around them."""
        yield from self._labels(self.app.root)

    def _labels(self, widget: Any) -> Iterator[Any]:
        if widget.opacity == 0:
            return
        if getattr(widget, "text", "") and hasattr(widget, "texture"):
            yield widget
        for child in widget.children:
            yield from self._labels(child)

    def texts(self) -> list[str]:
        return [label.text for label in self.labels()]

    def picture(self, path: Path) -> Path:
        # The window that nobody sees keeps the size with which it was made; a widget does not.
        self.app.root.export_to_png(str(path))
        return path


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def announcer(clock: Clock) -> Announcer:
    heard: list[Heard] = []

    async def sleep(seconds: float) -> None:
        ends_at = clock() + timedelta(seconds=seconds)
        while clock() < ends_at:  # noqa: ASYNC110 - a clock that stands still tells nobody
            await asyncio.sleep(0.01)

    # However slowly a machine draws, a call stays until the test moves the clock.
    return Announcer(None, now=clock, sleep=sleep, acknowledge=heard.append, pace=Pace(shown_s=20))


@pytest.fixture
def area(clock: Clock, announcer: Announcer) -> AreaPresenter:
    return AreaPresenter(texts(), announcer, clock)


@pytest.fixture
def door(clock: Clock) -> DoorPresenter:
    return DoorPresenter(texts(), clock)


@pytest.fixture
def opened() -> Callable[..., Any]:
    """Open a board: `async with opened(presenter, (width, height)) as seen`."""

    @asynccontextmanager
    async def open_board(
        presenter: AreaPresenter | DoorPresenter, size: tuple[int, int]
    ) -> AsyncIterator[Seen]:
        from kivy.config import Config  # noqa: PLC0415 - after the settings above

        Config.set("graphics", "multisamples", "0")
        for name, _ in Config.items("input"):
            Config.remove_option("input", name)  # no real device may disturb a test
        from kivy.core.window import Window  # noqa: PLC0415 - importing it opens the window

        from display.app import BoardApp  # noqa: PLC0415 - the same

        if not Window.initialized:
            Window.create_window()
            Window.register()
            Window.initialized = True
        Window.size = size
        app = BoardApp(presenter)
        running = asyncio.create_task(app.async_run("asyncio"))
        while app.root is None or app.root not in Window.children:  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.005)
        seen = Seen(app)
        await seen.frames(8)
        yield seen
        app.stop()
        await asyncio.wait_for(running, 5)
        for child in Window.children[:]:
            Window.remove_widget(child)

    return open_board
