"""The sweeper: no attempt stays in a state that must not last, whether anybody asks or not."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from queue_server.journal.journal import JournalUnusable
from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier
from queue_server.payments.terms import AttemptId, AttemptState

_STATE: Final = AttemptState
EVERY: Final = {
    _STATE.CREATING: timedelta(seconds=5),
    _STATE.WAITING: timedelta(seconds=3),
    _STATE.UNKNOWN: timedelta(seconds=5),
    _STATE.CLOSING: timedelta(seconds=5),
    _STATE.PAID: timedelta(seconds=5),
    _STATE.LATE_PAID: timedelta(seconds=1),
    _STATE.REFUNDING: timedelta(seconds=30),
    _STATE.PART_REFUNDING: timedelta(seconds=30),
}
"""How often the attempts in a state are worked on."""
_PATIENTS_TURN: Final = frozenset({_STATE.CREATING, _STATE.WAITING})
"""Nothing new is to be expected just after an attempt came into such a state."""
LAST_LOOK_AFTER: Final = timedelta(minutes=10)
"""What is closed or failed is looked at once more: money may have come all the same."""
TICK_S: Final = 1.0
THREADS: Final = 4
"""So many gateways may hang before the others have to wait."""

_log = logging.getLogger(__name__)


class Office(Protocol):
    """Whoever has something open that is to be asked about."""

    def sweep(self) -> None:
        """Work on everything that is due."""


class Sweeper:
    """Works on what is open. `start()`, and in the end `stop()`; or `sweep()` by hand.

    Args:
        cashier: whose attempts.
        clock: gives the present instant.
        fatal: called when the journal can't be written: the process has to stop.
        offices: what they do is looked after as well.
    """

    def __init__(
        self,
        cashier: Cashier,
        clock: Callable[[], datetime],
        fatal: Callable[[Exception], None],
        offices: Sequence[Office] = (),
    ) -> None:
        self._cashier = cashier
        self._clock = clock
        self._fatal = fatal
        self._offices = offices
        self._worked_at: dict[AttemptId, datetime] = {}
        self._looked_last: set[AttemptId] = set()
        self._is_stopped = threading.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="payments")
        self._thread = threading.Thread(target=self._run, name="sweeper")

    def start(self) -> None:
        """Begin to sweep in threads of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being asked, and end."""
        self._is_stopped.set()
        self._thread.join()
        self._threads.shutdown()

    def sweep(self) -> None:
        """Work on everything that is due, one after the other. Blocks on gateways."""
        for attempt in self.due():
            self._cashier.advance(attempt)
        for office in self._offices:
            office.sweep()

    def due(self) -> Iterator[AttemptId]:
        """Yield what is due now; what is yielded is due again after a while."""
        now = self._clock()
        attempts = self._cashier.unsettled()
        self._forget({attempt.id for attempt in attempts})
        for attempt in attempts:
            if self._is_due(attempt, now):
                self._worked_at[attempt.id] = now
                yield attempt.id

    def _is_due(self, attempt: Attempt, now: datetime) -> bool:
        if attempt.state in (_STATE.CLOSED, _STATE.FAILED):
            if attempt.id in self._looked_last or now - attempt.changed_at < LAST_LOOK_AFTER:
                return False
            self._looked_last.add(attempt.id)
            return True
        every = EVERY.get(attempt.state)
        if every is None:
            return False
        last = self._worked_at.get(attempt.id)
        if last is None or last < attempt.changed_at:
            if attempt.state not in _PATIENTS_TURN:
                return True
            last = attempt.changed_at
        # A clock that was set back must not put it off.
        return not timedelta(0) <= now - last < every

    def _forget(self, known: set[AttemptId]) -> None:
        self._worked_at = {key: at for key, at in self._worked_at.items() if key in known}
        self._looked_last &= known

    def _run(self) -> None:
        while not self._is_stopped.wait(TICK_S):
            for attempt in self.due():
                self._threads.submit(self._work, partial(self._cashier.advance, attempt))
            for office in self._offices:
                self._threads.submit(self._work, office.sweep)

    def _work(self, chore: Callable[[], object]) -> None:
        try:
            chore()
        except JournalUnusable as error:
            self._fatal(error)
        except Exception as error:  # noqa: BLE001  # one trouble must not stop the sweeping
            _log.error("what is open can't be worked on: %s", type(error).__name__, exc_info=error)
