"""The money behind the sandbox: payments, what patients do with them, refunds, the day's lines.

It keeps the real providers' rules as far as they matter, in neutral words; the dialects of WeChat
Pay and Alipay are spoken by `wechat_api.py` and `alipay_api.py`. No clock: the time comes in.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class TradeState(StrEnum):
    """Where a payment is."""

    OPEN = "open"
    """Waits for the patient."""
    TYPING = "typing"
    """The patient types his password after his code was scanned."""
    PAID = "paid"
    CLOSED = "closed"
    REVERSED = "reversed"
    """Taken back; what had been paid was given back."""
    DECLINED = "declined"


class BankCode(StrEnum):
    """Why the bank refuses."""

    UNKNOWN = "unknown"
    NUMBER_USED = "number_used"
    ALREADY_PAID = "already_paid"
    ALREADY_CLOSED = "already_closed"
    CODE_USED = "code_used"
    STILL_TYPING = "still_typing"
    TOO_MUCH = "too_much"


class BankRefused(Exception):
    """The bank does not do that, for certain."""

    def __init__(self, code: BankCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True, kw_only=True)
class Trade:
    """One payment."""

    number: str
    """The merchant's number."""
    fen: int
    token: str
    """Stands in the QR code."""
    opened_at: datetime
    expires_at: datetime
    notify_url: str = ""
    """Told when it is paid; empty: nobody."""
    is_scanned_code: bool = False
    is_seen: bool = False
    """Whether the patient has scanned the QR code."""
    state: TradeState = TradeState.OPEN
    may_be_paid_when_closed: bool = False
    """A fault: the close was answered, and the patient pays all the same."""
    paid_fen: int = 0
    transaction: str = ""
    paid_at: datetime | None = None
    refunds: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    @property
    def refunded_fen(self) -> int:
        """What went back."""
        return sum(fen for fen, _ in self.refunds.values())

    @property
    def kept_fen(self) -> int:
        """What the hospital has of it."""
        return self.paid_fen - self.refunded_fen


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One movement of money."""

    trade: Trade
    at: datetime
    came_fen: int = 0
    went_back_fen: int = 0
    refund_no: str = ""


class Bank:
    """The payments of one merchant.

    Args:
        new_id: gives a text of digits and letters that was never given before.
    """

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self.trades: dict[str, Trade] = {}
        self._used_codes: set[str] = set()

    # --- what the merchant asks ------------------------------------------------------------------

    def open_shown(
        self, number: str, fen: int, *, now: datetime, expires_at: datetime, notify_url: str
    ) -> Trade:
        """Open a payment for a QR code; the same number and amount give the same payment."""
        known = self.trades.get(number)
        if known is not None:
            self._expire(known, now)
            if known.state is TradeState.PAID:
                raise BankRefused(BankCode.ALREADY_PAID)
            if known.fen != fen or known.state is not TradeState.OPEN or known.is_scanned_code:
                raise BankRefused(BankCode.NUMBER_USED)
            return known
        trade = Trade(
            number=number,
            fen=fen,
            token=self._new_id(),
            opened_at=now,
            expires_at=expires_at,
            notify_url=notify_url,
        )
        self.trades[number] = trade
        return trade

    def open_scanned(  # what the bank is told of a scanned code
        self,
        number: str,
        fen: int,
        *,
        code: str,
        now: datetime,
        expires_at: datetime,
        must_type: bool,
    ) -> Trade:
        """Take money by the code that a patient has shown; he may have to type his password."""
        if number in self.trades:
            raise BankRefused(BankCode.NUMBER_USED)
        if code in self._used_codes:
            raise BankRefused(BankCode.CODE_USED)
        self._used_codes.add(code)
        trade = Trade(
            number=number,
            fen=fen,
            token=self._new_id(),
            opened_at=now,
            expires_at=expires_at,
            is_scanned_code=True,
            is_seen=True,
            state=TradeState.TYPING,
        )
        self.trades[number] = trade
        if not must_type:
            self.pay(number, now)
        return trade

    def trade(self, number: str, now: datetime) -> Trade:
        """Return a payment as it is by now."""
        trade = self.trades.get(number)
        if trade is None:
            raise BankRefused(BankCode.UNKNOWN)
        self._expire(trade, now)
        return trade

    def close(self, number: str, now: datetime) -> Trade:
        """Let nobody pay any more."""
        trade = self.trade(number, now)
        if trade.state is TradeState.PAID:
            raise BankRefused(BankCode.ALREADY_PAID)
        if trade.state is TradeState.TYPING:
            raise BankRefused(BankCode.STILL_TYPING)
        if trade.state is TradeState.OPEN:
            trade.state = TradeState.CLOSED
        return trade

    def reverse(self, number: str, now: datetime) -> Trade:
        """Let nobody pay any more, and give back what was paid."""
        trade = self.trade(number, now)
        if trade.state is TradeState.TYPING:
            raise BankRefused(BankCode.STILL_TYPING)
        if trade.state is TradeState.PAID and trade.kept_fen:
            trade.refunds[f"{number}-reversed"] = (trade.kept_fen, now)
        trade.state = TradeState.REVERSED
        return trade

    def refund(self, number: str, refund_no: str, fen: int, now: datetime) -> Trade:
        """Give money back; the same refund number gives back once."""
        trade = self.trade(number, now)
        if refund_no in trade.refunds:
            return trade
        if fen > trade.kept_fen:
            raise BankRefused(BankCode.TOO_MUCH)
        trade.refunds[refund_no] = (fen, now)
        return trade

    def lines(self, day_on: date, zone_of: Callable[[datetime], datetime]) -> Iterator[BankLine]:
        """Yield the movements of money of a calendar day, by the clock that `zone_of` gives."""
        for trade in self.trades.values():
            if trade.paid_at is not None and zone_of(trade.paid_at).date() == day_on:
                yield BankLine(trade=trade, at=trade.paid_at, came_fen=trade.paid_fen)
            for refund_no, (fen, at) in trade.refunds.items():
                if zone_of(at).date() == day_on:
                    yield BankLine(trade=trade, at=at, went_back_fen=fen, refund_no=refund_no)

    # --- what the patient does -------------------------------------------------------------------

    def by_token(self, token: str) -> Trade | None:
        """Return the payment whose QR code was scanned."""
        return next((trade for trade in self.trades.values() if trade.token == token), None)

    def pay(self, number: str, now: datetime, *, fen: int | None = None) -> Trade:
        """Pay, by default what is asked for."""
        trade = self.trade(number, now)
        is_late = trade.state is TradeState.CLOSED and trade.may_be_paid_when_closed
        if trade.state not in (TradeState.OPEN, TradeState.TYPING) and not is_late:
            raise BankRefused(
                BankCode.ALREADY_PAID if trade.state is TradeState.PAID else BankCode.ALREADY_CLOSED
            )
        trade.state = TradeState.PAID
        trade.is_seen = True
        trade.paid_fen = trade.fen if fen is None else fen
        trade.transaction = f"T{self._new_id()}"
        trade.paid_at = now
        return trade

    def decline(self, number: str, now: datetime) -> Trade:
        """Put the wallet away: a scanned code is not paid, a QR code may still be."""
        trade = self.trade(number, now)
        if trade.state is TradeState.TYPING:
            trade.state = TradeState.DECLINED
        return trade

    def _expire(self, trade: Trade, now: datetime) -> None:
        if now < trade.expires_at:
            return
        if trade.state is TradeState.OPEN:
            trade.state = TradeState.CLOSED
        elif trade.state is TradeState.TYPING:
            trade.state = TradeState.DECLINED
