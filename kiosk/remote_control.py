"""For tours and tests: programs of this machine look at the window and touch it.

JSON lines over a socket of the loopback address, one answer a question:

    {"do": "screen"}                         {"screen": "home", "is_elder": false}
    {"do": "texts"}                          {"texts": ["…", …]} in reading order
    {"do": "find", "test_name": "check-in"}  {"x", "y", "width", "height"}: the widget's centre, in
                                             pixels from the window's top left corner, and its size
    {"do": "tap", "test_name": "check-in"}   a touch through Kivy's own input, then {"lifted_s": …}:
                                             when, in seconds of the monotonic clock
    {"do": "scan", "code": "hk:…"}           typed as a keyboard scanner types, then {"done": true}
    {"do": "screenshot", "path": "a.png"}    {"path": "a.png"}
    anything else                            {"error": "…"}
"""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent

from kiosk.app import KioskApp
from kiosk.presenter.views import shown_texts

FRAMES_AFTER_INPUT = 2
FRAME_LOOK_S = 0.005
_ENTER: tuple[Any, ...] = (13, 40, "\r", [])


class Touch(MotionEvent):  # type: ignore[misc] # Kivy has no types
    """A finger."""

    def __init__(self, x: float, y: float) -> None:
        at = (x / max(1, Window.width - 1), y / max(1, Window.height - 1))
        super().__init__("remote-control", 1, at, is_touch=True, type_id="touch")
        self.depack(at)

    def depack(self, args: tuple[float, float]) -> None:
        """Take over where the finger is, as a share of the window."""
        self.sx, self.sy = args
        self.profile = ["pos"]
        super().depack(args)


class RemoteControl:
    """Answers one program after the other."""

    def __init__(self, app: KioskApp) -> None:
        self._app = app

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the questions of one connection."""
        try:
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
            return await self._do(question)
        except (LookupError, TypeError, ValueError) as error:
            return {"error": f"{type(error).__name__}: {error}"}

    async def _do(self, question: dict[str, Any]) -> dict[str, Any]:
        match question["do"]:
            case "screen":
                return {"screen": self._app.screen_name, "is_elder": self._app.is_elder}
            case "texts":
                return {"texts": list(shown_texts(self._app.view))}
            case "find":
                return self._find(question["test_name"])
            case "tap":
                return {"lifted_s": await self._tap(question["test_name"])}
            case "scan":
                await self._scan(question["code"])
            case "screenshot":
                await self._keys_let_go()
                await _frames(FRAMES_AFTER_INPUT)
                return {"path": _screenshot(Path(question["path"]))}
            case unknown:
                raise ValueError(f"{unknown!r} is nothing to do")
        return {"done": True}

    def _find(self, test_name: str) -> dict[str, Any]:
        widget = self._app.find(test_name)
        x, y = widget.to_window(*widget.center)
        return {
            "x": round(x),
            "y": round(Window.height - y),
            "width": round(widget.width),
            "height": round(widget.height),
        }

    async def _tap(self, test_name: str) -> float:
        # A finger touches what it sees: until a frame is drawn a new key is not in its place.
        await _frames(1)
        widget = self._app.find(test_name)
        touch = Touch(*widget.to_window(*widget.center))
        EventLoop.post_dispatch_input("begin", touch)
        await _frames(1)
        lifted_s = time.monotonic()
        EventLoop.post_dispatch_input("end", touch)
        await _frames(FRAMES_AFTER_INPUT)
        return lifted_s

    async def _keys_let_go(self) -> None:
        """Return when no key looks pressed: each does for a moment longer than it is touched."""
        while any(getattr(one, "state", "") == "down" for one in self._app.root.walk()):  # noqa: ASYNC110 - as above
            await asyncio.sleep(FRAME_LOOK_S)

    async def _scan(self, code: str) -> None:
        for character in code:
            Window.dispatch("on_textinput", character)
        Window.dispatch("on_key_down", *_ENTER)
        await _frames(FRAMES_AFTER_INPUT)


async def _frames(count: int) -> None:
    last = Clock.frames + count
    while Clock.frames < last:  # noqa: ASYNC110 - Kivy has no event for it
        await asyncio.sleep(FRAME_LOOK_S)


def _screenshot(path: Path) -> str:
    # What was drawn last lies in the other buffer: draw it into the one that is read.
    Clock.tick_draw()
    Window.dispatch("on_draw")
    # Kivy puts a number behind the name.
    written = Path(Window.screenshot(name=str(path)))
    written.replace(path)
    return str(path)
