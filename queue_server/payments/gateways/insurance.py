"""A payment of nothing as a `Gateway`: the insurance has settled all of it. Asks nobody."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from queue_server.payments.fen import NOTHING
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


class SettledGateway:
    """See Gateway. What the patient pays himself is nothing; anything else is refused."""

    reverse_after_s = 0
    day_begins = timedelta(0)

    def create(self, order: Order) -> Answer:
        """Pay nothing, at once."""
        if order.amount:
            return Answer(standing=Standing.REFUSED, code="OWN_SHARE")
        return Answer(standing=Standing.PAID, paid=NOTHING)

    def query(self, order: Order) -> Answer:
        """Tell that nothing is paid, whoever asks."""
        return self.create(order)

    def close(self, order: Order) -> Answer:
        """Tell that it is paid: it is so from the first moment on."""
        return self.create(order)

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Give nothing back."""
        return RefundAnswer(standing=RefundStanding.DONE)

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """See Gateway."""
        return RefundAnswer(standing=RefundStanding.ABSENT)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return nothing: no money moves."""
        return ()

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Refuse: nobody calls back."""
        raise NoticeRefused(NoticeFault.FORGED)

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return an answer to nobody."""
        return (200 if is_taken else 400), "text/plain", b""
