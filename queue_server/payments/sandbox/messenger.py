"""Delivers the sandbox's callbacks to the hospital, each in a thread, and tries again."""

import logging
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final

from queue_server.payments.sandbox.provider import Callback

TIMEOUT_S: Final = 5
AGAIN_AFTER_S: Final = (1.0, 4.0)
"""Real providers try for a day; here twice more."""
THREADS: Final = 4

_log = logging.getLogger(__name__)


class HttpMessenger:
    """`Messenger` over HTTP. `stop()` in the end.

    Args:
        again_after_s: the seconds between the tries of a callback that is not taken.
    """

    def __init__(self, again_after_s: tuple[float, ...] = AGAIN_AFTER_S) -> None:
        self._again_after_s = again_after_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="callback")
        self._is_stopped = threading.Event()

    def send(self, callback: Callback, after_s: float = 0) -> None:
        """Deliver it soon, or after `after_s`; nobody waits for it."""
        if not self._is_stopped.is_set():
            self._threads.submit(self._deliver, callback, after_s)

    def stop(self) -> None:
        """Deliver what is being delivered, and no more."""
        self._is_stopped.set()
        self._threads.shutdown(cancel_futures=True)

    def _deliver(self, callback: Callback, after_s: float) -> None:
        for wait_s in (after_s, *self._again_after_s):
            if self._is_stopped.wait(wait_s) or _is_taken(callback):
                return
        _log.warning("a callback was not taken: %s", callback.url)


def _is_taken(callback: Callback) -> bool:
    request = urllib.request.Request(  # noqa: S310  # the hospital's own address
        callback.url, data=callback.body, headers=callback.headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            body: bytes = answer.read(1000)
            return body != b"failure"
    except (OSError, HTTPException):
        return False
