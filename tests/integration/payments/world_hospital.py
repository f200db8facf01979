"""The hospital's own system, which may refuse or be silent, and a store whose process may die."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import BookingRefused, BookingSilent
from queue_server.payments.deferral import Deferral
from queue_server.payments.ledger import Charge
from queue_server.payments.step_store import StepStore, WrittenStep
from queue_server.payments.steps import Step
from queue_server.payments.terms import AttemptId, ChargeId, DeferralId

if TYPE_CHECKING:
    from tests.integration.payments.world import World


class Hospital:
    """`Booking` and `Releasing` whose system may refuse, or be silent after it has done so."""

    def __init__(self, trouble: Callable[[], str]) -> None:
        self.booked: dict[AttemptId, tuple[ChargeId, ...]] = {}
        self.heard: Callable[[str], None] = lambda _: None
        """Told of each payment that is booked."""
        self.released: dict[DeferralId, tuple[ChargeId, ...]] = {}
        self._refused: set[AttemptId] = set()
        self._kept_back: set[DeferralId] = set()
        self._trouble = trouble

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        trouble = self._trouble()
        if trouble == "lost" and attempt.id not in self.booked:
            raise BookingSilent
        if attempt.id in self._refused or (trouble == "no" and attempt.id not in self.booked):
            self._refused.add(attempt.id)
            raise BookingRefused
        self.booked[attempt.id] = tuple(charge.id for charge in charges)
        self.heard(attempt.id)
        if trouble == "reply lost":
            raise BookingSilent

    def release(self, deferral: Deferral, charges: Sequence[Charge]) -> None:
        trouble = self._trouble()
        if trouble == "lost" and deferral.id not in self.released:
            raise BookingSilent
        if deferral.id in self._kept_back or (trouble == "no" and deferral.id not in self.released):
            self._kept_back.add(deferral.id)
            raise BookingRefused
        self.released[deferral.id] = tuple(charge.id for charge in charges)
        if trouble == "reply lost":
            raise BookingSilent


class FrailStore:
    """A store whose process may be killed before or after it has kept something."""

    def __init__(self, store: StepStore, world: "World") -> None:
        self._store = store
        self._world = world

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        self._world.may_die()
        self._store.append(steps, day_on=day_on, at=at, by=by)
        self._world.may_die()

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        return self._store.steps(day_on)
