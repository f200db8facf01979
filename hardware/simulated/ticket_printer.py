"""A ticket printer that exists in software only: ESC/POS in, pictures out, faults by switch.

It behaves as a real one does: without paper it takes bytes but works on none, it goes on with the
slip when there is paper again, and it answers DLE EOT the moment it hears it, even inside a raster.
"""

from collections.abc import Mapping
from pathlib import Path

from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.escpos_decoder import (
    Command,
    CutPaper,
    EscposDecoder,
    FeedLines,
    Raster,
    RealtimeListener,
    TransmitPaperStatus,
    UnknownCommand,
)
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import Readable
from hardware.simulated.slip_folder import SlipFolder

WAITING_BYTES_MAX = 4_000_000
"""What comes on top while nothing is worked on is lost."""
PROTOCOL_ERRORS_MAX = 100
GARBAGE = 0xFF
_MID_SLIP_BYTES = 2000

_BLOCKING = {SimulatedFault.PAPER_OUT, SimulatedFault.COVER_OPEN, SimulatedFault.CUTTER_JAM}


class SimulatedTicketPrinter(SimulatedDevice):
    """Each slip that it cuts off becomes a picture in `slips_folder`."""

    def __init__(
        self, *, endpoint: Endpoint, slips_folder: Path, slow_delay_s: float = 3.0
    ) -> None:
        super().__init__(endpoint)
        self._paper = SlipFolder(slips_folder)
        self._slow_delay_s = slow_delay_s
        self._decoder = EscposDecoder()
        self._listener = RealtimeListener()
        self._protocol_errors: list[str] = []

    @property
    def slips(self) -> list[Path]:
        """The pictures of the slips, the oldest first."""
        return self._loop.call(lambda: self._paper.slips)

    @property
    def protocol_errors(self) -> list[str]:
        """What came in and was no ESC/POS: the first of it, as hexadecimal digits."""
        return self._loop.call(lambda: list(self._protocol_errors))

    def state(self) -> dict[str, object]:
        """Return what the control port answers."""
        return {
            **super().state(),
            "slips": [slip.name for slip in self.slips],
            "protocol_errors": self.protocol_errors,
        }

    def _change_faults(self, faults: set[SimulatedFault]) -> None:
        super()._change_faults(faults)
        if SimulatedFault.UNPLUGGED in faults:
            self._forget_unfinished()
        self._work()

    def _on_readable(self, ready: Readable) -> None:
        data = self._endpoint.receive(ready)
        if data is None:
            self._forget_unfinished()
            return
        for question in self._listener.questions_in(data):
            self._answer(self._status_byte(question))
        if self._decoder.waiting_bytes + len(data) <= WAITING_BYTES_MAX:
            self._decoder.feed(data)
        if self._decoder.waiting_bytes > _MID_SLIP_BYTES and self._strikes(
            SimulatedFault.LINE_BREAK_MID_SLIP
        ):
            self._endpoint.hang_up()
            self._forget_unfinished()
        self._work()

    def _forget_unfinished(self) -> None:
        """Drop the half command that a broken line left behind, but not what waits for paper."""
        if not self._faults & _BLOCKING:
            self._decoder.forget()

    def _work(self) -> None:
        """Work through what has come in, until it ends or a fault stops it."""
        while not self._faults & _BLOCKING:
            try:
                command = self._decoder.next_command()
            except UnknownCommand as error:
                if len(self._protocol_errors) < PROTOCOL_ERRORS_MAX:
                    self._protocol_errors.append(str(error))
                continue
            if command is None:
                return
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Raster():
                self._print(command)
            case FeedLines(count):
                self._paper.feed(count)
            case CutPaper():
                self._paper.cut()
            case TransmitPaperStatus():
                is_near_end = SimulatedFault.PAPER_NEAR_END in self._faults
                self._answer(0x03 if is_near_end else 0x00)
            case _:
                pass  # nothing to see: ESC @, and questions answered when they came

    def _print(self, raster: Raster) -> None:
        if SimulatedFault.SLOW in self._faults:
            self._is_stopping.wait(self._slow_delay_s)
        data = raster.data
        if self._strikes(SimulatedFault.PAPER_OUT_MID_SLIP):
            self._faults.add(SimulatedFault.PAPER_OUT)
            data = data[: raster.width_bytes * (raster.height_dots // 2)]
        self._paper.print_rows(raster.width_bytes, data)

    def _answer(self, byte: int) -> None:
        if SimulatedFault.MUTE not in self._faults:
            is_garbage = SimulatedFault.GARBAGE in self._faults
            self._endpoint.send(bytes((GARBAGE if is_garbage else byte,)))

    def _status_byte(self, question: int) -> int:
        """Return the answer to DLE EOT `question`, its fixed bits included."""
        bits: dict[int, Mapping[SimulatedFault, int]] = {
            1: dict.fromkeys(_BLOCKING, 0x08),
            2: {
                SimulatedFault.COVER_OPEN: 0x04,
                SimulatedFault.PAPER_OUT: 0x20,
                SimulatedFault.CUTTER_JAM: 0x40,
            },
            3: {SimulatedFault.CUTTER_JAM: 0x08},
            4: {SimulatedFault.PAPER_NEAR_END: 0x0C, SimulatedFault.PAPER_OUT: 0x6C},
        }
        byte = 0x12
        for fault in self._faults:
            byte |= bits[question].get(fault, 0)
        return byte
