"""Fetches the bills of a day and compares them with what the journal tells."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.cash_reconciliation import CashDay, cash_of_day
from queue_server.payments.gateway import Gateway
from queue_server.payments.reconciliation import DaySpan, Reconciliation, reconcile
from queue_server.payments.step_store import StepStore
from queue_server.payments.terms import AttemptId, Channel, ReceiptNo

BEIJING: Final = ZoneInfo("Asia/Shanghai")
"""The gateways' days are those of Beijing, wherever the site is."""
DAYS_SINCE: Final = 7
"""What became of an attempt is looked for in the books of so many days after its own."""


def reconcile_day(
    store: StepStore, gateways: Mapping[Channel, Gateway], day_on: date
) -> Sequence[Reconciliation]:
    """Compare a day of every gateway with the books. Blocks on gateways and on the disk.

    Raises:
        GatewaySilent: a bill can't be fetched now.
        JournalUnusable: the books can't be read.
    """
    attempts = attempts_around(store, day_on)
    midnight = datetime.combine(day_on, time(), tzinfo=BEIJING)
    found = []
    for channel, gateway in gateways.items():
        begins = midnight + gateway.day_begins
        span = DaySpan(starts_at=begins, ends_at=begins + timedelta(days=1))
        found.append(reconcile(channel, attempts, gateway.daily_bill(day_on), span))
    return found


def cash_day(store: StepStore, day_on: date) -> CashDay:
    """Return the cash of a clinic day, and how its boxes agree with the books.

    Raises:
        JournalUnusable: the books can't be read.
    """
    return cash_of_day(store.steps(day_on))


def receipt_numbers(store: StepStore, day_on: date) -> Mapping[AttemptId, Sequence[ReceiptNo]]:
    """Return the numbers of the receipts of the payments that a day's bill may be about.

    Raises:
        JournalUnusable: the books can't be read.
    """
    found: dict[AttemptId, dict[ReceiptNo, None]] = {}
    for later in range(-1, DAYS_SINCE + 1):
        books = read_books(store, day_on + timedelta(days=later))
        for receipt in books.receipt_book.receipts.values() if books is not None else ():
            found.setdefault(receipt.attempt, {})[receipt.number] = None
    return {attempt: tuple(numbers) for attempt, numbers in found.items()}


def attempts_around(store: StepStore, day_on: date) -> Sequence[Attempt]:
    """Return the attempts that a day's bill may be about, as they are by now."""
    found: dict[AttemptId, Attempt] = {}
    for later in range(-1, DAYS_SINCE + 1):
        books = read_books(store, day_on + timedelta(days=later))
        if books is not None:
            found.update(books.attempts)
    return tuple(found.values())
