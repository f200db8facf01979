"""WeChat Pay, APIv3: a shown QR code (native) and a scanned payment code (codepay).

Signatures are made and checked by the client library. What it leaves out is done here: a
time-out, the age and the serial of a callback, the merchant, and which refusals are certain.
"""

import gzip
import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from wechatpayv3 import WeChatPay, WeChatPayType

from queue_server.payments.configuration import WechatConfiguration
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import (
    Answer,
    BillLine,
    GatewaySilent,
    Notice,
    NoticeFault,
    NoticeRefused,
    Order,
    RefundAnswer,
    RefundOrder,
    RefundStanding,
    Standing,
)
from queue_server.payments.gateways.bill_file import BillUnreadable, wechat_bill_lines
from queue_server.payments.gateways.notice_age import require_fresh
from queue_server.payments.terms import AttemptId

BEIJING: Final = ZoneInfo("Asia/Shanghai")
EXPIRY_MARGIN: Final = timedelta(seconds=60)
"""WeChat wants at least a minute; we close earlier ourselves."""

_STANDINGS: Final = {
    "SUCCESS": Standing.PAID,
    "REFUND": Standing.PAID,
    "NOTPAY": Standing.WAITING,
    "USERPAYING": Standing.WAITING,
    "CLOSED": Standing.CLOSED,
    "REVOKED": Standing.CLOSED,
    "PAYERROR": Standing.CLOSED,
}
_ABSENT: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CREATION_REFUSED: Final = frozenset(
    {
        "APPID_MCHID_NOT_MATCH",
        "AUTH_CODE_ERROR",
        "AUTH_CODE_EXPIRED",
        "AUTH_CODE_INVALID",
        "FREQUENCY_LIMITED",
        "INVALID_REQUEST",
        "MCH_NOT_EXISTS",
        "NOTENOUGH",
        "NOT_ENOUGH",
        "NO_AUTH",
        "PARAM_ERROR",
        "RULE_LIMIT",
        "RULELIMIT",
        "SIGN_ERROR",
    }
)
"""Refusals after which there is certainly no payment; any other one leaves it unknown."""
_REFUND_REFUSED: Final = frozenset(
    {"INVALID_REQUEST", "MCH_NOT_EXISTS", "NO_AUTH", "PARAM_ERROR", "USER_ACCOUNT_ABNORMAL"}
)
_REFUND_STANDINGS: Final = {
    "SUCCESS": RefundStanding.DONE,
    "PROCESSING": RefundStanding.RUNNING,
    "ABNORMAL": RefundStanding.REFUSED,
    "CLOSED": RefundStanding.REFUSED,
}
_log = logging.getLogger(__name__)


def wechat_gateway(configuration: WechatConfiguration, timeout_s: float) -> "WechatGateway":
    """Return the gateway. Asks nobody yet.

    Raises:
        ValueError: a key is no key.
    """
    try:
        client = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=configuration.merchant_id,
            private_key=configuration.private_key,
            cert_serial_no=configuration.certificate_serial,
            appid=configuration.app_id,
            apiv3_key=configuration.api_v3_key,
            notify_url=configuration.notify_url,
            public_key=configuration.platform_key,
            public_key_id=configuration.platform_key_id,
            timeout=timeout_s,
        )
    except Exception as error:  # noqa: BLE001  # the library raises nothing more exact
        raise ValueError(f"[wechat] {error} / 密钥文件无效") from None
    if configuration.gateway:
        # There is no argument for it; a test pins that this is still its place.
        client._core._gate_way = configuration.gateway.rstrip("/")  # noqa: SLF001
    return WechatGateway(client, configuration)


