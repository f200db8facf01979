"""A receipt as an A4 page: which words stand where. Pure but for the typesetting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from queue_server.documents.typesetter import qr_svg, typeset
from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt, in_groups
from queue_server.payments.terms import Channel
from queue_server.records.records import Patient
from queue_server.rules.terms import DeviceId
from queue_server.site import Site

_CHANNELS: Final = {
    Channel.WECHAT: "微信支付 WeChat Pay",
    Channel.ALIPAY: "支付宝 Alipay",
    Channel.UNIONPAY: "银联云闪付 UnionPay",
    Channel.CASH: "现金 Cash",
    Channel.INSURANCE: "医保结算 Medical insurance",
}
_NOTE: Final = (
    "本票据由电子签名保护，可用任何 PDF 阅读器验证，也可扫码核验。"
    " This receipt is signed electronically: any PDF reader tells whether it was changed."
)
_UNREGISTERED: Final = (
    "财政电子票据号码尚未返回，可稍后补打。",
    "The finance platform has not given its number yet: print it again later.",
)
_COPY: Final = ("补打件，与首次打印件内容一致，请勿重复入账。", "A copy: not to be claimed twice.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPrinting:
    """Where and when a receipt is made, and how it can be verified."""

    device: DeviceId
    made_at: datetime
    """In local time."""
    is_copy: bool
    check_code: str
    """The finance platform's, or else our own."""
    check_address: str
    """What the QR code holds; empty: there is none."""
    voided_by: Receipt | None
    """What has taken it back."""


def make_receipt(
    site: Site, patient: Patient, receipt: Receipt, printing: ReceiptPrinting
) -> bytes:
    """Return the PDF of a receipt, not signed yet.

    Raises:
        DocumentError: it can't be made.
    """
    is_reversing = receipt.reverses is not None
    zone = printing.made_at.tzinfo
    issued_at = receipt.issued_at.astimezone(zone)
    price = receipt.amount + receipt.insurance
    return typeset(
        "receipt",
        {
            "hospital_zh": site.name_zh,
            "hospital_en": site.name_en,
            "qr_svg": qr_svg(printing.check_address),
            "title_zh": f"医疗门诊收费票据（{'红字' if is_reversing else '电子'}）",
            "title_en": "Electronic receipt of outpatient charges"
            + (" – reversal" if is_reversing else ""),
            "is_reversing": is_reversing,
            "numbers": _numbers(receipt, printing.check_code),
            "facts": [
                _pair("交款人", "Payer", patient.full_name.reveal()),
                _pair("就诊号", "Patient no.", receipt.patient),
                _pair("开票时间", "Issued", f"{issued_at:%Y-%m-%d %H:%M}"),
                _pair("支付方式", "Paid by", _CHANNELS[receipt.channel]),
            ],
            "bands": _bands(receipt, printing),
            "charges": [_charge(one, is_reversing=is_reversing) for one in receipt.charges],
            "price": _signed(price, is_reversing=is_reversing),
            "insurance": _signed(receipt.insurance, is_reversing=is_reversing),
            "amount": _signed(receipt.amount, is_reversing=is_reversing),
            "amount_zh": "退还金额" if is_reversing else "个人支付",
            "amount_en": "Given back" if is_reversing else "Paid by the patient",
            "capitals": ("负" if is_reversing else "") + capitals(receipt.amount),
            "about": [
                _pair("收款单位", "Payee", site.name_zh),
                _pair("支付单号", "Payment", receipt.attempt),
                _pair("票据流水", "Serial", in_groups(receipt.number)),
            ],
            "note": _NOTE,
            "footer": f"{printing.made_at:%Y-%m-%d %H:%M} 打印于 {printing.device}",
        },
    )


def _numbers(receipt: Receipt, check_code: str) -> list[dict[str, str]]:
    registration = receipt.registration
    if registration is None:
        own = _pair("票据号码", "Number", in_groups(receipt.number))
        return [own, _pair("校验码", "Check code", check_code)]
    return [
        _pair("票据代码", "Code", registration.code),
        _pair("票据号码", "Number", registration.number),
        _pair("校验码", "Check code", check_code),
    ]


def _bands(receipt: Receipt, printing: ReceiptPrinting) -> list[dict[str, str]]:
    bands: list[tuple[str, str]] = []
    if receipt.reverses is not None:
        number = in_groups(receipt.reverses)
        bands.append(
            (f"冲销流水号为 {number} 的票据", f"Takes back the receipt of serial {number}")
        )
    if printing.voided_by is not None:
        number = in_groups(printing.voided_by.number)
        bands.append(
            (f"已作废：已退款，见红字票据流水 {number}", f"Void: given back, see serial {number}")
        )
    if receipt.is_open:
        bands.append(_UNREGISTERED)
    if printing.is_copy:
        bands.append(_COPY)
    return [{"zh": zh, "en": en} for zh, en in bands]


def _charge(charge: Charge, *, is_reversing: bool) -> dict[str, str]:
    return {
        "name_zh": charge.name_zh,
        "name_en": charge.name_en,
        "quantity": f"{charge.quantity} {charge.unit_zh}".strip(),
        "price": _signed(charge.price, is_reversing=is_reversing),
        "insurance": _signed(charge.insurance, is_reversing=is_reversing),
        "self_pay": _signed(charge.self_pay, is_reversing=is_reversing),
    }


def _signed(amount: Fen, *, is_reversing: bool) -> str:
    return f"−{amount}" if is_reversing and amount else str(amount)


def _pair(zh: str, en: str, value: str) -> dict[str, str]:
    return {"zh": zh, "en": en, "value": value}
