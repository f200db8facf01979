"""The screens about a stay in the hospital, as values. No decisions here."""

from dataclasses import dataclass, field
from typing import Final

from queue_server.contract.inpatient import DayBillFound, SettlementFound, StayFound

YUAN_DIGITS_MAX: Final = 6
_YUAN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Where he lies, what is left of the deposit, and what can be done about it."""

    stay: StayFound = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPad:
    """How much is paid in: one of the usual amounts, or typed."""

    stay: StayFound = field(repr=False)
    characters: str = ""
    """Whole yuan, as typed."""

    @property
    def amount_fen(self) -> int:
        """What was typed."""
        return int(self.characters or "0") * _YUAN

    @property
    def is_allowed(self) -> bool:
        """Whether so much can be paid in at once."""
        return self.stay.least_fen <= self.amount_fen <= self.stay.most_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBill:
    """What a day cost, item by item."""

    bill: DayBillFound = field(repr=False)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What leaving would come to now."""

    preview: SettlementFound = field(repr=False)
    page: int = 0
