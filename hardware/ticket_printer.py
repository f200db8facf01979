"""The port of a ticket printer: what every driver can do, and what a printer may say of itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.slip import Slip


class PrinterCondition(StrEnum):
    """Something a technician or a nurse should know about a printer."""

    PAPER_NEAR_END = "paper_near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    FAULT = "fault"
    """The printer reports an error of its own: cutter, mechanics, temperature."""
    OFFLINE = "offline"
    """The printer answers, but takes no work and gives no other reason."""
    UNREACHABLE = "unreachable"
    """No line to it: unplugged, switched off, wrong address."""
    NO_ANSWER = "no_answer"
    """The line is there, the printer is mute or talks nonsense."""
    UNCONFIRMED = "unconfirmed"
    """A one-way line: the printer cannot be asked, so nothing is known."""


HARMLESS = frozenset({PrinterCondition.PAPER_NEAR_END, PrinterCondition.UNCONFIRMED})
"""Conditions under which a slip may still be printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """What is known of a printer at one moment; no condition at all means that all is well."""

    conditions: frozenset[PrinterCondition] = frozenset()

    @property
    def can_print(self) -> bool:
        """Whether a slip may be sent."""
        return self.conditions <= HARMLESS


class TicketPrinter(Protocol):
    """Prints slips, one after the other. May be used from any thread, but not from a UI thread.

    Both methods return within a time that the driver's settings bound (the job time-out and a few
    query time-outs); while one of them is at work, another caller waits for it.
    """

    def status(self) -> PrinterStatus:
        """Ask the printer how it is. Never raises: what goes wrong is a condition."""
        ...

    def print_slip(self, slip: Slip) -> None:
        """Print `slip` and cut it off. Returning means that the printer confirmed it.

        On a one-way line (condition UNCONFIRMED) it only means that everything was sent.

        Raises:
            PrinterError: of whatever kind; its `may_have_printed` is False if the trouble was
                found before anything was sent. A second try starts from nothing.
        """
        ...
