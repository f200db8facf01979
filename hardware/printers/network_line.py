"""A printer in the network: raw TCP, port 9100 by custom."""

import socket
from contextlib import suppress
from dataclasses import dataclass

READ_BYTES_MAX = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLine:
    """`write_timeout_s` bounds a whole write: a printer that takes no more data stops reading."""

    host: str
    port: int
    connect_timeout_s: float
    write_timeout_s: float

    def open(self) -> "OpenNetworkLine":
        """Open the line; OSError if it can't be done."""
        connection = socket.create_connection((self.host, self.port), self.connect_timeout_s)
        # Status queries are three bytes long: without this they would wait for more to send.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return OpenNetworkLine(connection, self.write_timeout_s)


class OpenNetworkLine:
    """A connection to the printer."""

    def __init__(self, connection: socket.socket, write_timeout_s: float) -> None:
        self._connection = connection
        self._write_timeout_s = write_timeout_s

    def write(self, data: bytes) -> None:
        """Send all of `data`; OSError if not all of it went out."""
        self._connection.settimeout(self._write_timeout_s)
        self._connection.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, b"" if nothing came in time."""
        self._connection.settimeout(timeout_s)
        try:
            data = self._connection.recv(READ_BYTES_MAX)
        except (TimeoutError, BlockingIOError):
            return b""
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def close(self) -> None:
        """Give the line up."""
        with suppress(OSError):
            self._connection.close()
