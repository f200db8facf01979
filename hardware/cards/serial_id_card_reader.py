"""A reader of resident ID cards on a serial port: find, select, read."""

from dataclasses import dataclass
from time import monotonic
from typing import Any

from hardware.cards.card_reader import CardProblem, CardRead
from hardware.cards.id_card_text import TEXT_BYTES, parse_id_card
from hardware.cards.sam_frame import (
    SamCommand,
    SamFrameReader,
    SamReply,
    SamStatus,
    sam_command,
    sam_reply,
)
from hardware.serial_port import open_serial_port

TRIES = 3
READ_TIMEOUT_S = 0.05
"""How soon the end of an answer is noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialIdCardSettings:
    """`port` is best a name below /dev/serial/by-id: it stays the same when cables change."""

    port: str
    baud: int = 115200
    encoding: str = "utf-16-le"
    reply_timeout_s: float = 2.0
    """A whole card takes about a second."""


class SerialIdCardSession:
    """See CardSession. Opens the port at once; OSError if it can't be opened."""

    def __init__(self, settings: SerialIdCardSettings) -> None:
        self._settings = settings
        self._cards = 0
        self._is_there = False
        self._port: Any = open_serial_port(
            settings.port,
            settings.baud,
            read_timeout_s=READ_TIMEOUT_S,
            write_timeout_s=settings.reply_timeout_s,
        )

    def look(self) -> int:
        """See CardSession."""
        was_there = self._is_there
        self._is_there = self._asked(SamCommand.FIND).status == SamStatus.FOUND
        if self._is_there and not was_there:
            self._cards += 1
        return self._cards if self._is_there else 0

    def read(self) -> CardRead:
        """See CardSession."""
        for _ in range(TRIES):
            if self._asked(SamCommand.SELECT).status == SamStatus.DONE:
                card = self._read_selected()
                if card is not None:
                    return card
            if not self.look():
                return CardProblem.WITHDRAWN
        return CardProblem.UNREADABLE

    def close(self) -> None:
        """See CardSession."""
        self._port.close()

    def _read_selected(self) -> CardRead | None:
        """Return the card; None if it is worth another try."""
        try:
            reply = self._asked(SamCommand.READ)
        except TimeoutError:  # half an answer: the card left, or a byte got lost
            return None
        if reply.status != SamStatus.DONE:
            return None
        # The lengths of text and photo, then both. The photo is left where it is.
        text = reply.data[4 : 4 + TEXT_BYTES]
        if reply.data[:2] != TEXT_BYTES.to_bytes(2, "big"):
            return None
        return parse_id_card(text, encoding=self._settings.encoding)

    def _asked(self, command: SamCommand) -> SamReply:
        """Give a command and return the answer. TimeoutError: none came, or a damaged one."""
        self._port.read(self._port.in_waiting)  # what came too late for the last question
        self._port.write(sam_command(command))
        reader = SamFrameReader()
        deadline_s = monotonic() + self._settings.reply_timeout_s
        while monotonic() < deadline_s:
            data = self._port.read(1)
            data += self._port.read(self._port.in_waiting)
            for content in reader.feed(data):
                reply = sam_reply(content)
                if reply is not None:
                    return reply
        raise TimeoutError(f"the ID card reader does not answer {command:#06x}")
