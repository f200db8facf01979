"""Frames of SSP, the serial protocol of bill validators (Innovative Technology, manual GA138).

`7F | sequence bit and address | length | data | CRC-16, low byte first`. A 7F after the first is
sent twice. The CRC (polynomial 8005, seed FFFF) covers all between, before the doubling.
"""

from dataclasses import dataclass

START = 0x7F
ADDRESS_MAX = 0x7D
_SEQUENCE_BIT = 0x80
_FRAME_EXTRA_BYTES = 4
"""Address, length and the CRC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SspFrame:
    """What travels. A reply has the sequence bit of its command; so has a command said again."""

    data: bytes
    sequence: int
    address: int

    def encoded(self) -> bytes:
        """Return the bytes on the wire."""
        body = bytes((self.sequence << 7 | self.address, len(self.data))) + self.data
        body += crc16(body).to_bytes(2, "little")
        return bytes((START,)) + body.replace(b"\x7f", b"\x7f\x7f")


def crc16(data: bytes) -> int:
    """Return the check sum of `data`."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


class SspFrameReader:
    """Cuts a stream of bytes into frames, and drops what is none or arrived damaged."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._is_inside = False
        self._is_after_start = False

    def feed(self, data: bytes) -> list[SspFrame]:
        """Take in `data`; return the frames that it completes."""
        frames: list[SspFrame] = []
        for byte in data:
            if byte == START and not self._is_after_start:
                self._is_after_start = True
                continue
            if self._is_after_start and byte != START:
                self._body.clear()
                self._is_inside = True
            self._is_after_start = False
            if self._is_inside:
                self._body.append(byte)
                frames += self._completed()
        return frames

    def _completed(self) -> list[SspFrame]:
        body = bytes(self._body)
        if len(body) < _FRAME_EXTRA_BYTES or len(body) < body[1] + _FRAME_EXTRA_BYTES:
            return []
        self._is_inside = False
        if crc16(body[:-2]) != int.from_bytes(body[-2:], "little"):
            return []
        first = body[0]
        return [
            SspFrame(
                data=body[2:-2], sequence=first >> 7, address=first & ~_SEQUENCE_BIT
            )
        ]  # fmt: skip
