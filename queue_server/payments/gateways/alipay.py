"""Alipay: a shown QR code (precreate) and a scanned payment code (pay).

Signatures are made and checked by the client library. What it leaves out is done here: the age of
a callback, application and seller, and which refusals are certain.
"""

import logging
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError
from alipay.utils import AliPayConfig

from queue_server.payments.configuration import AlipayConfiguration
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
from queue_server.payments.gateways.bill_file import (
    BILL_BYTES_MAX,
    BillUnreadable,
    alipay_bill_lines,
)
from queue_server.payments.gateways.notice_age import require_fresh
from queue_server.payments.terms import AttemptId

BEIJING: Final = ZoneInfo("Asia/Shanghai")
SHOWN_FOR: Final = "3m"
SCANNED_FOR: Final = "2m"
"""When Alipay closes it by itself, should we never do."""

_SUCCESS: Final = "10000"
_USER_PAYING: Final = "10003"
_BUSINESS_FAILED: Final = "40004"
_STANDINGS: Final = {
    "WAIT_BUYER_PAY": Standing.WAITING,
    "TRADE_SUCCESS": Standing.PAID,
    "TRADE_FINISHED": Standing.PAID,
    "TRADE_CLOSED": Standing.CLOSED,
}
_NOT_CERTAIN: Final = frozenset(
    {
        "ACQ.SYSTEM_ERROR",
        "ACQ.TRADE_HAS_SUCCESS",
        "ACQ.TRADE_HAS_CLOSE",
        "ACQ.CONTEXT_INCONSISTENT",
        "ACQ.SELLER_BALANCE_NOT_ENOUGH",
        "aop.ACQ.SYSTEM_ERROR",
    }
)
"""Failures after which it may be there all the same, or may be asked for again later."""
_NO_ANSWER: Final = (
    AliPayException,
    AliPayValidationError,
    HTTPException,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What the library may raise over an answer that is none, or is not signed by Alipay."""
_log = logging.getLogger(__name__)


def alipay_gateway(configuration: AlipayConfiguration, timeout_s: float) -> "AlipayGateway":
    """Return the gateway. Asks nobody yet.

    Raises:
        ValueError: a key is no key.
    """
    try:
        client = AliPay(
            appid=configuration.app_id,
            app_notify_url=configuration.notify_url,
            app_private_key_string=configuration.private_key,
            alipay_public_key_string=configuration.platform_key,
            sign_type="RSA2",
            config=AliPayConfig(timeout=timeout_s),
        )
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError(f"[alipay] {error} / 密钥文件无效") from None
    if configuration.gateway:
        # There is no argument for it; a test pins that this is still its place.
        client._gateway = configuration.gateway  # noqa: SLF001
    return AlipayGateway(client, configuration, timeout_s)


class AlipayGateway:
    """`Gateway` of Alipay."""

    reverse_after_s = 0
    day_begins = timedelta(0)

    def __init__(self, client: Any, configuration: AlipayConfiguration, timeout_s: float) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._configuration = configuration

    def create(self, order: Order) -> Answer:
        """Begin a payment."""
        asked = {
            "out_trade_no": order.attempt,
            "subject": order.title,
            "total_amount": str(order.amount),
        }
        if order.is_scanned:
            said = self._ask(
                lambda: self._client.api_alipay_trade_pay(
                    scene="bar_code", auth_code=order.code, timeout_express=SCANNED_FOR, **asked
                )
            )
        else:
            said = self._ask(
                lambda: self._client.api_alipay_trade_precreate(
                    timeout_express=SHOWN_FOR, qr_code_timeout_express=SHOWN_FOR, **asked
                )
            )
        return self._created(order, said)

    def query(self, order: Order) -> Answer:
        """Ask how a payment stands; a QR code that nobody has scanned is not known."""
        said = self._ask(lambda: self._client.api_alipay_trade_query(out_trade_no=order.attempt))
        if said.get("code") == _SUCCESS:
            return self._standing(said, said.get("trade_status", ""))
        if said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return Answer(standing=Standing.ABSENT)
        raise GatewaySilent(said.get("sub_code", ""))

    def close(self, order: Order) -> Answer:
        """Cancel it, scanned or not; what was paid meanwhile goes back."""
        said = self._ask(lambda: self._client.api_alipay_trade_cancel(out_trade_no=order.attempt))
        if said.get("code") == _SUCCESS and said.get("retry_flag", "N") == "N":
            return Answer(standing=Standing.CLOSED)
        raise GatewaySilent(said.get("sub_code", ""))

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Give back all that was paid, or a part of it."""
        said = self._ask(
            lambda: self._client.api_alipay_trade_refund(
                refund_amount=str(refund.amount),
                out_trade_no=order.attempt,
                out_request_no=refund.number,
            )
        )
        code = said.get("sub_code", "")
        if said.get("code") == _SUCCESS:
            # Asked for the second time it says N for "no money moved now"; the query tells.
            return self.query_refund(order, refund)
        if said.get("code") == _BUSINESS_FAILED and code not in _NOT_CERTAIN:
            return RefundAnswer(standing=RefundStanding.REFUSED, code=code)
        raise GatewaySilent(code)

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Ask how a refund stands."""
        said = self._ask(
            lambda: self._client.api_alipay_trade_fastpay_refund_query(
                refund.number, out_trade_no=order.attempt
            )
        )
        code = said.get("sub_code", "")
        if said.get("code") == _SUCCESS:
            is_done = said.get("refund_status") == "REFUND_SUCCESS"
            return RefundAnswer(standing=RefundStanding.DONE if is_done else RefundStanding.ABSENT)
        if code in ("ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST"):
            return RefundAnswer(standing=RefundStanding.ABSENT)
        raise GatewaySilent(code)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return what Alipay says of all payments of a day."""
        said = self._ask(
            lambda: self._client.server_api(
                "alipay.data.dataservice.bill.downloadurl.query",
                {"bill_type": "trade", "bill_date": day_on.isoformat()},
            )
        )
        if "bill_not_exist" in str(said.get("sub_code", "")).lower():
            return []
        url = str(said.get("bill_download_url", ""))
        if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise GatewaySilent(said.get("sub_code", ""))
        try:
            with urllib.request.urlopen(url, timeout=self._timeout_s) as answer:  # noqa: S310  # checked above
                return alipay_bill_lines(answer.read(BILL_BYTES_MAX))
        except (OSError, HTTPException, BillUnreadable) as error:
            raise GatewaySilent(type(error).__name__) from error

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Check a callback's signature, age, application and seller, and read it."""
        said = self._opened(body)
        require_fresh(_instant(said.get("notify_time", "")), now)
        is_ours = (
            said.get("app_id") == self._configuration.app_id
            and said.get("seller_id") == self._configuration.seller_id
        )
        if not is_ours:
            raise NoticeRefused(NoticeFault.OTHER_MERCHANT)
        # A refund is told with the same word, and FINISHED comes months after the money.
        if said.get("trade_status") != "TRADE_SUCCESS" or "gmt_refund" in said:
            raise NoticeRefused(NoticeFault.NO_PAYMENT)
        try:
            answer = self._standing(said, said["trade_status"])
            notice_id, attempt = said["notify_id"], AttemptId(said["out_trade_no"])
        except (GatewaySilent, KeyError) as error:
            raise NoticeRefused(NoticeFault.UNREADABLE) from error
        return Notice(notice_id=notice_id, attempt=attempt, answer=answer)

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer to a callback."""
        return 200, "text/plain", b"success" if is_taken else b"failure"

    # --- inside ----------------------------------------------------------------------------------

    def _ask(self, call: Callable[[], Any]) -> dict[str, Any]:
        """Make a call; only an answer that Alipay has signed comes back."""
        try:
            said = call()
        except _NO_ANSWER as error:
            _log.warning("Alipay gave no answer: %s", type(error).__name__)
            raise GatewaySilent(type(error).__name__) from error
        if not isinstance(said, dict):
            raise GatewaySilent("no object")
        return said

    def _created(self, order: Order, said: Mapping[str, Any]) -> Answer:
        code, sub_code = said.get("code"), said.get("sub_code", "")
        if code == _SUCCESS and order.is_scanned:
            return self._standing(said, "TRADE_SUCCESS")
        if code == _SUCCESS and "qr_code" in said:
            return Answer(standing=Standing.WAITING, qr_text=str(said["qr_code"]))
        if code == _USER_PAYING:
            return Answer(standing=Standing.WAITING)
        if code == _BUSINESS_FAILED and sub_code not in _NOT_CERTAIN:
            return Answer(standing=Standing.REFUSED, code=sub_code)
        raise GatewaySilent(sub_code)

    def _standing(self, said: Mapping[str, Any], trade_status: str) -> Answer:
        standing = _STANDINGS.get(trade_status)
        if standing is None:
            raise GatewaySilent("trade_status")
        if standing is not Standing.PAID:
            return Answer(standing=standing, code=trade_status)
        try:
            paid = Fen.from_yuan(said["total_amount"])
            return Answer(standing=standing, paid=paid, transaction=str(said["trade_no"]))
        except (KeyError, TypeError, ValueError) as error:
            raise GatewaySilent("total_amount") from error

    def _opened(self, body: bytes) -> dict[str, str]:
        """Return a callback's content; its signature is right."""
        try:
            said = dict(
                parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=True)
            )
            signature = said.pop("sign")
            if self._client.verify(dict(said), signature):
                return said
        except (KeyError, ValueError, AliPayException) as error:
            raise NoticeRefused(NoticeFault.FORGED) from error
        raise NoticeRefused(NoticeFault.FORGED)


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise NoticeRefused(NoticeFault.UNREADABLE) from error
