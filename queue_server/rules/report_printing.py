"""Who may have which report printed: the second factor and its throttle, and how often. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import Final

from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode, ReportState

TRIES_MAX: Final = 3
"""So many wrong tries in a row close the way for `LOCKED_FOR`."""
TRIES_A_DAY_MAX: Final = 6
"""So many in a clinic day close it for the rest of the day: six of ten thousand."""
LOCKED_FOR: Final = timedelta(minutes=30)
PHONE_END_LENGTH: Final = 4


class PrintAgain(StrEnum):
    """What a site does about a report that was printed as often as it is free."""

    DESK = "desk"
    """The patient is sent to the nurse desk."""
    FREE = "free"
    """It is printed again, as often as he likes."""
    FEE = "fee"
    """Each further copy is paid for at the kiosk first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPolicy:
    """What a site has chosen."""

    free_count: int = 1
    """How often a report is printed for nothing."""
    again: PrintAgain = PrintAgain.DESK
    report_copy_fen: int = 0
    """What a further copy costs; 0 where none is sold."""
    listed_days: int = 30
    """How old a report may be and still be listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the hospital knows of a patient that he may prove himself with."""

    phone_number: str | None
    id_number: str | None
    is_identified_by_id_number: bool
    """An ID number that has identified him proves nothing more."""


def require_open(wrong_at: Sequence[datetime], now: datetime, day_ends_at: datetime) -> None:
    """Refuse whoever has tried too often.

    Args:
        wrong_at: the patient's wrong tries of the clinic day since he last proved himself,
            the earliest first.
        now: the present instant.
        day_ends_at: when the clinic day ends.

    Raises:
        Refused: PROOF_LOCKED, with the time of day when it opens again.
    """
    if not wrong_at:
        return
    opens_at = now
    if len(wrong_at) >= TRIES_A_DAY_MAX:
        opens_at = day_ends_at
    elif len(wrong_at) % TRIES_MAX == 0:
        opens_at = wrong_at[-1] + LOCKED_FOR
    if opens_at > now:
        raise Refused(RefusalCode.PROOF_LOCKED, opens=f"{opens_at:%H:%M}")


def proves(known: Known, *, phone_end: str | None, id_number: str | None) -> bool:
    """Tell whether what was given is what the hospital knows; exactly one is given.

    Raises:
        Refused: PROOF_IMPOSSIBLE, nothing to compare it with.
    """
    if phone_end is not None:
        if not known.phone_number:
            raise Refused(RefusalCode.PROOF_IMPOSSIBLE)
        return compare_digest(known.phone_number[-PHONE_END_LENGTH:].encode(), phone_end.encode())
    assert id_number is not None
    if known.id_number is None or known.is_identified_by_id_number:
        raise Refused(RefusalCode.PROOF_IMPOSSIBLE)
    return compare_digest(known.id_number.encode(), id_number.strip().upper().encode())


def wrong_proof(wrong_at: Sequence[datetime], now: datetime, day_ends_at: datetime) -> Refused:
    """Return how the last one of the wrong tries is refused: how many are left, or none."""
    try:
        require_open(wrong_at, now, day_ends_at)
    except Refused as locked:
        return locked
    return Refused(RefusalCode.PROOF_WRONG, left=str(TRIES_MAX - len(wrong_at) % TRIES_MAX))


def why_not_printable(
    state: ReportState,
    printed_count: int,
    policy: ReportPolicy,
    *,
    is_next_paid: bool = False,
) -> RefusalCode | None:
    """Return why a report may not be printed now; None: it may.

    Args:
        state: of the report.
        printed_count: how often it was printed.
        policy: what the site has chosen.
        is_next_paid: whether the copy after those is paid for. What did not come out counts
            nowhere, so it is paid for until it has.
    """
    if state is not ReportState.FINAL:
        return RefusalCode.REPORT_NOT_FINAL
    if printed_count < policy.free_count or policy.again is PrintAgain.FREE:
        return None
    if policy.again is PrintAgain.DESK:
        return RefusalCode.REPORT_PRINTED_ALREADY
    return None if is_next_paid else RefusalCode.REPORT_COPY_UNPAID
