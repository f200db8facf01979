"""The page on which somebody pays as a patient: it opens when the kiosk's QR code is scanned."""

import contextlib
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assets.theme import PALETTE
from queue_server.payments.fen import Fen
from queue_server.payments.sandbox.bank import BankRefused, Trade, TradeState
from queue_server.payments.sandbox.sandbox import Sandbox
from queue_server.payments.terms import Channel

_PAGE: Final = Path(__file__).parent / "pay.html"
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
}
_WALLETS: Final = {
    Channel.WECHAT: ("微信支付", "WeChat Pay", "微"),
    Channel.ALIPAY: ("支付宝", "Alipay", "支"),
    Channel.UNIONPAY: ("银联云闪付", "UnionPay", "银"),
}
_STATES: Final = {
    TradeState.OPEN: ("open", "请确认付款", "Please confirm the payment"),
    TradeState.TYPING: ("open", "请输入密码确认", "Please confirm with your password"),
    TradeState.PAID: ("paid", "支付成功", "Paid"),
    TradeState.CLOSED: ("over", "订单已关闭，不能付款", "Closed: it can't be paid any more"),
    TradeState.REVERSED: ("over", "订单已撤销", "Taken back"),
    TradeState.DECLINED: ("over", "已取消", "Declined"),
}
_RETURNED: Final = ("over", "已退款", "Given back")
_UNKNOWN: Final = ("over", "二维码无效，请在自助机上重新扫码", "Unknown code: scan again")


def make_pay_router(sandbox: Sandbox) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(prefix="/pay/{channel}/{token}", include_in_schema=False)

    @router.get("")
    async def page(channel: Channel, token: str) -> Response:
        provider = sandbox.providers[channel]
        trade = provider.bank.by_token(token)
        if trade is not None:
            # From now on the provider knows that somebody has scanned it.
            trade.is_seen = True
            trade = provider.bank.trade(trade.number, provider.clock())
        return HTMLResponse(
            _filled(channel, trade), status_code=404 if trade is None else 200, headers=_HEADERS
        )

    @router.post("/confirm")
    async def confirm(channel: Channel, token: str) -> Response:
        trade = sandbox.providers[channel].bank.by_token(token)
        if trade is not None:
            # If it can't be paid, the page says how it stands.
            with contextlib.suppress(BankRefused):
                sandbox.pay(channel, trade.number)
        return RedirectResponse(f"/pay/{channel}/{token}", status_code=303)

    return router


def _filled(channel: Channel, trade: Trade | None) -> str:
    if trade is None:
        state, zh, en = _UNKNOWN
    elif trade.refunds and not trade.kept_fen:
        state, zh, en = _RETURNED
    else:
        state, zh, en = _STATES[trade.state]
        if trade.may_be_paid_when_closed and trade.state is TradeState.CLOSED:
            state = "open"
    wallet_zh, wallet_en, sign = _WALLETS[channel]
    texts = {
        "state": state,
        "state_zh": zh,
        "state_en": en,
        "wallet_zh": wallet_zh,
        "wallet_en": wallet_en,
        "sign": sign,
        "channel": channel,
        "amount": "" if trade is None else str(Fen(trade.paid_fen or trade.fen)),
        "number": "" if trade is None else trade.number,
        "token": "" if trade is None else trade.token,
    }
    return _fill(_PAGE.read_text(encoding="utf-8"), {**PALETTE, **texts})


def _fill(page: str, texts: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda key: html.escape(str(texts[key[1]])), page)
