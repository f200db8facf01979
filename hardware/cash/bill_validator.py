"""The port of a device that takes bank notes. Amounts are whole fen."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.cash.trouble import CashTrouble


class ValidatorState(StrEnum):
    """How a bill validator is."""

    STOPPED = "stopped"
    CLOSED = "closed"
    """It is well and takes nothing."""
    OPEN = "open"
    """It takes notes."""
    OUT_OF_SERVICE = "out_of_service"
    """Not reached yet, or the last TroubleChanged says why. The driver goes on trying."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteInEscrow:
    """A note was read and is held: say accept() or give_back(). It counts for nothing yet."""

    value_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteCredited:
    """A note is the hospital's. Told exactly once for each.

    `box_count` is the count of notes in the box with this one; keep it with the credit, in one
    transaction.
    """

    value_fen: int
    box_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReturned:
    """A note went back to the patient; its value if it was read."""

    value_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxDiffers:
    """To be looked at: the box holds other notes than were credited.

    The driver goes on from `found_count`; keep it. None: the device does not count, and a note
    was on its way when the line broke; the driver goes on from `expected_count`.
    """

    expected_count: int
    found_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudAttempt:
    """To be looked at: somebody tried to get a note back, or pushed in what is none."""

    value_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleChanged:
    """Out of service, for this reason; None: in service again."""

    trouble: CashTrouble | None


CashEvent = (
    NoteInEscrow | NoteCredited | NoteReturned | BoxDiffers | FraudAttempt | TroubleChanged
)  # fmt: skip


class BillValidator(Protocol):
    """Takes notes one by one and holds each until told what to do with it."""

    def start(
        self,
        on_event: Callable[[CashEvent], None],
        *,
        box_count: int,
        accepted_fen: int | None = None,
    ) -> None:
        """Begin, closed. `box_count` is what was kept last, 0 for a new device.

        `accepted_fen` is the note that was told to be taken when the program died, if nothing
        was heard of it since: a box with one note more then has that one.

        `on_event` comes from the driver's thread. The device is asked for nothing more until it
        returns: of NoteCredited and BoxDiffers it may return only **when they are on disk**. What
        it raises ends the driver.
        """
        ...

    def stop(self) -> None:
        """Stop; a note in escrow goes back. Not from a callback. May be called twice."""
        ...

    def take_notes(self, most_fen: int) -> None:
        """Take notes of up to this value from now on; 0: none. From any thread."""
        ...

    def accept(self) -> None:
        """Take the note in escrow in; does nothing if there is none. From any thread."""
        ...

    def give_back(self) -> None:
        """Give the note in escrow back; does nothing if there is none. From any thread."""
        ...

    @property
    def state(self) -> ValidatorState:
        """How it is now."""
        ...
