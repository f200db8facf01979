"""What an answer of a gateway means for an attempt: pure, and the same for every gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.gateway import Answer, RefundAnswer, RefundStanding, Standing
from queue_server.payments.steps import AttemptStep
from queue_server.payments.terms import AttemptState

ABSENCE_COUNTS_AFTER: Final = timedelta(seconds=60)
"""A scanned payment that the gateway does not know may still be under way to it for so long."""

_STATE: Final = AttemptState
_MONEY_MAY_COME: Final = frozenset({_STATE.WAITING, _STATE.UNKNOWN, _STATE.CLOSING})
_OVER: Final = frozenset({_STATE.CLOSED, _STATE.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the cashier waits."""

    shown: timedelta = timedelta(seconds=90)
    """For a QR code on the kiosk to be paid."""
    scanned: timedelta = timedelta(seconds=60)
    """For a password to be typed after a code was scanned."""
    cash: timedelta = timedelta(minutes=3)
    """For the first note, and for each that follows."""
    booking: timedelta = timedelta(hours=2)
    """For the hospital's system to say whether it has booked a payment; then money goes back."""


def after_answer(attempt: Attempt, answer: Answer, now: datetime) -> Sequence[AttemptStep]:
    """Return what follows from what the gateway says of a payment."""
    if answer.standing is Standing.PAID:
        return _when_paid(attempt, answer)
    match attempt.state:
        case _STATE.CREATING:
            return [_when_created(attempt, answer)]
        case _STATE.WAITING | _STATE.UNKNOWN if answer.standing is Standing.CLOSED:
            return [
                happened.CloseAsked(attempt=attempt.id, why="closed by the gateway"),
                happened.Closed(attempt=attempt.id),
            ]
        case _STATE.WAITING | _STATE.UNKNOWN if now >= attempt.expires_at:
            return [happened.CloseAsked(attempt=attempt.id, why="too late")]
        case _STATE.UNKNOWN if not attempt.is_scanned and answer.standing is not Standing.SILENT:
            # Its QR code was lost with the answer, so nobody can pay it: away with it, at once.
            return [happened.CloseAsked(attempt=attempt.id, why="no QR code")]
        case _STATE.CLOSING if _is_closed(attempt, answer, now):
            return [happened.Closed(attempt=attempt.id)]
        case _:
            return []


def after_refund_answer(attempt: Attempt, answer: RefundAnswer) -> Sequence[AttemptStep]:
    """Return what follows from what the gateway says of a refund."""
    if attempt.state is _STATE.PART_REFUNDING:
        return _after_part_answer(attempt, answer)
    if attempt.state is not _STATE.REFUNDING:
        return []
    match answer.standing:
        case RefundStanding.DONE:
            return [happened.Refunded(attempt=attempt.id)]
        case RefundStanding.REFUSED:
            return [happened.RefundRefused(attempt=attempt.id, code=answer.code)]
        case _:
            return []


def _after_part_answer(attempt: Attempt, answer: RefundAnswer) -> Sequence[AttemptStep]:
    match answer.standing:
        case RefundStanding.DONE:
            return [happened.PartRefunded(attempt=attempt.id)]
        case RefundStanding.REFUSED:
            return [happened.PartRefundRefused(attempt=attempt.id, code=answer.code)]
        case _:
            return []


def _when_paid(attempt: Attempt, answer: Answer) -> Sequence[AttemptStep]:
    if attempt.state in _OVER:
        return [_money(happened.LateMoneyCame, attempt, answer)]
    if attempt.state is _STATE.CREATING:
        # The answer to its creation is lost or still under way: the money is there first.
        return [happened.OutcomeLost(attempt=attempt.id), _money_came(attempt, answer)]
    if attempt.state in _MONEY_MAY_COME:
        return [_money_came(attempt, answer)]
    return []


def _money_came(attempt: Attempt, answer: Answer) -> AttemptStep:
    is_right = answer.paid == attempt.amount
    return _money(happened.MoneyCame if is_right else happened.AmountDiffered, attempt, answer)


def _money(kind: type[happened.MoneyStep], attempt: Attempt, answer: Answer) -> AttemptStep:
    return kind(attempt=attempt.id, paid_fen=answer.paid.fen, transaction=answer.transaction)


def _when_created(attempt: Attempt, answer: Answer) -> AttemptStep:
    match answer.standing:
        case Standing.WAITING:
            return happened.Created(attempt=attempt.id, qr_text=answer.qr_text)
        case Standing.REFUSED:
            return happened.CreationRefused(attempt=attempt.id, code=answer.code)
        case _:
            return happened.OutcomeLost(attempt=attempt.id)


def _is_closed(attempt: Attempt, answer: Answer, now: datetime) -> bool:
    if answer.standing is Standing.ABSENT:
        return not attempt.is_scanned or now - attempt.opened_at >= ABSENCE_COUNTS_AFTER
    return answer.standing is Standing.CLOSED
