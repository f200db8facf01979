"""The port of an A4 printer: what every driver can do, and what a printer may say of itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class PageCondition(StrEnum):
    """Something a technician or a nurse should know about an A4 printer."""

    PAPER_LOW = "a4_paper_low"
    PAPER_OUT = "a4_paper_out"
    TONER_LOW = "a4_toner_low"
    TONER_OUT = "a4_toner_out"
    TRAY_OPEN = "a4_tray_open"
    """The paper tray is open or missing."""
    COVER_OPEN = "a4_cover_open"
    OUTPUT_FULL = "a4_output_full"
    """The tray where pages come out is full."""
    JAM = "a4_jam"
    FAULT = "a4_fault"
    """The printer reports another error, or takes no work."""
    UNREACHABLE = "a4_unreachable"
    """No line to the printing system or to the printer."""


HARMLESS = frozenset({PageCondition.PAPER_LOW, PageCondition.TONER_LOW})
"""Conditions under which pages may still be printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStatus:
    """What is known of a printer at one moment; no condition at all means that all is well."""

    conditions: frozenset[PageCondition] = frozenset()

    @property
    def can_print(self) -> bool:
        """Whether pages may be sent."""
        return self.conditions <= HARMLESS


class PagePrinter(Protocol):
    """Prints documents on A4, one after the other. May be used from any thread but a UI thread."""

    def status(self) -> PageStatus:
        """Ask the printer how it is. Never raises: what goes wrong is a condition."""
        ...

    def print_document(self, pdf: bytes) -> None:
        """Print `pdf`. Returning means that the printer has confirmed every page.

        After an error nothing of the document is left anywhere, so that it can't come out before
        the next patient; only `PagesNotTakenBack` says that this is not certain.

        Raises:
            PrinterError: of whatever kind; its `may_have_printed` is False if no page came out.
        """
        ...
