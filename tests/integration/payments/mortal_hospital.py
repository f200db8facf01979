"""A hospital whose process dies at any one step, and a patient who pays through the sandbox.

A step is each write to the journal, each call of a gateway and each booking, before and after it.
Gateways, signatures and callbacks are those of the product and of the sandbox, over HTTP; only the
clock is the test's, and a callback comes when the patient's story says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from queue_server.payments.attempt import Attempt
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.fen import Fen, total
from queue_server.payments.gateway import Gateway
from queue_server.payments.ledger import Charge
from queue_server.payments.notices import NoticeDesk
from queue_server.payments.receipt import serial_of
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sandbox.bank import BankRefused, Trade
from queue_server.payments.sandbox.faults import Fault
from queue_server.payments.sandbox.provider import Callback
from queue_server.payments.sandbox.sandbox import Sandbox
from queue_server.payments.step_store import WrittenStep
from queue_server.payments.steps import ReturnedPart, Step
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import AttemptId, AttemptState, Channel, ChargeId, VisitId
from queue_server.rules.terms import PatientId
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import BookedHere, Clock, Ids

PATIENT = PatientId("p1")
DAY = date(2026, 11, 26)
"""All that happens to one hospital happens on one clinic day, whenever the test runs."""
BILLS_FEN = (2550, 1999)
ENDS = frozenset(
    {
        AttemptState.FULFILLED,
        AttemptState.CLOSED,
        AttemptState.FAILED,
        AttemptState.REFUNDED,
        AttemptState.REVIEW,
    }
)


class Killed(BaseException):
    """The process is dead: nothing of it runs any more."""


class KeptMessenger:
    """`Messenger` that keeps callbacks until somebody delivers them."""

    def __init__(self) -> None:
        self.kept: list[tuple[Callback, float]] = []

    def send(self, callback: Callback, after_s: float = 0) -> None:
        self.kept.append((callback, after_s))


class Steps:
    """Counts steps, and lets the process die at one of them."""

    def __init__(self, dies_at: int) -> None:
        self._dies_at = dies_at
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._dies_at:
            raise Killed


class Stepwise:
    """A port of which each call has a step before and a step after it."""

    def __init__(self, port: Any, step: Callable[[], None], calls: Sequence[str]) -> None:
        self._port = port
        self._step = step
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if name not in self._calls:
            return found

        def call(*values: Any, **named: Any) -> Any:
            self._step()
            result = found(*values, **named)
            self._step()
            return result

        return call


class StepwiseStore:
    """A store with a step before and after each write."""

    def __init__(self, store: MemorySteps, step: Callable[[], None]) -> None:
        self._store = store
        self._step = step

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        self._step()
        self._store.append(steps, day_on=day_on, at=at, by=by)
        self._step()

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        return self._store.steps(day_on)


GATEWAY_CALLS = ("create", "query", "close", "refund", "query_refund")


@dataclass(kw_only=True)
class MortalHospital:
    """Its books, its process, the bank outside, and one patient with two bills."""

    sandbox: Sandbox
    gateways: Mapping[Channel, Gateway]
    messenger: KeptMessenger
    new_id: Ids
    channel: Channel
    dies_at: int
    is_top_up: bool = False
    """Whether the patient pays into his deposit, and owes nothing."""
    store: MemorySteps = field(default_factory=MemorySteps)
    booking: BookedHere = field(default_factory=BookedHere)
    clock: Clock = field(default_factory=Clock)
    """Of cashier and sweeper, and of UnionPay, whose codes end by themselves; the others who sign
    and check signatures go by the real time."""
    charges: list[ChargeId] = field(default_factory=list)
    played_steps: int = 0
    """How many there were before all was healed."""

    def __post_init__(self) -> None:
        for provider in self.sandbox.providers.values():
            provider.bank.trades.clear()
            provider.faults.clear()
        self.messenger.kept.clear()
        self.step = Steps(self.dies_at)
        self.start()

    def start(self) -> None:
        """Start the process; what it needs, it finds in the journal."""
        calls = GATEWAY_CALLS
        gateways: dict[Channel, Any] = {
            channel: Stepwise(gateway, self.step, calls)
            for channel, gateway in self.gateways.items()
        }
        self.cashier = Cashier(
            CashierParts(
                store=StepwiseStore(self.store, self.step),
                gateways=gateways,
                booking=Stepwise(self.booking, self.step, ("book",)),
                clock=self.clock,
                day_of=lambda _: DAY,
                new_id=self.new_id,
            )
        )
        self.sweeper = Sweeper(self.cashier, self.clock, fatal=_fatal)
        is_by_code_time = self.channel is Channel.UNIONPAY
        now = self.clock if is_by_code_time else lambda: datetime.now(UTC)
        self.desk = NoticeDesk(self.cashier, gateways, now)

    def survives(self, act: Callable[[], object]) -> bool:
        """Do something; if the process dies of it, start it anew and tell so."""
        try:
            act()
        except PaymentRefused:
            return True
        except Killed:
            self.start()
            return False
        return True

    # --- what happens ----------------------------------------------------------------------------

    def fault(self, fault: Fault) -> None:
        self.sandbox.providers[self.channel].faults.add(fault)

    def post_bills(self) -> None:
        self.charges = [ChargeId(f"c{number}") for number in range(len(BILLS_FEN))]
        made = [
            Charge(
                id=charge,
                visit=VisitId("v1"),
                patient=PATIENT,
                name_zh="化验",
                name_en="test",
                self_pay=Fen(fen),
                insurance=Fen(0),
                is_deposit=self.is_top_up,
            )
            for charge, fen in zip(self.charges, BILLS_FEN, strict=True)
        ]
        self.cashier.post(made, by="records")

    def begin(self, key: str, code: str) -> None:
        """Ask for a payment of all that is owed as a kiosk does; `code`: empty, if one is shown."""
        if code:
            self.cashier.begin_by_code(self.charges, code, by="kiosk-1", key=key)
        else:
            self.cashier.begin(self.charges, self.channel, by="kiosk-1", key=key)

    def use_wallet(self) -> None:
        """Let the patient pay whatever code he can still see; he has no eyes for another one."""
        for attempt in self.cashier.attempts():
            if attempt.qr_text or attempt.is_scanned:
                try:
                    self.sandbox.pay(self.channel, attempt.id)
                except (BankRefused, KeyError):
                    continue

    def deliver(self, *, all_of_them: bool = False) -> None:
        """Let callbacks come; those that are delayed only at the end."""
        kept, self.messenger.kept[:] = list(self.messenger.kept), []
        for callback, after_s in kept:
            if after_s and not all_of_them:
                self.messenger.kept.append((callback, after_s))
                continue
            take = partial(self.desk.take, self.channel, callback.headers, callback.body)
            self.survives(take)

    def cancel(self) -> None:
        for attempt in self.cashier.attempts():
            self.cashier.cancel(attempt.id, by="kiosk-1")

    def give_a_part_back(self, fen: int) -> None:
        """Let the cashier give a part of the first charge back, who looks whether it was done."""
        for attempt in self.cashier.attempts():
            is_asked = attempt.part_no or attempt.state is not AttemptState.FULFILLED
            if not is_asked:
                part = ReturnedPart(charge=self.charges[0], fen=fen)
                self.cashier.refund(attempt.id, why="desk", by="cashier-1", parts=[part])

    def wait(self, seconds: float) -> None:
        self.clock.ahead += timedelta(seconds=seconds)

    def sweep(self) -> None:
        self.survives(self.sweeper.sweep)

    def heal(self) -> None:
        """Let nothing more go wrong until all that can be settled is settled."""
        self.played_steps = self.played_steps or self.step.count
        self.step.count = self.dies_at + 1
        self.sandbox.providers[self.channel].faults.clear()
        self.start()
        self.deliver(all_of_them=True)
        for _ in range(4):
            self.wait(660)
            self.sweeper.sweep()
            self.wait(15)
            self.sweeper.sweep()

    # --- what must be so -------------------------------------------------------------------------

    def attempts(self) -> Sequence[Attempt]:
        return self.cashier.attempts()

    def trades(self) -> Mapping[str, Trade]:
        return self.sandbox.providers[self.channel].bank.trades

    def paid_twice_or_forgotten(self) -> list[str]:
        """Return all that is wrong with the money; nothing, if every fen is in its place."""
        attempts = {attempt.id: attempt for attempt in self.attempts()}
        wrong = [f"no end: {one.id} {one.state}" for one in attempts.values() if not _is_over(one)]
        for number, trade in self.trades().items():
            attempt = attempts.get(AttemptId(number))
            is_asked = attempt is not None and attempt.state is AttemptState.REVIEW
            if not is_asked and (attempt is None or attempt.kept.fen != trade.kept_fen):
                wrong.append(f"the bank has {trade.kept_fen} of {number}, the books {attempt}")
        for charge in self.charges:
            payers = [
                one.id
                for one in attempts.values()
                if one.state is AttemptState.FULFILLED and charge in self.booking.booked[one.id]
            ]
            if len(payers) > 1:
                wrong.append(f"{charge} is paid twice: {payers}")
        return wrong + self._wrong_receipts(attempts.values())

    def is_paid(self) -> bool:
        with self.cashier.keeper.today() as books:
            return all(books.is_paid(charge) for charge in self.charges)

    def _wrong_receipts(self, attempts: Iterable[Attempt]) -> list[str]:
        with self.cashier.keeper.today() as books:
            receipts = list(books.receipt_book.receipts.values())
        wrong = []
        if [serial_of(one.number) for one in receipts] != list(range(1, len(receipts) + 1)):
            wrong.append("the receipts have a gap")
        for attempt in attempts:
            mine = [one for one in receipts if one.attempt == attempt.id]
            came = total(one.amount for one in mine if one.reverses is None)
            went_back = total(one.amount for one in mine if one.reverses is not None)
            is_booked = attempt.state is AttemptState.FULFILLED
            if is_booked and (came.fen - went_back.fen, bool(went_back)) != (
                attempt.kept.fen,
                bool(attempt.refunds),
            ):
                wrong.append(f"receipts of {attempt.id} say {came} and {went_back}")
            if not is_booked and came != went_back:
                wrong.append(f"receipts of {attempt.id}, which is {attempt.state}, say {came}")
        return wrong


def _is_over(attempt: Attempt) -> bool:
    return attempt.state in ENDS


def _fatal(error: Exception) -> None:
    raise error
