"""WeChat Pay's dialect of the sandbox (APIv3): native, codepay, close, reverse, refund, bill.

Sources: the reference pages of pay.weixin.qq.com for these calls, and what the client library
sends and expects.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import APIRouter, Request
from starlette.responses import Response

from queue_server.payments.sandbox.bank import BankCode, BankRefused, Trade, TradeState
from queue_server.payments.sandbox.bill_text import wechat_bill
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.sandbox.keys import (
    WECHAT_APP,
    WECHAT_MERCHANT,
    WECHAT_PLATFORM_KEY_ID,
)
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
REQUEST_AGE_MAX: Final = timedelta(minutes=5)
SCANNED_FOR: Final = timedelta(minutes=2)

_AUTHORIZATION: Final = re.compile(r'(\w+)="([^"]*)"')
_STATES: Final = {
    TradeState.OPEN: "NOTPAY",
    TradeState.TYPING: "USERPAYING",
    TradeState.PAID: "SUCCESS",
    TradeState.CLOSED: "CLOSED",
    TradeState.REVERSED: "REVOKED",
    TradeState.DECLINED: "PAYERROR",
}
_CODES: Final = {
    BankCode.UNKNOWN: (404, "ORDER_NOT_EXIST"),
    BankCode.NUMBER_USED: (403, "OUT_TRADE_NO_USED"),
    BankCode.ALREADY_PAID: (400, "ORDERPAID"),
    BankCode.ALREADY_CLOSED: (400, "ORDER_CLOSED"),
    BankCode.CODE_USED: (400, "AUTH_CODE_INVALID"),
    BankCode.STILL_TYPING: (400, "USERPAYING"),
    BankCode.TOO_MUCH: (400, "INVALID_REQUEST"),
}


class WechatDialect:
    """Signs as WeChat Pay does."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def signed(self, said: Said, key: RSAPrivateKey) -> Response:
        """Return an answer with the headers of a signature."""
        body = "" if said.body is None else json.dumps(said.body, ensure_ascii=False)
        at, nonce = str(int(self._provider.clock().timestamp())), self._provider.new_id()
        return Response(
            body.encode(),
            status_code=said.status,
            media_type="application/json",
            headers=signature_headers(key, at, nonce, body),
        )

    def refused(self, operation: Operation) -> Said:
        """Return a refusal for certain."""
        if operation is Operation.CREATE:
            return _refusal(403, "NOT_ENOUGH")
        return _refusal(400, "INVALID_REQUEST")


def signature_headers(key: RSAPrivateKey, at: str, nonce: str, body: str) -> dict[str, str]:
    """Return the headers with which WeChat Pay signs answers and callbacks."""
    return {
        "Wechatpay-Timestamp": at,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": WECHAT_PLATFORM_KEY_ID,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": sign(key, f"{at}\n{nonce}\n{body}\n"),
    }


def make_wechat_router(provider: Provider) -> APIRouter:
    """Return the routes of WeChat Pay."""
    router = APIRouter(prefix="/v3", tags=["wechat"])
    api = _Api(provider)
    orders = "/pay/transactions/out-trade-no/{number}"
    router.post("/pay/transactions/native")(api.native)
    router.post("/pay/transactions/codepay")(api.codepay)
    router.get(orders)(api.query)
    router.post(orders + "/close")(api.close)
    router.post(orders + "/reverse")(api.reverse)
    router.post("/refund/domestic/refunds")(api.refund)
    router.get("/refund/domestic/refunds/{refund_no}")(api.query_refund)
    router.get("/bill/tradebill")(api.bill)
    router.get("/billdownload/file")(api.bill_file)
    return router


