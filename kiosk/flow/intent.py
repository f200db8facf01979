"""What a patient has come for."""

from enum import StrEnum


class Intent(StrEnum):
    """What the patient came for."""

    CHECK_IN = "check-in"
    PLACE = "place"
    PAY = "pay"
    RECEIPTS = "receipts"
    """Those of what was paid before."""
    REPORTS = "reports"
    PROVE = "prove"
    """An ID number as a second factor, for what is not shown without one."""
    INPATIENT = "inpatient"
    """His stay in the hospital, and topping up its deposit."""
    DAY_BILL = "day-bill"
    SETTLEMENT = "settlement"
