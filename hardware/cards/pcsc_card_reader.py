"""A chip card reader through PC/SC: one file of one application holds the card's number.

Needs the extra `chip-card` (pyscard) and the service pcscd. A social-security card also needs a
security module and its issuer's library; it does not come this way.
"""

from dataclasses import dataclass
from typing import Any

from smartcard import scard

from hardware.cards.card_reader import CardProblem, CardRead, ChipCard

DONE = 0x9000
MORE_TO_COME = 0x61
WRONG_LENGTH = 0x6C
CARD_NUMBER_LENGTH_MAX = 64

_NO_USE = frozenset({scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNSUPPORTED_CARD})
"""Put in the wrong way round, or a card of another kind."""


class _CardFailed(Exception):
    def __init__(self, problem: CardProblem) -> None:
        self.problem = problem
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class PcscSettings:
    """`reader` is a part of its name; empty: the first there is."""

    reader: str
    application: bytes
    file: int
    """Its short identifier, 1 to 30."""
    encoding: str


class PcscSession:
    """See CardSession. Looks for the reader at once; OSError if there is none."""

    def __init__(self, settings: PcscSettings) -> None:
        self._settings = settings
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        _check(result)
        try:
            self._reader = self._found_reader()
        except OSError:
            self.close()
            raise

    def look(self) -> int:
        """See CardSession. The service counts the changes of a reader in the upper half."""
        result, states = scard.SCardGetStatusChange(
            self._context, 0, [(self._reader, scard.SCARD_STATE_UNAWARE)]
        )
        _check(result)
        state: int = states[0][1]
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise OSError(f"the reader {self._reader} has been unplugged")
        is_there = state & scard.SCARD_STATE_PRESENT
        return (state >> 16) + 1 if is_there else 0

    def read(self) -> CardRead:
        """See CardSession."""
        result, card, protocol = scard.SCardConnect(
            self._context,
            self._reader,
            scard.SCARD_SHARE_SHARED,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        if result != scard.SCARD_S_SUCCESS:
            return CardProblem.UNREADABLE if result in _NO_USE else CardProblem.WITHDRAWN
        try:
            return ChipCard(card_number=self._number_on(card, protocol))
        except _CardFailed as failure:
            return failure.problem
        finally:
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)

    def close(self) -> None:
        """See CardSession."""
        scard.SCardReleaseContext(self._context)

    def _found_reader(self) -> str:
        result, readers = scard.SCardListReaders(self._context, [])
        _check(result)
        for reader in readers:
            if self._settings.reader in reader:
                return str(reader)
        raise OSError(f"no reader whose name has {self._settings.reader!r} in it")

    def _number_on(self, card: Any, protocol: int) -> str:
        application = self._settings.application
        select = bytes((0x00, 0xA4, 0x04, 0x00, len(application), *application, 0x00))
        _transmit(card, protocol, select)
        read_binary = bytes((0x00, 0xB0, 0x80 | self._settings.file, 0x00, 0x00))
        content = _transmit(card, protocol, read_binary)
        try:
            number = content.rstrip(b"\0\xff ").decode(self._settings.encoding)
        except UnicodeDecodeError:
            raise _CardFailed(CardProblem.UNREADABLE) from None
        if not number or not number.isprintable() or len(number) > CARD_NUMBER_LENGTH_MAX:
            raise _CardFailed(CardProblem.UNREADABLE)
        return number


def _transmit(card: Any, protocol: int, command: bytes) -> bytes:
    """Give a command; return its answer, fetched as cards of either protocol hand it out."""
    result, answer = scard.SCardTransmit(card, protocol, list(command))
    if result != scard.SCARD_S_SUCCESS or len(answer) < 2:
        raise _CardFailed(CardProblem.WITHDRAWN)
    *data, first, second = answer
    if first == MORE_TO_COME:
        return bytes(data) + _transmit(card, protocol, bytes((0x00, 0xC0, 0x00, 0x00, second)))
    if first == WRONG_LENGTH and command[-1] != second:
        return _transmit(card, protocol, command[:-1] + bytes((second,)))
    if first << 8 | second != DONE:
        raise _CardFailed(CardProblem.UNREADABLE)
    return bytes(data)


def _check(result: int) -> None:
    if result != scard.SCARD_S_SUCCESS:
        raise OSError(scard.SCardGetErrorMessage(result))
