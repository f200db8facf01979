"""A day's receipts as a file for a spreadsheet: whoever reads down the serials sees no gap."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final

from queue_server.payments.receipt import Receipt, in_groups, serial_of

_HEADER: Final = (
    "流水 serial",
    "票据流水号 our number",
    "种类 kind",
    "冲销 takes back",
    "财政票据代码 official code",
    "财政票据号码 official number",
    "校验码 check code",
    "支付单号 payment",
    "渠道 channel",
    "开票时间 issued",
    "个人支付(元) self-pay (yuan)",
    "医保支付(元) insurance (yuan)",
)


def receipts_csv(
    day_on: date, receipts: Iterable[Receipt], local: Callable[[datetime], datetime]
) -> str:
    """Return the receipts that were issued on a clinic day, with a byte order mark.

    Args:
        day_on: the day.
        receipts: those of its books, perhaps with some of former days.
        local: an instant in the site's time.
    """
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for one in sorted(receipts, key=lambda each: serial_of(each.number)):
        if one.number.startswith(f"{day_on:%Y%m%d}"):
            writer.writerow(_cells(one, local))
    return text.getvalue()


def _cells(one: Receipt, local: Callable[[datetime], datetime]) -> tuple[str, ...]:
    registration = one.registration
    sign = "" if one.reverses is None else "-"
    return (
        str(serial_of(one.number)),
        # A space keeps a spreadsheet from making it a rounded number.
        in_groups(one.number),
        "正常 receipt" if one.reverses is None else "红字 reversal",
        "" if one.reverses is None else in_groups(one.reverses),
        "" if registration is None else registration.code,
        "" if registration is None else registration.number,
        "" if registration is None else registration.check_code,
        one.attempt,
        one.channel,
        f"{local(one.issued_at):%Y-%m-%d %H:%M:%S}",
        f"{sign}{one.amount}",
        f"{sign}{one.insurance}",
    )
