"""Examples of the messages that are about paying and about receipts."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Final

from queue_server.contract.message import Message
from queue_server.contract.payments import (
    CancelPayment,
    CashIn,
    FindOwed,
    FollowPayment,
    NoteNoted,
    Owed,
    OwedItem,
    OwedSheet,
    Pay,
    Payment,
    PaymentState,
    Receipt,
    TellNote,
)
from queue_server.contract.receipt_messages import (
    ListedReceipt,
    ListReceipts,
    PrintReceipt,
    ReceiptsListed,
    ReceiptState,
)

_SESSION: Final = "0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01"
_REPLIED: Final = datetime(2026, 11, 23, 8, 5, 0, 12_000, tzinfo=timezone(timedelta(hours=8)))

_SHEET: Final = OwedSheet(
    sheet_id="pharmacy-20261123-1",
    title_zh="西药处方",
    title_en="Prescription",
    next_zh="请到 1 层门诊药房取药",
    next_en="Collect the medicine at the pharmacy on floor 1",
    items=[
        OwedItem(
            title_zh="苯磺酸氨氯地平片 5mg×28 片",
            title_en="Amlodipine tablets 5 mg × 28",
            quantity=2,
            unit_zh="盒",
            unit_en="box",
            self_pay_fen=2575,
            insurance_fen=3861,
        )
    ],
)
_PAYMENT: Final = Payment(
    payment_id="A202611234f0e6c1d9b7a4e58",
    channel="wechat",
    is_scanned=False,
    sheet_ids=[_SHEET.sheet_id],
    amount_fen=2575,
    state=PaymentState.WAITING,
    changed_at=_REPLIED,
    qr_text="weixin://wxpay/bizpayurl?pr=p8N2kT5",
    seconds_left=88,
)

_RECEIPT: Final = ListedReceipt(
    receipt=Receipt(
        receipt_id="2026112300000123",
        number="20261123 00000123",
        check_code="ABCD-EFGH-IJKL-MNOP",
        check_address="https://queue.example.cn/verify/receipt/2026112300000123/ABCDEFGHIJKLMNOP",
    ),
    state=ReceiptState.VALID,
    amount_fen=2575,
    day_on="2026-11-23",
    issued_at=_REPLIED,
    channel="wechat",
    title_zh="苯磺酸氨氯地平片 5mg×28 片",
    title_en="Amlodipine tablets 5 mg × 28",
    item_count=1,
)
_CASH = CashIn(in_fen=3000, credit_fen=0, kept_fen=425, change_goes="desk", change_max_fen=10000)

PAYING_EXAMPLES: Final[Mapping[type[Message], Message]] = {
    FindOwed: FindOwed(session_id=_SESSION),
    Pay: Pay(
        session_id=_SESSION,
        sheet_ids=[_SHEET.sheet_id],
        amount_fen=2575,
        channel="wechat",
    ),
    FollowPayment: FollowPayment(payment_id=_PAYMENT.payment_id),
    CancelPayment: CancelPayment(payment_id=_PAYMENT.payment_id),
    TellNote: TellNote(
        book="3f2a91c0d4e7",
        number=41,
        payment_id=_PAYMENT.payment_id,
        value_fen=2000,
        box_count=182,
        expected_count=181,
        credited_at=_REPLIED,
    ),
    CashIn: _CASH,
    NoteNoted: NoteNoted(number=41),
    Owed: Owed(sheets=[_SHEET], channels=["wechat", "alipay"], payment=None, payment_sheets=[]),
    OwedSheet: _SHEET,
    OwedItem: _SHEET.items[0],
    Payment: _PAYMENT,
    Receipt: _RECEIPT.receipt,
    ListReceipts: ListReceipts(session_id=_SESSION),
    PrintReceipt: PrintReceipt(session_id=_SESSION, receipt_id=_RECEIPT.receipt.receipt_id),
    ReceiptsListed: ReceiptsListed(receipts=[_RECEIPT]),
    ListedReceipt: _RECEIPT,
}
"""An example of each message about paying and receipts."""
