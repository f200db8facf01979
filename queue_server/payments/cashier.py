"""The cashier: runs every attempt to pay from its beginning to its end.

Rule 1: each step is in the journal before a gateway is called, and before anybody hears of it.
Rule 2: gateways are called outside the lock; what has changed meanwhile counts, not what was.
Rule 3: an attempt is worked on by one thread at a time; callbacks may come in between.
Rule 4: killed at any moment, it finds all it needs in the journal: what was under way is unknown,
and is asked about until it is known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from queue_server.payments import chores
from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.billing import (
    billed,
    known,
    new_bill,
    payable,
    posting,
    require_claims_whole,
    same,
    shared,
)
from queue_server.payments.booking import Booking, BookingRefused, BookingSilent
from queue_server.payments.bookkeeper import Bookkeeper
from queue_server.payments.decide import Patience, after_answer, after_refund_answer
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import Answer, Gateway, Order
from queue_server.payments.ledger import Account, Bill, Charge
from queue_server.payments.payment_code import channel_of_code
from queue_server.payments.receipt import Receipt
from queue_server.payments.refunds import refund_step
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.step_store import StepStore
from queue_server.payments.steps import ReturnedPart
from queue_server.payments.terms import (
    AttemptId,
    AttemptState,
    BillId,
    ChangeGoes,
    Channel,
    ChargeId,
    VisitId,
)
from queue_server.payments.till import Till, credit_steps
from queue_server.rules.terms import PatientId, RefusalCode

_STATE: Final = AttemptState
_AT_ONCE: Final = frozenset(
    {_STATE.CLOSING, _STATE.PAID, _STATE.LATE_PAID, _STATE.REFUNDING, _STATE.PART_REFUNDING}
)
"""States after which the next chore need not wait for the patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashierParts:
    """What the cashier works with; bootstrap chooses them."""

    store: StepStore
    gateways: Mapping[Channel, Gateway]
    booking: Booking
    clock: Callable[[], datetime]
    day_of: Callable[[datetime], date]
    """The clinic day of an instant."""
    new_id: Callable[[], str]
    """Gives at most 16 of `[0-9a-z]` that were never given before."""
    title: str = "医院缴费"
    """What the patient reads in his wallet: no names, nothing medical."""
    patience: Patience = field(default_factory=Patience)
    asks_platform: bool = False
    """Whether the finance platform gives receipts their numbers."""
    change_goes: ChangeGoes = ChangeGoes.DESK
    """Where cash goes that pays no bill."""
    changed: Callable[[Attempt], None] = lambda _attempt: None
    """Told of each attempt that has changed, once that is in the journal; must not block."""


def _tell_nobody(_attempt: Attempt) -> None:
    pass


