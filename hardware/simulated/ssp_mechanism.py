"""The inside of a simulated bill validator: SSP frames in, frames out, notes that move. Pure.

A note moves one step with each poll, so that nothing depends on time.
"""

from collections.abc import Sequence
from enum import StrEnum

from hardware.cash.ssp_frame import SspFrame, SspFrameReader
from hardware.cash.ssp_words import SspAnswer, SspCommand, SspEvent
from hardware.simulated.faults import SimulatedFault

NOTES_YUAN = (1, 5, 10, 20, 50, 100)
FEN_PER_YUAN = 100
_OLD_SETUP_VERSION = 5


class _Place(StrEnum):
    READING = "reading"
    ESCROW = "escrow"
    STACKING = "stacking"
    CREDITED = "credited"
    REJECTING = "rejecting"


class SspMechanism:
    """`faults` is looked at and is the owner's to change; those that strike once are taken out."""

    def __init__(
        self, faults: set[SimulatedFault], *, is_wide: bool = True, currency: str = "CNY"
    ) -> None:
        self.faults = faults
        self.box_fen: list[int] = []
        self.returned_fen: list[int] = []
        self.has_counters = True
        self.holds = 0
        """How often the note in escrow was held."""
        self._is_wide = is_wide
        self._currency = currency.encode()
        self._reader = SspFrameReader()
        self._address = 0
        self._is_on = True
        self._boots = 0
        self._boot()

    def _boot(self) -> None:
        self._boots += 1
        self._is_enabled = False
        self._inhibits = 0
        self._last: SspFrame | None = None
        self._last_reply = b""
        self._events: list[int] = [SspEvent.SLAVE_RESET]
        self._place: _Place | None = None
        self._channel = 0

    def insert(self, value_fen: int) -> bool:
        """Push a note in; False if the slot is closed to it. 0 is a piece of paper."""
        channel = 0
        if value_fen:
            channel = NOTES_YUAN.index(value_fen // FEN_PER_YUAN) + 1
        if not self._is_on or not self._is_enabled or self._place or self._is_blocked:
            return False
        self._place, self._channel = _Place.READING, channel
        return True

    def lose_power(self) -> None:
        """Pull the power plug."""
        self._is_on = False

    def regain_power(self) -> None:
        """Put it back: a note in the path goes on to the box if it was on its way there."""
        place, channel = self._place, self._channel
        self._boot()
        self._is_on = True
        if place in (_Place.STACKING, _Place.CREDITED):
            self.box_fen.append(self._value_fen(channel))
            self._events += [SspEvent.CLEARED_TO_BOX, channel]
        elif place is not None:
            self.returned_fen.append(self._value_fen(channel))
            self._events += [SspEvent.CLEARED_FROM_FRONT, channel]

    def answers_to(self, data: bytes) -> Sequence[bytes]:
        """Take in bytes; return the replies, each as it goes over the wire."""
        replies = []
        for frame in self._reader.feed(data):
            if self._is_on and frame.address == self._address and frame.data:
                reply = self._reply_to(frame)
                if reply and not self._is_lost(reply):
                    sent = SspFrame(
                        data=reply, sequence=frame.sequence, address=frame.address
                    ).encoded()
                    replies.append(sent * (2 if SimulatedFault.REPLY_DOUBLED in self.faults else 1))
        return replies

    def _reply_to(self, frame: SspFrame) -> bytes:
        is_sync = frame.data[0] == SspCommand.SYNC
        if not is_sync and self._last is not None and frame.sequence == self._last.sequence:
            return self._last_reply  # our reply was lost: say it again, do nothing
        self._last = frame
        boots = self._boots
        reply = self._carry_out(frame.data[0], frame.data[1:])
        if boots != self._boots:  # power failed meanwhile
            return b""
        self._last_reply = reply
        return reply

    def _is_lost(self, reply: bytes) -> bool:
        is_credit = len(reply) > 2 and reply[0] == SspAnswer.OK and SspEvent.CREDIT in reply[1:]
        return self._strikes(SimulatedFault.REPLY_LOST) or (
            is_credit and self._strikes(SimulatedFault.CREDIT_LOST)
        )

    def _carry_out(self, command: int, arguments: bytes) -> bytes:
        match command:
            case SspCommand.POLL:
                return bytes((SspAnswer.OK, *self._poll()))
            case SspCommand.SYNC | SspCommand.HOST_PROTOCOL_VERSION:
                pass
            case SspCommand.SET_INHIBITS:
                self._inhibits = int.from_bytes(arguments[:2], "little")
            case SspCommand.ENABLE:
                self._is_enabled = True
            case SspCommand.DISABLE:
                self._is_enabled = False
            case SspCommand.HOLD | SspCommand.REJECT_NOTE:
                return self._hold_or_reject(command)
            case SspCommand.SETUP_REQUEST:
                return self._setup()
            case SspCommand.GET_COUNTERS if self.has_counters:
                counts = (len(self.box_fen), 0, 0, 0, len(self.returned_fen))
                return bytes((SspAnswer.OK, len(counts))) + b"".join(
                    count.to_bytes(4, "little") for count in counts
                )
            case _:
                return bytes((SspAnswer.UNKNOWN_COMMAND,))
        return bytes((SspAnswer.OK,))

    def _hold_or_reject(self, command: int) -> bytes:
        if self._place is not _Place.ESCROW:
            return bytes((SspAnswer.CANNOT_BE_PROCESSED,))
        self.holds += 1
        if command == SspCommand.REJECT_NOTE:
            self._place = _Place.REJECTING
        elif self._strikes(SimulatedFault.ESCROW_GIVEN_UP):
            self._place = _Place.REJECTING
            return bytes((SspAnswer.CANNOT_BE_PROCESSED,))
        return bytes((SspAnswer.OK,))

    @property
    def _is_blocked(self) -> bool:
        return bool(self.faults & {SimulatedFault.STACKER_FULL, SimulatedFault.CASH_BOX_REMOVED})

    def _poll(self) -> list[int]:
        events, self._events = self._events, []
        if SimulatedFault.CASH_BOX_REMOVED in self.faults:
            events.append(SspEvent.BOX_REMOVED)
        if SimulatedFault.STACKER_FULL in self.faults:
            events.append(SspEvent.STACKER_FULL)
        events += self._moved_on()
        if not self._is_enabled or self._is_blocked:
            events.append(SspEvent.DISABLED)
        return events

    def _moved_on(self) -> list[int]:
        """Move the note one step; return what is told of it."""
        steps = {
            _Place.READING: self._read,
            _Place.ESCROW: self._accept,
            _Place.STACKING: self._credit,
            _Place.CREDITED: self._stack,
            _Place.REJECTING: self._reject,
        }
        return [] if self._place is None else steps[self._place]()

    def _read(self) -> list[int]:
        is_wanted = self._is_enabled and self._inhibits << 1 >> self._channel & 1
        if not self._channel or not is_wanted:
            self._place = _Place.REJECTING
            return [SspEvent.READ, 0]
        self._place = _Place.ESCROW
        self.holds = 0
        if self._cuts_power(SimulatedFault.POWER_CUT_IN_ESCROW):
            return []
        return [SspEvent.READ, self._channel]

    def _accept(self) -> list[int]:
        self._place = _Place.STACKING
        return [SspEvent.STACKING]

    def _credit(self) -> list[int]:
        if SimulatedFault.NOTE_JAM in self.faults:
            return [SspEvent.UNSAFE_JAM]
        if self._cuts_power(SimulatedFault.POWER_CUT_BEFORE_CREDIT):
            return []
        self._place = _Place.CREDITED
        return [SspEvent.CREDIT, self._channel, SspEvent.STACKING]

    def _stack(self) -> list[int]:
        if self._cuts_power(SimulatedFault.POWER_CUT_AFTER_CREDIT):
            return []
        self._place = None
        if self._strikes(SimulatedFault.STRING_FISHING):
            return [SspEvent.FRAUD_ATTEMPT, self._channel]
        self.box_fen.append(self._value_fen(self._channel))
        return [SspEvent.STACKED]

    def _reject(self) -> list[int]:
        self._place = None
        self.returned_fen.append(self._value_fen(self._channel))
        return [SspEvent.REJECTED]

    def _cuts_power(self, fault: SimulatedFault) -> bool:
        """Lose power and get it back if `fault` strikes; what was to be told is never told."""
        if not self._strikes(fault):
            return False
        self.lose_power()
        self.regain_power()
        return True

    def _strikes(self, fault: SimulatedFault) -> bool:
        if fault not in self.faults:
            return False
        self.faults.remove(fault)
        return True

    def _value_fen(self, channel: int) -> int:
        return NOTES_YUAN[channel - 1] * FEN_PER_YUAN if channel else 0

    def _setup(self) -> bytes:
        count = len(NOTES_YUAN)
        multiplier = 0 if self._is_wide else 1
        values = bytes(count) if self._is_wide else bytes(NOTES_YUAN)
        head = bytes((SspAnswer.OK, 0)) + b"0333" + self._currency + multiplier.to_bytes(3, "big")
        reply = head + bytes((count,)) + values + b"\x02" * count
        reply += FEN_PER_YUAN.to_bytes(3, "big")
        if not self._is_wide:
            return reply + bytes((_OLD_SETUP_VERSION,))
        wide = b"".join(yuan.to_bytes(4, "little") for yuan in NOTES_YUAN)
        return reply + b"\x06" + self._currency * count + wide
