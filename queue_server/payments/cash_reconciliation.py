"""The cash boxes of a day against the books: what the steps of the day tell of each. Pure.

Twice it is compared: the validator's own count of notes with those that were credited, and what two
people have counted when they emptied a box with what should have been in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from queue_server.payments import steps as happened
from queue_server.payments.books import Books
from queue_server.payments.cash_box import CashBox
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.steps import Step


class CashDifferenceKind(StrEnum):
    """What does not agree about a box."""

    COUNT = "box_count"
    """The validator counts other notes in it than were credited."""
    SUM = "box_sum"
    """People have counted another sum than was credited."""
    UNASSIGNED = "box_unassigned"
    """Of some notes nobody knows whose they are."""


_KIND: Final = CashDifferenceKind
CASH_ADVICE: Final[Mapping[CashDifferenceKind, tuple[str, str]]] = {
    _KIND.COUNT: (
        "两人清点钱箱，与纸币器记录逐张核对；多出的按时间找到付款患者后补记或退还。",
        (
            "Have two people count the box and go through the validator's record;"
            " find by the time who put in what is too much, and book it or give it back."
        ),
    ),
    _KIND.SUM: (
        "由另外两人复点；仍不符则封存钱箱，报财务科查监控和纸币器记录。",
        (
            "Have two others count again; if it still differs, seal the box and tell the finance"
            " office, who look at camera and validator."
        ),
    ),
    _KIND.UNASSIGNED: (
        "按放入时间和监控找到患者，核对后退还或入账。",
        "Find the patient by time and camera; give it back or book it.",
    ),
}
"""By kind: what to do, in Chinese and in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxCount:
    """One filling of a box, as of when it was emptied on the day, or as the day has left it."""

    box: CashBox
    emptied_at: datetime | None
    """None: not on that day."""
    counted: Fen | None
    """What people have counted; None: it was not emptied, or nobody has said."""

    @property
    def kinds(self) -> tuple[CashDifferenceKind, ...]:
        """What does not agree; empty: all does."""
        box = self.box
        checks = (
            (box.found_count != box.count or box.differed > 0, _KIND.COUNT),
            (self.counted is not None and self.counted != box.value, _KIND.SUM),
            (bool(box.unassigned), _KIND.UNASSIGNED),
        )
        return tuple(kind for is_so, kind in checks if is_so)


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDay:
    """The cash of a clinic day."""

    came: Fen
    """In notes."""
    handed_out: Fen
    """By the cashier, of what was kept for patients."""
    kept: Fen
    """For patients when the day ended, of this day and of those before."""
    boxes: tuple[BoxCount, ...]

    @property
    def difference_count(self) -> int:
        """How many things a person has to look at."""
        return sum(len(one.kinds) for one in self.boxes)


def cash_of_day(steps: Iterable[tuple[Step, datetime]]) -> CashDay:
    """Return the cash of a clinic day from the steps of that day, in order, with their instants."""
    books = Books()
    came, handed_out, boxes = NOTHING, NOTHING, list[BoxCount]()
    for step, at in steps:
        match step:
            case happened.NoteTaken(value_fen=value_fen):
                came = came + Fen(value_fen)
            case happened.CashHandedOut(amount_fen=amount_fen):
                handed_out = handed_out + Fen(amount_fen)
            case happened.BoxEmptied(device=device, counted_fen=counted_fen):
                counted = None if counted_fen is None else Fen(counted_fen)
                boxes.append(BoxCount(box=books.boxes[device], emptied_at=at, counted=counted))
        books.apply(step, at)
    left = (BoxCount(box=box, emptied_at=None, counted=None) for box in books.boxes.values())
    boxes += (one for one in left if one.box.count or one.kinds)
    return CashDay(
        came=came,
        handed_out=handed_out,
        kept=total(one.held for one in books.attempts.values()),
        boxes=tuple(sorted(boxes, key=lambda one: one.box.device)),
    )
