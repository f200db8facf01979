"""The programs of a demo as child processes: started in order, stopped in reverse."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

STOP_WITHIN_S: Final = 8.0
START_WITHIN_S: Final = 40.0
LOOK_S: Final = 0.05
_PORTS: Final = range(20_000, 32_000)
"""Below those that Linux gives to connections and to whoever asks for any."""


class ProgramFailed(Exception):
    """A program did not start or has ended; the sentence names its log."""


@dataclass(slots=True)
class Programs:
    """Child processes of this one; each writes a log of its own into `logs`."""

    logs: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(
        self, name: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Start `python -m ...`; what it prints goes to `<name>.log`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # our own programs
                # Should this process be killed, its children are asked to end.
                ["setpriv", "--pdeathsig", "TERM", "--", sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                # Ctrl-C reaches the whole group of a terminal; the order of stopping is ours.
                start_new_session=True,
            )

    def wait_for_port(self, name: str, port: int) -> None:
        """Wait until program `name` listens at `port` of this machine.

        Raises:
            ProgramFailed: it has ended, or does not listen in time.
        """
        self._wait(name, lambda: is_listening(port), f"listen at port {port}")

    def wait_for_file(self, name: str, path: Path) -> None:
        """Wait until program `name` has made `path`.

        Raises:
            ProgramFailed: it has ended, or does not make it in time.
        """
        self._wait(name, path.exists, f"make {path}")

    def _wait(self, name: str, is_so: Callable[[], bool], what: str) -> None:
        give_up_at = time.monotonic() + START_WITHIN_S
        while not is_so():
            self.require_running(name)
            if time.monotonic() > give_up_at:
                raise ProgramFailed(f"{name} does not {what}; see {self._log(name)}")
            time.sleep(LOOK_S)

    def require_running(self, name: str) -> None:
        """Raise ProgramFailed if program `name` has ended."""
        code = self._running[name].poll()
        if code is not None:
            raise ProgramFailed(f"{name} ended with code {code}; see {self._log(name)}")

    def ended(self) -> list[str]:
        """Return the names of programs that have ended by themselves."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def running(self) -> list[str]:
        """Return the names of those that were started and not ended by us."""
        return list(self._running)

    def kill(self, name: str) -> None:
        """End a program at once (SIGKILL), as a power cut would."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str) -> None:
        """Ask a program to end, and see to it."""
        process = self._running.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop_all(self) -> None:
        """Stop everything, the last started first."""
        for name in reversed(list(self._running)):
            self.stop(name)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"


def free_port() -> int:
    """Return a TCP port of this machine that nobody uses now.

    It is none that the system itself gives away: until a program listens there, seconds may pass.
    """
    while True:
        port = secrets.choice(_PORTS)
        with socket.socket() as sock, suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port


def is_listening(port: int) -> bool:
    """Tell whether somebody listens at a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
