"""A simulated device in the network. Like a printer it serves one connection at a time."""

import socket
from collections.abc import Sequence

from hardware.simulated.loop import Readable

READ_BYTES_MAX = 65536
SEND_TIMEOUT_S = 2.0


class TcpEndpoint:
    """See Endpoint. Port 0 takes a free one and keeps it when the cable is pulled and put back."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None

    @property
    def address(self) -> str:
        """Where it can be reached."""
        return f"{self._host}:{self._port}"

    @property
    def port(self) -> int:
        """The real port, once plugged in."""
        return self._port

    def plug(self) -> None:
        """Put the cable in."""
        if self._listener is None:
            self._listener = socket.create_server((self._host, self._port))
            self._port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        """Pull the cable out."""
        self.hang_up()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def hang_up(self) -> None:
        """Break the line, the cable stays in."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def readables(self) -> Sequence[Readable]:
        """Return what has to be watched."""
        if self._connection is not None:
            return [self._connection]
        return [] if self._listener is None else [self._listener]

    def receive(self, ready: Readable) -> bytes | None:
        """Return what came in; None if the other side has gone."""
        if ready is self._listener:
            self._connection, _ = self._listener.accept()
            self._connection.settimeout(SEND_TIMEOUT_S)
            return b""
        assert self._connection is not None
        try:
            data = self._connection.recv(READ_BYTES_MAX)
        except OSError:
            data = b""
        if not data:
            self.hang_up()
            return None
        return data

    def send(self, data: bytes) -> None:
        """Send `data`, or lose it."""
        if self._connection is not None and data:
            try:
                self._connection.sendall(data)
            except OSError:
                self.hang_up()
