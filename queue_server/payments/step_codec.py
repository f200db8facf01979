"""Steps of payments as facts of the journal, and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from queue_server.journal.journal import JournaledFact
from queue_server.payments import claim, deferral
from queue_server.payments import steps as happened
from queue_server.payments.books import AttemptRecalled, BooksOpened
from queue_server.payments.receipt import ReceiptIssued, ReceiptRefused, ReceiptRegistered

FACT_PREFIX: Final = "payment."
"""Begins the names of the journal's facts that are about money."""

_STEPS: Final[Mapping[str, type[happened.Step]]] = {
    BooksOpened.__name__: BooksOpened,
    AttemptRecalled.__name__: AttemptRecalled,
    ReceiptIssued.__name__: ReceiptIssued,
    ReceiptRegistered.__name__: ReceiptRegistered,
    ReceiptRefused.__name__: ReceiptRefused,
    **{
        kind.__name__: kind
        for kind in (
            *vars(happened).values(),
            *vars(deferral).values(),
            *vars(claim).values(),
        )
        if isinstance(kind, type) and issubclass(kind, happened.Step)
    },
}


def fact_of(step: happened.Step, *, day_on: date, at: datetime, by: str) -> JournaledFact:
    """Return `step` as the journal keeps it."""
    return JournaledFact(
        day_on=day_on,
        written_at=at,
        by=by,
        name=FACT_PREFIX + type(step).__name__,
        body=msgspec.to_builtins(step),
    )


def step_of(fact: JournaledFact) -> happened.Step | None:
    """Read what `fact_of` wrote; None if the fact is not about money.

    Raises:
        KeyError, msgspec.ValidationError: another version wrote it.
    """
    if not fact.name.startswith(FACT_PREFIX):
        return None
    return msgspec.convert(fact.body, _STEPS[fact.name.removeprefix(FACT_PREFIX)])
