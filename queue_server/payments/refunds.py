"""What may be given back of a payment, and the step that asks for it. Pure."""

from collections.abc import Sequence
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.attempt import Attempt
from queue_server.payments.billing import known
from queue_server.payments.books import Books
from queue_server.payments.receipt import valid_receipt
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.steps import ReturnedPart
from queue_server.payments.terms import AttemptId, AttemptState
from queue_server.rules.terms import RefusalCode

_STATE: Final = AttemptState
_REFUNDABLE: Final = frozenset({_STATE.PAID, _STATE.FULFILLED, _STATE.LATE_PAID, _STATE.REVIEW})


def refund_step(
    books: Books, attempt_id: AttemptId, parts: Sequence[ReturnedPart], why: str
) -> happened.AttemptStep:
    """Return the step with which money begins to go back.

    Args:
        books: in which the payment stands.
        attempt_id: the payment.
        parts: what goes back of which charges; none: all that is left.
        why: as the cashier says.

    Raises:
        PaymentRefused: it is not known, has nothing to give back, or not as much.
    """
    attempt = known(books, attempt_id)
    if attempt.state not in _REFUNDABLE or not attempt.kept:
        raise PaymentRefused(RefusalCode.NOT_REFUNDABLE)
    if parts:
        _require_left(books, attempt, parts)
        if sum(part.fen for part in parts) < attempt.kept.fen:
            return happened.PartRefundAsked(attempt=attempt_id, parts=tuple(parts), why=why)
    return happened.RefundAsked(attempt=attempt_id, why=why)


def _require_left(books: Books, attempt: Attempt, parts: Sequence[ReturnedPart]) -> None:
    receipt = valid_receipt(books.receipt_book.of(attempt.id))
    if attempt.state is not _STATE.FULFILLED or receipt is None:
        raise PaymentRefused(RefusalCode.NOT_REFUNDABLE)
    left = {charge.id: charge.self_pay.fen for charge in receipt.charges}
    is_each_once = len({part.charge for part in parts}) == len(parts)
    if not is_each_once or any(not 0 < part.fen <= left.get(part.charge, 0) for part in parts):
        raise PaymentRefused(RefusalCode.REFUND_TOO_MUCH)
