"""Receipts as a device sees them: pure, from the cashier's words into those of the contract."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queue_server.contract.payments import Receipt as ReceiptMessage
from queue_server.contract.receipt_messages import (
    RECEIPTS_LISTED_MAX,
    ListedReceipt,
    ReceiptState,
)
from queue_server.payments.receipt import Receipt, day_of, in_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChecks:
    """How a receipt is verified; both may be made for any receipt."""

    code: Callable[[Receipt], str]
    address: Callable[[Receipt], str]


def receipt_message(receipt: Receipt, checks: ReceiptChecks) -> ReceiptMessage:
    """Return what stands on slip and screen of a receipt."""
    registration = receipt.registration
    return ReceiptMessage(
        receipt_id=receipt.number,
        code="" if registration is None else registration.code,
        number=in_groups(receipt.number) if registration is None else registration.number,
        check_code=checks.code(receipt),
        check_address=checks.address(receipt),
        is_pending=receipt.is_open,
    )


def listed(receipts: Sequence[Receipt], checks: ReceiptChecks) -> list[ListedReceipt]:
    """Return a patient's receipts, the latest first, as a device is told of them."""
    voided = {one.reverses for one in receipts}
    return [
        _line(one, checks, is_voided=one.number in voided) for one in receipts[:RECEIPTS_LISTED_MAX]
    ]


def _line(receipt: Receipt, checks: ReceiptChecks, *, is_voided: bool) -> ListedReceipt:
    state = ReceiptState.VOIDED if is_voided else ReceiptState.VALID
    if receipt.reverses is not None:
        state = ReceiptState.REVERSING
    first = receipt.charges[0]
    return ListedReceipt(
        receipt=receipt_message(receipt, checks),
        state=state,
        amount_fen=receipt.amount.fen,
        day_on=f"{day_of(receipt.number)}",
        issued_at=receipt.issued_at,
        channel=receipt.channel.value,
        title_zh=first.name_zh,
        title_en=first.name_en,
        item_count=len(receipt.charges),
    )
