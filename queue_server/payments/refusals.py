"""Why something about money was refused: a code, and a sentence that says what to do next."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from queue_server.payments.fen import NOTHING, Fen


class RefusalCode(StrEnum):
    """Why."""

    NOTHING_OWED = "NOTHING_OWED"
    UNKNOWN_CHARGE = "UNKNOWN_CHARGE"
    CHARGE_IN_USE = "CHARGE_IN_USE"
    SEVERAL_PATIENTS = "SEVERAL_PATIENTS"
    PAYMENT_RUNNING = "PAYMENT_RUNNING"
    ALREADY_PAID = "ALREADY_PAID"
    IN_REVIEW = "IN_REVIEW"
    CHANNEL_OFF = "CHANNEL_OFF"
    NO_PAYMENT_CODE = "NO_PAYMENT_CODE"
    UNKNOWN_ATTEMPT = "UNKNOWN_ATTEMPT"
    NOT_REFUNDABLE = "NOT_REFUNDABLE"
    PAY_FIRST = "PAY_FIRST"
    NO_CREDIT = "NO_CREDIT"
    CREDIT_LIMIT = "CREDIT_LIMIT"


_CODE = RefusalCode

SENTENCES: Final[Mapping[RefusalCode, tuple[str, str]]] = {
    _CODE.NOTHING_OWED: (
        "没有需要缴纳的费用，请继续就诊。",
        "There is nothing to pay. Please go on.",
    ),
    _CODE.UNKNOWN_CHARGE: (
        "费用清单已有变化，请重新查询后再缴费。",
        "The list of charges has changed. Please look it up again, then pay.",
    ),
    _CODE.CHARGE_IN_USE: (
        "该费用已缴纳或正在缴纳，不能更改。如有疑问请到收费窗口。",
        "This charge is paid or being paid and can't be changed. Please ask at the cashier's desk.",
    ),
    _CODE.SEVERAL_PATIENTS: (
        "一次只能为一位患者缴费，请分别缴纳。",
        "One payment is for one patient only. Please pay one after the other.",
    ),
    _CODE.PAYMENT_RUNNING: (
        "这笔费用正在通过其他方式支付。请先完成或取消，稍后再试。",
        (
            "This is being paid in another way at the moment."
            " Please finish or cancel that, then try again."
        ),
    ),
    _CODE.ALREADY_PAID: (
        "这笔费用已经支付，不必再付。请继续下一步。",
        "This is paid already: there is no need to pay again. Please go on.",
    ),
    _CODE.IN_REVIEW: (
        "这笔费用的支付正在人工核对。请到收费窗口，不要再次支付。",
        "A payment of this is being looked into. Do not pay again; ask at the cashier's desk.",
    ),
    _CODE.CHANNEL_OFF: (
        "暂不支持这种支付方式，请换一种方式或到收费窗口。",
        "This way to pay is not available. Please choose another one, or go to the cashier's desk.",
    ),
    _CODE.NO_PAYMENT_CODE: (
        "这不是付款码。请打开微信或支付宝的付款码再扫。",
        "This is no payment code. Please open the payment code of WeChat or Alipay and scan again.",
    ),
    _CODE.UNKNOWN_ATTEMPT: (
        "查不到这笔支付，请到收费窗口查询。",
        "This payment is not known. Please ask at the cashier's desk.",
    ),
    _CODE.NOT_REFUNDABLE: (
        "这笔支付没有可退的款项，或正在退款。请先查看其状态。",
        "Nothing of this payment can be given back, or it is on its way. Look at its state first.",
    ),
    _CODE.PAY_FIRST: (
        "请先缴费 {owed} 元，再办理下一步。",
        "Please pay {owed} yuan first, then go on.",
    ),
    _CODE.NO_CREDIT: (
        "您尚未开通先诊疗后付费，请先缴费 {owed} 元，或到窗口开通。",
        (
            "Treatment before payment is not agreed with you: please pay {owed} yuan first,"
            " or ask for it at the cashier's desk."
        ),
    ),
    _CODE.CREDIT_LIMIT: (
        "未缴费用 {owed} 元已超过信用额度，请先缴费再办理下一步。",
        "You owe {owed} yuan, more than your limit. Please pay first, then go on.",
    ),
}


class PaymentRefused(Exception):
    """Something was refused; nothing has changed."""

    def __init__(self, code: RefusalCode, *, owed: Fen = NOTHING) -> None:
        super().__init__(code)
        self.code = code
        self.owed = owed

    @property
    def sentence_zh(self) -> str:
        """What to do, in Chinese."""
        return SENTENCES[self.code][0].format(owed=self.owed)

    @property
    def sentence_en(self) -> str:
        """What to do, in English."""
        return SENTENCES[self.code][1].format(owed=self.owed)