class _Api:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._dialect = WechatDialect(provider)

    async def native(self, request: Request) -> Response:
        def do(_: FaultKind | None, asked: dict[str, Any]) -> Said:
            trade = self._provider.bank.open_shown(
                asked["out_trade_no"],
                asked["amount"]["total"],
                now=self._provider.clock(),
                expires_at=datetime.fromisoformat(asked["time_expire"]),
                notify_url=asked["notify_url"],
            )
            base = str(request.base_url).rstrip("/")
            return Said(body={"code_url": f"{base}/pay/wechat/{trade.token}"})

        return await self._answered(request, Operation.CREATE, do)

    async def codepay(self, request: Request) -> Response:
        def do(fault: FaultKind | None, asked: dict[str, Any]) -> Said:
            now = self._provider.clock()
            trade = self._provider.bank.open_scanned(
                asked["out_trade_no"],
                asked["amount"]["total"],
                code=asked["payer"]["auth_code"],
                now=now,
                expires_at=now + SCANNED_FOR,
                must_type=fault is FaultKind.USER_PAYING,
            )
            if trade.state is TradeState.TYPING:
                return Said(status=202, body={"code": "USERPAYING", "message": "需要输入密码"})
            return Said(body=trade_said(trade))

        return await self._answered(request, Operation.CREATE, do)

    async def query(self, request: Request, number: str) -> Response:
        def do(_: FaultKind | None, __: dict[str, Any]) -> Said:
            return Said(body=trade_said(self._provider.bank.trade(number, self._provider.clock())))

        return await self._answered(request, Operation.QUERY, do)

    async def close(self, request: Request, number: str) -> Response:
        def do(fault: FaultKind | None, _: dict[str, Any]) -> Said:
            trade = self._provider.bank.close(number, self._provider.clock())
            trade.may_be_paid_when_closed = fault is FaultKind.PAY_AFTER_CLOSE
            return Said(status=204)

        return await self._answered(request, Operation.CLOSE, do)

    async def reverse(self, request: Request, number: str) -> Response:
        def do(_: FaultKind | None, __: dict[str, Any]) -> Said:
            self._provider.bank.reverse(number, self._provider.clock())
            return Said(body={"appid": WECHAT_APP, "out_trade_no": number})

        return await self._answered(request, Operation.CLOSE, do)

    async def refund(self, request: Request) -> Response:
        def do(_: FaultKind | None, asked: dict[str, Any]) -> Said:
            number, refund_no = asked["out_trade_no"], asked["out_refund_no"]
            fen = asked["amount"]["refund"]
            self._provider.bank.refund(number, refund_no, fen, self._provider.clock())
            return Said(body={"out_refund_no": refund_no, "status": "SUCCESS"})

        return await self._answered(request, Operation.REFUND, do)

    async def query_refund(self, request: Request, refund_no: str) -> Response:
        def do(_: FaultKind | None, __: dict[str, Any]) -> Said:
            trades = self._provider.bank.trades.values()
            if not any(refund_no in trade.refunds for trade in trades):
                return _refusal(404, "RESOURCE_NOT_EXISTS")
            return Said(body={"out_refund_no": refund_no, "status": "SUCCESS"})

        return await self._answered(request, Operation.REFUND_QUERY, do)

    async def bill(self, request: Request, bill_date: date) -> Response:
        def do(_: FaultKind | None, __: dict[str, Any]) -> Said:
            text = self._bill_text(bill_date)
            if not text:
                return _refusal(400, "NO_STATEMENT_EXIST")
            base = str(request.base_url).rstrip("/")
            return Said(
                body={
                    "download_url": f"{base}/v3/billdownload/file?token={bill_date}",
                    "hash_type": "SHA1",
                    "hash_value": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
                }
            )

        return await self._answered(request, Operation.BILL, do)

    async def bill_file(self, request: Request, token: date) -> Response:
        if not self._is_from_hospital(request, ""):
            return Response(status_code=401)
        return Response(gzip.compress(self._bill_text(token).encode()), media_type="text/plain")

    def _bill_text(self, day_on: date) -> str:
        lines = list(self._provider.bank.lines(day_on, lambda at: at.astimezone(BEIJING)))
        return wechat_bill(lines, WECHAT_APP, WECHAT_MERCHANT) if lines else ""

    async def _answered(
        self,
        request: Request,
        operation: Operation,
        do: Callable[[FaultKind | None, dict[str, Any]], Said],
    ) -> Response:
        body = (await request.body()).decode()

        def checked(fault: FaultKind | None) -> Said:
            if not self._is_from_hospital(request, body):
                return _refusal(401, "SIGN_ERROR")
            asked = json.loads(body) if body else {}
            if asked.get("mchid", WECHAT_MERCHANT) != WECHAT_MERCHANT:
                return _refusal(400, "APPID_MCHID_NOT_MATCH")
            try:
                return do(fault, asked)
            except BankRefused as refused:
                return _refusal(*_CODES[refused.code])
            except (KeyError, TypeError, ValueError):
                return _refusal(400, "PARAM_ERROR")

        return await answered(self._provider, self._dialect, operation, checked)

    def _is_from_hospital(self, request: Request, body: str) -> bool:
        """Check the signature of a request, and how old it is."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        said = dict(_AUTHORIZATION.findall(rest))
        if scheme != "WECHATPAY2-SHA256-RSA2048" or not said.get("timestamp", "").isdigit():
            return False
        signed_at = datetime.fromtimestamp(int(said["timestamp"]), tz=BEIJING)
        if abs(self._provider.clock() - signed_at) > REQUEST_AGE_MAX:
            return False
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        text = f"{request.method}\n{path}\n{said['timestamp']}\n{said.get('nonce_str')}\n{body}\n"
        return said.get("mchid") == WECHAT_MERCHANT and is_signed(
            self._provider.keys.hospital, text, said.get("signature", "")
        )


def trade_said(trade: Trade, more_fen: int = 0) -> dict[str, object]:
    """Return a payment as WeChat Pay tells it."""
    said: dict[str, object] = {
        "appid": WECHAT_APP,
        "mchid": WECHAT_MERCHANT,
        "out_trade_no": trade.number,
        "trade_type": "MICROPAY" if trade.is_scanned_code else "NATIVE",
        "trade_state": _STATES[trade.state],
        "trade_state_desc": _STATES[trade.state],
    }
    if trade.state is TradeState.PAID and trade.paid_at is not None:
        fen = trade.paid_fen + more_fen
        said |= {
            "trade_state": "REFUND" if trade.refunds else "SUCCESS",
            "transaction_id": trade.transaction,
            "success_time": trade.paid_at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "amount": {"total": fen, "payer_total": fen, "currency": "CNY"},
        }
    return said


def wechat_callback(trade: Trade, wording: CallbackWording, api_v3_key: str) -> Callback:
    """Return the callback that tells a payment."""
    resource = trade_said(trade, wording.more_fen)
    if wording.is_for_another:
        resource["mchid"] = "1900000002"
    nonce = wording.notice_id[:12].ljust(12, "0")
    sealed = AESGCM(api_v3_key.encode()).encrypt(
        nonce.encode(), json.dumps(resource).encode(), b"transaction"
    )
    body = json.dumps(
        {
            "id": wording.notice_id,
            "create_time": wording.at.astimezone(BEIJING).isoformat(timespec="seconds"),
            "event_type": "TRANSACTION.SUCCESS",
            "resource_type": "encrypt-resource",
            "summary": "支付成功",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": "transaction",
                "original_type": "transaction",
                "nonce": nonce,
            },
        }
    )
    headers = signature_headers(
        wording.key, str(int(wording.at.timestamp())), wording.notice_id, body
    )
    return Callback(
        url=trade.notify_url,
        headers={**headers, "Content-Type": "application/json"},
        body=body.encode(),
    )


def _refusal(status: int, code: str) -> Said:
    return Said(status=status, body={"code": code, "message": code})
