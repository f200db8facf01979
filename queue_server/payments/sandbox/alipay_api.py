"""Alipay's dialect of the sandbox: precreate, pay, query, cancel, refund, bill.

Sources: the reference pages of opendocs.alipay.com for these calls, and what the client library
sends and expects. A QR code becomes a payment only when it is scanned.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from fastapi import APIRouter, Request
from starlette.responses import Response

from queue_server.payments.fen import Fen
from queue_server.payments.sandbox.bank import BankCode, BankRefused, Trade, TradeState
from queue_server.payments.sandbox.bill_text import alipay_bill
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.sandbox.keys import ALIPAY_APP, ALIPAY_SELLER
from queue_server.payments.sandbox.provider import (
    Callback,
    CallbackWording,
    Provider,
    Said,
    answered,
    is_signed,
    sign,
)

BEIJING: Final = ZoneInfo("Asia/Shanghai")
SHOWN_FOR: Final = timedelta(minutes=3)
SCANNED_FOR: Final = timedelta(minutes=2)

_STATES: Final = {
    TradeState.OPEN: "WAIT_BUYER_PAY",
    TradeState.TYPING: "WAIT_BUYER_PAY",
    TradeState.PAID: "TRADE_SUCCESS",
    TradeState.CLOSED: "TRADE_CLOSED",
    TradeState.REVERSED: "TRADE_CLOSED",
    TradeState.DECLINED: "TRADE_CLOSED",
}
_CODES: Final = {
    BankCode.UNKNOWN: "ACQ.TRADE_NOT_EXIST",
    BankCode.NUMBER_USED: "ACQ.CONTEXT_INCONSISTENT",
    BankCode.ALREADY_PAID: "ACQ.TRADE_HAS_SUCCESS",
    BankCode.ALREADY_CLOSED: "ACQ.TRADE_HAS_CLOSE",
    BankCode.CODE_USED: "ACQ.PAYMENT_AUTH_CODE_INVALID",
    BankCode.STILL_TYPING: "ACQ.SYSTEM_ERROR",
    BankCode.TOO_MUCH: "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
}
_OPERATIONS: Final = {
    "alipay.trade.precreate": Operation.CREATE,
    "alipay.trade.pay": Operation.CREATE,
    "alipay.trade.query": Operation.QUERY,
    "alipay.trade.cancel": Operation.CLOSE,
    "alipay.trade.refund": Operation.REFUND,
    "alipay.trade.fastpay.refund.query": Operation.REFUND_QUERY,
    "alipay.data.dataservice.bill.downloadurl.query": Operation.BILL,
}


class AlipayDialect:
    """Signs as Alipay does: the text of the answer itself, inside an envelope.

    Args:
        name: what was called; stands in the envelope.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def signed(self, said: Said, key: RSAPrivateKey) -> Response:
        """Return an answer with its signature."""
        text = json.dumps(said.body, ensure_ascii=False, separators=(",", ":"))
        envelope = f'{{"{self._name}":{text},"sign":"{sign(key, text)}"}}'
        return Response(envelope.encode(), media_type="application/json;charset=utf-8")

    def refused(self, operation: Operation) -> Said:
        """Return a refusal for certain."""
        if operation is Operation.CREATE:
            return Said(body=_failure("ACQ.BUYER_BALANCE_NOT_ENOUGH"))
        return Said(body=_failure("ACQ.INVALID_PARAMETER"))


def make_alipay_router(provider: Provider) -> APIRouter:
    """Return the routes of Alipay."""
    router = APIRouter(tags=["alipay"])
    api = _Api(provider)
    router.get("/gateway.do")(api.gateway)
    router.get("/alipay-bill/{day_on}")(api.bill_file)
    return router


