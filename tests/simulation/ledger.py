"""Sees each step of money that is written, and what is said of money, without the cashier's books.

While the morning lasts: nobody is told anything of a payment that is not on disk, no note is
written twice, no charge is paid twice. In the end: what banks and boxes have is what is booked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from queue_server.contract.payments import NoteNoted, Payment, PaymentState
from queue_server.journal.journal import Batch
from queue_server.payments import steps as happened
from queue_server.payments.receipt import ReceiptIssued, serial_of
from queue_server.payments.sandbox.bank import Trade
from queue_server.payments.step_codec import step_of
from queue_server.payments.terms import AttemptId, BillId, Channel, ChargeId
from tests.simulation.world import Violation, World


@dataclass(kw_only=True)
class KnownPayment:
    """What the journal says of one attempt."""

    bill: BillId
    channel: Channel
    amount_fen: int
    notes_fen: int = 0
    credit_fen: int = 0
    """Counted in from other attempts."""
    lent_fen: int = 0
    """Counted in at other attempts."""
    paid_fen: int = 0
    is_booked: bool = False
    is_back: bool = False
    """Whether what was paid went back."""
    is_over: bool = False

    @property
    def kept_fen(self) -> int:
        """What the hospital has of it."""
        return 0 if self.is_back else self.paid_fen


class Ledger:
    """Of one morning."""

    def __init__(self, world: World) -> None:
        self.payments: dict[AttemptId, KnownPayment] = {}
        self._world = world
        self._bills: dict[BillId, tuple[ChargeId, ...]] = {}
        self._notes: dict[tuple[str, int], int] = {}
        self._serials: list[int] = []

    # --- what is on disk -------------------------------------------------------------------------

    def durable(self, batch: Batch) -> None:
        """Facts are on disk."""
        for fact in batch.facts:
            step = step_of(fact)
            if step is not None:
                self._apply(step)

    def _apply(self, step: happened.Step) -> None:  # noqa: C901 - one case a kind of step
        match step:
            case happened.BillMade(bill=bill, charges=charges):
                self._bills[bill] = charges
            case happened.AttemptOpened():
                _require(step.attempt not in self.payments, f"{step.attempt} is opened twice")
                self.payments[step.attempt] = KnownPayment(
                    bill=step.bill, channel=step.channel, amount_fen=step.amount_fen
                )
            case happened.NoteTaken():
                note = (f"{step.device}/{step.book}", step.number)
                _require(note not in self._notes, f"note {note} is written twice")
                self._notes[note] = step.value_fen
                self._world.count("notes taken")
            case happened.BoxDiffered():
                raise Violation(f"a box differs: {step}")
            case happened.CashCame():
                self.payments[step.attempt].notes_fen += step.value_fen
            case happened.CreditUsed():
                self.payments[step.attempt].credit_fen += step.amount_fen
                self.payments[step.source].lent_fen += step.amount_fen
            case happened.MoneyCame() | happened.LateMoneyCame():
                self.payments[step.attempt].paid_fen = step.paid_fen
                self.payments[step.attempt].is_over = False
            case happened.AmountDiffered():
                raise Violation(f"{step.attempt} is paid with another amount")
            case happened.Booked():
                self._booked(step.attempt)
            case happened.Refunded():
                self._world.count("payments given back")
                self.payments[step.attempt].is_back = True
                self.payments[step.attempt].is_over = True
            case happened.Closed() | happened.CreationRefused():
                self.payments[step.attempt].is_over = True
            case ReceiptIssued():
                self._serials.append(serial_of(step.number))

    def _booked(self, attempt: AttemptId) -> None:
        self._world.count("payments booked")
        payment = self.payments[attempt]
        payment.is_booked = payment.is_over = True
        _require(payment.paid_fen == payment.amount_fen, f"{attempt} is booked and not paid")
        for charge in self._bills[payment.bill]:
            payers = [
                number
                for number, one in self.payments.items()
                if one.is_booked and not one.is_back and charge in self._bills[one.bill]
            ]
            _require(payers == [attempt], f"{charge} is paid by {payers}")

    # --- what is said ----------------------------------------------------------------------------

    def told(self, payment: Payment) -> None:
        """A device is told how a payment stands, or shows it."""
        known = self.payments.get(AttemptId(payment.payment_id))
        _require(known is not None, f"{payment.payment_id} is told of and not on disk")
        assert known is not None
        number, state = payment.payment_id, payment.state
        _require(known.amount_fen == payment.amount_fen, f"{number} is told with another amount")
        if state in (PaymentState.FULFILLED, PaymentState.PAID):
            _require(known.paid_fen == known.amount_fen, f"{number} is told as paid and is not")
        if state is PaymentState.FULFILLED:
            _require(known.is_booked, f"{number} is told as booked and is not")
        if payment.cash is not None:
            most_fen = known.notes_fen + known.credit_fen
            _require(payment.cash.in_fen <= most_fen, f"{number} is told of more notes than came")

    def noted(self, device: str, reply: NoteNoted) -> None:
        """A kiosk is told that a note is in the journal."""
        is_there = any(
            name.startswith(f"{device}/") and number == reply.number for name, number in self._notes
        )
        _require(is_there, f"note {reply.number} of {device} is answered and not on disk")

    # --- in the end ------------------------------------------------------------------------------

    def check(
        self,
        trades: Mapping[str, Trade],
        booked: Mapping[AttemptId, tuple[ChargeId, ...]],
        boxes: Iterable[list[int]],
    ) -> None:
        """All that could be settled is settled: compare with banks, counter and boxes."""
        for number, payment in self.payments.items():
            _require(payment.is_over, f"{number} has no end: {payment}")
            if payment.is_booked:
                charges = self._bills[payment.bill]
                _require(booked.get(number) == charges, f"{number} is not at the counter")
        for trade in trades.values():
            known = self.payments.get(AttemptId(trade.number))
            _require(known is not None, f"the bank has {trade}, and nobody else")
            assert known is not None
            is_same = trade.kept_fen == known.kept_fen
            _require(is_same, f"the bank has {trade}, the books {known}")
            is_kept = not trade.kept_fen or known.is_booked
            _require(is_kept, f"{trade} is paid and not booked: {known}")
        in_boxes = sorted(note for box in boxes for note in box)
        _require(
            in_boxes == sorted(self._notes.values()),
            f"the boxes have {in_boxes}, the books {sorted(self._notes.values())}",
        )
        of_payments_fen = sum(one.notes_fen for one in self.payments.values())
        _require(of_payments_fen == sum(in_boxes), f"only {of_payments_fen} fen are somebody's")
        in_order = list(range(1, len(self._serials) + 1))
        _require(self._serials == in_order, f"receipts have the numbers {self._serials}")


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
