"""Messages about money, as the server of a small hospital would send them."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from queue_server.contract.payments import (
    Owed,
    OwedItem,
    OwedSheet,
    Payment,
    PaymentState,
    Receipt,
)
from queue_server.contract.receipt_messages import ListedReceipt, ReceiptState
from tests.unit.kiosk.hospital_for_tests import AT


def item(zh: str, en: str, fen: int, insurance: int, quantity: int = 1, unit: str = "") -> OwedItem:
    unit_zh, _, unit_en = unit.partition("/")
    return OwedItem(
        title_zh=zh,
        title_en=en,
        quantity=quantity,
        unit_zh=unit_zh,
        unit_en=unit_en,
        self_pay_fen=fen,
        insurance_fen=insurance,
    )


REGISTRATION = OwedSheet(
    sheet_id="registration-1",
    title_zh="挂号费",
    title_en="Registration",
    next_zh="请到候诊区签到候诊",
    next_en="check in and wait",
    items=[item("副主任医师诊查费", "Consultation, associate chief physician", 1980, 4020)],
)
LABORATORY = OwedSheet(
    sheet_id="laboratory-1",
    title_zh="检验单",
    title_en="Laboratory",
    next_zh="请到 2 层检验科抽血窗口",
    next_en="floor 2, blood samples",
    items=[
        item("血常规（五分类）", "Blood count, five-part", 600, 1400),
        item("肝肾功能（生化全套）", "Liver and kidney panel", 6528, 12122),
        item("超敏 C 反应蛋白", "High-sensitivity CRP", 2003, 2002),
        item("糖化血红蛋白", "Glycated haemoglobin", 1815, 4235),
    ],
)
PHARMACY = OwedSheet(
    sheet_id="pharmacy-1",
    title_zh="西药处方",
    title_en="Prescription",
    next_zh="请到 1 层门诊药房取药",
    next_en="floor 1, outpatient pharmacy",
    items=[
        item("苯磺酸氨氯地平片 5mg×28 片", "Amlodipine tablets 5 mg × 28", 3862, 5792, 3, "盒/box"),
        item("阿托伐他汀钙片 20mg×7 片", "Atorvastatin tablets 20 mg × 7", 2124, 3184, 4, "盒/box"),
        item("阿司匹林肠溶片 100mg×30 片", "Aspirin tablets 100 mg × 30", 1272, 1906, 2, "盒/box"),
        item("布洛芬缓释胶囊 0.3g×20 粒", "Ibuprofen capsules 0.3 g × 20", 452000, 0, 2, "盒/box"),
        item("复方甘草口服溶液 180ml", "Liquorice oral solution 180 ml", 933, 932, 1, "瓶/bottle"),
    ],
)
SHEETS = (REGISTRATION, LABORATORY, PHARMACY)
SUM_FEN = sum(one.self_pay_fen for sheet in SHEETS for one in sheet.items)


def owed(*sheets: OwedSheet, **changes: Any) -> Owed:
    """The answer to `find_owed`."""
    values: dict[str, Any] = {
        "sheets": list(sheets),
        "channels": ["wechat", "alipay"],
        "payment": None,
        "payment_sheets": [],
    }
    return Owed(**values | changes)


def payment(
    state: PaymentState = PaymentState.WAITING, after_s: float = 0, **changes: Any
) -> Payment:
    """A payment that has stood so for `after_s` seconds less than the one that was begun."""
    values: dict[str, Any] = {
        "payment_id": "A202611234f0e6c1d9b7a4e58",
        "channel": "wechat",
        "is_scanned": False,
        "sheet_ids": [sheet.sheet_id for sheet in SHEETS],
        "amount_fen": SUM_FEN,
        "state": state,
        "changed_at": AT + timedelta(seconds=after_s),
        "qr_text": "weixin://wxpay/bizpayurl?pr=p8N2kT5" if state is PaymentState.WAITING else "",
        "seconds_left": 88 if state is PaymentState.WAITING else 0,
    }
    return Payment(**values | changes)


RECEIPT = Receipt(
    receipt_id="2026112300000123",
    number="20261123 00000123",
    check_code="ABCD-EFGH-IJKL-MNOP",
    check_address="https://queue.test/verify/receipt/2026112300000123/ABCDEFGHIJKLMNOP",
)


def receipt(serial: int, **changes: Any) -> ListedReceipt:
    """One in the list."""
    number = f"20261123{serial:08d}"
    values: dict[str, Any] = {
        "receipt": replace(RECEIPT, receipt_id=number, number=f"{number[:8]} {number[8:]}"),
        "state": ReceiptState.VALID,
        "amount_fen": SUM_FEN,
        "day_on": "2026-11-23",
        "issued_at": AT,
        "channel": "wechat",
        "title_zh": PHARMACY.items[0].title_zh,
        "title_en": PHARMACY.items[0].title_en,
        "item_count": 9,
    }
    return ListedReceipt(**values | changes)


SIX_RECEIPTS = (
    receipt(128, state=ReceiptState.REVERSING),
    receipt(127, amount_fen=1980, item_count=1, title_zh="副主任医师诊查费"),
    receipt(126),
    receipt(125, state=ReceiptState.VOIDED),
    receipt(124),
    receipt(123, item_count=1),
)
"""The latest first."""
