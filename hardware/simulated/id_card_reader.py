"""A reader of resident ID cards that exists in software only; invented cards are put on it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.cards.id_card_text import FIELDS, TEXT_BYTES
from hardware.cards.sam_frame import SamCommand, SamFrameReader, SamStatus, sam_frame
from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.loop import Readable

PHOTO_BYTES = 1024
NOISE = bytes.fromhex("AA AA 00 AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 00")
"""Half a preamble, and a frame whose check is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedIdCard:
    """What is written on an invented card. Days are `YYYYMMDD`, or 长期."""

    name: str
    number: str
    born: str
    valid_until: str
    sex: str = "1"
    nation: str = "01"
    address: str = "北京市清榆区示范路 1 号"
    issuer: str = "北京市公安局清榆分局"
    valid_from: str = "20200101"

    def text(self, encoding: str) -> bytes:
        """Return the 256 bytes that are on the chip."""
        filler = " ".encode(encoding)
        text = bytearray()
        for field, (begin, end) in FIELDS.items():
            written = getattr(self, field).encode(encoding)[: end - begin]
            text += written + filler * ((end - begin - len(written)) // len(filler))
        return bytes(text) + filler * ((TEXT_BYTES - len(text)) // len(filler))


class SimulatedIdCardReader(SimulatedDevice):
    """Its faults: unplugged, mute, garbage, reply_lost, card_withdrawn, card_damaged."""

    def __init__(self, *, endpoint: Endpoint, encoding: str = "utf-16-le") -> None:
        super().__init__(endpoint)
        self._encoding = encoding
        self._frames = SamFrameReader()
        self._card: SimulatedIdCard | None = None
        self._is_selected = False
        self._questions = 0

    @property
    def questions(self) -> int:
        """How often it was asked something."""
        return self._loop.call(lambda: self._questions)

    def put(self, card: SimulatedIdCard) -> None:
        """Put a card on it."""
        self._loop.call(lambda: self._place(card))

    def take_away(self) -> None:
        """Take the card away."""
        self._loop.call(lambda: self._place(None))

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what the control port may order: `put` with a card as JSON, `take_away`."""
        return {
            "put": lambda card: self.put(SimulatedIdCard(**json.loads(card))),
            "take_away": lambda _: self.take_away(),
            **super().commands(),
        }

    def _place(self, card: SimulatedIdCard | None) -> None:
        self._card = card
        self._is_selected = False

    def _on_readable(self, ready: Readable) -> None:
        for content in self._frames.feed(self._endpoint.receive(ready) or b""):
            self._questions += 1
            is_lost = SimulatedFault.MUTE in self._faults or self._strikes(
                SimulatedFault.REPLY_LOST
            )
            reply = self._reply_to(int.from_bytes(content[:2], "big"))
            if is_lost:
                continue
            if SimulatedFault.GARBAGE in self._faults:
                self._endpoint.send(NOISE)
            self._endpoint.send(reply)

    def _reply_to(self, command: int) -> bytes:
        card = self._card
        if card is None:
            return _reply(SamStatus.NO_CARD)
        match command:
            case SamCommand.FIND:
                return _reply(SamStatus.FOUND, bytes(4))
            case SamCommand.SELECT:
                self._is_selected = True
                return _reply(SamStatus.DONE, bytes(8))
            case SamCommand.READ if self._is_selected:
                return self._read(card)
            case _:
                return _reply(SamStatus.READ_FAILED)

    def _read(self, card: SimulatedIdCard) -> bytes:
        text = card.text(self._encoding)
        lengths = TEXT_BYTES.to_bytes(2, "big") + PHOTO_BYTES.to_bytes(2, "big")
        reply = _reply(SamStatus.DONE, lengths + text + bytes(PHOTO_BYTES))
        if self._strikes(SimulatedFault.CARD_WITHDRAWN):
            self._place(None)
            return reply[: len(reply) // 2]
        if SimulatedFault.CARD_DAMAGED in self._faults:
            middle = len(reply) // 2
            return reply[:middle] + bytes((reply[middle] ^ 0x55,)) + reply[middle + 1 :]
        return reply


def _reply(status: SamStatus, data: bytes = b"") -> bytes:
    return sam_frame(bytes((0, 0, status)) + data)
