"""A bill validator that exists in software only: SSP on a serial port, notes by order."""

from collections.abc import Callable, Mapping

from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import Readable
from hardware.simulated.ssp_mechanism import FEN_PER_YUAN, SspMechanism

NOISE = b"\x7f\xff\x00\x13\x7f"


class SimulatedBillValidator(SimulatedDevice):
    """Takes 1, 5, 10, 20, 50 and 100 yuan."""

    def __init__(self, *, endpoint: Endpoint, is_wide: bool = True) -> None:
        super().__init__(endpoint)
        self._mechanism = SspMechanism(self._faults, is_wide=is_wide)

    def insert(self, value_fen: int) -> bool:
        """Push in a note, or with 0 a piece of paper; False if the slot does not take it now."""
        return self._loop.call(lambda: self._mechanism.insert(value_fen))

    @property
    def holds(self) -> int:
        """How often the last note in escrow was held."""
        return self._loop.call(lambda: self._mechanism.holds)

    @property
    def box_fen(self) -> list[int]:
        """The notes in the box."""
        return self._loop.call(lambda: list(self._mechanism.box_fen))

    @property
    def returned_fen(self) -> list[int]:
        """The notes that the patient got back."""
        return self._loop.call(lambda: list(self._mechanism.returned_fen))

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: `insert` with yuan, and see ControlServer."""
        return {"insert": self._insert_yuan, **super().commands()}

    def state(self) -> dict[str, object]:
        """Return what the control port answers."""
        return {**super().state(), "box_fen": self.box_fen, "returned_fen": self.returned_fen}

    def _insert_yuan(self, yuan: str) -> None:
        if not self.insert(int(yuan) * FEN_PER_YUAN):
            raise ValueError("the slot is closed")

    def _change_faults(self, faults: set[SimulatedFault]) -> None:
        was_off = SimulatedFault.POWER_CUT in self._faults
        is_off = SimulatedFault.POWER_CUT in faults
        super()._change_faults(faults)
        self._mechanism.faults = self._faults
        if is_off and not was_off:
            self._mechanism.lose_power()
        if was_off and not is_off:
            self._mechanism.regain_power()

    def _on_readable(self, ready: Readable) -> None:
        for reply in self._mechanism.answers_to(self._endpoint.receive(ready) or b""):
            if SimulatedFault.MUTE in self._faults:
                continue
            if SimulatedFault.GARBAGE in self._faults:
                self._endpoint.send(NOISE)
            else:
                self._endpoint.send(reply)
