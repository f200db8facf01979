"""For tours and tests: programs of this machine look at the board.

JSON lines over a socket of the loopback address, one answer a question:

    {"do": "view"}                          {"view": {...}}: the view model that is shown
    {"do": "screenshot", "path": "a.png"}   {"path": "a.png"}
    anything else                           {"error": "..."}
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


class RemoteControl:
    """Answers any number of connections.

    Args:
        view: gives the view model that is shown.
        screenshot: writes a PNG file.
    """

    def __init__(self, view: Callable[[], Any], screenshot: Callable[[Path], None]) -> None:
        self._view = view
        self._screenshot = screenshot

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the questions of one connection."""
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self._answer(line), ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            return  # the program ends while somebody is still listening
        finally:
            writer.close()

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            question = json.loads(line)
            match question["do"]:
                case "view":
                    return {"view": msgspec.to_builtins(self._view())}
                case "screenshot":
                    self._screenshot(Path(question["path"]))
                    return {"path": question["path"]}
                case unknown:
                    return {"error": f"{unknown!r} is nothing to do"}
        except (LookupError, TypeError, ValueError, OSError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
