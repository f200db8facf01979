"""What the cashier's page shows of claims that need a person: what is known, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from queue_server.payments.claim import ClaimState
from queue_server.payments.claim_standing import StuckClaim
from queue_server.rules.terms import PatientId

_ADVICE: Final = {
    ClaimState.UNDOING: (
        "个人部分未付或已退，医保结算应撤销。请在医保平台按此单号办理撤销，完成后按“已人工撤销”。",
        (
            "Its own share was not paid, or went back. Undo it under this number at the"
            " insurance's own office, then note here that it is undone."
        ),
    ),
    ClaimState.ASKED: (
        "不知道医保是否已结算。请在医保平台按此单号查询，已结算的办理撤销，然后按“已人工撤销”；患者可重新结算。",
        (
            "It is not known whether the insurance has settled. Look this number up at its own"
            " office, undo it there if it has, then note it here; the patient may settle again."
        ),
    ),
}
"""By state: what to do, in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One claim that needs a person. The amount is a text in yuan."""

    claim: str
    transaction: str
    """The insurance's number of it; empty: not known."""
    changed_at: str
    masked_name: str
    """Empty if the patient is not known today."""
    patient: str
    """His number at the hospital."""
    items_zh: str
    items_en: str
    state: str
    refusal: str
    """The insurance's code; empty: it gives no answer."""
    amount: str
    """What the insurance may be paying."""
    advice_zh: str
    advice_en: str


def claim_rows(
    stuck: Sequence[StuckClaim],
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
) -> list[ClaimRow]:
    """Return the view of claims that need a person, the oldest first."""
    return [
        _row(one, name_of, local) for one in sorted(stuck, key=lambda one: one.claim.changed_at)
    ]


def _row(
    stuck: StuckClaim,
    name_of: Callable[[PatientId], str],
    local: Callable[[datetime], datetime],
) -> ClaimRow:
    claim = stuck.claim
    advice_zh, advice_en = _ADVICE[claim.state]
    return ClaimRow(
        claim=claim.id,
        transaction=claim.transaction,
        changed_at=f"{local(claim.changed_at):%m-%d %H:%M}",
        masked_name=name_of(claim.patient),
        patient=claim.patient,
        items_zh="、".join(one.name_zh for one in stuck.charges),
        items_en=", ".join(one.name_en for one in stuck.charges),
        state=claim.state.value,
        refusal=claim.refusal,
        amount=str(claim.amount),
        advice_zh=advice_zh,
        advice_en=advice_en,
    )
