"""What a hospital may choose about the course of a session."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a hospital may choose."""

    languages: tuple[str, ...]
    """The first one is shown to whoever comes."""
    unattended_after_s: float = 60.0
    """An untouched session ends after so many seconds."""
    takes_payments: bool = False
    """Whether patients may pay here."""
    has_reports: bool = False
    """Whether reports are printed here."""
    has_id_card_reader: bool = False
    """Whether an ID card can be laid on a reader."""
    has_chip_card_reader: bool = False
    """Whether a chip card of the hospital can be put in."""
    takes_cash: bool = False
    """Whether there is a bill validator."""
    serves_inpatients: bool = False
    """Whether inpatients see their bills and top up their deposit here."""
    countdown_s: float = 20.0
    """The last so many of them show a warning."""

    @property
    def prints_receipts(self) -> bool:
        """Whether receipts are printed here: where there is an A4 printer."""
        return self.takes_payments and self.has_reports

    @property
    def warning_after_s(self) -> float:
        """Untouched seconds until the warning."""
        return self.unattended_after_s - self.countdown_s