class WechatGateway:
    """`Gateway` of WeChat Pay."""

    reverse_after_s = 15
    day_begins = timedelta(0)

    def __init__(self, client: Any, configuration: WechatConfiguration) -> None:
        self._client = client
        self._configuration = configuration

    def create(self, order: Order) -> Answer:
        """Begin a payment."""
        asked: dict[str, Any] = {
            "description": order.title,
            "out_trade_no": order.attempt,
            "amount": {"total": order.amount.fen, "currency": "CNY"},
        }
        if order.is_scanned:
            status, said = self._ask(
                lambda: self._client.pay(
                    **asked, payer={"auth_code": order.code}, pay_type=WeChatPayType.CODEPAY
                )
            )
        else:
            expires_at = (order.expires_at + EXPIRY_MARGIN).astimezone(BEIJING)
            status, said = self._ask(
                lambda: self._client.pay(
                    **asked, time_expire=expires_at.isoformat(timespec="seconds")
                )
            )
        code = said.get("code", "")
        if status == 202 or code in ("USERPAYING", "USER_PAYING"):
            return Answer(standing=Standing.WAITING)
        if status == 200:
            return self._created(said)
        if code in _CREATION_REFUSED:
            return Answer(standing=Standing.REFUSED, code=code)
        raise GatewaySilent(code)

    def query(self, order: Order) -> Answer:
        """Ask how a payment stands."""
        status, said = self._ask(lambda: self._client.query(out_trade_no=order.attempt))
        if status == 200:
            return self._standing(said)
        if said.get("code") in _ABSENT:
            return Answer(standing=Standing.ABSENT)
        raise GatewaySilent(said.get("code", ""))

    def close(self, order: Order) -> Answer:
        """Close a shown payment, reverse a scanned one."""
        move = self._client.codepay_reverse if order.is_scanned else self._client.close
        status, said = self._ask(lambda: move(out_trade_no=order.attempt))
        code = said.get("code", "")
        if status in (200, 204):
            return Answer(standing=Standing.CLOSED)
        if code in _ABSENT:
            return Answer(standing=Standing.ABSENT)
        if code in ("ORDERPAID", "ORDER_PAID", "USERPAYING", "USER_PAYING"):
            return Answer(standing=Standing.WAITING, code=code)
        raise GatewaySilent(code)

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Give back all that was paid, or a part of it."""
        status, said = self._ask(
            lambda: self._client.refund(
                out_trade_no=order.attempt,
                out_refund_no=refund.number,
                amount={
                    "refund": refund.amount.fen,
                    "total": refund.paid.fen,
                    "currency": "CNY",
                },
            )
        )
        return self._refund_answer(status, said)

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Ask how a refund stands."""
        status, said = self._ask(lambda: self._client.query_refund(out_refund_no=refund.number))
        if said.get("code") in _ABSENT:
            return RefundAnswer(standing=RefundStanding.ABSENT)
        return self._refund_answer(status, said)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return what WeChat says of all payments of a day."""
        status, said = self._ask(lambda: self._client.trade_bill(bill_date=day_on.isoformat()))
        if said.get("code") == "NO_STATEMENT_EXIST":
            return []
        url = said.get("download_url", "")
        if status != 200 or not url:
            raise GatewaySilent(said.get("code", ""))
        content = self._download(url)
        # The download is not signed; its digest is in the answer that was.
        if hashlib.sha1(content, usedforsecurity=False).hexdigest() != said.get("hash_value"):
            raise GatewaySilent("digest")
        try:
            return wechat_bill_lines(content.decode("utf-8-sig"))
        except (UnicodeDecodeError, BillUnreadable) as error:
            raise GatewaySilent("bill") from error

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Check a callback's signature, age and merchant, and read it."""
        lowered = {name.lower(): value for name, value in headers.items()}
        said = self._opened(lowered, body)
        require_fresh(_instant(lowered.get("wechatpay-timestamp", "")), now)
        resource = said["resource"]
        is_ours = (
            resource.get("mchid") == self._configuration.merchant_id
            and resource.get("appid") == self._configuration.app_id
        )
        if not is_ours:
            raise NoticeRefused(NoticeFault.OTHER_MERCHANT)
        if said.get("event_type") != "TRANSACTION.SUCCESS":
            raise NoticeRefused(NoticeFault.NO_PAYMENT)
        try:
            answer = self._standing(resource)
            notice_id, attempt = str(said["id"]), AttemptId(resource["out_trade_no"])
        except (GatewaySilent, KeyError) as error:
            raise NoticeRefused(NoticeFault.UNREADABLE) from error
        if answer.standing is not Standing.PAID:
            raise NoticeRefused(NoticeFault.NO_PAYMENT)
        return Notice(notice_id=notice_id, attempt=attempt, answer=answer)

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer to a callback."""
        if is_taken:
            return 200, "application/json", b'{"code":"SUCCESS"}'
        return 400, "application/json", b'{"code":"FAIL","message":"refused"}'

    # --- inside ----------------------------------------------------------------------------------

    def _ask(self, call: Callable[[], tuple[int, Any]]) -> tuple[int, dict[str, Any]]:
        """Make a call; only an answer of the gateway that counts comes back."""
        try:
            status, text = call()
            said = json.loads(text) if text else {}
        except Exception as error:  # the library raises nothing more exact
            _log.warning("WeChat Pay gave no answer: %s", type(error).__name__)
            raise GatewaySilent(type(error).__name__) from error
        if status >= 500 or not isinstance(said, dict):
            raise GatewaySilent(str(status))
        return status, said

    def _created(self, said: Mapping[str, Any]) -> Answer:
        if "trade_state" in said:
            return self._standing(said)
        if "code_url" in said:
            return Answer(standing=Standing.WAITING, qr_text=str(said["code_url"]))
        raise GatewaySilent("no code_url")

    def _standing(self, said: Mapping[str, Any]) -> Answer:
        standing = _STANDINGS.get(said.get("trade_state", ""))
        if standing is None:
            raise GatewaySilent("trade_state")
        if standing is not Standing.PAID:
            return Answer(standing=standing, code=str(said["trade_state"]))
        try:
            paid = Fen(said["amount"]["total"])
            return Answer(standing=standing, paid=paid, transaction=str(said["transaction_id"]))
        except (KeyError, TypeError, ValueError) as error:
            raise GatewaySilent("amount") from error

    def _refund_answer(self, status: int, said: Mapping[str, Any]) -> RefundAnswer:
        code = said.get("code", "")
        if status == 200 and said.get("status") in _REFUND_STANDINGS:
            standing = _REFUND_STANDINGS[said["status"]]
            return RefundAnswer(standing=standing, code=str(said["status"]))
        if code in _REFUND_REFUSED:
            return RefundAnswer(standing=RefundStanding.REFUSED, code=code)
        raise GatewaySilent(code)

    def _download(self, url: str) -> bytes:
        try:
            status, content = self._client.download_bill(url)
        except Exception as error:  # the library raises nothing more exact
            raise GatewaySilent(type(error).__name__) from error
        if status != 200 or not isinstance(content, bytes):
            raise GatewaySilent(str(status))
        try:
            return gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise GatewaySilent("gzip") from error

    def _opened(self, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Return a callback's content; its signature is right."""
        # Another serial would make the library ask the gateway for certificates.
        if headers.get("wechatpay-serial") != self._configuration.platform_key_id:
            raise NoticeRefused(NoticeFault.FORGED)
        try:
            said = self._client.callback(headers, body)
        except Exception as error:  # the library raises nothing more exact
            raise NoticeRefused(NoticeFault.FORGED) from error
        if not isinstance(said, dict) or not isinstance(said.get("resource"), dict):
            raise NoticeRefused(NoticeFault.FORGED)
        return said


def _instant(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), tz=BEIJING)
    except (ValueError, OverflowError, OSError) as error:
        raise NoticeRefused(NoticeFault.UNREADABLE) from error
