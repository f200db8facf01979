"""UnionPay QR: a shown code (01/07) and a scanned payment code (01/06), over ACP 5.1.0.

There is no well-kept client, so this is a small one of our own. Its source is the public interface
documents of the all-channel platform; nothing of it has been run against the real one.

A shown code can't be closed: it says itself until when it may be paid.
"""

import base64
import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from http.client import HTTPException
from typing import Final
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

from queue_server.payments.configuration import UnionpayConfiguration
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
from queue_server.payments.gateways import unionpay_message
from queue_server.payments.gateways.bill_file import BILL_BYTES_MAX, BillUnreadable
from queue_server.payments.gateways.notice_age import require_fresh
from queue_server.payments.gateways.unionpay_bill import unionpay_bill_lines
from queue_server.payments.gateways.unionpay_trust import UnionpayTrust, unionpay_trust
from queue_server.payments.terms import AttemptId

BEIJING: Final = ZoneInfo("Asia/Shanghai")
UNPAYABLE_BEFORE: Final = timedelta(seconds=5)
"""So long before we give a shown code up, UnionPay lets nobody pay it any more."""
GATEWAY: Final = "https://gateway.95516.com"
FILE_GATEWAY: Final = "https://filedownload.95516.com"

_SUCCESS: Final = frozenset({"00", "A6"})
_UNDER_WAY: Final = frozenset({"03", "04", "05"})
_ABSENT: Final = "34"
_NO_FILE: Final = "98"
_REFUSED: Final = frozenset(
    {
        *("10", "11", "13", "20", "21", "22", "33", "36", "37", "38", "39"),
        *("61", "62", "63", "64", "65", "66", "73", "77"),
    }
)
"""Refusals after which there is certainly no payment; any other one leaves it unknown."""
_log = logging.getLogger(__name__)


def unionpay_gateway(
    configuration: UnionpayConfiguration, clock: Callable[[], datetime], timeout_s: float
) -> "UnionpayGateway":
    """Return the gateway. Asks nobody yet.

    Raises:
        ValueError: a key or certificate is none, or they do not belong together.
    """
    try:
        trust = unionpay_trust(configuration)
    except (ValueError, TypeError) as error:
        raise ValueError(f"[unionpay] {error} / 密钥或证书文件无效") from None
    return UnionpayGateway(configuration, trust, clock, timeout_s)


