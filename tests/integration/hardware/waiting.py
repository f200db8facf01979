"""Waiting for what a device does in its own time."""

import threading
from collections.abc import Callable

PAUSE_S = 0.005


def wait_until(is_so: Callable[[], bool]) -> None:
    """Ask again and again; the test's own time limit ends it."""
    pause = threading.Event()
    while not is_so():
        pause.wait(PAUSE_S)
