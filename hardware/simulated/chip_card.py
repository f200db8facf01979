"""A hospital's chip card that exists in software only; pcscd and its virtual reader are real."""

from collections.abc import Callable, Mapping

from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import Readable

APPLICATION = bytes.fromhex("D1 56 00 00 15 48 4B 01")
FILE = 5
ANSWER_TO_RESET = bytes.fromhex("3B 80 01 81")
"""T=1, no historical bytes."""
FILE_BYTES = 64
_OFF, _ON, _RESET, _ASK_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_DONE, _NO_SUCH_FILE, _NOT_KNOWN = b"\x90\x00", b"\x6a\x82", b"\x6d\x00"


class SimulatedChipCard(SimulatedDevice):
    """Its faults: card_withdrawn (while it is read), card_damaged (its file is not there)."""

    def __init__(self, *, endpoint: Endpoint, number: str, encoding: str = "gb18030") -> None:
        super().__init__(endpoint)
        self._content = number.encode(encoding).ljust(FILE_BYTES, b"\0")
        self._waiting = b""
        self._is_selected = False
        self._is_leaving = False

    def start(self) -> None:
        """Hold it ready; put() puts it in."""
        self._loop.start()

    def put(self) -> None:
        """Put it into the reader. OSError: there is no reader."""
        self._loop.call(self._endpoint.plug)

    def take_away(self) -> None:
        """Take it out."""
        self._loop.call(self._leave)

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: `put`, `take_away`, and see ControlServer."""
        return {
            "put": lambda _: self.put(),
            "take_away": lambda _: self.take_away(),
            **super().commands(),
        }

    def _change_faults(self, faults: set[SimulatedFault]) -> None:
        self._faults = faults

    def _leave(self) -> None:
        self._endpoint.unplug()
        self._waiting = b""
        self._is_selected = self._is_leaving = False

    def _on_readable(self, ready: Readable) -> None:
        self._waiting += self._endpoint.receive(ready) or b""
        while len(self._waiting) >= 2:
            end = 2 + int.from_bytes(self._waiting[:2], "big")
            if len(self._waiting) < end:
                return
            message, self._waiting = self._waiting[2:end], self._waiting[end:]
            answer = self._answer_to(message)
            if answer:
                self._endpoint.send(len(answer).to_bytes(2, "big") + answer)

    def _answer_to(self, message: bytes) -> bytes:
        if message in (_OFF, _ON, _RESET):
            self._is_selected = False
            if self._is_leaving:
                self._leave()
            return b""
        if message == _ASK_ATR:
            return ANSWER_TO_RESET
        instruction = message[1:2]
        if instruction == b"\xa4":
            self._is_selected = message[5 : 5 + message[4]] == APPLICATION
            return _DONE if self._is_selected else _NO_SUCH_FILE
        if instruction != b"\xb0":
            return _NOT_KNOWN
        if self._strikes(SimulatedFault.CARD_WITHDRAWN):
            self._is_leaving = True  # half an answer; away when the reader cuts the power
            return self._content[:1]
        is_damaged = SimulatedFault.CARD_DAMAGED in self._faults
        if not self._is_selected or message[2] != 0x80 | FILE or is_damaged:
            return _NO_SUCH_FILE
        return self._content + _DONE
