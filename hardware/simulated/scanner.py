"""A scanner in USB-COM mode that exists in software only: each code goes out with CR behind it."""

from collections.abc import Callable, Mapping

from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import Readable

END_MARK = b"\r"
NOISE = b"\xff\x00\xfe\xfd\xfc\xfb\r"


class SimulatedScanner(SimulatedDevice):
    """Its faults: unplugged, mute, slow (a pause in the middle of a code), garbage."""

    def __init__(self, *, endpoint: Endpoint, slow_delay_s: float = 0.2) -> None:
        super().__init__(endpoint)
        self._slow_delay_s = slow_delay_s

    def scan(self, code: str) -> None:
        """Let it read `code`. Nobody gets it if the scanner is unplugged, mute or not opened."""
        self._loop.call(lambda: self._scan(code.encode()))

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: see ControlServer."""
        return {"scan": self.scan, **super().commands()}

    def _on_readable(self, ready: Readable) -> None:
        self._endpoint.receive(ready)  # a scanner in this mode takes no orders

    def _scan(self, code: bytes) -> None:
        if SimulatedFault.MUTE in self._faults:
            return
        if SimulatedFault.GARBAGE in self._faults:
            self._endpoint.send(NOISE)
        middle = len(code) // 2
        self._endpoint.send(code[:middle])
        if SimulatedFault.SLOW in self._faults:
            self._is_stopping.wait(self._slow_delay_s)
        self._endpoint.send(code[middle:] + END_MARK)
