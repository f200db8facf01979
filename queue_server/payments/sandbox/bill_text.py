"""The daily bills of the sandbox, in the form in which the real providers write them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.sandbox.bank import BankLine, TradeState

BEIJING: Final = ZoneInfo("Asia/Shanghai")
_WECHAT_HEAD: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,"
    "退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_ALIPAY_HEAD: Final = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,"
    "券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)

_UNIONPAY_WIDTHS: Final = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2),
    *(2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131),
)


def wechat_bill(lines: Sequence[BankLine], app_id: str, merchant: str) -> str:
    """Return the bill of WeChat Pay (`bill_type=ALL`): each cell begins with a back-quote."""
    rows = [_WECHAT_HEAD]
    for line in lines:
        cells = _wechat_cells(line, app_id, merchant)
        rows.append(",".join(f"`{cell}" for cell in cells))
    came = Fen(sum(line.came_fen for line in lines))
    went_back = Fen(sum(line.went_back_fen for line in lines))
    rows.append(
        "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    )
    sums = (len(lines), came, went_back, NOTHING, "0.00000", came, went_back)
    rows.append(",".join(f"`{cell}" for cell in sums))
    return "\ufeff" + "\r\n".join(rows) + "\r\n"


def _wechat_cells(line: BankLine, app_id: str, merchant: str) -> tuple[object, ...]:
    trade = line.trade
    is_payment = bool(line.came_fen)
    is_reversed = trade.state is TradeState.REVERSED
    status = "SUCCESS" if is_payment else "REVOKED" if is_reversed else "REFUND"
    kind = "MICROPAY" if trade.is_scanned_code else "NATIVE"
    came, went_back = Fen(line.came_fen), Fen(line.went_back_fen)
    return (
        *(_time(line.at), app_id, merchant, "", "", trade.transaction, trade.number, "oSandbox"),
        *(kind, status, "OTHERS", "CNY", came, NOTHING),
        *("" if is_payment else f"50{trade.transaction}", line.refund_no, went_back, NOTHING),
        *("" if is_payment else "ORIGINAL", "" if is_payment else "SUCCESS", "医院缴费", ""),
        *("0.00000", "0.60%", came, went_back, ""),
    )


def alipay_bill(lines: Sequence[BankLine], seller: str) -> str:
    """Return the details of Alipay's bill: notes begin with `#`, cells end with a tab."""
    rows = [
        "#支付宝业务明细查询",
        f"#账号：[{seller}0156]",
        "#-----------------------------------------业务明细列表----------------------------------------",
        _ALIPAY_HEAD,
    ]
    rows += [",".join(f"{cell}\t" for cell in _alipay_cells(line)) for line in lines]
    rows += [
        "#-----------------------------------------业务明细列表结束------------------------------------",
        f"#交易合计：{len(lines)}笔",
    ]
    return "\r\n".join(rows) + "\r\n"


def _alipay_cells(line: BankLine) -> tuple[object, ...]:
    trade = line.trade
    amount = str(Fen(line.came_fen)) if line.came_fen else f"-{Fen(line.went_back_fen)}"
    return (
        *(trade.transaction, trade.number, "交易" if line.came_fen else "退款", "医院缴费"),
        *(_time(trade.opened_at), _time(line.at), "", "", "", "", "患***(138****0000)", amount),
        *(amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00"),
        *(line.refund_no, "0.00", "0.00", ""),
    )


def unionpay_bill(lines: Sequence[BankLine], merchant: str) -> bytes:
    """Return UnionPay's file of a merchant: fields of fixed width, a blank between two."""
    return b"".join(_unionpay_line(line, merchant) for line in lines)


def _unionpay_line(line: BankLine, merchant: str) -> bytes:
    trade, is_payment = line.trade, bool(line.came_fen)
    is_reversed = trade.state is TradeState.REVERSED
    cells = dict.fromkeys(range(len(_UNIONPAY_WIDTHS)), "")
    cells |= {
        0: "S22" if is_payment else "S30",
        4: f"{line.at.astimezone(BEIJING):%m%d%H%M%S}",
        6: f"{line.came_fen or line.went_back_fen:012d}",
        9: trade.transaction if is_payment else f"R{trade.transaction}"[:21],
        11: trade.number if is_payment else line.refund_no,
        19: "01" if is_payment else "99" if is_reversed else "04",
        26: "" if is_payment else trade.transaction,
        27: merchant,
    }
    text = " ".join(cells[place].ljust(width) for place, width in enumerate(_UNIONPAY_WIDTHS))
    return f"{text}\r\n".encode("gb18030")


def _time(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
