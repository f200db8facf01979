"""`python -m tests.simulation.processes.host LOGS`: a place with devices in it.

It imports everything once and forks a process for each order that comes over standard input, so
that thirty devices do not cost thirty starts of Python. Each answers with one JSON line; a device
that ends by itself is told of as well. When standard input ends, so does everything here.
"""

import asyncio
import os
import select
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.simulation.processes.devices import Order
from tests.simulation.processes.display_process import run_display
from tests.simulation.processes.kiosk_process import run_kiosk

LOOK_S: Final = 0.1
FAILED: Final = 1
RUN: Final[dict[str, Callable[[Order], Coroutine[Any, Any, None]]]] = {
    "kiosk": run_kiosk,
    "area": run_display,
    "door": run_display,
}


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """What a host says: a device has started, or, with an exit code, ended by itself."""

    name: str
    pid: int
    code: int | None = None


def main() -> None:
    """Fork devices until standard input ends."""
    logs = Path(sys.argv[1])
    running: dict[int, str] = {}
    unread = b""
    while True:
        _reap(running)
        if not select.select([0], [], [], LOOK_S)[0]:
            continue
        came = os.read(0, 65536)
        if not came:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            return
        *lines, unread = (unread + came).split(b"\n")
        for line in lines:
            order = msgspec.json.decode(line, type=Order)
            pid = os.fork()
            if pid == 0:
                _become(order, logs)
            running[pid] = order.name
            _say(Word(name=order.name, pid=pid))


def _become(order: Order, logs: Path) -> None:
    """Be the device; never return."""
    code = FAILED
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(logs / f"{order.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        asyncio.run(RUN[order.kind](order))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        raise
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reap(running: dict[int, str]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        name = running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code != -signal.SIGKILL:
            _say(Word(name=name, pid=pid, code=code))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
