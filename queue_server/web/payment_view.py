"""What the cashier's page shows: payments, sums, and what does not agree. No full names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from queue_server.payments.attempt import Attempt
from queue_server.payments.cash_box import CashBox
from queue_server.payments.cash_reconciliation import CashDay
from queue_server.payments.fen import total
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt, in_groups, valid_receipt
from queue_server.payments.reconciliation import ADVICE, Difference, DifferenceKind, Reconciliation
from queue_server.payments.reconciliation_csv import yuan
from queue_server.payments.terms import AttemptId, AttemptState
from queue_server.rules.terms import PatientId
from queue_server.web.cash_view import (
    BoxCountRow,
    BoxRow,
    KeptRow,
    box_count_row,
    box_row,
    kept_row,
)
from queue_server.web.claim_view import ClaimRow
from queue_server.web.deferral_view import NOTHING_PUT_OFF, PutOffView

_STATE: Final = AttemptState
_TO_LOOK_AT: Final = frozenset(
    {_STATE.REVIEW, _STATE.REFUNDING, _STATE.PART_REFUNDING, _STATE.LATE_PAID}
)
_REFUSED_ZH: Final = "渠道拒绝部分退款（{code}），原支付不变：请核对商户余额或改为全额退款。"
_REFUSED_EN: Final = (
    "The gateway refused to give a part back ({code}); all of it stays paid."
    " See the merchant's balance, or give all of it back."
)
_CAN_BE_REFUNDED: Final = frozenset({_STATE.FULFILLED, _STATE.REVIEW})
SHOWN_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnableRow:
    """A charge that is paid, of which money may go back."""

    charge: str
    name_zh: str
    name_en: str
    left: str
    """What is left of it, in yuan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """One attempt. Amounts are texts in yuan with two decimals."""

    attempt: str
    opened_at: str
    masked_name: str
    """Empty if the patient is not known today."""
    channel: str
    is_scanned: bool
    state: str
    amount: str
    paid: str
    refunded: str
    transaction: str
    receipt: str
    """The number of its receipt as people read it; empty: it has none."""
    official: str
    """The finance platform's number of it; empty: it has none."""
    reversal: str
    """The number of what has taken it back; empty: nothing has."""
    receipt_state: str
    """`open` while the finance platform has not numbered it, `refused` if it will not; or empty."""
    receipt_refusal: str
    items_zh: str
    items_en: str
    is_to_look_at: bool
    """Whether a person has to do something, or money is on its way back."""
    can_be_refunded: bool
    kept: str
    """What is left to give back."""
    returnable: list[ReturnableRow]
    """The charges of which a part may go back; none: only all of the payment."""
    advice_zh: str
    advice_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsView:
    """The payments of the running day, what has to be looked at first."""

    came: str
    went_back: str
    rows: list[PaymentRow]
    more_count: int
    """How many older ones are not shown."""
    kept: list[KeptRow]
    boxes: list[BoxRow]
    put_off: PutOffView
    claims: list[ClaimRow]
    """Insurance settlements that need a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BesidePayments:
    """What the page shows beside the payments of the day."""

    boxes: Sequence[CashBox] = ()
    """Those of the kiosks."""
    put_off: PutOffView = NOTHING_PUT_OFF
    """What patients pay later."""
    claims: Sequence[ClaimRow] = ()
    """Insurance settlements that need a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One thing that does not agree, with what to do."""

    channel: str
    kind: str
    attempt: str
    transaction: str
    books: str
    gateway: str
    advice_zh: str
    advice_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationView:
    """The comparison of a day."""

    day_on: str
    is_there: bool
    """Whether the gateways' bills can be had yet: from 10:00 of the next day."""
    came: str = "0.00"
    went_back: str = "0.00"
    differences: list[DifferenceRow] = field(default_factory=list)
    cash_came: str = "0.00"
    cash_handed_out: str = "0.00"
    cash_kept: str = "0.00"
    boxes: list[BoxCountRow] = field(default_factory=list)


def payments_view(
    attempts: Sequence[Attempt],
    charges_of: Callable[[Attempt], Sequence[Charge]],
    receipts_of: Callable[[AttemptId], Sequence[Receipt]],
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
    *,
    beside: BesidePayments,
) -> PaymentsView:
    """Return the page's view of attempts.

    Args:
        attempts: those of the running day.
        charges_of: what an attempt pays.
        receipts_of: its receipt, and what has taken that back.
        name_of: the masked name of a patient.
        local: an instant in the site's time.
        beside: what is shown with them.
    """
    latest = sorted(attempts, key=lambda one: one.opened_at, reverse=True)
    latest.sort(key=lambda one: one.state not in _TO_LOOK_AT)
    return PaymentsView(
        came=str(total(one.paid for one in attempts)),
        went_back=str(total(one.refunded for one in attempts)),
        rows=[
            _row(one, charges_of(one), receipts_of(one.id), name_of, local)
            for one in latest[:SHOWN_MAX]
        ],
        kept=[kept_row(one, name_of, local) for one in attempts if one.held],
        boxes=[box_row(one) for one in beside.boxes],
        put_off=beside.put_off,
        claims=list(beside.claims),
        more_count=max(0, len(latest) - SHOWN_MAX),
    )


