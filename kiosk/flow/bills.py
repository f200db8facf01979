"""The screens about money, as values: what is owed, how to pay it, and how the payment stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from kiosk.flow.inpatient_screens import DepositPad
from kiosk.flow.report_screens import Reports
from queue_server.contract.inpatient import CostGroup
from queue_server.contract.payments import OwedItem, OwedSheet, PayLater, Payment, PaymentState

UNITS_A_PAGE: Final = 10
UNITS_A_PAGE_ELDER: Final = 7
"""So many lines fit on a page; the head of a bill takes as much room as an item."""
UNITS_FOR_KEYS: Final = 2
"""So many fewer where another row of keys stands below."""

LIVE: Final = frozenset(
    {
        PaymentState.CREATING,
        PaymentState.WAITING,
        PaymentState.UNKNOWN,
        PaymentState.CLOSING,
        PaymentState.PAID,
    }
)
"""How the payment ends is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """What the patient owes; he chooses what to pay now."""

    sheets: tuple[OwedSheet, ...] = field(repr=False)
    chosen: frozenset[str]
    """The ids of the chosen sheets."""
    channels: tuple[str, ...]
    credit_fen: int = 0
    """What is kept for the patient, and counted in when he pays in cash."""
    page: int = 0
    pad: DepositPad | None = None
    """Where the amount was typed, of a deposit."""
    reports: Reports | None = None
    """Where reports were chosen, of further copies that are paid for."""
    pay_later: PayLater | None = None
    """Given if the patient may pay later."""
    takes_insurance_code: bool = False
    """Whether the insurance settles by its code here."""
    settled_fen: int = 0
    """What the insurance has settled just now, by its code."""

    @property
    def chosen_sheets(self) -> tuple[OwedSheet, ...]:
        """What is to be paid."""
        return tuple(one for one in self.sheets if one.sheet_id in self.chosen)

    @property
    def put_off(self) -> tuple[OwedSheet, ...]:
        """What the patient has put off and not paid."""
        return tuple(one for one in self.sheets if one.due_on is not None)

    @property
    def may_be_put_off(self) -> tuple[OwedSheet, ...]:
        """What is chosen and not put off yet."""
        return tuple(one for one in self.chosen_sheets if one.due_on is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """How the chosen bills are paid."""

    bills: Bills


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """A payment that is not paid and booked, or not yet."""

    payment: Payment = field(repr=False)
    sheets: tuple[OwedSheet, ...] = field(repr=False)
    left_s: float
    """How long the patient may still pay."""
    looked_s: float = 0.0
    """How long ago the server was asked how it stands."""
    leaving_s: float | None = None
    """So long the patient has been giving up: notes on their way are waited for first."""

    @property
    def is_live(self) -> bool:
        """Whether the end is still open."""
        return self.payment.state in LIVE

    @property
    def is_patients_turn(self) -> bool:
        """Whether the patient is busy with his phone."""
        return self.payment.state is PaymentState.WAITING and self.left_s > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidFacts:
    """What the slip of a payment says."""

    payment: Payment
    sheets: tuple[OwedSheet, ...]
    masked_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFacts:
    """What the slip says of cash that pays no bill."""

    payment: Payment
    fen: int
    """What is kept for the patient, or, while that is not known, what he has put in."""
    is_certain: bool
    """Whether the server has said so."""
    masked_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Paid and booked: slip, and what to do next."""

    facts: PaidFacts = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralFacts:
    """What a slip says of what is paid later."""

    sheets: tuple[OwedSheet, ...]
    """Each with the last day to pay."""
    open_fen: int
    """All that is put off and not paid."""
    masked_name: str
    number: str = ""
    """Of the deferral; empty: it is a list of all that is open."""

    @property
    def due_on(self) -> str:
        """The first day on which something has to be paid."""
        return min(one.due_on for one in self.sheets if one.due_on is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Bills are paid later: slip, and what to do next."""

    facts: DeferralFacts = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillPart:
    """As much of a bill as stands on one page."""

    number: int
    """Which of the bills, counted from 0."""
    items: tuple[OwedItem, ...]
    is_continued: bool
    """Whether it began on an earlier page."""


def is_top_up(sheets: Iterable[OwedSheet]) -> bool:
    """Tell whether a payment of these sheets only adds to a deposit."""
    return any(sheet.is_deposit for sheet in sheets)


def is_copies(sheets: Iterable[OwedSheet]) -> bool:
    """Tell whether a payment of these sheets is for printing reports again."""
    return any(sheet.is_copy for sheet in sheets)


def self_pay_fen(sheets: Iterable[OwedSheet | CostGroup]) -> int:
    """Return what the patient pays."""
    return sum(item.self_pay_fen for sheet in sheets for item in sheet.items)


def insurance_fen(sheets: Iterable[OwedSheet | CostGroup]) -> int:
    """Return what the insurance pays."""
    return sum(item.insurance_fen for sheet in sheets for item in sheet.items)


def pages_of(
    sheets: Sequence[OwedSheet | CostGroup], *, is_elder: bool, is_tight: bool = False
) -> tuple[tuple[BillPart, ...], ...]:
    """Return the bills page by page, each page as full as it can be; there is at least one.

    `is_tight`: more keys than one stand below them.
    """
    units = UNITS_A_PAGE_ELDER if is_elder else UNITS_A_PAGE
    units -= UNITS_FOR_KEYS if is_tight else 0
    pages: list[list[BillPart]] = [[]]
    free = units
    for number, sheet in enumerate(sheets):
        first = 0
        while first < len(sheet.items):
            if free < 2:  # a head alone says nothing
                pages.append([])
                free = units
            items = tuple(sheet.items[first : first + free - 1])
            pages[-1].append(BillPart(number=number, items=items, is_continued=first > 0))
            first += len(items)
            free -= 1 + len(items)
    return tuple(map(tuple, pages))
