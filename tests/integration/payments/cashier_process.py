"""A cashier in a process of its own, which kills itself at a given moment."""

import json
import os
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from queue_server.journal.journal import Batch, JournaledFact
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.configuration import load_payments
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.ledger import Charge
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptId, Channel, ChargeId
from tests.unit.payments.samples import a_charge


class Moments:
    """Counts moments, and kills the process at one of them."""

    def __init__(self, kill_at: int) -> None:
        self._kill_at = kill_at
        self._count = 0

    def __call__(self) -> None:
        self._count += 1
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Counted:
    """A port of which each call has a moment before and a moment after it."""

    def __init__(self, port: Any, moment: Callable[[], None]) -> None:
        self._port = port
        self._moment = moment

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def call(*values: Any, **named: Any) -> Any:
            self._moment()
            result = found(*values, **named)
            self._moment()
            return result

        return call


class FileBooking:
    """`Booking` that keeps each payment in a file named after its key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        self._folder.mkdir(exist_ok=True)
        with (self._folder / attempt.id).open("w") as file:
            json.dump([charge.id for charge in charges], file)


def take_payment(folder: Path, how: str, kill_at: int) -> list[tuple[AttemptId, str, int]]:
    """Go on with what is in the journal, or begin; return id, state and fen of each attempt.

    Args:
        folder: holds `payments.toml` and the journal.
        how: the channel of a QR code that is shown, or a payment code.
        kill_at: counts the moments before and after each write and each call; 0: never.
    """
    moment = Moments(kill_at)
    journal = SqliteJournal(folder / "journal.sqlite")
    journal.open(datetime.now(UTC))

    def keep(facts: Sequence[JournaledFact]) -> None:
        moment()
        journal.append(Batch(facts=list(facts)))
        moment()

    def now() -> datetime:
        return datetime.now(UTC)

    gateways = make_gateways(load_payments(folder / "payments.toml"), now, timeout_s=30)
    cashier = Cashier(
        CashierParts(
            store=JournalSteps(journal, keep),
            gateways={channel: Counted(gateway, moment) for channel, gateway in gateways.items()},
            booking=Counted(FileBooking(folder / "booked"), moment),
            clock=now,
            day_of=lambda at: at.date(),
            new_id=lambda: os.urandom(8).hex(),
        )
    )
    for attempt in (*cashier.attempts(), *cashier.attempts()):
        cashier.advance(attempt.id)
    if not cashier.attempts():
        cashier.post([a_charge("c1", 2550)], by="records")
        charges = [ChargeId("c1")]
        if how in GATEWAY_CHANNELS:
            cashier.begin(charges, Channel(how), by="kiosk-1")
        else:
            cashier.begin_by_code(charges, how, by="kiosk-1")
    told = [(one.id, one.state.value, one.kept.fen) for one in cashier.attempts()]
    journal.close()
    return told
