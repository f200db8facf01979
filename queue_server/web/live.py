"""Live pages: a view is sent as a server-sent event each time something has changed.

Each event carries everything the page shows, so that a page that was away is right at once.
Changes that come together are sent together, at most every `INTERVAL_S`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.responses import StreamingResponse

from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService

INTERVAL_S: Final = 0.1
HEARTBEAT_S: Final = 10.0
"""A page that has heard nothing for longer says that it is not connected."""
MEDIA_TYPE: Final = "text/event-stream"


STREAM: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "Server-sent events", "content": {MEDIA_TYPE: {}}}
}
"""How the API's description tells of a stream."""


class Live:
    """The open streams of all pages. Used from the web loop only."""

    def __init__(self, service: QueueService) -> None:
        self._service = service
        self._wakes: set[asyncio.Event] = set()
        self._is_closing = False

    def stream(
        self,
        view: Callable[[Now, datetime], object],
        *,
        watched: Callable[[Now], object],
        is_wanted: Callable[[], bool],
    ) -> StreamingResponse:
        """Return a stream of `view`.

        Args:
            view: what is sent.
            watched: the part of the day that the view is made of; nothing is sent while it
                stays the same.
            is_wanted: tells whether the stream goes on.
        """
        return StreamingResponse(
            self._events(view, watched, is_wanted),
            media_type=MEDIA_TYPE,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    def look_again(self) -> None:
        """Something beside the queues has changed that a page may show."""
        for wake in self._wakes:
            wake.set()

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._is_closing = True
        self.look_again()

    async def _events(
        self,
        view: Callable[[Now, datetime], object],
        watched: Callable[[Now], object],
        is_wanted: Callable[[], bool],
    ) -> AsyncIterator[bytes]:
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def changed(_now: Now) -> None:
            # Called in the writer's thread, which must not suffer from a page that goes away.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(wake.set)

        yield b"retry: 1000\n\n"
        stop_listening = self._service.listen(changed)
        self._wakes.add(wake)
        sent: object = None
        sent_at_s = -HEARTBEAT_S
        try:
            while is_wanted() and not self._is_closing:
                wake.clear()
                now = self._service.now
                found = watched(now)
                # Heard even when nothing has changed: waiting times follow the server's clock.
                if found != sent or loop.time() >= sent_at_s + HEARTBEAT_S:
                    yield event("view", view(now, self._service.clock()))
                    sent, sent_at_s = found, loop.time()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(sent_at_s + HEARTBEAT_S):
                        await wake.wait()
                await asyncio.sleep(max(0.0, sent_at_s + INTERVAL_S - loop.time()))
        finally:
            stop_listening()
            self._wakes.discard(wake)


def event(name: str, data: object) -> bytes:
    """Return a server-sent event (HTML standard, section 9.2): JSON has no line breaks in it."""
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
