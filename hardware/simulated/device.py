"""What every simulated device has: a place it is plugged into, a thread, and faults by switch."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import DeviceLoop, Readable


class SimulatedDevice(ABC):
    """A device of its own behind `endpoint`; the real driver talks to it as to any other.

    All public methods may be called from any thread, and have taken effect when they return.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._faults: set[SimulatedFault] = set()
        self._is_stopping = threading.Event()
        self._loop = DeviceLoop(endpoint.readables, self._on_readable)

    def start(self) -> None:
        """Plug it in and switch it on."""
        if SimulatedFault.UNPLUGGED not in self._faults:
            self._endpoint.plug()
        self._loop.start()

    def stop(self) -> None:
        """Switch it off and put it away. May be called twice."""
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

    def set_fault(self, fault: SimulatedFault) -> None:
        """Switch `fault` on."""
        self._loop.call(lambda: self._change_faults(self._faults | {fault}))

    def clear_fault(self, fault: SimulatedFault) -> None:
        """Switch `fault` off; work that waited for it goes on."""
        self._loop.call(lambda: self._change_faults(self._faults - {fault}))

    def clear_all_faults(self) -> None:
        """Switch every fault off."""
        self._loop.call(lambda: self._change_faults(set()))

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: see ControlServer."""
        return {
            "set": lambda fault: self.set_fault(SimulatedFault(fault)),
            "clear": lambda fault: self.clear_fault(SimulatedFault(fault)),
            "clear_all": lambda _: self.clear_all_faults(),
            "state": lambda _: None,
        }

    def state(self) -> dict[str, object]:
        """Return what the control port answers."""
        return {"faults": sorted(self.faults)}

    @abstractmethod
    def _on_readable(self, ready: Readable) -> None:
        """Take in what came at the endpoint."""

    def _change_faults(self, faults: set[SimulatedFault]) -> None:
        self._faults = faults
        if SimulatedFault.UNPLUGGED in faults:
            self._endpoint.unplug()
        else:
            self._endpoint.plug()

    def _strikes(self, fault: SimulatedFault) -> bool:
        """Tell whether `fault`, which strikes once, strikes now."""
        if fault not in self._faults:
            return False
        self._faults.remove(fault)
        return True
