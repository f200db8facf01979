"""The port `Gateway`: whoever moves the money, and what he can answer.

An adapter translates one provider's words into these. It raises `GatewaySilent` for whatever is
no answer: a time-out, a server error, a signature that is not his. Silence is never a refusal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.terms import AttemptId


class Standing(StrEnum):
    """How a payment stands at the gateway."""

    WAITING = "waiting"
    """It may still be paid."""
    PAID = "paid"
    CLOSED = "closed"
    """Nobody can pay it any more."""
    ABSENT = "absent"
    """The gateway does not know it, or not yet."""
    REFUSED = "refused"
    """The gateway did not take it on, for certain."""
    SILENT = "silent"
    """No answer that counts."""


class RefundStanding(StrEnum):
    """How a refund stands at the gateway."""

    DONE = "done"
    RUNNING = "running"
    ABSENT = "absent"
    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a gateway is asked about."""

    attempt: AttemptId
    amount: Fen
    title: str
    """Seen by the patient in his wallet, and by the provider: no names, nothing medical."""
    opened_at: datetime
    expires_at: datetime
    is_scanned: bool
    cash_in: Fen = NOTHING
    """What has come in for it in cash, while it may still be paid."""
    code: str = field(default="", repr=False)
    """The payment code that the patient has shown, once, to create it; never kept or logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """What a gateway is to give back of a payment, or is asked about."""

    number: str
    """The same number gives back once."""
    amount: Fen
    paid: Fen
    """All that was paid."""
    asked_at: datetime
    """When it was asked for first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a gateway says of a payment."""

    standing: Standing
    qr_text: str = ""
    paid: Fen = NOTHING
    transaction: str = ""
    code: str = ""
    """The gateway's own word for a refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """What a gateway says of a refund."""

    standing: RefundStanding
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a gateway's daily bill: money that came, or went back."""

    attempt: AttemptId
    transaction: str
    came: Fen = NOTHING
    went_back: Fen = NOTHING
    refund_no: str = ""
    """Our number of what went back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A callback whose signature and age are right: what it says, and its number."""

    notice_id: str
    attempt: AttemptId
    answer: Answer


class NoticeFault(StrEnum):
    """Why a callback changes nothing."""

    FORGED = "forged"
    """No signature of the gateway, or a wrong one."""
    STALE = "stale"
    """Signed too long ago, or in the future."""
    OTHER_MERCHANT = "other_merchant"
    """Rightly signed, and meant for somebody else."""
    NO_PAYMENT = "no_payment"
    """Rightly signed, and not about money that came."""
    UNREADABLE = "unreadable"


class NoticeRefused(Exception):
    """A callback that must change nothing."""

    def __init__(self, fault: NoticeFault) -> None:
        super().__init__(fault)
        self.fault = fault


class GatewaySilent(Exception):
    """The gateway gave no answer that counts; it may have done what it was asked."""


class Gateway(Protocol):
    """One provider. All methods may block for seconds and may be called by several threads."""

    reverse_after_s: int
    """A scanned payment may be taken back so many seconds after it began, not before."""
    day_begins: timedelta
    """When the day of its bill begins, from midnight in Beijing."""

    def create(self, order: Order) -> Answer:
        """Begin a payment: with a QR code for the kiosk, or by the code that was scanned.

        Raises:
            GatewaySilent: it may exist now, or not.
        """

    def query(self, order: Order) -> Answer:
        """Ask how a payment stands.

        Raises:
            GatewaySilent: no answer.
        """

    def close(self, order: Order) -> Answer:
        """See to it that nobody can pay any more; of a scanned payment any money goes back.

        Raises:
            GatewaySilent: it may be closed now, or not.
        """

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Give back all that was paid, or a part of it; the same number gives back once.

        Raises:
            GatewaySilent: it may be given back now, or not.
        """

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Ask how a refund stands.

        Raises:
            GatewaySilent: no answer.
        """

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return what the gateway says of all payments of a calendar day at the site.

        Raises:
            GatewaySilent: no answer; a bill is there from 10:00 of the next day.
        """

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Check a callback's signature, age and merchant, and read it.

        Raises:
            NoticeRefused: it must change nothing.
        """

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return status, content type and body with which a callback is answered."""
