"""The daily bill of a gateway against the books: every difference, with what to do about it.

Pure. A difference is no verdict on the gateway: where asking it again settles the matter, that is
what is advised, and the cashier can do it by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen, total
from queue_server.payments.gateway import BillLine
from queue_server.payments.terms import AttemptId, AttemptState, Channel

MIDNIGHT_MARGIN: Final = timedelta(minutes=15)
"""What we heard of so close to midnight may stand in the bill of the day beside."""

_OPEN: Final = frozenset(
    {
        AttemptState.UNKNOWN,
        AttemptState.CLOSING,
        AttemptState.PAID,
        AttemptState.LATE_PAID,
        AttemptState.REFUNDING,
        AttemptState.PART_REFUNDING,
    }
)


class DifferenceKind(StrEnum):
    """What does not agree."""

    NOT_OURS = "not_ours"
    """The gateway has a payment that was never begun here."""
    NOT_IN_BOOKS = "not_in_books"
    """The gateway has money of an attempt that the books say is not paid."""
    NOT_AT_GATEWAY = "not_at_gateway"
    """The books have money that the gateway does not have."""
    AMOUNT = "amount"
    """Both have money, but not as much."""
    REFUND_NOT_IN_BOOKS = "refund_not_in_books"
    REFUND_NOT_AT_GATEWAY = "refund_not_at_gateway"
    REVIEW = "review"
    """The books themselves ask for a person."""
    STILL_OPEN = "still_open"
    """Not settled by the time of the comparison."""


_KIND = DifferenceKind
ADVICE: Final[Mapping[DifferenceKind, tuple[str, str]]] = {
    _KIND.NOT_OURS: (
        "核对是否为其他系统或窗口的收款；确认无业务后在商户平台原路退款。",
        (
            "See whether another system or a desk took it;"
            " if nobody did, refund it on the gateway's merchant page."
        ),
    ),
    _KIND.NOT_IN_BOOKS: (
        "系统会再次查询，确认已付则自动入账或退款；次日仍在表中请人工退款。",
        (
            "It is asked about again and booked or refunded by itself;"
            " if it is still here tomorrow, refund it by hand."
        ),
    ),
    _KIND.NOT_AT_GATEWAY: (
        "暂缓后续服务，在商户平台按单号查询；确认未收款请联系患者补缴。",
        (
            "Look the number up on the gateway's merchant page;"
            " if no money came, ask the patient to pay."
        ),
    ),
    _KIND.AMOUNT: (
        "按渠道账单金额核对，多收退差额，少收联系患者补缴。",
        "The gateway's amount counts: give back what is too much, ask for what is missing.",
    ),
    _KIND.REFUND_NOT_IN_BOOKS: (
        "核对是谁在商户平台退款，并在院内系统补做退费。",
        "Find out who refunded it on the merchant page, and take the payment back here as well.",
    ),
    _KIND.REFUND_NOT_AT_GATEWAY: (
        "在商户平台按退款单号查询，未到账则重新发起退款。",
        "Look the refund up on the gateway's merchant page; if it is not there, refund it again.",
    ),
    _KIND.REVIEW: (
        "金额不符或退款被拒，请人工处理后登记。",
        "The amount differs or a refund was refused: settle it by hand.",
    ),
    _KIND.STILL_OPEN: (
        "仍在处理，系统会继续查询；次日仍在表中请联系渠道客服。",
        "Still under way and asked about; if it is here tomorrow, call the gateway's service.",
    ),
}
"""By kind: what to do, in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that does not agree."""

    kind: DifferenceKind
    channel: Channel
    attempt: AttemptId
    transaction: str
    state: AttemptState | None
    """None: the books do not know it."""
    books_fen: int
    """What the books have of it: money that came, less what went back."""
    gateway_fen: int
    """The same by the gateway's bill of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A day of a channel, compared."""

    channel: Channel
    gateway_came: Fen
    gateway_went_back: Fen
    differences: tuple[Difference, ...]

    @property
    def asked_again(self) -> tuple[AttemptId, ...]:
        """The attempts that the cashier should ask the gateway about again."""
        kinds = (DifferenceKind.NOT_IN_BOOKS, DifferenceKind.STILL_OPEN)
        return tuple(one.attempt for one in self.differences if one.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A calendar day of a gateway, as instants."""

    starts_at: datetime
    ends_at: datetime

    def surely_has(self, at: datetime | None) -> bool:
        """Tell whether an instant is of this day and not of the one beside by any clock."""
        return at is not None and (
            self.starts_at + MIDNIGHT_MARGIN <= at < self.ends_at - MIDNIGHT_MARGIN
        )


def reconcile(
    channel: Channel,
    attempts: Iterable[Attempt],
    lines: Sequence[BillLine],
    span: DaySpan,
) -> Reconciliation:
    """Compare what the books know with a gateway's bill of a day.

    Args:
        channel: whose bill it is.
        attempts: of the day, of the day before and of the days since, as they are now.
        lines: the bill.
        span: the day of the bill.
    """
    mine = {attempt.id: attempt for attempt in attempts if attempt.channel is channel}
    by_attempt: dict[AttemptId, list[BillLine]] = {}
    for line in lines:
        by_attempt.setdefault(line.attempt, []).append(line)
    found = [
        _difference(channel, attempt_id, mine.get(attempt_id), by_attempt.get(attempt_id, []), span)
        for attempt_id in dict.fromkeys([*by_attempt, *mine])
    ]
    return Reconciliation(
        channel=channel,
        gateway_came=total(line.came for line in lines),
        gateway_went_back=total(line.went_back for line in lines),
        differences=tuple(one for one in found if one is not None),
    )


def _difference(
    channel: Channel,
    attempt_id: AttemptId,
    attempt: Attempt | None,
    lines: Sequence[BillLine],
    span: DaySpan,
) -> Difference | None:
    came = total(line.came for line in lines)
    went_back = total(line.went_back for line in lines)
    kind = DifferenceKind.NOT_OURS if attempt is None else _kind(attempt, lines, span)
    if kind is None:
        return None
    return Difference(
        kind=kind,
        channel=channel,
        attempt=attempt_id,
        transaction=lines[0].transaction
        if lines
        else ""
        if attempt is None
        else attempt.transaction,
        state=None if attempt is None else attempt.state,
        books_fen=0 if attempt is None else attempt.kept.fen,
        gateway_fen=came.fen - went_back.fen,
    )


def _kind(attempt: Attempt, lines: Sequence[BillLine], span: DaySpan) -> DifferenceKind | None:
    """Return the first thing that does not agree about an attempt of ours; None: all agrees."""
    came = total(line.came for line in lines)
    went_back = total(line.went_back for line in lines)
    ours = {one.number: one.amount for one in attempt.refunds}
    theirs = {line.refund_no: line.went_back for line in lines if line.went_back}
    is_paid = bool(attempt.paid)
    checks = (
        (attempt.state is AttemptState.REVIEW, _KIND.REVIEW),
        (not is_paid and came != went_back, _KIND.NOT_IN_BOOKS),
        (is_paid and came and came != attempt.paid, _KIND.AMOUNT),
        (is_paid and not came and span.surely_has(attempt.paid_at), _KIND.NOT_AT_GATEWAY),
        (attempt.state in _OPEN, _KIND.STILL_OPEN),
        (is_paid and not theirs.items() <= ours.items(), _KIND.REFUND_NOT_IN_BOOKS),
        (
            any(one.number not in theirs and span.surely_has(one.at) for one in attempt.refunds),
            _KIND.REFUND_NOT_AT_GATEWAY,
        ),
    )
    return next((kind for is_so, kind in checks if is_so), None)
