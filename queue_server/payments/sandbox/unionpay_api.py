"""UnionPay's dialect of the sandbox (ACP 5.1.0): pay, query, reverse, refund, file.

A code that is shown becomes a payment only when it is paid. Nobody can close it.
"""

import base64
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from fastapi import APIRouter, Request
from starlette.responses import Response

from queue_server.payments.sandbox.bank import BankCode, BankRefused, Trade, TradeState
from queue_server.payments.sandbox.bill_text import unionpay_bill
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.sandbox.keys import UNIONPAY_MERCHANT
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
SCANNED_FOR: Final = timedelta(minutes=2)
DAY_BEGINS: Final = timedelta(hours=1)
"""The day ends at 23:00."""
_HEAD: Final = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"}
_REFUND_NUMBER: Final = re.compile(r".*(R|P\d+)", re.ASCII)
"""How this hospital numbers refunds: only so a query tells what it is about."""
_OPERATIONS: Final = {
    "01": Operation.CREATE,
    "04": Operation.REFUND,
    "99": Operation.CLOSE,
    "76": Operation.BILL,
}
_CODES: Final = {
    BankCode.UNKNOWN: "34",
    BankCode.NUMBER_USED: "12",
    BankCode.ALREADY_PAID: "12",
    BankCode.ALREADY_CLOSED: "31",
    BankCode.CODE_USED: "77",
    BankCode.STILL_TYPING: "05",
    BankCode.TOO_MUCH: "36",
}
_OUTCOMES: Final = {
    TradeState.TYPING: "05",
    TradeState.PAID: "00",
    TradeState.REVERSED: "60",
    TradeState.DECLINED: "60",
}
"""What a query says came of a payment; one in another state is not known."""


class UnionpayDialect:
    """Signs as UnionPay does, with its certificate among the fields."""

    def __init__(self, certificate: str) -> None:
        self._certificate = certificate

    def signed(self, said: Said, key: RSAPrivateKey) -> Response:
        """Return an answer with its signature."""
        fields = {name: str(value) for name, value in (said.body or {}).items()}
        fields = _HEAD | {"signPubKeyCert": self._certificate} | fields
        written = (f"{name}={value}" for name, value in _signed(fields, key).items())
        return Response("&".join(written))

    def refused(self, operation: Operation) -> Said:
        """Return a refusal for certain."""
        return _coded("64" if operation is Operation.CREATE else "36")


def make_unionpay_router(provider: Provider, certificate: str) -> APIRouter:
    """Return the routes of UnionPay, who signs with `certificate`."""
    router = APIRouter(tags=["unionpay"])
    api = _Api(provider, certificate)
    router.post("/unionpay/gateway/api/backTransReq.do")(api.asked)
    router.post("/unionpay/gateway/api/queryTrans.do")(api.asked)
    router.post("/unionpay-files/")(api.asked)
    return router


