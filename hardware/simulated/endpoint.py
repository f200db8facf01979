"""Where a simulated device is plugged in: a port of the network, or a serial port."""

from collections.abc import Sequence
from typing import Protocol

from hardware.simulated.loop import Readable


class Endpoint(Protocol):
    """Carries bytes between one device and the outside; used from the device's thread only."""

    @property
    def address(self) -> str:
        """How to reach it from outside, once it has been plugged in."""
        ...

    def plug(self) -> None:
        """Put the cable in; does nothing if it is in. OSError if the place is taken."""
        ...

    def unplug(self) -> None:
        """Pull the cable out; does nothing if it is out."""
        ...

    def hang_up(self) -> None:
        """Break the line to whoever is connected, the cable stays in."""
        ...

    def readables(self) -> Sequence[Readable]:
        """Return what has to be watched for bytes."""
        ...

    def receive(self, ready: Readable) -> bytes | None:
        """Return what came in at `ready`; None if the other side has gone."""
        ...

    def send(self, data: bytes) -> None:
        """Send `data`; it is lost if nobody is connected or nobody reads."""
        ...
