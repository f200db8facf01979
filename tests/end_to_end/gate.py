"""The gate that the server of a morning passes at each commit about a payment."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from queue_server.demo.programs import Programs


@dataclass(slots=True)
class GatedPrograms(Programs):
    """Starts the server as `gated_server`; anything else as it is."""

    gate: Path = Path()

    def start(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """See Programs."""
        if name == "server":
            _, _, *rest = arguments
            arguments = ["-m", "tests.end_to_end.gated_server", str(self.gate), *rest]
        Programs.start(self, name, arguments, environment)


def _nothing() -> None:
    pass


def _never(_number: int, _step: str) -> bool:
    return False


@dataclass(kw_only=True)
class Gate:
    """Counts the steps of a payment; at one of them it does something while the server waits."""

    steps: list[str] = field(default_factory=list)
    """Those that were passed since it was armed: `before MoneyCame`."""
    struck: int = 0
    """How often it has done something since it was armed."""
    has_acted: threading.Event = field(default_factory=threading.Event)
    _is_it: Callable[[int, str], bool] = _never
    _act: Callable[[], None] = _nothing
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, is_it: Callable[[int, str], bool], act: Callable[[], None]) -> None:
        """Begin to count; `act` once, at the first step that it is: by number, from 1, or name."""
        self.steps.clear()
        self.has_acted.clear()
        self.struck = 0
        self._is_it, self._act = is_it, act

    def disarm(self) -> None:
        """Let nothing more happen; what is being done is done when this returns."""
        with self._lock:
            self._is_it = _never

    def passed(self, when: str, names: Sequence[str]) -> None:
        """The server stands at the gate."""
        step = f"{when} {' '.join(names)}"
        self.steps.append(step)
        with self._lock:
            if self._is_it(len(self.steps), step):
                self._is_it = _never
                self.struck += 1
                self._act()
                self.has_acted.set()


@contextmanager
def listening(gate: Gate, path: Path) -> Iterator[None]:
    """Let the server in front of the gate be answered."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=_serve, args=(gate, listener), name="gate")
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(gate: Gate, listener: socket.socket) -> None:
    # The end of the listener is the end of the thread; a server that was killed is not there.
    with suppress(OSError):
        while True:
            line, _ = listener.accept()
            with line, suppress(ConnectionError):
                told = json.loads(line.makefile("rb").readline())
                gate.passed(told["when"], told["names"])
                line.sendall(b".")
