"""A scanner in USB-COM mode that exists in software only: each code goes out with CR behind it."""

import threading
from collections.abc import Callable, Mapping

from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import DeviceLoop, Readable

END_MARK = b"\r"
NOISE = b"\xff\x00\xfe\xfd\xfc\xfb\r"


class SimulatedScanner:
    """A device of its own behind `endpoint`; the real driver opens it as any serial port.

    All methods may be called from any thread, and have taken effect when they return.
    """

    def __init__(self, *, endpoint: Endpoint, slow_delay_s: float = 0.2) -> None:
        self._endpoint = endpoint
        self._slow_delay_s = slow_delay_s
        self._faults: set[SimulatedFault] = set()
        self._is_stopping = threading.Event()
        self._loop = DeviceLoop(endpoint.readables, self._on_readable)

    def start(self) -> None:
        """Plug it in."""
        if SimulatedFault.UNPLUGGED not in self._faults:
            self._endpoint.plug()
        self._loop.start()

    def stop(self) -> None:
        """Put it away. May be called twice."""
        self._is_stopping.set()
        self._loop.stop()
        self._endpoint.unplug()

    @property
    def address(self) -> str:
        """Where it can be reached."""
        return self._endpoint.address

    @property
    def faults(self) -> frozenset[SimulatedFault]:
        """The faults that are switched on."""
        return self._loop.call(lambda: frozenset(self._faults))

    def scan(self, code: str) -> None:
        """Let it read `code`. Nobody gets it if the scanner is unplugged, mute or not opened."""
        self._loop.call(lambda: self._scan(code.encode()))

    def set_fault(self, fault: SimulatedFault) -> None:
        """Switch `fault` on: unplugged, mute, slow (a pause in the middle of a code), garbage."""
        self._loop.call(lambda: self._change_faults(self._faults | {fault}))

    def clear_fault(self, fault: SimulatedFault) -> None:
        """Switch `fault` off."""
        self._loop.call(lambda: self._change_faults(self._faults - {fault}))

    def clear_all_faults(self) -> None:
        """Switch every fault off."""
        self._loop.call(lambda: self._change_faults(set()))

    def _change_faults(self, faults: set[SimulatedFault]) -> None:
        self._faults = faults
        if SimulatedFault.UNPLUGGED in faults:
            self._endpoint.unplug()
        else:
            self._endpoint.plug()

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

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: see ControlServer."""
        return {
            "scan": self.scan,
            "set": lambda fault: self.set_fault(SimulatedFault(fault)),
            "clear": lambda fault: self.clear_fault(SimulatedFault(fault)),
            "clear_all": lambda _: self.clear_all_faults(),
            "state": lambda _: None,
        }

    def state(self) -> dict[str, object]:
        """Return what the control port answers."""
        return {"faults": sorted(self.faults)}
