"""What travels when a patient has his receipts printed: numbers, amounts and what they are for.

A receipt itself never does: as with a report, the reply (`report_released`) names a document that
the kiosk fetches from the server by HTTP, once.
"""

from enum import StrEnum

from queue_server.contract.message import DayText, Id, Instant, Message, ShortText
from queue_server.contract.payments import FenAmount, Receipt


class ReceiptState(StrEnum):
    """How a receipt stands, as the patient is told."""

    VALID = "valid"
    """It counts."""
    VOIDED = "voided"
    """The money was given back: another receipt has taken it back."""
    REVERSING = "reversing"
    """It takes another one back."""


class ListReceipts(Message, frozen=True, kw_only=True, tag="list_receipts"):
    """The identified patient asks for his receipts."""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""


class PrintReceipt(Message, frozen=True, kw_only=True, tag="print_receipt"):
    """The identified patient wants a receipt on paper; answered by `report_released`."""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    receipt_id: ShortText
    """The `receipt_id` of one that was listed or told with a payment, as it came."""


class ListedReceipt(Message, frozen=True, kw_only=True):
    """One receipt of the patient."""

    receipt: Receipt
    state: ReceiptState
    amount_fen: FenAmount
    """What the patient has paid, or was given back."""
    day_on: DayText
    """The clinic day on which it was issued."""
    issued_at: Instant
    """When the payment was booked, or given back."""
    channel: Id
    """Whom the money came through."""
    title_zh: ShortText
    """What the first charge on it is for."""
    title_en: ShortText
    item_count: int
    """How many charges are on it."""


class ReceiptsListed(Message, frozen=True, kw_only=True, tag="receipts_listed"):
    """Reply to `list_receipts`."""

    receipts: list[ListedReceipt]
    """The latest first; may be empty."""


RECEIPT_DAYS = 30
"""So many days back receipts are listed."""
RECEIPTS_LISTED_MAX = 50
"""So many are listed at most."""


ReceiptRequest = ListReceipts | PrintReceipt
