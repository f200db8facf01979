"""Reads the daily bills of the providers. Amounts stand in yuan; cells may carry odd marks."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.gateway import BillLine
from queue_server.payments.terms import AttemptId

BILL_BYTES_MAX: Final = 200_000_000
_MARKS: Final = "`\t\r\n \ufeff"


class BillUnreadable(Exception):
    """This is no daily bill of the provider."""


def wechat_bill_lines(text: str) -> Sequence[BillLine]:
    """Return the lines of a WeChat Pay bill (`bill_type=ALL`).

    Raises:
        BillUnreadable: it is none.
    """
    lines = []
    for row in _rows(text.splitlines(), "交易时间", "总交易单数"):
        status = row["交易状态"]
        is_payment = status == "SUCCESS"
        amount = _yuan(row["订单金额"] if is_payment else row["申请退款金额"])
        lines.append(
            BillLine(
                attempt=AttemptId(row["商户订单号"]),
                transaction=row["微信订单号"],
                came=amount if is_payment else NOTHING,
                went_back=NOTHING if is_payment else amount,
                refund_no=row["商户退款单号"],
            )
        )
    return lines


def alipay_bill_lines(archive: bytes) -> Sequence[BillLine]:
    """Return the lines of an Alipay bill: a zip archive with the details in GB18030.

    Raises:
        BillUnreadable: it is none.
    """
    lines = []
    for row in _rows(_alipay_details(archive).splitlines(), "支付宝交易号", "#"):
        is_payment = row["业务类型"] == "交易"
        amount = _yuan(row["订单金额（元）"].lstrip("-"))
        lines.append(
            BillLine(
                attempt=AttemptId(row["商户订单号"]),
                transaction=row["支付宝交易号"],
                came=amount if is_payment else NOTHING,
                went_back=NOTHING if is_payment else amount,
                refund_no=row["退款批次号/请求号"],
            )
        )
    return lines


def _rows(text: Sequence[str], first: str, end: str) -> Iterator[Mapping[str, str]]:
    """Yield the rows below the head line, which begins with `first`, up to one with `end`."""
    head: list[str] = []
    for cells in csv.reader(text):
        row = [cell.strip(_MARKS) for cell in cells]
        if not row or not row[0]:
            continue
        if not head:
            head = row if row[0] == first else []
            continue
        if row[0].startswith(end):
            return
        if len(row) < len(head):
            raise BillUnreadable(f"{len(row)} cells instead of {len(head)}")
        yield dict(zip(head, row, strict=False))
    if not head:
        raise BillUnreadable(f"no head line with {first}")


def _alipay_details(archive: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for entry in files.infolist():
                # Names are in GB18030 without saying so, as old zip programs wrote them.
                name = entry.filename
                if not entry.flag_bits & 0x800:
                    name = name.encode("cp437").decode("gb18030", errors="replace")
                if "汇总" not in name and entry.file_size <= BILL_BYTES_MAX:
                    return files.read(entry).decode("gb18030")
    except (zipfile.BadZipFile, UnicodeError, OSError) as error:
        raise BillUnreadable(type(error).__name__) from error
    raise BillUnreadable("no details in the archive")


def _yuan(text: str) -> Fen:
    try:
        return Fen.from_yuan(text)
    except ValueError as error:
        raise BillUnreadable(str(error)) from error
