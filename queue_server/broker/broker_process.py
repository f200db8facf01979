"""A broker as a child process: in a folder of its own, on a port of its own, gone with us."""

import ipaddress
import logging
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from queue_server.broker.access import Access, Secured
from queue_server.broker.broker import BrokerAddress, BrokerError, BrokerErrorCode
from queue_server.broker.configuration import CONFIGURATION_NAME, LOG_NAME, Files
from queue_server.broker.probe import answers
from queue_server.private_file import write_privately

LOOPBACK: Final = "127.0.0.1"
START_WITHIN_S: Final = 15.0
STOP_WITHIN_S: Final = 10.0
RELOAD_WITHIN_S: Final = 5.0
PROBE_EVERY_S: Final = 0.02

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerProgram:
    """What one broker's program is like."""

    path: Path
    config_option: str
    """How it is told its configuration file."""
    reloaded: str
    """What it says in its log when it has read its configuration anew (SIGHUP)."""
    files: Callable[[BrokerAddress, Path, Access | None], Files]
    """Returns its configuration for an address, a folder and who may do what."""


class BrokerProcess:
    """A broker on this machine; reachable from others when it is told to listen there.

    Start it from a thread that lives as long as the broker shall: the kernel ends the broker
    together with the thread that started it, so that not even a `kill -9` leaves an orphan.

    Args:
        program: which broker it is.
        folder: where configuration, log and kept messages stand; made if it is not there.
        host: where to listen.
        port: the same; without it, a free one, kept for every later start.
        secured: who may connect by TLS; None: anybody may, without.
    """

    def __init__(
        self,
        program: BrokerProgram,
        *,
        folder: Path,
        host: str = LOOPBACK,
        port: int | None = None,
        secured: Secured | None = None,
    ) -> None:
        self._program = program
        self._folder = folder.absolute()
        self._host = host
        self._port = port
        self._secured = secured
        self._process: subprocess.Popen[bytes] | None = None
        self._changing = threading.Lock()
        """A broker that is being started again can't be told to reload."""

    @property
    def address(self) -> BrokerAddress:
        """Where we reach it; known once `start` has returned."""
        assert self._port is not None, "the broker has not been started yet"
        return BrokerAddress(host=_reachable(self._host), port=self._port)

    @property
    def log(self) -> Path:
        """What the broker itself has said."""
        return self._folder / LOG_NAME

    def start(self) -> None:
        """Return when a client can connect.

        Raises:
            BrokerError: `BROKER_DID_NOT_START`; the sentence ends with what the broker said.
        """
        assert self._process is None, "the broker is running"
        # Client ids stand in the log of one of the brokers: they are nobody else's business.
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._port = self._listenable_port()
        self._write_configuration()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "TERM",
                    "--",
                    self._program.path,
                    self._program.config_option,
                    self._folder / CONFIGURATION_NAME,
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

    def look_after(self) -> None:
        """Start the broker again, with what it has kept, if it has ended by itself.

        Raises:
            BrokerError: `BROKER_DID_NOT_START`.
        """
        with self._changing:
            if self._process is None or self._process.poll() is None:
                return
            ended_with = self._process.returncode
            _log.error(
                "the broker has ended with %d: starting it again / 消息代理已重启", ended_with
            )
            self._process = None
            self.start()

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

    def reload(self) -> None:
        """Have the running broker take its configuration anew; return when it has.

        Raises:
            BrokerError: `BROKER_DID_NOT_RELOAD`; until it does, it goes on as it was.
        """
        with self._changing:
            assert self._process is not None, "the broker is not running"
            read_until = self.log.stat().st_size
            self._write_configuration()
            self._process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + RELOAD_WITHIN_S
            while time.monotonic() < deadline and self._process.poll() is None:
                with self.log.open("rb") as log:
                    # A log that has become too long begins anew.
                    log.seek(read_until if self.log.stat().st_size >= read_until else 0)
                    if self._program.reloaded.encode() in log.read():
                        return
                time.sleep(PROBE_EVERY_S)
            raise BrokerError(
                BrokerErrorCode.BROKER_DID_NOT_RELOAD,
                f"the broker {self._program.path.name} did not take its new configuration, see"
                f" {self.log}: start the server anew",
            )

    def _write_configuration(self) -> None:
        assert self._port is not None
        listen = BrokerAddress(host=self._host, port=self._port)
        access = None if self._secured is None else self._secured.access()
        for name, text in self._program.files(listen, self._folder, access).items():
            write_privately(self._folder / name, text.encode())

    def _listenable_port(self) -> int:
        """Return the port, or a free one; refuse one at which somebody else would answer us."""
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            with closing(
                socket.create_server((self._host, self._port or 0), family=family)
            ) as listener:
                port: int = listener.getsockname()[1]
                return port
        except OSError as error:
            raise BrokerError(
                BrokerErrorCode.BROKER_DID_NOT_START,
                f"the broker {self._program.path.name} cannot listen on {self._host}, port "
                f"{self._port}: {error.strerror}. Stop the program that does, or choose another"
                " port",
            ) from error

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        certificates = None if self._secured is None else self._secured.certificates
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            if answers(self.address, certificates, timeout_s=1.0):
                return
            try:
                process.wait(PROBE_EVERY_S)
                break
            except subprocess.TimeoutExpired:
                continue
        said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        raise BrokerError(
            BrokerErrorCode.BROKER_DID_NOT_START,
            f"the broker {self._program.path.name} did not start on {self.address}; {self.log}"
            f" ends with: {' / '.join(said)}",
        )


def _reachable(host: str) -> str:
    """Return where a broker that listens at `host` is reached from this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:  # a name
        return host
    if not address.is_unspecified:
        return host
    return LOOPBACK if address.version == 4 else "::1"
