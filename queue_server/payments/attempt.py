"""An attempt to pay a bill through one channel: its states, and the only place they change.

Every change is a row of `TRANSITIONS`. Nothing here knows a clock or a gateway: what has
happened comes in as a step, which the cashier has written to the journal before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.terms import AttemptId, AttemptState, BillId, ChangeGoes, Channel
from queue_server.rules.terms import PatientId

_STATE: Final = AttemptState

TRANSITIONS: Final[Mapping[AttemptState, Mapping[type[happened.AttemptStep], AttemptState]]] = {
    _STATE.NEW: {happened.CreationAsked: _STATE.CREATING},
    _STATE.CREATING: {
        happened.Created: _STATE.WAITING,
        happened.CreationRefused: _STATE.FAILED,
        happened.OutcomeLost: _STATE.UNKNOWN,
    },
    _STATE.WAITING: {
        happened.MoneyCame: _STATE.PAID,
        happened.AmountDiffered: _STATE.REVIEW,
        happened.CloseAsked: _STATE.CLOSING,
    },
    _STATE.UNKNOWN: {
        happened.MoneyCame: _STATE.PAID,
        happened.AmountDiffered: _STATE.REVIEW,
        happened.CloseAsked: _STATE.CLOSING,
    },
    _STATE.CLOSING: {
        happened.MoneyCame: _STATE.PAID,
        happened.AmountDiffered: _STATE.REVIEW,
        happened.Closed: _STATE.CLOSED,
    },
    _STATE.PAID: {
        happened.Booked: _STATE.FULFILLED,
        happened.RefundAsked: _STATE.REFUNDING,
    },
    # A person at the desk may give back what was booked.
    _STATE.FULFILLED: {
        happened.RefundAsked: _STATE.REFUNDING,
        happened.PartRefundAsked: _STATE.PART_REFUNDING,
    },
    _STATE.PART_REFUNDING: {
        happened.PartRefunded: _STATE.FULFILLED,
        happened.PartRefundRefused: _STATE.FULFILLED,
    },
    _STATE.CLOSED: {happened.LateMoneyCame: _STATE.LATE_PAID},
    # A gateway that has refused and takes money all the same must not keep it.
    _STATE.FAILED: {happened.LateMoneyCame: _STATE.LATE_PAID},
    _STATE.LATE_PAID: {happened.RefundAsked: _STATE.REFUNDING},
    _STATE.REFUNDING: {
        happened.Refunded: _STATE.REFUNDED,
        happened.RefundRefused: _STATE.REVIEW,
    },
    # A person has looked and gives the money back.
    _STATE.REVIEW: {happened.RefundAsked: _STATE.REFUNDING},
    _STATE.REFUNDED: {},
}
MONEY_MAY_COME: Final = frozenset(
    {_STATE.NEW, _STATE.CREATING, _STATE.WAITING, _STATE.UNKNOWN, _STATE.CLOSING}
)
"""States in which cash that came in still waits to be enough."""


class WrongStep(Exception):
    """A step that the table does not know from this state: a bug, never a patient's mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundMade:
    """Money that a gateway has given back."""

    number: str
    """Under which the gateway knows the refund."""
    amount: Fen
    at: datetime
    """When we heard of it."""
    parts: tuple[happened.ReturnedPart, ...] = ()
    """Of which charges; empty: all that was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to pay one bill."""

    id: AttemptId
    bill: BillId
    channel: Channel
    is_scanned: bool
    """Whether the patient showed a code; else the kiosk shows a QR code."""
    amount: Fen
    opened_at: datetime
    expires_at: datetime
    """From then on it is closed if it is not paid."""
    state: AttemptState = AttemptState.NEW
    changed_at: datetime
    qr_text: str = ""
    """What the kiosk shows as a QR code; empty if there is none, or it is not known."""
    refusal: str = ""
    """The gateway's code of a refusal."""
    paid: Fen = NOTHING
    """What has really come in."""
    transaction: str = ""
    """The gateway's own number of the payment."""
    paid_at: datetime | None = None
    """When we heard of the money."""
    refunds: tuple[RefundMade, ...] = ()
    """What has gone back, the first one first."""
    parts: tuple[happened.ReturnedPart, ...] = ()
    """The part that is going back now."""
    part_no: int = 0
    """How many times a part was asked back: each has a number of its own."""
    is_given_up: bool = False
    """Whether its money does not pay the bill: it came late, or it goes or went back."""
    patient: PatientId | None = None
    """Whose cash it is; None of other channels."""
    change_goes: ChangeGoes | None = None
    """Where cash goes that pays no bill; None of other channels."""
    cash_in: Fen = NOTHING
    """What has come in: notes, and credit that was counted in."""
    credit: Fen = NOTHING
    """The part of it that was credit."""
    handed_out: Fen = NOTHING
    """What the patient has got of it, in cash or as credit that was counted in elsewhere."""

    @property
    def refund_no(self) -> str:
        """The number of its refund, the same at each try, so that money goes back once."""
        is_part = self.state is _STATE.PART_REFUNDING
        return f"{self.id}P{self.part_no}" if is_part else f"{self.id}R"

    @property
    def going_back(self) -> Fen:
        """What its refund gives back: the part that is asked for, or all that is left."""
        if self.state is _STATE.PART_REFUNDING:
            return Fen(sum(part.fen for part in self.parts))
        return self.kept

    @property
    def refunded(self) -> Fen:
        """What has gone back."""
        return total(one.amount for one in self.refunds)

    @property
    def occupies_bill(self) -> bool:
        """Whether nothing else may pay the bill: it may still be paid, or it is."""
        return not self.is_given_up and self.state not in (_STATE.FAILED, _STATE.CLOSED)

    @property
    def kept(self) -> Fen:
        """What the hospital has of it now."""
        return self.paid - self.refunded

    @property
    def held(self) -> Fen:
        """What is kept for the patient: cash that has come in and pays nothing."""
        if self.state in MONEY_MAY_COME or not self.cash_in:
            return NOTHING
        return self.cash_in - self.kept - self.handed_out


