"""What the cashier's page shows of cash: what is kept for patients, and the boxes of the kiosks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from queue_server.payments.attempt import Attempt
from queue_server.payments.cash_box import CashBox
from queue_server.payments.cash_reconciliation import CASH_ADVICE, BoxCount
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """Cash that is kept for a patient, who fetches it here or uses it at a kiosk."""

    attempt: str
    opened_at: str
    masked_name: str
    amount: str
    goes: str
    """`credit` or `desk`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxRow:
    """The cash box of a kiosk since it was emptied: what should be in it, and what it counts."""

    device: str
    amount: str
    count: int
    found_count: int
    unassigned: str
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxCountRow:
    """A cash box of a day: what was credited, what the validator and what people counted."""

    device: str
    emptied_at: str
    """Empty: not on that day."""
    count: int
    found_count: int
    amount: str
    counted: str
    """Empty: nobody has counted."""
    kinds: list[str]
    """What does not agree; empty: all does."""
    advice_zh: str
    advice_en: str


def kept_row(
    attempt: Attempt,
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
) -> KeptRow:
    """Return the view of cash that is kept for a patient."""
    assert attempt.patient is not None, "only cash is kept"
    assert attempt.change_goes is not None, "only cash is kept"
    return KeptRow(
        attempt=attempt.id,
        opened_at=f"{local(attempt.opened_at):%m-%d %H:%M:%S}",
        masked_name=name_of(attempt.patient),
        amount=str(attempt.held),
        goes=attempt.change_goes.value,
    )


def box_row(box: CashBox) -> BoxRow:
    """Return the view of a box as it is now."""
    return BoxRow(
        device=box.device,
        amount=str(box.value),
        count=box.count,
        found_count=box.found_count,
        unassigned=str(box.unassigned),
        agrees=box.agrees,
    )


def box_count_row(one: BoxCount, local: Callable[[datetime], datetime]) -> BoxCountRow:
    """Return the view of a box as the day has left it."""
    advice = [CASH_ADVICE[kind] for kind in one.kinds]
    return BoxCountRow(
        device=one.box.device,
        emptied_at="" if one.emptied_at is None else f"{local(one.emptied_at):%m-%d %H:%M}",
        count=one.box.count,
        found_count=one.box.found_count,
        amount=str(one.box.value),
        counted="" if one.counted is None else str(one.counted),
        kinds=[kind.value for kind in one.kinds],
        advice_zh="".join(zh for zh, _ in advice),
        advice_en=" ".join(en for _, en in advice),
    )
