"""Printing a report again for a fee: its charge, and which copies are paid for. Pure.

A copy is named by its report and by which printing of it that is, counted from 1. So it can be paid
once only, and is paid for until that printing has come out, on whatever day and at whatever kiosk.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt
from queue_server.payments.terms import ChargeId, SheetId, VisitId
from queue_server.rules.terms import PatientId, ReportKind

NAMES: Final = {
    ReportKind.LABORATORY: ("检验报告补打", "Copy of a laboratory report"),
    ReportKind.IMAGING: ("影像报告补打", "Copy of an imaging report"),
    ReportKind.ECG: ("心电图报告补打", "Copy of an ECG report"),
}
"""What stands on the receipt: whoever verifies it need not know what was examined."""
_DIGITS: Final = 24


def copy_id(report_id: str, number: int) -> ChargeId:
    """Return what names a copy: printing `number` of a report, counted from 1."""
    digest = hashlib.sha256(report_id.encode()).hexdigest()[:_DIGITS]
    return ChargeId(f"copy-{digest}-{number}")


def copy_charge(
    report_id: str, number: int, *, kind: ReportKind, patient: PatientId, fee: Fen
) -> Charge:
    """Return what a copy is to the ledger."""
    charge = copy_id(report_id, number)
    name_zh, name_en = NAMES[kind]
    return Charge(
        id=charge,
        # Whoever has a report of last month printed comes for nothing else.
        visit=VisitId(charge),
        patient=patient,
        name_zh=name_zh,
        name_en=name_en,
        self_pay=fee,
        insurance=NOTHING,
        sheet=SheetId(charge),
        is_copy=True,
    )


def paid_copies(receipts: Iterable[Receipt]) -> frozenset[ChargeId]:
    """Return the copies that receipts say are paid for: what was given back is not."""
    known = tuple(receipts)
    reversed_numbers = {one.reverses for one in known}
    return frozenset(
        charge.id
        for one in known
        if one.reverses is None and one.number not in reversed_numbers
        for charge in one.charges
        if charge.is_copy
    )
