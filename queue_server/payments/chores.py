"""What a gateway is asked next about an attempt.

One call may follow another, but nothing is decided here: the answer goes to `decide.py`, and its
steps to the journal before the next chore begins.
"""

from typing import Final

from queue_server.payments.attempt import MONEY_MAY_COME, Attempt
from queue_server.payments.fen import NOTHING
from queue_server.payments.gateway import (
    Answer,
    Gateway,
    GatewaySilent,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundStanding,
    Standing,
)

SILENT: Final = Answer(standing=Standing.SILENT)
"""No answer that counts."""


def order(attempt: Attempt, title: str, code: str = "") -> Order:
    """Return what a gateway is asked about an attempt; `code`: the payment code, to create it."""
    return Order(
        attempt=attempt.id,
        amount=attempt.amount,
        title=title,
        opened_at=attempt.opened_at,
        expires_at=attempt.expires_at,
        is_scanned=attempt.is_scanned,
        cash_in=attempt.cash_in if attempt.state in MONEY_MAY_COME else NOTHING,
        code=code,
    )


def refund_order(attempt: Attempt) -> RefundOrder:
    """Return what is to be given back of an attempt, since it came into this state."""
    return RefundOrder(
        number=attempt.refund_no,
        amount=attempt.going_back,
        paid=attempt.paid,
        asked_at=attempt.changed_at,
    )


def create(gateway: Gateway, order: Order) -> Answer:
    """Begin a payment."""
    try:
        return gateway.create(order)
    except GatewaySilent:
        return SILENT


def look(gateway: Gateway, order: Order) -> Answer:
    """Ask how a payment stands."""
    try:
        return gateway.query(order)
    except GatewaySilent:
        return SILENT


def close(gateway: Gateway, order: Order) -> Answer:
    """Ask, close, and ask again: what a gateway says to a close alone is not reliable."""
    try:
        before = gateway.query(order)
        if before.standing in (Standing.PAID, Standing.CLOSED):
            return before
        closed = gateway.close(order)
        if closed.standing is not Standing.CLOSED:
            return closed
        verified = gateway.query(order)
    except GatewaySilent:
        return SILENT
    # A QR code that nobody has scanned may never have become a payment of the gateway.
    return closed if verified.standing is Standing.ABSENT else verified


def give_back(gateway: Gateway, order: Order, refund: RefundOrder) -> RefundAnswer:
    """Give money back, unless it has been given back already."""
    try:
        before = gateway.query_refund(order, refund)
        if before.standing is not RefundStanding.ABSENT:
            return before
        return gateway.refund(order, refund)
    except GatewaySilent:
        return RefundAnswer(standing=RefundStanding.SILENT)
