"""A store of steps in memory, which writes and reads them as the journal does."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from queue_server.journal.journal import JournaledFact
from queue_server.journal.row_codec import fact_values, read_fact
from queue_server.payments.step_codec import fact_of, step_of
from queue_server.payments.step_store import WrittenStep
from queue_server.payments.steps import Step


class MemorySteps:
    """The steps of any days."""

    def __init__(self) -> None:
        self.rows: dict[date, list[tuple[object, ...]]] = {}

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        facts = [fact_of(step, day_on=day_on, at=at, by=by) for step in steps]
        self.rows.setdefault(day_on, []).extend(fact_values(fact) for fact in facts)

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        for row in list(self.rows.get(day_on, [])):
            fact: JournaledFact = read_fact(row)
            step = step_of(fact)
            assert step is not None
            yield WrittenStep(step, fact.written_at)
