"""The window of all UI tests: drawn off screen, one for the process, of whatever size is wanted."""

# ruff: noqa: PLC0415 - importing Kivy's window opens it

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

os.environ.update(
    KIVY_NO_ARGS="1",
    KIVY_NO_CONSOLELOG="1",
    KIVY_NO_FILELOG="1",
    KIVY_USE_DEFAULTCONFIG="1",
    KIVY_WINDOW="sdl2",
    SDL_AUDIODRIVER="dummy",
    SDL_VIDEODRIVER="offscreen",
)

import pytest_asyncio
from kivy.config import Config

from tests.ui.driver import UiDriver

for key, value in {"width": "1080", "height": "1920", "multisamples": "0"}.items():
    Config.set("graphics", key, value)
for device, _ in Config.items("input"):
    Config.remove_option("input", device)  # no real device may disturb a test

Drive = Callable[[Any, tuple[int, int]], Awaitable[UiDriver]]
"""Called with an app and the size of its window; the app is stopped when the test ends."""


@pytest_asyncio.fixture
async def drive() -> AsyncIterator[Drive]:
    """Run an app in the window."""
    from kivy.core.window import Window

    running: list[tuple[Any, asyncio.Task[None]]] = []

    async def start(app: Any, size: tuple[int, int]) -> UiDriver:
        if not Window.initialized:
            Window.create_window()
            Window.register()
            Window.initialized = True
        if tuple(Window.size) != size:
            Window.size = size
        running.append((app, asyncio.create_task(app.async_run("asyncio"))))
        while app.root is None or app.root not in Window.children:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.005)
        driver = UiDriver(app)
        await driver.frames(3)
        return driver

    yield start
    for app, task in reversed(running):
        app.stop()
        await asyncio.wait_for(task, 10)
    for child in Window.children[:]:
        Window.remove_widget(child)