def opened(step: happened.AttemptOpened, at: datetime) -> Attempt:
    """Return a new attempt."""
    return Attempt(
        id=step.attempt,
        bill=step.bill,
        channel=step.channel,
        is_scanned=step.is_scanned,
        amount=Fen(step.amount_fen),
        opened_at=at,
        expires_at=step.expires_at,
        changed_at=at,
        patient=step.patient,
        change_goes=step.change_goes,
    )


def after(attempt: Attempt, step: happened.AttemptStep, at: datetime) -> Attempt:
    """Return the attempt after `step`.

    Raises:
        WrongStep: the table does not know it from this state.
    """
    if isinstance(step, happened.CashCame | happened.CreditUsed | happened.CashHandedOut):
        return _with_cash(replace(attempt, changed_at=at), step)
    state = TRANSITIONS[attempt.state].get(type(step))
    if state is None:
        raise WrongStep(f"{type(step).__name__} of an attempt that is {attempt.state}")
    changed = replace(attempt, state=state, changed_at=at)
    match step:
        case happened.Created(qr_text=qr_text):
            return replace(changed, qr_text=qr_text)
        case happened.CreationRefused(code=code) | happened.RefundRefused(code=code):
            return replace(changed, refusal=code)
        case happened.MoneyCame() | happened.AmountDiffered():
            return _with_money(changed, step, at)
        case happened.LateMoneyCame():
            return replace(_with_money(changed, step, at), is_given_up=True)
        case happened.RefundAsked():
            return replace(changed, is_given_up=True)
        case _:
            return _with_refund(changed, attempt, step, at)


def given_as_credit(source: Attempt, amount: Fen) -> Attempt:
    """Return an attempt after some of what was kept of it has been counted in elsewhere."""
    return replace(source, handed_out=source.handed_out + amount)


def _with_cash(
    attempt: Attempt, step: happened.CashCame | happened.CreditUsed | happened.CashHandedOut
) -> Attempt:
    match step:
        case happened.CashCame(value_fen=value_fen, expires_at=expires_at):
            cash_in = attempt.cash_in + Fen(value_fen)
            return replace(attempt, cash_in=cash_in, expires_at=expires_at)
        case happened.CreditUsed(amount_fen=fen):
            return replace(
                attempt, cash_in=attempt.cash_in + Fen(fen), credit=attempt.credit + Fen(fen)
            )
        case happened.CashHandedOut(amount_fen=fen):
            return replace(attempt, handed_out=attempt.handed_out + Fen(fen))


def _with_refund(
    changed: Attempt, attempt: Attempt, step: happened.AttemptStep, at: datetime
) -> Attempt:
    match step:
        case happened.PartRefundAsked(parts=parts):
            return replace(changed, parts=parts, part_no=attempt.part_no + 1, refusal="")
        case happened.PartRefundRefused(code=code):
            return replace(changed, refusal=code, parts=())
        case happened.Refunded() | happened.PartRefunded():
            return replace(changed, refunds=(*attempt.refunds, _refund(attempt, at)), parts=())
        case _:
            return changed


def _refund(attempt: Attempt, at: datetime) -> RefundMade:
    return RefundMade(
        number=attempt.refund_no, amount=attempt.going_back, at=at, parts=attempt.parts
    )


def _with_money(attempt: Attempt, step: happened.MoneyStep, at: datetime) -> Attempt:
    paid = Fen(step.paid_fen)
    return replace(attempt, paid=paid, transaction=step.transaction, paid_at=at)
