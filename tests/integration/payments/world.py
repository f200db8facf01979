"""A hospital with its bank and its booking system, where anything may break at any moment."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from queue_server.payments.attempt import Attempt
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.books import Books
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.credit_office import CreditOffice
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import Answer, GatewaySilent
from queue_server.payments.gateways.insurance import SettledGateway
from queue_server.payments.insurance_office import InsuranceOffice
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt, serial_of
from queue_server.payments.reconciliation import DaySpan, Reconciliation, reconcile
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.sandbox.bank import Bank, BankRefused, Trade, TradeState
from queue_server.payments.sandbox.faults import Faults
from queue_server.payments.sandbox.insurance import Insurance
from queue_server.payments.step_store import StepStore
from queue_server.payments.steps import ReturnedPart
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import (
    GATEWAY_CHANNELS,
    AttemptId,
    AttemptState,
    Channel,
    ChargeId,
    VisitId,
)
from queue_server.rules.terms import PatientId
from tests.integration.payments.bank_gateway import BankGateway, answer_of, beijing
from tests.integration.payments.world_deferrals import AGREEMENT, check_deferrals
from tests.integration.payments.world_hospital import FrailStore, Hospital
from tests.integration.payments.world_insurance import (
    ID_NUMBER,
    InsuranceLine,
    a_code,
    check_claims,
)

MORNING = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
ENDS = {
    AttemptState.FULFILLED,
    AttemptState.CLOSED,
    AttemptState.FAILED,
    AttemptState.REFUNDED,
    AttemptState.REVIEW,
}


class Killed(BaseException):
    """The process is dead: nothing of it runs any more."""


class World:
    """Everything around one cashier, moved by one dice."""

    ACTS = (
        *("post", "pay_shown", "pay_shown", "pay_by_code", "pay_by_code"),
        *("use_wallet", "use_wallet", "use_wallet", "hear", "hear"),
        *("cancel", "sweep", "sweep", "wait", "desk", "close_fails"),
        *("put_off", "put_off", "settle", "settle", "undo_by_hand"),
    )
    """What may happen, the likelier things more than once."""

    def __init__(
        self, dice: random.Random, store: StepStore, *, asks_platform: bool = False
    ) -> None:
        self.dice = dice
        self.now = MORNING
        self.is_calm = False
        self.trouble = ""
        """What is wrong with the hospital's system while all else is calm."""
        self.is_dead = False
        self.death_count = 0
        self.banks = {channel: Bank(self.new_id) for channel in GATEWAY_CHANNELS}
        self.hospital = Hospital(self._booking_trouble)
        self.insurance = Insurance(app_id="", secret="", faults=Faults(), new_id=self.new_id)
        self.insurance_line = InsuranceLine(
            self.insurance, self._loses_ask, self._loses_answer, self._refuses_work
        )
        self.callbacks: list[tuple[AttemptId, Answer]] = []
        self.charges: list[ChargeId] = []
        self._store = FrailStore(store, self)
        self._id_count = 0
        self._asks_platform = asks_platform
        self.restart()

    # --- the process ------------------------------------------------------------------------------

    def restart(self) -> None:
        self.is_dead = False
        self.cashier = Cashier(
            CashierParts(
                store=self._store,
                gateways={
                    channel: BankGateway(
                        bank,
                        lambda: self.now,
                        before=self._before_call,
                        after=self._after_call,
                        must_type=lambda: self.dice.random() < 0.5,
                    )
                    for channel, bank in self.banks.items()
                }
                | {Channel.INSURANCE: SettledGateway()},
                booking=self.hospital,
                clock=lambda: self.now,
                day_of=lambda at: (beijing(at) - timedelta(hours=4)).date(),
                new_id=self.new_id,
                asks_platform=self._asks_platform,
            )
        )
        self.claims = InsuranceOffice(
            self.cashier.keeper,
            self.insurance_line,
            lambda: self.now,
            lambda charges: self.cashier.begin(charges, Channel.INSURANCE, by="insurance"),
        )
        self.office = CreditOffice(self.cashier.keeper, self.hospital, lambda: self.now)
        self.sweeper = Sweeper(self.cashier, lambda: self.now, _fatal, [self.office, self.claims])

    def may_die(self) -> None:
        if self.is_dead:
            raise Killed
        if not self.is_calm and self.dice.random() < 0.04:
            self.is_dead = True
            self.death_count += 1
            raise Killed

    def surviving(self, act: Callable[[], object]) -> None:
        """Do something; if the process dies of it, another one is started."""
        try:
            act()
        except PaymentRefused:
            return
        except Killed:
            self.restart()

    def new_id(self) -> str:
        self._id_count += 1
        return f"{self._id_count:08d}"

    def _before_call(self) -> None:
        self.may_die()
        if not self.is_calm and self.dice.random() < 0.1:
            raise GatewaySilent

    def _after_call(self) -> None:
        self.may_die()
        if self.is_calm:
            return
        self.now += timedelta(milliseconds=self.dice.randrange(500))
        if self.dice.random() < 0.15:
            raise GatewaySilent

    def _booking_trouble(self) -> str:
        self.may_die()
        return (
            self.trouble
            if self.is_calm
            else self.dice.choice(["", "", "", "lost", "reply lost", "no"])
        )

    # --- what people do ---------------------------------------------------------------------------

    def a_moment(self) -> None:
        """Something happens."""
        self.surviving(getattr(self, self.dice.choice(self.ACTS)))

    def post(self) -> None:
        charge = Charge(
            id=ChargeId(f"c{self.new_id()}"),
            visit=VisitId("v1"),
            patient=PatientId("p1"),
            name_zh="化验",
            name_en="test",
            self_pay=Fen(self.dice.randrange(0, 50_000)),
            insurance=Fen(self.dice.randrange(0, 50_000)),
        )
        self.charges.append(charge.id)
        self.cashier.post([charge], by="records")

    def some_charges(self) -> list[ChargeId]:
        recent = self.charges[-3:]
        return self.dice.sample(recent, self.dice.randint(0, len(recent)))

    def pay_shown(self) -> None:
        self.cashier.begin(self.some_charges(), self.dice.choice(GATEWAY_CHANNELS), by="kiosk-1")

    def pay_by_code(self) -> None:
        first = self.dice.choice(["13", "28", "620"])
        code = first + "".join(self.dice.choice("0123456789") for _ in range(16))
        self.cashier.begin_by_code(self.some_charges(), code, by="kiosk-1")

    def put_off(self) -> None:
        self.office.defer(self.some_charges(), AGREEMENT, by="kiosk-1", key=self.new_id())

    def settle(self) -> None:
        charges, code = self.some_charges(), a_code(self.dice.choice([0, 30, 70, 99]))
        self.claims.settle(charges, code, ID_NUMBER, by="kiosk-1", key=self.new_id())

    def _loses_ask(self) -> bool:
        self.may_die()
        return not self.is_calm and self.dice.random() < 0.1

    def _loses_answer(self) -> bool:
        self.may_die()
        return not self.is_calm and self.dice.random() < 0.15

    def _refuses_work(self) -> bool:
        return not self.is_calm and self.dice.random() < 0.05

    def undo_by_hand(self) -> None:
        """The cashier sees to it at the insurance's own office, and notes it."""
        for stuck in self.claims.stuck():
            self.insurance.undo(stuck.claim.id)
            self.claims.undone_by_hand(stuck.claim.id, by="cashier-1")

    def trades(self) -> list[Trade]:
        return [trade for bank in self.banks.values() for trade in bank.trades.values()]

    def use_wallet(self) -> None:
        trades = self.trades()
        if not trades:
            return
        trade = self.dice.choice(trades[-4:])
        if self.now - trade.opened_at > timedelta(days=2):
            return  # no provider lets anybody pay so late
        bank = next(one for one in self.banks.values() if trade.number in one.trades)
        try:
            if self.dice.random() < 0.2:
                bank.decline(trade.number, self.now)
                return
            other_amount = trade.fen + 1 if self.dice.random() < 0.06 else None
            bank.pay(trade.number, self.now, fen=other_amount)
        except BankRefused:
            return
        self.callbacks.append((AttemptId(trade.number), answer_of(trade)))

    def close_fails(self) -> None:
        for trade in self.trades()[-3:]:
            trade.may_be_paid_when_closed = True

    def hear(self) -> None:
        """A callback comes: once, twice, late, or never."""
        if not self.callbacks:
            return
        index = self.dice.randrange(len(self.callbacks))
        attempt, answer = self.callbacks[index]
        if self.dice.random() < 0.7:
            del self.callbacks[index]
        if self.dice.random() < 0.8:
            self.cashier.told(attempt, answer, by="gateway")

    def cancel(self) -> None:
        attempts = self.cashier.attempts()
        if attempts:
            self.cashier.cancel(self.dice.choice(attempts[-3:]).id, by="kiosk-1")

    def desk(self) -> None:
        attempts = self.cashier.attempts()
        if attempts and self.dice.random() < 0.2:
            attempt = self.dice.choice(attempts)
            parts = self._some_parts(attempt) if self.dice.random() < 0.6 else ()
            self.cashier.refund(attempt.id, why="desk", by="cashier-1", parts=parts)

    def _some_parts(self, attempt: Attempt) -> list[ReturnedPart]:
        """Return what a cashier might give back of a payment, now and then more than is left."""
        charges = self.cashier.charges_of(attempt)
        chosen = self.dice.sample(list(charges), self.dice.randint(0, len(charges)))
        return [
            ReturnedPart(
                charge=one.id,
                fen=self.dice.choice([one.self_pay.fen, one.self_pay.fen // 3, 1]),
            )
            for one in chosen
        ]

    def sweep(self) -> None:
        self.sweeper.sweep()

    def wait(self) -> None:
        self.now += timedelta(
            seconds=self.dice.choice([1, 1, 5, 5, 20, 20, 100, 100, 700, 4 * 3600, 20 * 3600])
        )

    # --- the end ----------------------------------------------------------------------------------

    def calm_down(self) -> None:
        """Let no more go wrong until all that can be settled is settled."""
        self.is_calm = True
        self.restart()
        for _ in range(3):
            self.now += timedelta(minutes=11)
            self.sweeper.sweep()
            self.sweeper.sweep()
        for channel in GATEWAY_CHANNELS:
            for attempt in self.compared(channel).asked_again:
                self.cashier.advance(attempt)
        self.sweeper.sweep()

    def compared(self, channel: Channel) -> Reconciliation:
        """Compare all days there were as if they were one."""
        bank_gateway = BankGateway(
            self.banks[channel],
            lambda: self.now,
            before=lambda: None,
            after=lambda: None,
            must_type=lambda: False,
        )
        days = (self.now - MORNING).days + 2
        lines = [
            line
            for back in range(days)
            for line in bank_gateway.daily_bill(beijing(MORNING).date() + timedelta(days=back))
        ]
        span = DaySpan(starts_at=MORNING - timedelta(days=1), ends_at=self.now + timedelta(days=1))
        return reconcile(channel, self.every_attempt(), lines, span)

    def every_attempt(self) -> list[Attempt]:
        """Return all attempts there were, as they are now."""
        found: dict[AttemptId, Attempt] = {}
        for books in self.every_books():
            found.update(books.attempts)
        return list(found.values())

    def every_books(self) -> Iterator[Books]:
        """Yield the books of all days, the first one first."""
        for back in range((self.now - MORNING).days + 3):
            books = read_books(self._store, MORNING.date() + timedelta(days=back))
            if books is not None:
                yield books

    def every_receipt(self) -> list[Receipt]:
        """Return all receipts there were, in the order of the days."""
        found: dict[str, Receipt] = {}
        for books in self.every_books():
            for receipt in books.receipt_book.receipts.values():
                known = found.setdefault(receipt.number, receipt)
                numbered = replace(known, registration=receipt.registration)
                assert numbered == receipt, "a receipt says the same for ever"
                found[receipt.number] = receipt
        return list(found.values())

    def check(self) -> None:
        """Nothing is paid twice, nothing that was paid is forgotten, to the fen."""
        attempts = {attempt.id: attempt for attempt in self.every_attempt()}
        for attempt in attempts.values():
            assert attempt.state in ENDS, attempt
            is_right = attempt.paid == attempt.amount
            assert is_right or attempt.state is not AttemptState.FULFILLED, attempt
            is_kept = attempt.state in (AttemptState.FULFILLED, AttemptState.REVIEW)
            assert is_kept or not attempt.kept, attempt
        for trade in self.trades():
            assert trade.kept_fen == attempts[AttemptId(trade.number)].kept.fen, trade
            assert trade.state is not TradeState.OPEN, trade
        self._check_charges(attempts)
        for channel in GATEWAY_CHANNELS:
            kinds = {one.kind for one in self.compared(channel).differences}
            assert kinds <= {"review"}, kinds
        self._check_receipts(attempts)
        check_deferrals(self)
        check_claims(self)

    def _check_charges(self, attempts: dict[AttemptId, Attempt]) -> None:
        """What was paid is booked, and no charge is paid by two."""
        payers: dict[ChargeId, AttemptId] = {}
        for attempt in attempts.values():
            if attempt.state is AttemptState.FULFILLED:
                for charge in self.hospital.booked[attempt.id]:
                    assert charge not in payers, (charge, payers[charge], attempt.id)
                    payers[charge] = attempt.id

    def _check_receipts(self, attempts: dict[AttemptId, Attempt]) -> None:
        """The series has no gap, and what counts of each payment's receipts is what is kept."""
        receipts = self.every_receipt()
        assert [serial_of(one.number) for one in receipts] == list(range(1, len(receipts) + 1))
        reversing = {one.reverses: one for one in receipts if one.reverses is not None}
        issued = [one for one in receipts if one.reverses is None]
        assert len(reversing) == len(receipts) - len(issued), "one receipt taken back twice"
        valid = {one.attempt: one for one in issued if one.number not in reversing}
        assert len(valid) == len(issued) - len(reversing), "two receipts of one payment count"
        first: dict[AttemptId, Receipt] = {}
        for one in issued:
            first.setdefault(one.attempt, one)
            taken_back = reversing.get(one.number)
            assert taken_back is None or taken_back.amount == one.amount, one
        for attempt in attempts.values():
            assert attempt.id not in first or first[attempt.id].amount == attempt.paid, attempt
            if attempt.state is AttemptState.FULFILLED:
                assert valid[attempt.id].amount == attempt.kept, attempt
            else:
                is_counted = attempt.id in valid
                assert not is_counted or attempt.state is AttemptState.REVIEW, attempt


def _fatal(error: Exception) -> None:
    raise error
