"""A broker as a child process: in a folder of its own, on a port of its own, gone with us."""

import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerAddress, BrokerError, BrokerErrorCode
from queue_server.broker.probe import answers

LOOPBACK: Final = "127.0.0.1"
START_WITHIN_S: Final = 15.0
STOP_WITHIN_S: Final = 10.0
PROBE_EVERY_S: Final = 0.02


class BrokerProcess:
    """A broker on this machine, reachable from this machine only.

    Start it from a thread that lives as long as the broker shall: the kernel ends the broker
    together with the thread that started it, so that not even a `kill -9` leaves an orphan.

    Args:
        program: the broker's program file.
        config_option: how the program is told its configuration file.
        configuration: writes the configuration for a port and a folder.
        folder: where configuration, log and kept messages stand; made if it is not there.
        port: where to listen; without it, a free one, kept for every later start.
    """

    def __init__(
        self,
        *,
        program: Path,
        config_option: str,
        configuration: Callable[[int, Path], str],
        folder: Path,
        port: int | None = None,
    ) -> None:
        self._program = program
        self._config_option = config_option
        self._configuration = configuration
        self._folder = folder.absolute()
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> BrokerAddress:
        """Where it listens; known once `start` has returned."""
        assert self._port is not None, "the broker has not been started yet"
        return BrokerAddress(host=LOOPBACK, port=self._port)

    @property
    def log(self) -> Path:
        """What the broker itself has said."""
        return self._folder / "broker.log"

    def start(self) -> None:
        """Return when a client can connect.

        Raises:
            BrokerError: `BROKER_DID_NOT_START`; the sentence ends with what the broker said.
        """
        assert self._process is None, "the broker is running"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._port = self._listenable_port()
        config = self._folder / "broker.conf"
        config.write_text(self._configuration(self._port, self._folder), encoding="utf-8")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "TERM",
                    "--",
                    self._program,
                    self._config_option,
                    config,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop the broker last
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the broker, which first writes down what it keeps. Does nothing the second time."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _listenable_port(self) -> int:
        """Return the port, or a free one; refuse one at which somebody else would answer us."""
        try:
            with closing(socket.create_server((LOOPBACK, self._port or 0))) as listener:
                port: int = listener.getsockname()[1]
                return port
        except OSError as error:
            raise BrokerError(
                BrokerErrorCode.BROKER_DID_NOT_START,
                f"the broker {self._program.name} cannot listen on port {self._port}: "
                f"{error.strerror}. Stop the program that does, or choose another port",
            ) from error

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            if answers(self.address, timeout_s=1.0):
                return
            try:
                process.wait(PROBE_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                continue
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        raise BrokerError(
            BrokerErrorCode.BROKER_DID_NOT_START,
            f"the broker {self._program.name} did not start on {self.address}; {self.log} ends "
            f"with: {' / '.join(said)}",
        )