class UnionpayGateway:
    """`Gateway` of UnionPay."""

    reverse_after_s = 0
    day_begins = timedelta(hours=-1)
    """UnionPay's day ends at 23:00."""

    def __init__(
        self,
        configuration: UnionpayConfiguration,
        trust: UnionpayTrust,
        clock: Callable[[], datetime],
        timeout_s: float,
    ) -> None:
        self._configuration = configuration
        self._trust = trust
        self._clock = clock
        self._timeout_s = timeout_s

    def create(self, order: Order) -> Answer:
        """Begin a payment."""
        asked = {
            "txnType": "01",
            "txnSubType": "06" if order.is_scanned else "07",
            "txnAmt": str(order.amount.fen),
            "currencyCode": "156",
            "backUrl": self._configuration.notify_url,
            **_names(order),
        }
        if order.is_scanned:
            asked |= {"qrNo": order.code, "termId": self._configuration.terminal_id}
        else:
            asked["payTimeout"] = _time(order.expires_at - UNPAYABLE_BEFORE)
        said = self._ask(asked)
        code = said.get("respCode", "")
        if code in _REFUSED:
            return Answer(standing=Standing.REFUSED, code=code)
        if code not in _SUCCESS | _UNDER_WAY:
            raise GatewaySilent(code)
        if not order.is_scanned:
            return _shown(said)
        # It is taken on, not yet paid: the query tells.
        answer = self.query(order)
        is_known = answer.standing in (Standing.PAID, Standing.CLOSED)
        return answer if is_known else Answer(standing=Standing.WAITING)

    def query(self, order: Order) -> Answer:
        """Ask how a payment stands; a shown code that nobody has paid is not known."""
        said = self._query(order.attempt, order.opened_at)
        code = said.get("respCode", "")
        if code == _ABSENT:
            return Answer(standing=Standing.ABSENT)
        if code not in _SUCCESS:
            raise GatewaySilent(code)
        came_of_it = said.get("origRespCode", "")
        if came_of_it in _SUCCESS:
            return _paid(said)
        if came_of_it in _UNDER_WAY:
            return Answer(standing=Standing.WAITING)
        return Answer(standing=Standing.CLOSED, code=came_of_it)

    def close(self, order: Order) -> Answer:
        """Reverse a scanned payment; of a shown one wait until nobody can pay it any more."""
        if not order.is_scanned:
            is_over = self._clock() >= order.expires_at
            return Answer(standing=Standing.CLOSED if is_over else Standing.WAITING)
        said = self._ask(
            {
                "txnType": "99",
                "txnSubType": "01",
                "txnAmt": str(order.amount.fen),
                "currencyCode": "156",
                **_names(order),
            }
        )
        code = said.get("respCode", "")
        if code in _SUCCESS:
            return Answer(standing=Standing.CLOSED)
        if code == _ABSENT:
            return Answer(standing=Standing.ABSENT)
        if code in _UNDER_WAY:
            return Answer(standing=Standing.WAITING, code=code)
        raise GatewaySilent(code)

    def refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Give back all that was paid, or a part of it."""
        said = self._ask(
            {
                "txnType": "04",
                "txnSubType": "00",
                "txnAmt": str(refund.amount.fen),
                "orderId": refund.number,
                "txnTime": _time(refund.asked_at),
                "origOrderId": order.attempt,
                "origTxnTime": _time(order.opened_at),
                "backUrl": self._configuration.notify_url,
            }
        )
        code = said.get("respCode", "")
        if code in _REFUSED:
            return RefundAnswer(standing=RefundStanding.REFUSED, code=code)
        if code not in _SUCCESS | _UNDER_WAY:
            raise GatewaySilent(code)
        return self.query_refund(order, refund)

    def query_refund(self, order: Order, refund: RefundOrder) -> RefundAnswer:
        """Ask how a refund stands."""
        said = self._query(refund.number, refund.asked_at)
        code, came_of_it = said.get("respCode", ""), said.get("origRespCode", "")
        if code == _ABSENT:
            return RefundAnswer(standing=RefundStanding.ABSENT)
        if code not in _SUCCESS:
            raise GatewaySilent(code)
        if came_of_it in _SUCCESS:
            return RefundAnswer(standing=RefundStanding.DONE)
        if came_of_it in _UNDER_WAY:
            return RefundAnswer(standing=RefundStanding.RUNNING)
        return RefundAnswer(standing=RefundStanding.REFUSED, code=came_of_it)

    def daily_bill(self, day_on: date) -> Sequence[BillLine]:
        """Return what UnionPay says of all payments of a day of its own."""
        address = self._configuration.file_gateway or FILE_GATEWAY
        asked = {
            "txnType": "76",
            "txnSubType": "01",
            "fileType": "00",
            "settleDate": f"{day_on:%m%d}",
            "txnTime": _time(self._clock()),
        }
        said = self._ask(asked, f"{address}/")
        code = said.get("respCode", "")
        if code == _NO_FILE:
            return []
        if code not in _SUCCESS:
            raise GatewaySilent(code)
        try:
            archive = zlib.decompress(base64.b64decode(said.get("fileContent", "")))
            return unionpay_bill_lines(archive)
        except (ValueError, zlib.error, BillUnreadable) as error:
            raise GatewaySilent("bill") from error

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """Check a callback's signature, age and merchant, and read it."""
        said = self._opened(body)
        require_fresh(_traced_at(said.get("traceTime", ""), now), now)
        if said.get("merId") != self._configuration.merchant_id:
            raise NoticeRefused(NoticeFault.OTHER_MERCHANT)
        if said.get("txnType") != "01" or said.get("respCode") not in _SUCCESS:
            raise NoticeRefused(NoticeFault.NO_PAYMENT)
        try:
            notice_id, attempt = said["queryId"], AttemptId(said["orderId"])
            return Notice(notice_id=notice_id, attempt=attempt, answer=_paid(said))
        except (GatewaySilent, KeyError) as error:
            raise NoticeRefused(NoticeFault.UNREADABLE) from error

    def notice_reply(self, is_taken: bool) -> tuple[int, str, bytes]:
        """Return status, content type and body of the answer to a callback."""
        return (200, "text/plain", b"ok") if is_taken else (400, "text/plain", b"refused")

    # --- inside ----------------------------------------------------------------------------------

    def _query(self, number: str, at: datetime) -> dict[str, str]:
        asked = {"txnType": "00", "txnSubType": "00", "orderId": number, "txnTime": _time(at)}
        return self._ask(asked, f"{self._gateway}/gateway/api/queryTrans.do")

    @property
    def _gateway(self) -> str:
        return (self._configuration.gateway or GATEWAY).rstrip("/")

    def _ask(self, asked: Mapping[str, str], address: str = "") -> dict[str, str]:
        """Make a call; only an answer that UnionPay has signed comes back."""
        fields = {
            **unionpay_message.HEAD,
            "bizType": "000000",
            "channelType": "08",
            "accessType": "0",
            "merId": self._configuration.merchant_id,
            "certId": self._trust.certificate_number,
            **asked,
        }
        request = Request(  # noqa: S310  # the technician has set the address
            address or f"{self._gateway}/gateway/api/backTransReq.do",
            data=urlencode(unionpay_message.signed(fields, self._trust.private_key)).encode(),
        )
        try:
            with urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                said = unionpay_message.read(answer.read(BILL_BYTES_MAX).decode())
        except (OSError, HTTPException, ValueError) as error:
            _log.warning("UnionPay gave no answer: %s", type(error).__name__)
            raise GatewaySilent(type(error).__name__) from error
        if not self._trust.is_from_unionpay(said, self._clock()):
            _log.warning("an answer is not signed by UnionPay")
            raise GatewaySilent("signature")
        return said

    def _opened(self, body: bytes) -> dict[str, str]:
        """Return a callback's content; its signature is right."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        except ValueError as error:
            raise NoticeRefused(NoticeFault.FORGED) from error
        said = dict(pairs)
        if len(said) != len(pairs) or not self._trust.is_from_unionpay(said, self._clock()):
            raise NoticeRefused(NoticeFault.FORGED)
        return said


def _names(order: Order) -> dict[str, str]:
    """Return what names a payment: UnionPay needs its number and its time."""
    return {"orderId": order.attempt, "txnTime": _time(order.opened_at)}


def _shown(said: Mapping[str, str]) -> Answer:
    if not said.get("qrCode"):
        raise GatewaySilent("no qrCode")
    return Answer(standing=Standing.WAITING, qr_text=said["qrCode"])


def _paid(said: Mapping[str, str]) -> Answer:
    try:
        paid = Fen(int(said["txnAmt"]))
        return Answer(standing=Standing.PAID, paid=paid, transaction=said["queryId"])
    except (KeyError, ValueError) as error:
        raise GatewaySilent("txnAmt") from error


def _time(at: datetime) -> str:
    return f"{at.astimezone(BEIJING):%Y%m%d%H%M%S}"


def _traced_at(text: str, now: datetime) -> datetime:
    """Return when a payment went through the net: its time has no year, so the nearest one."""
    local = now.astimezone(BEIJING)
    try:
        found = [
            datetime.strptime(f"{local.year + years}{text}", "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
            for years in (-1, 0, 1)
        ]
    except ValueError as error:
        raise NoticeRefused(NoticeFault.UNREADABLE) from error
    return min(found, key=lambda at: abs(at - local))
