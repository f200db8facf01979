"""A gateway that asks the sandbox's bank directly, with any fault before and after each call."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from queue_server.payments.fen import Fen
from queue_server.payments.gateway import (
    Answer,
    BillLine,
    GatewaySilent,
    Notice,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundStanding,
    Standing,
)
from queue_server.payments.sandbox.bank import Bank, BankCode, BankRefused, Trade, TradeState
from queue_server.payments.terms import AttemptId

_STANDINGS = {
    TradeState.OPEN: Standing.WAITING,
    TradeState.TYPING: Standing.WAITING,
    TradeState.PAID: Standing.PAID,
    TradeState.CLOSED: Standing.CLOSED,
    TradeState.REVERSED: Standing.CLOSED,
    TradeState.DECLINED: Standing.CLOSED,
}


class BankGateway:
    """`Gateway` of a bank.

    Args:
        bank: where the money is.
        clock: the time.
        before: called before each call; may raise what keeps the call from being made.
        after: called after each call; may raise what loses its answer.
        must_type: tells whether the next patient has to type his password.
    """

    reverse_after_s = 15
    day_begins = timedelta(0)

    def __init__(
        self,
        bank: Bank,
        clock: Callable[[], datetime],
        *,
        before: Callable[[], None],
        after: Callable[[], None],
        must_type: Callable[[], bool],
    ) -> None:
        self.bank = bank
        self._clock = clock
        self._before = before
        self._after = after
        self._must_type = must_type

    def create(self, order: Order) -> Answer:
        return self._asked(lambda: self._create(order))

    def query(self, order: Order) -> Answer:
        return self._asked(lambda: answer_of(self.bank.trade(order.attempt, self._clock())))

    def close(self, order: Order) -> Answer:
        move = self.bank.reverse if order.is_scanned else self.bank.close
        return self._asked(lambda: answer_of(move(order.attempt, self._clock())))

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        def give_back() -> RefundAnswer:
            self.bank.refund(order.attempt, refund.number, refund.amount.fen, self._clock())
            return RefundAnswer(standing=RefundStanding.DONE)

        return self._asked_of_refund(give_back)

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        def look() -> RefundAnswer:
            trade = self.bank.trade(order.attempt, self._clock())
            is_there = refund.number in trade.refunds
            return RefundAnswer(standing=RefundStanding.DONE if is_there else RefundStanding.ABSENT)

        return self._asked_of_refund(look)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        return [
            BillLine(
                attempt=AttemptId(line.trade.number),
                transaction=line.trade.transaction,
                came=Fen(line.came_fen),
                went_back=Fen(line.went_back_fen),
                refund_no=line.refund_no,
            )
            for line in self.bank.lines(day_on, beijing)
        ]

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        raise AssertionError("callbacks come through the cashier's told()")

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        raise AssertionError("callbacks come through the cashier's told()")

    def _create(self, order: Order) -> Answer:
        now = self._clock()
        if not order.is_scanned:
            trade = self.bank.open_shown(
                order.attempt,
                order.amount.fen,
                now=now,
                expires_at=now + timedelta(hours=2),
                notify_url="",
            )
            return Answer(standing=Standing.WAITING, qr_text=trade.token)
        trade = self.bank.open_scanned(
            order.attempt,
            order.amount.fen,
            code=order.code,
            now=now,
            expires_at=now + timedelta(minutes=5),
            must_type=self._must_type(),
        )
        return answer_of(trade)

    def _asked(self, call: Callable[[], Answer]) -> Answer:
        self._before()
        try:
            answer = call()
        except BankRefused as refused:
            answer = _REFUSALS.get(refused.code) or Answer(
                standing=Standing.REFUSED, code=refused.code
            )
        self._after()
        return answer

    def _asked_of_refund(self, call: Callable[[], RefundAnswer]) -> RefundAnswer:
        self._before()
        try:
            answer = call()
        except BankRefused as refused:
            answer = RefundAnswer(standing=RefundStanding.REFUSED, code=refused.code)
        self._after()
        return answer


_REFUSALS = {
    BankCode.UNKNOWN: Answer(standing=Standing.ABSENT),
    BankCode.STILL_TYPING: Answer(standing=Standing.WAITING),
    BankCode.ALREADY_PAID: Answer(standing=Standing.WAITING),
    BankCode.NUMBER_USED: Answer(standing=Standing.SILENT),
}


def answer_of(trade: Trade) -> Answer:
    return Answer(
        standing=_STANDINGS[trade.state],
        paid=Fen(trade.paid_fen),
        transaction=trade.transaction,
    )


def beijing(at: datetime) -> datetime:
    return at + timedelta(hours=8)


def lost() -> None:
    raise GatewaySilent
