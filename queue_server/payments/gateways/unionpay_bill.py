"""Reads UnionPay's daily file of a merchant (ZM): fields of fixed width, amounts in fen."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from queue_server.payments.fen import Fen
from queue_server.payments.gateway import BillLine
from queue_server.payments.gateways.bill_file import BILL_BYTES_MAX, BillUnreadable
from queue_server.payments.terms import AttemptId

WIDTHS: Final = (
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2),
    *(2, 6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 131),
)
"""Of all fields, in bytes; one blank stands between two."""
AMOUNT, QUERY_ID, ORDER, KIND, ORIGINAL = 6, 9, 11, 19, 26
"""Where the fields stand that matter here."""
_PAYMENT: Final = "01"
_OUR_REFUND: Final = re.compile(r"(R|P\d+)\Z", re.ASCII)
"""Ends our number of a refund; before it stands that of the payment."""


def unionpay_bill_lines(archive: bytes) -> Sequence[BillLine]:
    """Return the lines of a day's archive.

    Raises:
        BillUnreadable: it is none.
    """
    rows = [_fields(line) for text in _files(archive) for line in text.splitlines() if line]
    payments = {row[QUERY_ID]: row[ORDER] for row in rows if row[KIND] == _PAYMENT}
    return [_line(row, payments) for row in rows]


def _line(row: Sequence[str], payments: Mapping[str, str]) -> BillLine:
    try:
        amount = Fen(int(row[AMOUNT]))
    except ValueError as error:
        raise BillUnreadable("amount") from error
    order = row[ORDER]
    if row[KIND] == _PAYMENT:
        return BillLine(attempt=AttemptId(order), transaction=row[QUERY_ID], came=amount)
    attempt = payments.get(row[ORIGINAL]) or _OUR_REFUND.sub("", order)
    return BillLine(
        attempt=AttemptId(attempt),
        transaction=row[ORIGINAL],
        went_back=amount,
        refund_no=order,
    )


def _files(archive: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            found = [one for one in files.infolist() if "ZM_" in one.filename]
            if not found or any(one.file_size > BILL_BYTES_MAX for one in found):
                raise BillUnreadable("no ZM file")
            for one in found:
                yield files.read(one)
    except (zipfile.BadZipFile, OSError) as error:
        raise BillUnreadable(type(error).__name__) from error


def _fields(line: bytes) -> list[str]:
    fields, start = [], 0
    for width in WIDTHS:
        fields.append(line[start : start + width].decode("gb18030", errors="replace").strip())
        start += width + 1
    if start - 1 > len(line) + WIDTHS[-1]:
        raise BillUnreadable(f"{len(line)} bytes")
    return fields
