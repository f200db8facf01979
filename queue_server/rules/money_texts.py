"""What is said when something about money is refused: paying, credit, insurance, receipts."""

from collections.abc import Mapping
from typing import Final

from queue_server.rules.terms import RefusalCode

_CODE = RefusalCode

REFUSALS: Final[Mapping[RefusalCode, tuple[str, str]]] = {
    _CODE.PAYMENTS_OFF: (
        "本院自助机暂不能缴费，请到收费窗口。",
        "Payments are not taken here. Please go to the cashier's desk.",
    ),
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
        "这不是付款码。请打开微信、支付宝或云闪付的付款码再扫。",
        "This is no payment code. Please open that of WeChat, Alipay or UnionPay and scan again.",
    ),
    _CODE.UNKNOWN_ATTEMPT: (
        "查不到这笔支付，请到收费窗口查询。",
        "This payment is not known. Please ask at the cashier's desk.",
    ),
    _CODE.NOT_REFUNDABLE: (
        "这笔支付没有可退的款项，或正在退款。请先查看其状态。",
        "Nothing of this payment can be given back, or it is on its way. Look at its state first.",
    ),
    _CODE.REFUND_TOO_MUCH: (
        "退款金额超过该项目的可退金额。请刷新页面，按现有可退金额重新填写。",
        "More than is left of an item. Refresh the page and enter what is left of it at most.",
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
        (
            "连同这一次，您未付的费用共 {owed} 元，超过可用的信用额度 {limit} 元。"
            "请先付清一部分，或到收费窗口。"
        ),
        (
            "With this you would owe {owed} yuan, more than the {limit} yuan that are left of your"
            " limit. Please pay a part now, or go to the cashier's desk."
        ),
    ),
    _CODE.CREDIT_OVERDUE: (
        "您有先诊疗的费用已过付款日期。请先付清，再办理信用就医。",
        "Something that you put off is past its day. Please pay it, then more can be put off.",
    ),
    _CODE.CREDIT_REFUSED: (
        "医院没有同意这次先诊疗后付费。请先缴费，或到收费窗口。",
        "The hospital did not agree to put this off. Please pay now, or go to the cashier's desk.",
    ),
    _CODE.INSURANCE_OFF: (
        "本院区的自助机不能用医保码结算，请到收费窗口。",
        "The insurance code is not taken at these kiosks. Please go to the cashier's desk.",
    ),
    _CODE.INSURANCE_OTHER_PERSON: (
        "这个医保码不是您本人的，没有结算。请出示本人的医保码。",
        "This insurance code is not yours; nothing was settled. Please show your own.",
    ),
    _CODE.INSURANCE_REFUSED: (
        "医保没有同意结算，没有扣款。请刷新医保码再试，或自费支付，或到收费窗口。",
        (
            "The insurance did not settle it; nothing was taken. Refresh the code and try again,"
            " pay it yourself, or go to the cashier's desk."
        ),
    ),
    _CODE.INSURANCE_SILENT: (
        "连不上医保系统，没有结算，也没有扣款。请稍后再试，或到收费窗口。",
        (
            "The insurance can't be reached; nothing was settled and nothing taken. Please try"
            " again later, or go to the cashier's desk."
        ),
    ),
    _CODE.INSURANCE_PENDING: (
        "还不知道医保是否已结算，正在查询。请过一会儿查看费用，不要重复结算。",
        (
            "It is not known yet whether the insurance has settled it. Look at your bills in a"
            " moment, and do not settle again."
        ),
    ),
    _CODE.INPATIENTS_OFF: (
        "本院区的自助机不提供住院服务。请到住院处办理。",
        "Stays in the hospital are no matter of these kiosks. Please go to the admission office.",
    ),
    _CODE.NO_STAY: (
        "没有查到您正在住院的记录。刚办理入院或已经出院的，请到住院处。",
        "You are not known as an inpatient now. Please ask at the admission office.",
    ),
    _CODE.DEPOSIT_AMOUNT: (
        "每次充值 {least} 到 {most} 元，须为整元。请改一下金额。",
        "Each top-up is from {least} to {most} yuan, in whole yuan. Please change the amount.",
    ),
    _CODE.RECEIPTS_OFF: (
        "本院区的自助机不提供票据打印。请到收费窗口办理。",
        "Receipts are not printed at the kiosks of this site. Please go to the cashier's desk.",
    ),
    _CODE.UNKNOWN_RECEIPT: (
        "没有找到这张票据。请返回重新选择，或到收费窗口询问。",
        "There is no such receipt. Please go back and choose again, or ask at the cashier's desk.",
    ),
}
