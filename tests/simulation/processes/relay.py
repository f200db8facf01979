"""A wire that can be pulled: a TCP relay between one device and the broker.

It listens while the broker does, so that whoever comes to a dead broker is refused as he would be
without a wire in between.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

CHUNK_BYTES: Final = 65536
LOOK_S: Final = 0.05
TCP_TABLE: Final = Path("/proc/net/tcp")
LISTENING: Final = "0A"


class Relay:
    """Listens for one device and passes on, unless told otherwise.

    Args:
        host: where the device finds it.
        broker_port: of this machine.
    """

    def __init__(self, host: str, broker_port: int) -> None:
        self._host = host
        self._broker_port = broker_port
        self._port = 0
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._is_refusing = False
        self._delay_s = 0.0

    async def listen(self) -> int:
        """Let the device connect; returns the port, always the same."""
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, self._host, self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        return self._port

    def refuse(self) -> None:
        """Let nobody connect any more; who is connected stays so."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def stop(self) -> None:
        """Take the wire away."""
        self.refuse()
        self._reset()
        await asyncio.gather(*self._links, return_exceptions=True)

    # --- what may happen to a wire ---------------------------------------------------------------

    def cut(self) -> None:
        """Break what is connected, and connect nobody."""
        self._is_refusing = True
        self._reset()

    def silence(self) -> None:
        """Pass nothing on, without a word to either end."""
        self._is_open.clear()

    def slow_down(self, delay_s: float) -> None:
        """Let everything take so many seconds longer."""
        self._delay_s = delay_s

    def heal(self) -> None:
        """Be a wire again; what was held back arrives."""
        self._is_refusing = False
        self._delay_s = 0.0
        self._is_open.set()

    def _reset(self) -> None:
        for link in self._links:
            link.cancel()

    # --- passing on ------------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            if not self._is_refusing:
                with suppress(OSError, asyncio.CancelledError):
                    await self._link(reader, writer)
        finally:
            self._links.discard(task)
            writer.transport.abort()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A wire that is silent does not even let a connection through.
        await self._is_open.wait()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._broker_port)
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            await self._is_open.wait()
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            writer.write(chunk)
            await writer.drain()


async def mirror(relays: Iterable[Relay], broker_port: int) -> None:
    """Let wires listen while the broker does, for ever."""
    known = list(relays)
    was_listening: bool | None = None
    while True:
        is_listening = _is_listening(broker_port)
        if is_listening != was_listening:
            for relay in known:
                if is_listening:
                    await relay.listen()
                else:
                    relay.refuse()
        was_listening = is_listening
        await asyncio.sleep(LOOK_S)


def _is_listening(port: int) -> bool:
    """Tell whether somebody listens at a port, without a word to him."""
    for line in TCP_TABLE.read_text(encoding="ascii").splitlines()[1:]:
        _, local, _, state, *_ = line.split()
        if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
            return True
    return False
