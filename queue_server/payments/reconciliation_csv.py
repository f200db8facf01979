"""Differences as a file for a spreadsheet, which must never take a cell for a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from queue_server.payments.cash_reconciliation import CASH_ADVICE, BoxCount, CashDifferenceKind
from queue_server.payments.receipt import in_groups
from queue_server.payments.reconciliation import ADVICE, Difference
from queue_server.payments.terms import AttemptId, Channel, ReceiptNo

_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_HEADER: Final = (
    "日期 day",
    "渠道 channel",
    "差异 difference",
    "商户单号 our number",
    "渠道单号 gateway's number / 纸币张数 notes (账 ours/机 counted)",
    "系统状态 our state",
    "系统金额(元) our amount (yuan)",
    "渠道金额(元) gateway's amount (yuan)",
    "票据流水号 receipts",
    "处理 what to do",
    "what to do (English)",
)


def differences_csv(
    day_on: date,
    differences: Iterable[Difference],
    receipts_of: Callable[[AttemptId], Sequence[ReceiptNo]],
    boxes: Iterable[BoxCount] = (),
) -> str:
    """Return the differences of a day as CSV with a byte order mark, as spreadsheets want it.

    Args:
        day_on: the day.
        differences: what does not agree.
        receipts_of: the numbers of a payment's receipts: its own, then the reversing one.
        boxes: the cash boxes of the day; those that agree are left out.
    """
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for one in differences:
        cells = (
            day_on.isoformat(),
            one.channel,
            one.kind,
            one.attempt,
            one.transaction,
            one.state or "",
            yuan(one.books_fen),
            yuan(one.gateway_fen),
            " / ".join(map(in_groups, receipts_of(one.attempt))),
            *ADVICE[one.kind],
        )
        writer.writerow([_safe(str(cell)) for cell in cells])
    for each in boxes:
        for kind in each.kinds:
            writer.writerow([_safe(cell) for cell in _box_cells(day_on, each, kind)])
    return text.getvalue()


def _box_cells(day_on: date, one: BoxCount, kind: CashDifferenceKind) -> Sequence[str]:
    box = one.box
    return (
        day_on.isoformat(),
        Channel.CASH,
        kind,
        box.device,
        f"{box.count}/{box.found_count}",
        "",
        str(box.unassigned if kind is CashDifferenceKind.UNASSIGNED else box.value),
        "" if one.counted is None else str(one.counted),
        "",
        *CASH_ADVICE[kind],
    )


def yuan(fen: int) -> str:
    """Write fen, which may be less than nothing, as yuan with two decimals."""
    return "{}{}.{:02d}".format("-" if fen < 0 else "", *divmod(abs(fen), 100))


def _safe(cell: str) -> str:
    is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
    return cell if is_number or not cell.startswith(_FORMULA_SIGNS) else f"'{cell}"
