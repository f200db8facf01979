"""The receipts of all days, found in the journal: by their number, or by their patient."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from queue_server.journal.journal import Journal, JournaledFact, Selection
from queue_server.payments.bookkeeper import LOOK_BACK_DAYS
from queue_server.payments.receipt import (
    Receipt,
    ReceiptIssued,
    ReceiptRegistered,
    day_of,
    issued_receipt,
)
from queue_server.payments.step_codec import FACT_PREFIX, step_of
from queue_server.rules.terms import PatientId

_KINDS: Final = frozenset(
    FACT_PREFIX + kind.__name__ for kind in (ReceiptIssued, ReceiptRegistered)
)
A_DAY_MAX: Final = 500
"""So many steps about one patient's receipts are read of a day at most."""


class ReceiptShelf:
    """Receipts as the journal has them. Reads only; each method may block for tenths of a second.

    Each method raises `JournalUnusable` when the journal can't be read.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def receipt(self, number: str) -> Receipt | None:
        """Return the receipt of that number; None: there is none."""
        day_on = day_of(number)
        if day_on is None:
            return None
        found = _told(self._steps(day_on, number))
        receipt = next((one for one in found if one.number == number), None)
        if receipt is None or not receipt.is_open:
            return receipt
        following = (day_on + timedelta(days=after) for after in range(LOOK_BACK_DAYS))
        steps = (step for day in following for step in self._steps(day, number))
        return next(one for one in _told(steps) if one.number == number)

    def reversal_of(self, receipt: Receipt, today: date) -> Receipt | None:
        """Return what has taken a receipt back up to now; None: it counts."""
        first = day_of(receipt.number)
        assert first is not None, receipt.number
        for back in range(min(LOOK_BACK_DAYS, (today - first).days) + 1):
            for one in _told(self._steps(first + timedelta(days=back), receipt.number)):
                if one.reverses == receipt.number:
                    return one
        return None

    def of_patient(self, patient: PatientId, today: date, days: int) -> Sequence[Receipt]:
        """Return a patient's receipts of today and the `days` before, the latest first."""
        every_day = (today - timedelta(days=back) for back in range(days, -1, -1))
        steps = (step for day_on in every_day for step in self._steps(day_on, patient))
        return [one for one in reversed(_told(steps)) if one.patient == patient]

    def _steps(self, day_on: date, text: str) -> Iterator[tuple[object, datetime]]:
        """Yield the steps about receipts of a day in which a text stands, in their order."""
        asked = Selection(day_on=day_on, kinds=_KINDS, texts=(text,), count_max=A_DAY_MAX)
        for row in reversed(self._journal.rows(asked)):
            if isinstance(row.written, JournaledFact):
                yield step_of(row.written), row.written.written_at


def _told(steps: Iterable[tuple[object, datetime]]) -> list[Receipt]:
    """Return the receipts that steps tell of, in their order."""
    found: dict[str, Receipt] = {}
    for step, at in steps:
        if isinstance(step, ReceiptIssued):
            found[step.number] = issued_receipt(step, at)
        elif isinstance(step, ReceiptRegistered) and step.number in found:
            found[step.number] = replace(found[step.number], registration=step.registration)
    return list(found.values())
