"""A simulated device on a serial port: one end of a pseudo terminal, the other one has a name."""

import os
import tty
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hardware.simulated.loop import Readable

READ_BYTES_MAX = 65536


class PtyEndpoint:
    """See Endpoint. `link` names the port, as /dev/serial/by-id does; it comes and goes."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._master: _Master | None = None

    @property
    def address(self) -> str:
        """Where it can be reached."""
        return str(self._link)

    def plug(self) -> None:
        """Put the cable in."""
        if self._master is None:
            self._master = self._new_master()

    def unplug(self) -> None:
        """Pull the cable out."""
        if self._master is not None:
            self._link.unlink(missing_ok=True)
            self._master.close()
            self._master = None

    def hang_up(self) -> None:
        """Break the line, the cable stays in."""
        old, self._master = self._master, self._new_master()
        if old is not None:
            old.close()

    def _new_master(self) -> "_Master":
        """Open a new pseudo terminal and let the link name it, without a moment in between."""
        master = _Master()
        self._link.parent.mkdir(parents=True, exist_ok=True)
        new_link = self._link.with_name(f".{self._link.name}.new")
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(master.port_name)
        new_link.replace(self._link)
        return master

    def readables(self) -> Sequence[Readable]:
        """Return what has to be watched."""
        return [] if self._master is None else [self._master]

    def receive(self, ready: Readable) -> bytes | None:
        """Return what came in; None if the other side has gone."""
        return os.read(ready.fileno(), READ_BYTES_MAX)

    def send(self, data: bytes) -> None:
        """Send `data`, or lose it."""
        if self._master is not None:
            with suppress(BlockingIOError):  # a full buffer: nobody reads
                os.write(self._master.fileno(), data)


class _Master:
    """The inner end. It keeps the outer end open, or reading would fail while nobody uses it."""

    def __init__(self) -> None:
        self._inner, self._outer = os.openpty()
        tty.setraw(self._outer)
        os.set_blocking(self._inner, False)
        self.port_name = os.ttyname(self._outer)

    def fileno(self) -> int:
        return self._inner

    def close(self) -> None:
        """Give the line up."""
        os.close(self._inner)
        os.close(self._outer)