class Cashier:
    """Takes money, and gives it back. Any thread may ask.

    Each method raises `JournalUnusable` when a step can't be kept: the process has to stop.
    """

    def __init__(self, parts: CashierParts) -> None:
        self._parts = parts
        self.keeper = Bookkeeper(
            parts.store,
            parts.clock,
            parts.day_of,
            parts.changed,
            asks_platform=parts.asks_platform,
        )
        self._at_work: set[AttemptId] = set()
        self.till = Till(self.keeper, parts.clock, parts.patience, self.advance)

    # --- what is owed ----------------------------------------------------------------------------

    def post(self, charges: Sequence[Charge], *, by: str) -> None:
        """Take over what the hospital asks for; what is known already stays as it is.

        Raises:
            PaymentRefused: one that is paid or being paid would change.
        """
        with self.keeper.today() as books:
            self.keeper.write(posting(books, charges), by=by)

    def shared(self, charges: Sequence[Charge]) -> tuple[Charge, ...]:
        """Return charges of the hospital with the shares that the insurance has settled."""
        with self.keeper.today() as books:
            return shared(books, charges)

    def account(self, patient: PatientId, visit: VisitId | None = None) -> Account:
        """Return the account of a patient, or of one of his visits."""
        with self.keeper.today() as books:
            return books.account(patient, visit)

    @property
    def today(self) -> date:
        """The running clinic day."""
        with self.keeper.today():
            return self.keeper.day_on

    def attempt(self, attempt: AttemptId) -> Attempt:
        """Return an attempt as it is in the journal.

        Raises:
            PaymentRefused: it is not known.
        """
        with self.keeper.today() as books:
            return known(books, attempt)

    def attempts_for(self, patient: PatientId) -> Sequence[Attempt]:
        """Return the attempts to pay what a patient owes, the first one first."""
        with self.keeper.today() as books:
            return books.attempts_for(patient)

    def charges_of(self, attempt: Attempt) -> Sequence[Charge]:
        """Return what an attempt of the day pays."""
        with self.keeper.today() as books:
            on_bill = books.bills[attempt.bill].charges
            return [books.charges[one] for one in on_bill if one in books.charges]

    def receipts_of(self, attempt: AttemptId) -> Sequence[Receipt]:
        """Return the receipts of a payment of the day: its own, then the reversing one."""
        with self.keeper.today() as books:
            return books.receipt_book.of(attempt)

    def attempts(self) -> Sequence[Attempt]:
        """Return all attempts of the day, and what is open of the days before."""
        with self.keeper.today() as books:
            return tuple(books.attempts.values())

    def unsettled(self) -> Sequence[Attempt]:
        """Return the attempts that may still change by themselves."""
        with self.keeper.today() as books:
            return books.unsettled()

    # --- paying ----------------------------------------------------------------------------------

    def begin(
        self,
        charges: Sequence[ChargeId],
        channel: Channel,
        *,
        by: str,
        key: str = "",
        opened: Callable[[Attempt], None] = _tell_nobody,
    ) -> Attempt:
        """Begin to pay `charges` with a QR code that the kiosk shows. Blocks on the gateway.

        Asked again while it waits, it returns the same attempt.

        Args:
            charges: what is to be paid in one go.
            channel: through whom.
            by: who asks.
            key: of this very ask, at most 16 of `[0-9a-z]`: asked again with the same one, it
                returns the same attempt, whatever has become of it; empty: no such ask.
            opened: told of a new attempt that is in the journal, before the gateway is asked.

        Raises:
            PaymentRefused: nothing was begun.
        """
        return self._begin(charges, channel, "", by=by, key=key, opened=opened)

    def begin_by_code(
        self,
        charges: Sequence[ChargeId],
        code: str,
        *,
        by: str,
        key: str = "",
        opened: Callable[[Attempt], None] = _tell_nobody,
    ) -> Attempt:
        """Begin to pay `charges` by the payment code that a patient has shown, as `begin` does.

        Raises:
            PaymentRefused: nothing was begun.
        """
        channel = channel_of_code(code)
        if channel is None:
            raise PaymentRefused(RefusalCode.NO_PAYMENT_CODE)
        return self._begin(charges, channel, code, by=by, key=key, opened=opened)

    def cancel(
        self,
        attempt_id: AttemptId,
        *,
        by: str,
        given_up: Callable[[Attempt], None] = _tell_nobody,
    ) -> Attempt:
        """Give up: it is closed, unless it is paid already. Blocks on the gateway.

        Args:
            attempt_id: which.
            by: who asks.
            given_up: told of it once that is in the journal, before the gateway is asked.

        Raises:
            PaymentRefused: it is not known.
        """
        with self.keeper.today() as books:
            if known(books, attempt_id).state in (_STATE.WAITING, _STATE.UNKNOWN):
                step = happened.CloseAsked(attempt=attempt_id, why="cancelled")
                self.keeper.write([step], by=by)
            attempt = known(books, attempt_id)
        given_up(attempt)
        return self.advance(attempt_id)

    def refund(
        self, attempt_id: AttemptId, *, why: str, by: str, parts: Sequence[ReturnedPart] = ()
    ) -> Attempt:
        """Give back what is left of a payment, or parts, as the desk has decided. Blocks.

        Raises:
            PaymentRefused: it is not known, or has nothing, or not as much, to give back.
        """
        self.keeper.recall(attempt_id)
        with self.keeper.today() as books:
            self.keeper.write([refund_step(books, attempt_id, parts, why)], by=by)
        return self.advance(attempt_id)

    def told(self, attempt_id: AttemptId, answer: Answer, *, by: str) -> bool:
        """Take in what a callback or a daily bill says; True if it changed something.

        Raises:
            PaymentRefused: the attempt is not known.
        """
        with self.keeper.today() as books:
            steps = after_answer(known(books, attempt_id), answer, self._parts.clock())
            self.keeper.write(steps, by=by)
            return bool(steps)

    def advance(self, attempt_id: AttemptId) -> Attempt:
        """Do what is to be done next about an attempt, be it of a former day. Blocks on gateways.

        Raises:
            PaymentRefused: it is not known.
        """
        self.keeper.recall(attempt_id)
        with self.keeper.today() as books:
            attempt = known(books, attempt_id)
            if attempt_id in self._at_work:
                return attempt
            self._at_work.add(attempt_id)
        return self._work_on(attempt)

    # --- inside ----------------------------------------------------------------------------------

    def _begin(
        self,
        charges: Sequence[ChargeId],
        channel: Channel,
        code: str,
        *,
        by: str,
        key: str,
        opened: Callable[[Attempt], None],
    ) -> Attempt:
        if channel not in self._parts.gateways:
            raise PaymentRefused(RefusalCode.CHANNEL_OFF)
        with self.keeper.today() as books:
            number = AttemptId(f"A{self.keeper.day_on:%Y%m%d}{key or self._parts.new_id()}")
            if number in books.attempts:
                return books.attempts[number]
            bill = billed(books, charges)
            if bill is not None and (occupant := books.occupant(bill.id)) is not None:
                return same(occupant, channel, is_scanned=bool(code))
            steps: list[happened.Step] = []
            require_claims_whole(books, charges)
            if bill is None:
                bill = new_bill(books, charges, BillId(f"B{self._parts.new_id()}"))
                steps = [happened.BillMade(bill=bill.id, charges=bill.charges)]
            amount = payable(books, bill, channel)
            patient = books.charges[bill.charges[0]].patient
            opening = self._opening(number, bill, amount, channel, code)
            if channel is Channel.CASH:
                goes = self._parts.change_goes
                steps.append(replace(opening, patient=patient, change_goes=goes))
                steps += credit_steps(books, number, patient, amount)
            else:
                steps.append(opening)
            steps.append(happened.CreationAsked(attempt=number))
            self.keeper.write(steps, by=by)
            attempt = books.attempts[number]
            self._at_work.add(number)
        opened(attempt)
        return self._work_on(attempt, new=chores.order(attempt, self._parts.title, code))

    def _opening(
        self, number: AttemptId, bill: Bill, amount: Fen, channel: Channel, code: str
    ) -> happened.AttemptOpened:
        patience = self._parts.patience
        shown = patience.cash if channel is Channel.CASH else patience.shown
        return happened.AttemptOpened(
            attempt=number,
            bill=bill.id,
            channel=channel,
            is_scanned=bool(code),
            amount_fen=amount.fen,
            expires_at=self._parts.clock() + (patience.scanned if code else shown),
        )

    def _work_on(self, attempt: Attempt, new: Order | None = None) -> Attempt:
        """Do one chore after the other until the patient or a gateway is to be waited for."""
        try:
            while True:
                state = attempt.state
                self._do_chore(attempt, new)
                attempt = self.attempt(attempt.id)
                if attempt.state is state or attempt.state not in _AT_ONCE:
                    return attempt
        finally:
            with self.keeper.today():
                self._at_work.discard(attempt.id)

    def _do_chore(self, attempt: Attempt, new: Order | None) -> None:
        """Ask whom is to be asked in this state, and write down what follows."""
        gateway = self._parts.gateways[attempt.channel]
        order = new or chores.order(attempt, self._parts.title)
        match attempt.state:
            case _STATE.CREATING:
                # Without an order it was cut off: its answer was lost with the process.
                self._take(attempt, chores.SILENT if new is None else chores.create(gateway, new))
            case _STATE.CLOSING if self._may_close(attempt, gateway):
                self._take(attempt, chores.close(gateway, order))
            case _STATE.PAID:
                self._book(attempt)
            case _STATE.LATE_PAID:
                step = happened.RefundAsked(attempt=attempt.id, why="money came late")
                self._write_if_still(attempt, [step])
            case _STATE.REFUNDING | _STATE.PART_REFUNDING:
                answer = chores.give_back(gateway, order, chores.refund_order(attempt))
                self._write_if_still(attempt, after_refund_answer(attempt, answer))
            case _STATE.WAITING | _STATE.UNKNOWN | _STATE.CLOSING | _STATE.CLOSED | _STATE.FAILED:
                self._take(attempt, chores.look(gateway, order))
            case _:
                return

    def _take(self, attempt: Attempt, answer: Answer) -> None:
        """Write down what follows from an answer for the attempt as it is by now."""
        self.told(attempt.id, answer, by=f"gateway {attempt.channel}")

    def _may_close(self, attempt: Attempt, gateway: Gateway) -> bool:
        earliest = attempt.opened_at + timedelta(seconds=gateway.reverse_after_s)
        return not attempt.is_scanned or self._parts.clock() >= earliest

    def _book(self, attempt: Attempt) -> None:
        with self.keeper.today() as books:
            charges = [books.charges[charge] for charge in books.bills[attempt.bill].charges]
        steps: list[happened.AttemptStep] = []
        try:
            self._parts.booking.book(attempt, charges)
            steps = [happened.Booked(attempt=attempt.id)]
        except BookingRefused:
            steps = [happened.RefundAsked(attempt=attempt.id, why="booking refused")]
        except BookingSilent:
            if self._parts.clock() - attempt.changed_at >= self._parts.patience.booking:
                steps = [happened.RefundAsked(attempt=attempt.id, why="booking unknown")]
        self._write_if_still(attempt, steps)

    def _write_if_still(self, attempt: Attempt, steps: Sequence[happened.AttemptStep]) -> None:
        """Write steps that were decided for a state which may be a former one by now."""
        with self.keeper.today() as books:
            if known(books, attempt.id).state is attempt.state:
                self.keeper.write(steps, by="cashier")
