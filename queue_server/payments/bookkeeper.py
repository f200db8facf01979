"""Keeps the books of the running clinic day: writes a step to the store first, then into them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.books import AttemptRecalled, Books, carried
from queue_server.payments.receipt import (
    ReceiptRefused,
    ReceiptRegistered,
    number_of,
    receipt_for,
    rest_for,
    reversal_for,
    valid_receipt,
)
from queue_server.payments.step_store import StepStore
from queue_server.payments.steps import AttemptStep, Booked, PartRefunded, Refunded, Step
from queue_server.payments.terms import AttemptId

LOOK_BACK_DAYS: Final = 60
"""So many days back the last books are looked for."""


def read_books(store: StepStore, day_on: date) -> Books | None:
    """Return the books of a clinic day as the store tells them; None if there are none. May block.

    Raises:
        JournalUnusable: they can't be read.
    """
    books: Books | None = None
    for written in store.steps(day_on):
        books = books or Books()
        books.apply(written.step, written.at)
    return books


class Bookkeeper:
    """The books of today, for one thread at a time.

    Args:
        store: where the steps are kept.
        clock: gives the present instant.
        day_of: gives the clinic day of an instant.
        changed: told of each attempt that has changed, once that is on the disk and in order.
        asks_platform: whether the finance platform gives receipts their numbers.
    """

    def __init__(
        self,
        store: StepStore,
        clock: Callable[[], datetime],
        day_of: Callable[[datetime], date],
        changed: Callable[[Attempt], None],
        *,
        asks_platform: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._day_of = day_of
        self._changed = changed
        self._asks_platform = asks_platform
        self._lock = threading.RLock()
        self._books = Books()
        self._day_on: date | None = None

    @property
    def day_on(self) -> date:
        """The clinic day of the books that are open."""
        assert self._day_on is not None, "today() comes first"
        return self._day_on

    @contextmanager
    def today(self) -> Iterator[Books]:
        """Hold the books of today, so that nobody else reads or changes them.

        Raises:
            JournalUnusable: the store can't be used; the process has to stop.
        """
        with self._lock:
            self._turn_to(self._day_of(self._clock()))
            yield self._books

    def write(self, steps: Sequence[Step], *, by: str) -> None:
        """Keep steps with the receipts they lead to, then take them into the books.

        Only inside `today()`.

        Raises:
            JournalUnusable: nothing was kept; the process has to stop.
        """
        if not steps:
            return
        at = self._clock()
        all_steps = [*steps, *self._receipts(steps)]
        self._store.append(all_steps, day_on=self.day_on, at=at, by=by)
        for step in all_steps:
            self._books.apply(step, at)
        telling = AttemptStep | ReceiptRegistered | ReceiptRefused
        for attempt in dict.fromkeys(one.attempt for one in steps if isinstance(one, telling)):
            # Of a receipt that is open for days, the payment is not in the books any more.
            if attempt in self._books.attempts:
                self._changed(self._books.attempts[attempt])

    def recall(self, attempt: AttemptId) -> None:
        """Take an attempt of a former day into the books of today; one that is none is left out.

        Blocks while former days are read, but nobody else.

        Raises:
            JournalUnusable: the store can't be used; the process has to stop.
        """
        with self.today() as books:
            if attempt in books.attempts:
                return
            day_on = self.day_on
        found = self._found_before(attempt, day_on)
        with self.today() as books:
            if found is not None and attempt not in books.attempts:
                self.write([found], by="cashier")

    def _receipts(self, steps: Sequence[Step]) -> Iterator[Step]:
        """Yield the receipts of what is booked or given back by `steps`."""
        books, serial = self._books, self._books.receipt_book.last_serial
        for step in steps:
            number = number_of(self.day_on, serial + 1)
            if isinstance(step, Booked):
                attempt = books.attempts[step.attempt]
                charges = [books.charges[one] for one in books.bills[attempt.bill].charges]
                asks = self._asks_platform
                yield receipt_for(attempt, charges, number, awaits_platform=asks)
            elif isinstance(step, Refunded | PartRefunded):
                receipt = valid_receipt(books.receipt_book.of(step.attempt))
                if receipt is None:
                    continue
                yield reversal_for(receipt, number)
                if isinstance(step, PartRefunded):
                    serial += 1
                    parts = books.attempts[step.attempt].parts
                    yield rest_for(receipt, parts, number_of(self.day_on, serial + 1))
            else:
                continue
            serial += 1

    def _found_before(self, attempt: AttemptId, day_on: date) -> AttemptRecalled | None:
        """Look backwards from a day to the one on which the attempt was begun."""
        for back in range(1, LOOK_BACK_DAYS):
            day = day_on - timedelta(days=back)
            if f"{day:%Y%m%d}" < attempt[1:9]:
                return None
            books = read_books(self._store, day)
            if books is not None and attempt in books.attempts:
                known = books.attempts[attempt]
                bill = books.bills[known.bill]
                claims = map(books.claim_book.live_of, bill.charges)
                return AttemptRecalled(
                    bill=bill,
                    attempt=known,
                    receipt=valid_receipt(books.receipt_book.of(attempt)),
                    claims=tuple({one.id: one for one in claims if one is not None}.values()),
                )
        return None

    def _turn_to(self, day_on: date) -> None:
        """Open the books of `day_on`, unless they are; a clock that is set back turns nothing."""
        if self._day_on is None:
            self._read_last(day_on)
        if self._day_on is not None and self._day_on >= day_on:
            return
        opening = carried(self._books, self._clock())
        self._books = Books()
        self._day_on = day_on
        self.write([opening], by="cashier")

    def _read_last(self, day_on: date) -> None:
        for back in range(LOOK_BACK_DAYS):
            day = day_on - timedelta(days=back)
            books = read_books(self._store, day)
            if books is not None:
                self._books, self._day_on = books, day
                return
