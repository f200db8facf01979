"""Live pages: a view is sent as server-sent events, whole at first and then what has changed.

Whoever connects gets the event `view` with everything the page shows, so that a page that was
away is right at once. Then `change` tells the fields that have become others; of a long list of
queues only the queues that have. Changes that come together are sent together, at most every
`INTERVAL_S`.
"""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from starlette.responses import StreamingResponse

from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService
from queue_server.web.ready_views import ReadyViews

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

    def __init__(self, service: QueueService, ready: ReadyViews) -> None:
        self._service = service
        self._ready = ready
        self._wakes: set[asyncio.Event] = set()
        self._stop_listening: Callable[[], None] | None = None
        self._is_closing = False

    def stream(
        self,
        view: Callable[[Now, datetime], Any],
        *,
        watched: Callable[[Now], object],
        is_wanted: Callable[[], bool],
        queue_lists: Sequence[str] = (),
    ) -> StreamingResponse:
        """Return a stream of `view`, a dataclass.

        Args:
            view: what is sent.
            watched: the part of the day that the view is made of; nothing is sent while it
                stays the same.
            is_wanted: tells whether the stream goes on.
            queue_lists: fields that are lists of queues, of which only the changed ones are sent.
        """
        return StreamingResponse(
            self._events(view, watched, is_wanted, queue_lists),
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
        view: Callable[[Now, datetime], Any],
        watched: Callable[[Now], object],
        is_wanted: Callable[[], bool],
        queue_lists: Sequence[str],
    ) -> AsyncIterator[bytes]:
        loop, wake = asyncio.get_running_loop(), asyncio.Event()
        yield b"retry: 1000\n\n"
        self._listen(loop, wake)
        seen, shown = None, None
        sent_at_s = -HEARTBEAT_S
        try:
            while is_wanted() and not self._is_closing:
                wake.clear()
                now = self._service.now
                found = watched(now)
                # Heard even when nothing has changed: waiting times follow the server's clock.
                if found != seen or loop.time() >= sent_at_s + HEARTBEAT_S:
                    made = view(now, self._service.clock())
                    yield self._event(shown, made, queue_lists)
                    seen, shown, sent_at_s = found, made, loop.time()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(sent_at_s + HEARTBEAT_S):
                        await wake.wait()
                await asyncio.sleep(max(0.0, sent_at_s + INTERVAL_S - loop.time()))
        finally:
            self._wakes.discard(wake)
            if not self._wakes and self._stop_listening is not None:
                self._stop_listening()
                self._stop_listening = None

    def _listen(self, loop: asyncio.AbstractEventLoop, wake: asyncio.Event) -> None:
        """Let `wake` be set after each commit; all pages are woken by one listener."""
        self._wakes.add(wake)
        if self._stop_listening is not None:
            return

        def changed(_now: Now) -> None:
            # Called in the writer's thread, which must not suffer from a page that goes away.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.look_again)

        self._stop_listening = self._service.listen(changed)

    def _event(self, shown: Any, made: Any, queue_lists: Sequence[str]) -> bytes:
        """Return what lets a page that shows `shown` show `made`; None shows nothing yet."""
        fields = {one.name: getattr(made, one.name) for one in dataclasses.fields(made)}
        lists = {name: fields.pop(name) for name in queue_lists}
        if shown is None or not _are_same_queues(shown, lists):
            items = {name: [self._ready.json(one) for one in lists[name]] for name in lists}
            return event("view", {**fields, **items})
        changed = {
            name: [
                self._ready.json(one)
                for one, before in zip(items, getattr(shown, name), strict=True)
                if one is not before
            ]
            for name, items in lists.items()
        }
        others = {name: now for name, now in fields.items() if now != getattr(shown, name)}
        return event("change", {"fields": others, "queue_lists": changed})


def event(name: str, data: object) -> bytes:
    """Return a server-sent event (HTML standard, section 9.2): JSON has no line breaks in it."""
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"


def _are_same_queues(shown: Any, lists: dict[str, Any]) -> bool:
    return all(
        [one.name.id for one in items] == [one.name.id for one in getattr(shown, name)]
        for name, items in lists.items()
    )