class _Api:
    def __init__(self, provider: Provider, certificate: str) -> None:
        self._provider = provider
        self._dialect = UnionpayDialect(certificate)

    async def asked(self, request: Request) -> Response:
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        base = str(request.base_url).rstrip("/")
        doers: dict[str, Callable[[FaultKind | None], Said]] = {
            "01": lambda fault: self._consume(fields, fault, base),
            "00": lambda _: self._query(fields),
            "04": lambda _: self._refund(fields),
            "99": lambda _: self._reverse(fields),
            "76": lambda _: self._file(fields),
        }
        kind = fields.get("txnType", "")

        def do(fault: FaultKind | None) -> Said:
            if not self._is_from_hospital(fields):
                return _coded("11")
            try:
                return doers[kind](fault)
            except BankRefused as refused:
                return _coded(_CODES[refused.code])
            except (KeyError, ValueError):
                return _coded("10")

        return await answered(self._provider, self._dialect, _operation(fields), do)

    def _consume(self, asked: Mapping[str, str], fault: FaultKind | None, base: str) -> Said:
        now, number, fen = self._provider.clock(), asked["orderId"], int(asked["txnAmt"])
        if asked["txnSubType"] == "06":
            self._provider.bank.open_scanned(
                number,
                fen,
                code=asked["qrNo"],
                now=now,
                expires_at=now + SCANNED_FOR,
                must_type=fault is FaultKind.USER_PAYING,
            )
            return _coded("00", orderId=number)
        ends = datetime.strptime(asked["payTimeout"], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        trade = self._provider.bank.open_shown(
            number, fen, now=now, expires_at=ends, notify_url=asked["backUrl"]
        )
        trade.may_be_paid_when_closed = fault is FaultKind.PAY_AFTER_CLOSE
        return _coded("00", orderId=number, qrCode=f"{base}/pay/unionpay/{trade.token}")

    def _query(self, asked: Mapping[str, str]) -> Said:
        number, now = asked["orderId"], self._provider.clock()
        for trade in self._provider.bank.trades.values():
            if number in trade.refunds:
                fen, at = trade.refunds[number]
                return _coded("00", **_known(number, "04", fen, at), origRespCode="00")
        trade = self._provider.bank.trade(number, now)
        outcome = _OUTCOMES.get(trade.state)
        if outcome is None:
            return _coded("34")
        return _coded("00", **_trade_fields(trade), origRespCode=outcome)

    def _refund(self, asked: Mapping[str, str]) -> Said:
        number, fen = asked["origOrderId"], int(asked["txnAmt"])
        self._provider.bank.refund(number, asked["orderId"], fen, self._provider.clock())
        return _coded("00", orderId=asked["orderId"])

    def _reverse(self, asked: Mapping[str, str]) -> Said:
        self._provider.bank.reverse(asked["orderId"], self._provider.clock())
        return _coded("00", orderId=asked["orderId"])

    def _file(self, asked: Mapping[str, str]) -> Said:
        today = (self._provider.clock().astimezone(BEIJING) + DAY_BEGINS).date()
        # The date that is asked for has no year: the last one that was so.
        day_on = date(today.year, int(asked["settleDate"][:2]), int(asked["settleDate"][2:]))
        if day_on > today + timedelta(days=1):
            day_on = day_on.replace(year=today.year - 1)
        lines = list(
            self._provider.bank.lines(day_on, lambda at: at.astimezone(BEIJING) + DAY_BEGINS)
        )
        if not lines:
            return _coded("98")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            name = f"INN{day_on:%y%m%d}88ZM_{UNIONPAY_MERCHANT}"
            archive.writestr(name, unionpay_bill(lines, UNIONPAY_MERCHANT))
        content = base64.b64encode(zlib.compress(packed.getvalue())).decode()
        return _coded("00", fileContent=content)

    def _is_from_hospital(self, fields: Mapping[str, str]) -> bool:
        is_ours = fields.get("merId") == UNIONPAY_MERCHANT
        return is_ours and is_signed(
            self._provider.keys.hospital, _digest(fields), fields.get("signature", "")
        )


def unionpay_callback(trade: Trade, wording: CallbackWording, certificate: str) -> Callback:
    """Return the callback that tells a payment."""
    fields = _trade_fields(trade) | {
        **_HEAD,
        "signPubKeyCert": certificate,
        "merId": "777290058110098" if wording.is_for_another else UNIONPAY_MERCHANT,
        "txnAmt": str(trade.paid_fen + wording.more_fen),
        "traceTime": f"{wording.at.astimezone(BEIJING):%m%d%H%M%S}",
        "respCode": "00",
        "respMsg": "success",
    }
    return Callback(
        url=trade.notify_url,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(_signed(fields, wording.key)).encode(),
    )


def _operation(fields: Mapping[str, str]) -> Operation:
    kind = fields.get("txnType", "")
    if kind in _OPERATIONS:
        return _OPERATIONS[kind]
    is_of_refund = _REFUND_NUMBER.fullmatch(fields.get("orderId", ""))
    return Operation.REFUND_QUERY if is_of_refund else Operation.QUERY


def _trade_fields(trade: Trade) -> dict[str, str]:
    at = trade.paid_at or trade.opened_at
    fields = _known(trade.number, "01", trade.paid_fen or trade.fen, at)
    return fields | ({"queryId": trade.transaction} if trade.transaction else {})


def _known(number: str, kind: str, fen: int, at: datetime) -> dict[str, str]:
    return {
        "orderId": number,
        "txnType": kind,
        "txnAmt": str(fen),
        "traceTime": f"{at.astimezone(BEIJING):%m%d%H%M%S}",
    }


def _signed(fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
    return {**fields, "signature": sign(key, _digest(fields))}


def _digest(fields: Mapping[str, str]) -> str:
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")
    return hashlib.sha256(text.encode()).hexdigest()


def _coded(code: str, **fields: str) -> Said:
    return Said(body={"respCode": code, "respMsg": f"sandbox[{code}]", **fields})
