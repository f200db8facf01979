"""What the cashier's page shows of what patients pay later: who owes what, and until when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from queue_server.payments.credit_office import OpenSum
from queue_server.payments.deferral import DeferralState
from queue_server.payments.fen import NOTHING, total
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSumRow:
    """Something that a patient has put off and not paid. Amounts are texts in yuan."""

    deferral: str
    masked_name: str
    """Empty if the patient is not known today."""
    patient: str
    """His number at the hospital."""
    items_zh: str
    items_en: str
    asked_at: str
    due_on: str
    amount: str
    is_overdue: bool
    is_released: bool
    """Whether the hospital's system lets him go on; if not, it has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOffView:
    """All that patients pay later."""

    rows: list[OpenSumRow]
    """By the day on which it has to be paid."""
    sum: str


NOTHING_PUT_OFF = PutOffView(rows=[], sum=str(NOTHING))


def put_off_view(
    sums: Sequence[OpenSum],
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
    today: date,
) -> PutOffView:
    """Return the view of what is put off; `today` is the running clinic day."""
    by_day = sorted(sums, key=lambda one: one.deferral.due_on)
    rows = [
        OpenSumRow(
            deferral=one.deferral.id,
            masked_name=name_of(one.deferral.patient),
            patient=one.deferral.patient,
            items_zh="、".join(charge.name_zh for charge in one.charges),
            items_en=", ".join(charge.name_en for charge in one.charges),
            asked_at=f"{local(one.deferral.asked_at):%m-%d %H:%M}",
            due_on=one.deferral.due_on.isoformat(),
            amount=str(one.amount),
            is_overdue=one.deferral.due_on < today,
            is_released=one.deferral.state is DeferralState.RELEASED,
        )
        for one in by_day
    ]
    return PutOffView(rows=rows, sum=str(total(one.amount for one in sums)))
