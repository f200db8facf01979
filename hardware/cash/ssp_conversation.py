"""What a host says to a bill validator over SSP, one poll after the other. No thread, no clock.

Three rules it keeps: a poll accepts the note in escrow, so while nobody has decided only HOLD is
sent; after any break in the conversation the device is closed, and opened again only when its
count of the box has been compared; whoever keeps the money is told before the next poll.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.cash.bill_validator import (
    CashEvent,
    FraudAttempt,
    NoteInEscrow,
    NoteReturned,
    TroubleChanged,
)
from hardware.cash.note_book import NoteBook
from hardware.cash.ssp_link import SspLink
from hardware.cash.ssp_words import (
    CURRENCY,
    NOTE_IS_MOVING,
    PROTOCOL_VERSION,
    SspAnswer,
    SspCommand,
    SspEvent,
    SspNonsense,
    SspSetup,
    events_in,
    parse_setup,
    stacked_count,
)
from hardware.cash.trouble import CashTrouble

CHANNELS_MAX = 16
_TROUBLES = {
    SspEvent.UNSAFE_JAM: CashTrouble.JAM,
    SspEvent.SAFE_JAM: CashTrouble.JAM,
    SspEvent.BOX_REMOVED: CashTrouble.BOX_REMOVED,
    SspEvent.STACKER_FULL: CashTrouble.BOX_FULL,
    SspEvent.NOTE_PATH_OPEN: CashTrouble.PATH_OPEN,
}
"""The gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the host wants now."""

    most_fen: int = 0
    is_accepted: bool | None = None
    """Of the note in escrow: True take it, False give it back, None not decided yet."""


class SspConversation:
    """Say open() at first and after each break of the line, then step() again and again."""

    def __init__(self, book: NoteBook, tell: Callable[[CashEvent], None]) -> None:
        self._book = book
        self._tell = tell
        self._link: SspLink | None = None
        self._setup = SspSetup(currency="", values_fen={})
        self._trouble: CashTrouble | None = None
        self._read_fen: int | None = None
        self._is_holding = False
        self._is_to_be_compared = True
        self._opened_for_fen = 0
        self._channels = 0

    @property
    def trouble(self) -> CashTrouble | None:
        """Why it is out of service."""
        return self._trouble

    @property
    def is_holding(self) -> bool:
        """Whether a note waits in escrow for a decision."""
        return self._is_holding

    @property
    def is_open(self) -> bool:
        """Whether it takes notes."""
        return self._channels != 0 and self._trouble is None

    @property
    def is_at_rest(self) -> bool:
        """Whether it is closed, no note is on its way and the count has been compared."""
        is_busy = self._is_holding or self._is_to_be_compared or self._opened_for_fen != 0
        return not is_busy

    def open(self, link: SspLink) -> None:
        """Begin, closed; a note that waits in escrow goes back.

        Raises:
            OSError: no answer, or no line.
            SspNonsense: an answer that is no SSP.
        """
        self._link = link
        self._opened_for_fen = self._channels = 0
        self._is_holding = False
        self._is_to_be_compared = True
        link.synchronise()
        self._order(SspCommand.DISABLE)
        self._order(SspCommand.REJECT_NOTE)
        self._order(SspCommand.HOST_PROTOCOL_VERSION, PROTOCOL_VERSION)
        self._setup = parse_setup(link.ask(bytes((SspCommand.SETUP_REQUEST,))))
        if self._setup.currency != CURRENCY:
            self.tell_trouble(CashTrouble.WRONG_CURRENCY)

    def step(self, wishes: Wishes) -> None:
        """Do the next thing; raises as open() does."""
        if self._trouble is CashTrouble.WRONG_CURRENCY:
            self._order(SspCommand.DISABLE)
            return
        if self._is_holding:
            if wishes.is_accepted is None:
                # If there is nothing to hold any more, the next poll tells where it went.
                self._is_holding = self._order(SspCommand.HOLD) == SspAnswer.OK
                return
            self._decide(is_accepted=wishes.is_accepted)
        elif not self._is_to_be_compared and wishes.most_fen != self._opened_for_fen:
            self._open_for(wishes.most_fen)
        self._poll()

    def tell_trouble(self, trouble: CashTrouble | None) -> None:
        """Tell of a trouble, once."""
        if trouble is not self._trouble:
            self._trouble = trouble
            self._tell(TroubleChanged(trouble=trouble))

    def _ask(self, command: SspCommand, *arguments: int) -> bytes:
        assert self._link is not None, "not open"
        return self._link.ask(bytes((command, *arguments)))

    def _order(self, command: SspCommand, *arguments: int) -> int:
        return self._ask(command, *arguments)[0]

    def _decide(self, *, is_accepted: bool) -> None:
        self._is_holding = False
        if not is_accepted:
            self._order(SspCommand.REJECT_NOTE)
        elif self._read_fen is not None:
            self._book.accept(self._read_fen)  # the poll that follows takes it in

    def _open_for(self, most_fen: int) -> None:
        self._channels = sum(
            1 << channel - 1
            for channel, value_fen in self._setup.values_fen.items()
            if value_fen <= most_fen and channel <= CHANNELS_MAX
        )
        self._order(SspCommand.SET_INHIBITS, self._channels & 0xFF, self._channels >> 8)
        self._order(SspCommand.ENABLE if self._channels else SspCommand.DISABLE)
        self._opened_for_fen = most_fen

    def _poll(self) -> None:
        reply = self._ask(SspCommand.POLL)
        if reply[0] != SspAnswer.OK:
            raise SspNonsense(f"poll {reply.hex(' ')}")
        told = list(events_in(reply))
        for event, channel in told:
            self._hear(event, self._setup.values_fen.get(channel))
        kinds = {event for event, _ in told}
        self.tell_trouble(next((_TROUBLES[event] for event in _TROUBLES if event in kinds), None))
        if SspEvent.SLAVE_RESET in kinds:
            assert self._link is not None
            self.open(self._link)
        elif kinds & NOTE_IS_MOVING:
            self._is_to_be_compared = True
        elif self._is_to_be_compared:
            self._is_to_be_compared = False
            for found in self._book.compare(stacked_count(self._ask(SspCommand.GET_COUNTERS))):
                self._tell(found)
        if SspEvent.DISABLED in kinds and self._trouble is None and self._channels:
            self._opened_for_fen = self._channels = 0  # it closed by itself: open it anew

    def _hear(self, event: SspEvent, value_fen: int | None) -> None:
        match event:
            case SspEvent.READ if value_fen is not None:
                self._hear_of_escrow(value_fen)
            case SspEvent.CREDIT if value_fen is not None:
                self._read_fen = None
                for credited in self._book.credit(value_fen):
                    self._tell(credited)
            case SspEvent.REJECTED | SspEvent.CLEARED_FROM_FRONT:
                self._book.returned()
                self._tell(NoteReturned(value_fen=value_fen or self._read_fen))
                self._read_fen = None
            case SspEvent.CLEARED_TO_BOX:
                self._book.cleared_to_box(value_fen)
            case SspEvent.FRAUD_ATTEMPT:
                self._tell(FraudAttempt(value_fen=value_fen))
            case _:
                pass

    def _hear_of_escrow(self, value_fen: int) -> None:
        self._read_fen = value_fen
        if self._opened_for_fen:
            self._is_holding = True
            self._tell(NoteInEscrow(value_fen=value_fen))
        else:
            self._order(SspCommand.REJECT_NOTE)  # it slipped in before we closed
