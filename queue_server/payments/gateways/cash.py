"""Cash as a `Gateway`: what has come in decides, and the books know that. Asks nobody."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from queue_server.payments.gateway import (
    Answer,
    BillLine,
    Notice,
    NoticeFault,
    NoticeRefused,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundStanding,
    Standing,
)

_GIVEN_BACK: Final = RefundAnswer(standing=RefundStanding.DONE)


class CashGateway:
    """See Gateway. What is given back is kept for the patient, who fetches it at the desk."""

    reverse_after_s = 0
    day_begins = timedelta(0)

    def create(self, order: Order) -> Answer:
        """Wait for notes, unless credit is enough."""
        return _standing(order, Standing.WAITING)

    def query(self, order: Order) -> Answer:
        """Tell whether enough has come in; short of that there is no payment."""
        return _standing(order, Standing.ABSENT)

    def close(self, order: Order) -> Answer:
        """Take no more, unless it is enough already."""
        return _standing(order, Standing.CLOSED)

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """See Gateway."""
        return _GIVEN_BACK

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """See Gateway."""
        return RefundAnswer(standing=RefundStanding.ABSENT)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return nothing: what a box holds is counted by people."""
        return ()

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Refuse: nobody calls back."""
        raise NoticeRefused(NoticeFault.FORGED)

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return an answer to nobody."""
        return (200 if is_taken else 400), "text/plain", b""


def _standing(order: Order, otherwise: Standing) -> Answer:
    if order.cash_in >= order.amount:
        return Answer(standing=Standing.PAID, paid=order.amount)
    return Answer(standing=otherwise)