def reconciliation_view(
    day_on: str,
    found: Sequence[Reconciliation] | None,
    cash: CashDay,
    local: Callable[[datetime], datetime],
) -> ReconciliationView:
    """Return the page's view of a comparison.

    Args:
        day_on: the day.
        found: what the gateways' bills say; None: they can't be had yet.
        cash: what the boxes say, which can be had at any time.
        local: an instant in the site's time.
    """
    compared = found or ()
    return ReconciliationView(
        day_on=day_on,
        is_there=found is not None,
        came=yuan(sum(one.gateway_came.fen for one in compared)),
        went_back=yuan(sum(one.gateway_went_back.fen for one in compared)),
        differences=[_difference(one) for each in compared for one in each.differences],
        cash_came=str(cash.came),
        cash_handed_out=str(cash.handed_out),
        cash_kept=str(cash.kept),
        boxes=[box_count_row(one, local) for one in cash.boxes],
    )


def _row(
    attempt: Attempt,
    charges: Sequence[Charge],
    receipts: Sequence[Receipt],
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
) -> PaymentRow:
    advice_zh, advice_en = _advice(attempt)
    return PaymentRow(
        attempt=attempt.id,
        opened_at=f"{local(attempt.opened_at):%m-%d %H:%M:%S}",
        masked_name=name_of(charges[0].patient) if charges else "",
        channel=attempt.channel.value,
        is_scanned=attempt.is_scanned,
        state=attempt.state.value,
        amount=str(attempt.amount),
        paid=str(attempt.paid),
        refunded=str(attempt.refunded),
        transaction=attempt.transaction,
        **_receipt_cells(receipts),
        items_zh="、".join(one.name_zh for one in charges),
        items_en=", ".join(one.name_en for one in charges),
        is_to_look_at=attempt.state in _TO_LOOK_AT,
        can_be_refunded=attempt.state in _CAN_BE_REFUNDED and bool(attempt.kept),
        kept=str(attempt.kept),
        returnable=_returnable(attempt, receipts),
        advice_zh=advice_zh,
        advice_en=advice_en,
    )


def _advice(attempt: Attempt) -> tuple[str, str]:
    if attempt.state is _STATE.REVIEW:
        return ADVICE[DifferenceKind.REVIEW]
    if attempt.state is _STATE.FULFILLED and attempt.refusal:
        code = attempt.refusal
        return _REFUSED_ZH.format(code=code), _REFUSED_EN.format(code=code)
    return "", ""


def _returnable(attempt: Attempt, receipts: Sequence[Receipt]) -> list[ReturnableRow]:
    valid = valid_receipt(receipts)
    if attempt.state is not _STATE.FULFILLED or valid is None:
        return []
    return [
        ReturnableRow(
            charge=one.id, name_zh=one.name_zh, name_en=one.name_en, left=str(one.self_pay)
        )
        for one in valid.charges
        if one.self_pay
    ]


def _receipt_cells(receipts: Sequence[Receipt]) -> dict[str, str]:
    own = next((one for one in reversed(receipts) if one.reverses is None), None)
    reversal = next((one for one in reversed(receipts) if one.reverses is not None), None)
    registration = None if own is None else own.registration
    waiting = next((one for one in receipts if one.is_open), None)
    refusal = "" if waiting is None else waiting.refusal
    return {
        "receipt": "" if own is None else in_groups(own.number),
        "official": "" if registration is None else f"{registration.code} {registration.number}",
        "reversal": "" if reversal is None else in_groups(reversal.number),
        "receipt_state": "refused" if refusal else "" if waiting is None else "open",
        "receipt_refusal": refusal,
    }


def _difference(one: Difference) -> DifferenceRow:
    advice_zh, advice_en = ADVICE[one.kind]
    return DifferenceRow(
        channel=one.channel.value,
        kind=one.kind.value,
        attempt=one.attempt,
        transaction=one.transaction,
        books=yuan(one.books_fen),
        gateway=yuan(one.gateway_fen),
        advice_zh=advice_zh,
        advice_en=advice_en,
    )
