"""Where a simulated chip card goes in: the virtual reader vpcd of vsmartcard, over TCP."""

import socket
from collections.abc import Sequence

from hardware.simulated.loop import Readable

VPCD_PORT = 35963
READ_BYTES_MAX = 65536
TIMEOUT_S = 5.0


class VpcdEndpoint:
    """See Endpoint. Plugged in means that the card lies in the reader."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._connection: socket.socket | None = None

    @property
    def address(self) -> str:
        """Where the reader is."""
        return f"{self._host}:{self._port}"

    def plug(self) -> None:
        """Put the card in."""
        if self._connection is None:
            self._connection = socket.create_connection((self._host, self._port), TIMEOUT_S)

    def unplug(self) -> None:
        """Take the card out."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """Take the card out: there is nothing else between card and reader."""
        self.unplug()

    def readables(self) -> Sequence[Readable]:
        """Return what has to be watched."""
        return [] if self._connection is None else [self._connection]

    def receive(self, ready: Readable) -> bytes | None:
        """Return what came in; None if the reader has gone."""
        assert ready is self._connection
        try:
            data = self._connection.recv(READ_BYTES_MAX)
        except OSError:
            data = b""
        if not data:
            self.unplug()
            return None
        return data

    def send(self, data: bytes) -> None:
        """Send `data`, or lose it."""
        if self._connection is not None:
            try:
                self._connection.sendall(data)
            except OSError:
                self.unplug()
