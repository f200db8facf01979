"""One thread that waits for bytes and for orders, so that a simulated device needs no locks."""

import queue
import select
import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

ORDER_TIMEOUT_S = 10.0

Result = TypeVar("Result")


class Readable(Protocol):
    """What select() can wait for."""

    def fileno(self) -> int:
        """Return the file descriptor."""
        ...


class DeviceLoop:
    """Calls `on_readable` with what of `readables()` has something to read, and runs orders."""

    def __init__(
        self,
        readables: Callable[[], Sequence[Readable]],
        on_readable: Callable[[Readable], None],
    ) -> None:
        self._readables = readables
        self._on_readable = on_readable
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._bell: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        assert self._thread is None
        self._bell, bell_inside = socket.socketpair()
        self._thread = threading.Thread(
            target=self._run, args=(bell_inside,), name="simulated-device", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the thread, after the orders already given. May be called twice."""
        if self._thread is not None:
            self._give(None)
            self._thread.join()
            self._thread = None
        if self._bell is not None:
            self._bell.close()
            self._bell = None

    def call(self, order: Callable[[], Result]) -> Result:
        """Run `order` on the thread; return what it returns, raise what it raises."""
        if self._thread is None:
            return order()
        outcome: Future[Result] = Future()
        self._give(lambda: _settle(outcome, order))
        return outcome.result(timeout=ORDER_TIMEOUT_S)

    def _give(self, order: Callable[[], None] | None) -> None:
        assert self._bell is not None
        self._orders.put(order)
        self._bell.send(b"\0")

    def _run(self, bell: socket.socket) -> None:
        with bell:
            while True:
                ready: list[Any] = select.select([bell, *self._readables()], [], [])[0]
                if bell not in ready:
                    self._on_readable(ready[0])
                    continue
                bell.recv(1)
                order = self._orders.get()
                if order is None:
                    return
                order()


def _settle(outcome: Future[Result], order: Callable[[], Result]) -> None:
    try:
        outcome.set_result(order())
    except Exception as error:  # noqa: BLE001 - whoever gave the order is told
        outcome.set_exception(error)