class _Api:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def gateway(self, request: Request) -> Response:
        asked = dict(request.query_params)
        method = asked.get("method", "")
        name = method.replace(".", "_") + "_response"
        operation = _OPERATIONS.get(method)
        if operation is None or not self._is_from_hospital(asked):
            body = {
                "code": "40002",
                "msg": "Invalid Arguments",
                "sub_code": "isv.invalid-signature",
            }
            return AlipayDialect("error_response").signed(Said(body=body), self._provider.keys.own)

        def do(fault: FaultKind | None) -> Said:
            try:
                content = json.loads(asked["biz_content"])
                body = self._done(method, content, fault, asked, str(request.base_url))
            except BankRefused as refused:
                body = _failure(_CODES[refused.code])
            except (KeyError, TypeError, ValueError):
                body = _failure("ACQ.INVALID_PARAMETER")
            return Said(body=body)

        return await answered(self._provider, AlipayDialect(name), operation, do)

    async def bill_file(self, day_on: date) -> Response:
        lines = list(self._provider.bank.lines(day_on, lambda at: at.astimezone(BEIJING)))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for kind in ("业务明细(汇总)", "业务明细"):
                name = f"{ALIPAY_SELLER}_{day_on:%Y%m%d}_{kind}.csv"
                archive.writestr(name, alipay_bill(lines, ALIPAY_SELLER).encode("gb18030"))
        return Response(packed.getvalue(), media_type="application/zip")

    def _done(
        self,
        method: str,
        content: Mapping[str, Any],
        fault: FaultKind | None,
        asked: Mapping[str, str],
        base: str,
    ) -> dict[str, object]:
        doers: dict[str, Callable[[], dict[str, object]]] = {
            "alipay.trade.precreate": lambda: self._precreate(content, asked, base),
            "alipay.trade.pay": lambda: self._pay(content, fault),
            "alipay.trade.query": lambda: self._query(content),
            "alipay.trade.cancel": lambda: self._cancel(content, fault),
            "alipay.trade.refund": lambda: self._refund(content),
            "alipay.trade.fastpay.refund.query": lambda: self._query_refund(content),
            "alipay.data.dataservice.bill.downloadurl.query": lambda: self._bill(content, base),
        }
        return doers[method]()

    def _precreate(
        self, content: Mapping[str, Any], asked: Mapping[str, str], base: str
    ) -> dict[str, object]:
        now = self._provider.clock()
        trade = self._provider.bank.open_shown(
            content["out_trade_no"],
            Fen.from_yuan(content["total_amount"]).fen,
            now=now,
            expires_at=now + SHOWN_FOR,
            notify_url=asked.get("notify_url", ""),
        )
        qr_code = f"{base.rstrip('/')}/pay/alipay/{trade.token}"
        return _success(out_trade_no=trade.number, qr_code=qr_code)

    def _pay(self, content: Mapping[str, Any], fault: FaultKind | None) -> dict[str, object]:
        now = self._provider.clock()
        trade = self._provider.bank.open_scanned(
            content["out_trade_no"],
            Fen.from_yuan(content["total_amount"]).fen,
            code=content["auth_code"],
            now=now,
            expires_at=now + SCANNED_FOR,
            must_type=fault is FaultKind.USER_PAYING,
        )
        if trade.state is TradeState.TYPING:
            return {"code": "10003", "msg": "order success pay inprocess"}
        return _success(**_trade_said(trade))

    def _query(self, content: Mapping[str, Any]) -> dict[str, object]:
        trade = self._seen(content)
        is_returned = trade.state is TradeState.PAID and not trade.kept_fen
        status = "TRADE_CLOSED" if is_returned else _STATES[trade.state]
        return _success(**_trade_said(trade), trade_status=status)

    def _cancel(self, content: Mapping[str, Any], fault: FaultKind | None) -> dict[str, object]:
        number, now = content["out_trade_no"], self._provider.clock()
        trade = self._provider.bank.trades.get(number)
        said: dict[str, object] = {"out_trade_no": number, "retry_flag": "N"}
        if trade is None:
            return _success(**said)
        if fault is FaultKind.PAY_AFTER_CLOSE:
            self._provider.bank.close(number, now)
            trade.may_be_paid_when_closed = True
            return _success(**said, action="close")
        if trade.state is TradeState.TYPING:
            self._provider.bank.decline(number, now)
        action = "refund" if self._provider.bank.trade(number, now).kept_fen else "close"
        self._provider.bank.reverse(number, now)
        return _success(**said, action=action)

    def _refund(self, content: Mapping[str, Any]) -> dict[str, object]:
        number, refund_no = content["out_trade_no"], content["out_request_no"]
        is_new = refund_no not in self._seen(content).refunds
        fen = Fen.from_yuan(content["refund_amount"]).fen
        trade = self._provider.bank.refund(number, refund_no, fen, self._provider.clock())
        return _success(
            out_trade_no=number,
            trade_no=trade.transaction,
            fund_change="Y" if is_new else "N",
            refund_fee=str(Fen(trade.refunded_fen)),
        )

    def _query_refund(self, content: Mapping[str, Any]) -> dict[str, object]:
        trade, refund_no = self._seen(content), content["out_request_no"]
        if refund_no not in trade.refunds:
            # As the real one: a success without a status.
            return _success()
        return _success(
            out_trade_no=trade.number,
            out_request_no=refund_no,
            refund_status="REFUND_SUCCESS",
            refund_amount=str(Fen(trade.refunds[refund_no][0])),
        )

    def _bill(self, content: Mapping[str, Any], base: str) -> dict[str, object]:
        day_on = date.fromisoformat(content["bill_date"])
        if not list(self._provider.bank.lines(day_on, lambda at: at.astimezone(BEIJING))):
            return _failure("isp.bill_not_exist")
        return _success(bill_download_url=f"{base.rstrip('/')}/alipay-bill/{day_on}")

    def _seen(self, content: Mapping[str, Any]) -> Trade:
        """Return a payment that exists for Alipay: somebody has scanned it."""
        trade = self._provider.bank.trade(content["out_trade_no"], self._provider.clock())
        if not trade.is_seen:
            raise BankRefused(BankCode.UNKNOWN)
        return trade

    def _is_from_hospital(self, asked: Mapping[str, str]) -> bool:
        text = "&".join(f"{key}={asked[key]}" for key in sorted(asked) if key != "sign")
        return asked.get("app_id") == ALIPAY_APP and is_signed(
            self._provider.keys.hospital, text, asked.get("sign", "")
        )


def alipay_callback(trade: Trade, wording: CallbackWording) -> Callback:
    """Return the callback that tells a payment."""
    said = {
        "notify_id": wording.notice_id,
        "notify_type": "trade_status_sync",
        "notify_time": wording.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": "2021000000000002" if wording.is_for_another else ALIPAY_APP,
        "seller_id": ALIPAY_SELLER,
        "out_trade_no": trade.number,
        "trade_no": trade.transaction,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": str(Fen(trade.paid_fen + wording.more_fen)),
        "subject": "医院缴费",
    }
    text = "&".join(f"{key}={said[key]}" for key in sorted(said))
    body = urlencode({**said, "sign_type": "RSA2", "sign": sign(wording.key, text)})
    return Callback(
        url=trade.notify_url,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        body=body.encode(),
    )


def _trade_said(trade: Trade) -> dict[str, object]:
    return {
        "out_trade_no": trade.number,
        "trade_no": trade.transaction,
        "total_amount": str(Fen(trade.paid_fen or trade.fen)),
    }


def _success(**said: object) -> dict[str, object]:
    return {"code": "10000", "msg": "Success", **said}


def _failure(sub_code: str) -> dict[str, object]:
    return {"code": "40004", "msg": "Business Failed", "sub_code": sub_code}
