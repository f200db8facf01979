"""One question, one answer over SSP. What is not answered is asked again, and done only once."""

from typing import Protocol

from hardware.cash.ssp_frame import SspFrame, SspFrameReader
from hardware.cash.ssp_words import SspCommand

TRIES = 4
FLOOD_BYTES_MAX = 4096


class Wire(Protocol):
    """Bytes to and from a device."""

    def send(self, data: bytes) -> None:
        """Send `data`; OSError if the device is gone."""
        ...

    def receive(self) -> bytes:
        """Return what came; nothing if the time for an answer is over. OSError as above."""
        ...


class SspLink:
    """A device of one address. The sequence bit tells it which command is a repeated one."""

    def __init__(self, wire: Wire, *, address: int) -> None:
        self._wire = wire
        self._address = address
        self._sequence = 0

    def synchronise(self) -> None:
        """Begin anew. TimeoutError: nobody answers."""
        self._sequence = 1
        self.ask(bytes((SspCommand.SYNC,)))

    def ask(self, data: bytes) -> bytes:
        """Send a command and return the reply's data, its answer byte first.

        Raises:
            TimeoutError: no whole answer after all tries. Whether it was done, nobody knows.
            OSError: the line is gone.
        """
        frame = SspFrame(data=data, sequence=self._sequence, address=self._address)
        for _ in range(TRIES):
            self._wire.send(frame.encoded())
            reply = self._reply()
            if reply:
                self._sequence ^= 1
                return reply
        raise TimeoutError(f"no answer to command {data[0]:#04x}")

    def _reply(self) -> bytes:
        """Return the answer to this command; late answers to another are passed over."""
        reader = SspFrameReader()
        received = 0
        while received < FLOOD_BYTES_MAX and (data := self._wire.receive()):
            received += len(data)
            for frame in reader.feed(data):
                if (frame.sequence, frame.address) == (self._sequence, self._address):
                    return frame.data
        return b""
