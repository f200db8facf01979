"""Money as a device sees it: pure, from the cashier's words into those of the contract."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from queue_server.contract.payments import (
    LAST_PAYMENT_S,
    CashIn,
    Owed,
    OwedItem,
    OwedSheet,
    Payment,
    PaymentState,
)
from queue_server.payments.attempt import Attempt
from queue_server.payments.deposit import NAME_EN, NAME_ZH
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt
from queue_server.payments.terms import AttemptState, Channel, SheetId
from queue_server.records.sheets import Sheet
from queue_server.service.deferral_desk import PutOff
from queue_server.service.receipt_view import ReceiptChecks, receipt_message

NUMBER_WITHIN: Final = timedelta(seconds=8)
"""So long a patient waits for a number of the finance platform."""
_TOLD_AS: Final = {
    AttemptState.NEW: PaymentState.CREATING,
    AttemptState.LATE_PAID: PaymentState.REFUNDING,
    AttemptState.PART_REFUNDING: PaymentState.FULFILLED,
}
"""The states that a patient knows under another name."""
_NOT_PAID: Final = frozenset({AttemptState.CLOSED, AttemptState.FAILED})
_OVER: Final = frozenset(
    {AttemptState.FULFILLED, AttemptState.PART_REFUNDING, AttemptState.REFUNDED}
)
_MAY_PAY: Final = frozenset({AttemptState.NEW, AttemptState.CREATING, AttemptState.WAITING})


def payment_of(
    attempt: Attempt,
    charges: Iterable[Charge],
    receipt: Receipt | None,
    checks: ReceiptChecks,
    now: datetime,
    *,
    change_max: Fen = NOTHING,
) -> Payment:
    """Return what a device is told of an attempt that pays `charges`.

    Whoever waits for a number of the finance platform is told for a while that it is being booked:
    then it stands on his slip.
    """
    left_s = int((attempt.expires_at - now).total_seconds()) if attempt.state in _MAY_PAY else 0
    return Payment(
        payment_id=attempt.id,
        channel=attempt.channel.value,
        is_scanned=attempt.is_scanned,
        sheet_ids=sheet_ids_of(charges),
        amount_fen=attempt.amount.fen,
        state=_state(attempt, receipt, now),
        changed_at=attempt.changed_at,
        qr_text=attempt.qr_text if attempt.state is AttemptState.WAITING else "",
        seconds_left=max(0, left_s),
        paid_at=attempt.paid_at,
        receipt=None if receipt is None else receipt_message(receipt, checks),
        cash=_cash_in(attempt, change_max),
    )


def _cash_in(attempt: Attempt, change_max: Fen) -> CashIn | None:
    if attempt.change_goes is None:
        return None
    return CashIn(
        in_fen=attempt.cash_in.fen,
        credit_fen=attempt.credit.fen,
        kept_fen=attempt.held.fen,
        change_goes=attempt.change_goes.value,
        change_max_fen=change_max.fen,
    )


def _state(attempt: Attempt, receipt: Receipt | None, now: datetime) -> PaymentState:
    is_waited_for = (
        attempt.state is AttemptState.FULFILLED
        and receipt is not None
        and receipt.is_open
        and now - receipt.issued_at < NUMBER_WITHIN
    )
    if is_waited_for:
        return PaymentState.PAID
    return _TOLD_AS.get(attempt.state) or PaymentState(attempt.state.value)


def sheet_ids_of(charges: Iterable[Charge]) -> list[str]:
    """Return the sheets that charges stand on, each once."""
    return list(dict.fromkeys(charge.sheet for charge in charges if charge.sheet is not None))


def owed_of(
    sheets: Sequence[Sheet],
    taken: Iterable[SheetId],
    channels: Iterable[Channel],
    last: tuple[Payment | None, list[OwedSheet]],
    credit: Fen,
    *,
    put_off: PutOff,
    takes_insurance_code: bool,
) -> Owed:
    """Return what a patient may pay now, and what became of his last payment.

    Args:
        sheets: all that the hospital has of him.
        taken: those that are paid or being paid.
        channels: whom it may be paid through.
        last: his last payment, and what it pays.
        credit: what is kept for him, and counted in when he pays in cash.
        put_off: what he pays later, and whether he may put off more.
        takes_insurance_code: whether insurance codes are settled here.
    """
    not_open = set(taken)
    return Owed(
        sheets=[
            _owed_sheet(one, put_off.due_on.get(one.id))
            for one in sheets
            if not one.is_paid and one.id not in not_open and self_pay_fen([one])
        ],
        channels=[channel.value for channel in channels],
        payment=last[0],
        credit_fen=credit.fen,
        payment_sheets=last[1],
        pay_later=put_off.pay_later,
        takes_insurance_code=takes_insurance_code,
    )


def paid_sheets(sheets: Iterable[Sheet], charges: Sequence[Charge]) -> list[OwedSheet]:
    """Return what a payment of `charges` pays: sheets of the patient, a top-up, or copies."""
    if any(charge.is_deposit for charge in charges):
        return [top_up_sheet(charges)]
    copies = [charge for charge in charges if charge.is_copy]
    if copies:
        return [copy_sheet(charge) for charge in copies]
    paid = {charge.sheet for charge in charges}
    return [_owed_sheet(one) for one in sheets if one.id in paid]


def self_pay_fen(sheets: Iterable[Sheet]) -> int:
    """Return what the patient pays for sheets."""
    return total(charge.self_pay for sheet in sheets for charge in sheet.charges).fen


def last_to_tell(attempts: Sequence[Attempt], now: datetime) -> Attempt | None:
    """Return the last attempt, if its outcome is open or the patient may not have heard of it."""
    last = max(attempts, key=lambda one: one.opened_at, default=None)
    if last is None or last.state in _NOT_PAID:
        return None
    age_s = (now - last.changed_at).total_seconds()
    return None if last.state in _OVER and age_s > LAST_PAYMENT_S else last


def _owed_sheet(sheet: Sheet, due_on: date | None = None) -> OwedSheet:
    return OwedSheet(
        sheet_id=sheet.id,
        title_zh=sheet.name_zh,
        title_en=sheet.name_en,
        next_zh=sheet.next_zh,
        next_en=sheet.next_en,
        items=[owed_item(charge) for charge in sheet.charges],
        due_on=None if due_on is None else due_on.isoformat(),
    )


def owed_item(charge: Charge) -> OwedItem:
    """Return a charge as a device sees it."""
    return OwedItem(
        title_zh=charge.name_zh,
        title_en=charge.name_en,
        quantity=charge.quantity,
        unit_zh=charge.unit_zh,
        unit_en=charge.unit_en,
        self_pay_fen=charge.self_pay.fen,
        insurance_fen=charge.insurance.fen,
    )


def top_up_sheet(charges: Sequence[Charge]) -> OwedSheet:
    """Return a top-up as a sheet; without a charge: what any of them is called."""
    return OwedSheet(
        sheet_id=next((one.sheet for one in charges if one.sheet is not None), "deposit"),
        title_zh=NAME_ZH,
        title_en=NAME_EN,
        next_zh="不必再办手续，余额可在自助机查询",
        next_en="nothing more to do; any kiosk shows the balance",
        items=[owed_item(charge) for charge in charges],
        is_deposit=True,
    )


def copy_sheet(charge: Charge) -> OwedSheet:
    """Return a further copy of a report as a sheet."""
    return OwedSheet(
        sheet_id=charge.id,
        title_zh=charge.name_zh,
        title_en=charge.name_en,
        next_zh="请打印报告；没有打印出来，不必再付费",
        next_en="print it; if it does not come out, you need not pay again",
        items=[owed_item(charge)],
        is_copy=True,
    )
