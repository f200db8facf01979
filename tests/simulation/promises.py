"""What kiosks have promised while they were alone, and what became of it."""

import msgspec

from kiosk.flow.slip_facts import Provisional
from queue_server.journal.journal import Batch, JournaledFact
from queue_server.rules.events import CheckedIn
from queue_server.rules.terms import TicketId
from queue_server.service.clinic_day import day_second
from queue_server.service.facts import FACTS, NotTakenOver, TakenOver
from queue_server.service.setup import Setup
from tests.simulation.world import Violation, World


class Promises:
    """Each check-in without a server is taken over once, as of then, or told to the nurses."""

    def __init__(self, world: World, setup: Setup) -> None:
        self._world = world
        self._setup = setup
        self._made: dict[str, Provisional] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        self._kept: dict[str, TakenOver | NotTakenOver] = {}

    def made(self, device: str, provisional: Provisional) -> None:
        """A kiosk shows a provisional number."""
        code = provisional.slip_code
        self._made[code] = provisional
        holder = self._numbers.setdefault((device, provisional.number), code)
        _require(holder == code, f"{device} gave the number {provisional.number} twice")

    def durable(self, batch: Batch) -> None:
        """The server has written something."""
        for written in batch.facts:
            fact = _take_over(written)
            if fact is None:
                continue
            what = f"the check-in {fact.number} of {fact.device}"
            _require(fact.slip_code not in self._kept, f"{what} is taken over twice")
            self._kept[fact.slip_code] = fact
            if isinstance(fact, NotTakenOver):
                self._world.count(f"told to the nurses: {fact.why}")
                continue
            self._world.count("check-ins taken over")
            _require(bool(fact.tickets), f"{what} is taken over for nothing")
            at_s = day_second(self._setup.site, written.day_on, fact.checked_in_at)
            for ticket in fact.tickets:
                is_so = (ticket, at_s) in _check_ins(batch, fact.device)
                _require(is_so, f"{what} is not placed as of its time")

    def check_kept(self) -> None:
        """Everything has been handed over by now."""
        for code, provisional in self._made.items():
            number = provisional.number
            fact = self._kept.get(code)
            _require(fact is not None, f"{number} is promised, and neither taken over nor told")
            assert fact is not None
            is_same = (fact.number, fact.checked_in_at) == (number, provisional.checked_in_at)
            _require(is_same, f"{number} is taken over as {fact}")


def _take_over(written: JournaledFact) -> TakenOver | NotTakenOver | None:
    if FACTS.get(written.name) not in {TakenOver, NotTakenOver}:
        return None
    fact = msgspec.convert(written.body, FACTS[written.name])
    assert isinstance(fact, TakenOver | NotTakenOver)
    return fact


def _check_ins(batch: Batch, device: str) -> set[tuple[TicketId, int]]:
    return {
        (event.ticket, written.entry.at_s)
        for written in batch.entries
        for event in written.entry.events
        if isinstance(event, CheckedIn) and written.entry.by == device
    }


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
