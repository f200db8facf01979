"""Whatever a patient holds something to: scanners and card readers, started and stopped as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from hardware.cards.card_reader import CardProblem, CardRead, CardReader, ChipCard, ReaderState
from hardware.scanner import Scanner, ScannerState
from kiosk.flow.events import CardFailed, ChipCardRead, Event, IdCardRead, Scanned

PART_FINE = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDevices:
    """What this kiosk has."""

    scanners: Sequence[Scanner] = ()
    id_card: CardReader | None = None
    chip_card: CardReader | None = None

    def start(self, hear: Callable[[Event], None], today: Callable[[], date]) -> None:
        """Begin to listen. `hear` is called from the devices' own threads."""
        for scanner in self.scanners:
            scanner.start(lambda code: hear(Scanned(code=code)))
        for reader in self._readers():
            reader.start(lambda read: hear(event_of(read, today())))

    def stop(self) -> None:
        """Stop in reverse."""
        for reader in reversed(self._readers()):
            reader.stop()
        for scanner in reversed(self.scanners):
            scanner.stop()

    def parts(self) -> list[str]:
        """Return how each is, for the technician: `scanner:ok`; of several scanners the worst."""
        told = []
        if self.scanners:
            states = {scanner.state for scanner in self.scanners}
            told.append(f"scanner:{_word(*sorted(states - {ScannerState.READY}))}")
        for name, reader in (("id_card", self.id_card), ("chip_card", self.chip_card)):
            if reader is not None:
                states_of_one = {reader.state} - {ReaderState.READY}
                told.append(f"{name}:{_word(*states_of_one)}")
        return told

    def _readers(self) -> list[CardReader]:
        return [one for one in (self.id_card, self.chip_card) if one is not None]


def event_of(read: CardRead, today: date) -> Event:
    """Return what the flow is told of a card. The name on an ID card is left where it is."""
    if isinstance(read, ChipCard):
        return ChipCardRead(card_number=read.card_number)
    problem = read if isinstance(read, CardProblem) else read.problem_on(today)
    if problem is not None:
        return CardFailed(
            code=problem.value,
            sentence_zh=problem.sentence_zh,
            sentence_en=problem.sentence_en,
        )
    assert not isinstance(read, CardProblem)
    return IdCardRead(id_number=read.id_number)


def _word(*not_ready: str) -> str:
    return not_ready[0] if not_ready else PART_FINE
