"""The port of a device that reads cards: resident ID cards, or chip cards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from queue_server.rules.terms import FullName


class ReaderState(StrEnum):
    """How a card reader is."""

    STOPPED = "stopped"
    READY = "ready"
    UNREACHABLE = "unreachable"
    """Not there, or it does not answer. The driver goes on trying."""


class CardProblem(StrEnum):
    """Why a card brings nobody further. Each is a code; its sentences say what to do."""

    WITHDRAWN = "CARD_WITHDRAWN"
    UNREADABLE = "CARD_UNREADABLE"
    EXPIRED = "ID_CARD_EXPIRED"

    @property
    def sentence_zh(self) -> str:
        """For whoever holds the card."""
        return _SENTENCES[self][0]

    @property
    def sentence_en(self) -> str:
        """The same in English."""
        return _SENTENCES[self][1]


_SENTENCES = {
    CardProblem.WITHDRAWN: (
        "卡拿开得太早，请重新放好，等屏幕提示后再拿开。",
        "The card was taken away too early. Put it back and wait until the screen has changed.",
    ),
    CardProblem.UNREADABLE: (
        "读不出这张卡，请重新放一次；仍不行，请输入证件号码或到人工窗口。",
        "This card cannot be read. Try once more; if it fails, type the number or go to the desk.",
    ),
    CardProblem.EXPIRED: (
        "身份证已过有效期，请到人工窗口办理。",
        "This ID card has expired. Please go to the desk.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCard:
    """A resident ID card. Of all that is on it only what a hospital asks for is kept."""

    full_name: FullName
    id_number: str = field(repr=False)
    """Checked: form, date of birth, check digit."""
    born: date = field(repr=False)
    valid_until: date | None = field(repr=False)
    """The last day; None: for ever."""

    def problem_on(self, day: date) -> CardProblem | None:
        """Tell whether the card has expired."""
        is_expired = self.valid_until is not None and day > self.valid_until
        return CardProblem.EXPIRED if is_expired else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipCard:
    """A hospital's own card."""

    card_number: str = field(repr=False)


CardRead = IdCard | ChipCard | CardProblem


class CardReader(Protocol):
    """Reads each card that is put on it once, until it is taken away.

    Both callbacks come **from the reader's own thread** and must return at once. What is read is
    never logged.
    """

    def start(
        self,
        on_card: Callable[[CardRead], None],
        on_state: Callable[[ReaderState], None] | None = None,
    ) -> None:
        """Begin to read. When it returns, `state` says whether the reader is there."""
        ...

    def stop(self) -> None:
        """Stop; when it returns, no callback is called any more. May be called twice."""
        ...

    @property
    def state(self) -> ReaderState:
        """How it is now."""
        ...
