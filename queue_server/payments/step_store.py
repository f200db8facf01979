"""Where steps of payments are kept: the port, and the journal behind it."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from queue_server.journal.journal import Journal, JournaledFact
from queue_server.payments.step_codec import fact_of, step_of
from queue_server.payments.steps import Step


class WrittenStep(NamedTuple):
    """A step, and the instant it was written."""

    step: Step
    at: datetime


class StepStore(Protocol):
    """Steps in order, by clinic day."""

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        """Keep steps, all or none; on the disk when it returns. `by`: who or what did it.

        Raises:
            JournalUnusable: nothing was kept; the process has to stop.
        """

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        """Yield the steps of a clinic day in order.

        Raises:
            JournalUnusable: they can't be read.
        """


class JournalSteps:
    """Steps as facts of the journal: one truth, one backup, one check.

    Args:
        journal: where they are read.
        keep: writes facts in one transaction and returns when they are on the disk. The journal
            has one writer, so in a queue server this asks the writer's thread.
    """

    def __init__(self, journal: Journal, keep: Callable[[Sequence[JournaledFact]], None]) -> None:
        self._journal = journal
        self._keep = keep

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        """Keep steps, all or none."""
        self._keep([fact_of(step, day_on=day_on, at=at, by=by) for step in steps])

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        """Yield the steps of a clinic day in order."""
        for fact in self._journal.facts(day_on):
            step = step_of(fact)
            if step is not None:
                yield WrittenStep(step, fact.written_at)
