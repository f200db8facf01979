"""A day under other policies in figures: waits by kind, and whose call would have come when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queue_server.report.figures import Spread, spread
from queue_server.rules.terms import DaySecond, TicketKind
from queue_server.rules.what_if import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWaits:
    """First waits of a kind of patient, as they were and as they would have been."""

    kind: TicketKind | None
    """What they were when they came; None: all."""
    was: Spread
    would_be: Spread


def waits_by_kind(found: Sequence[Turn]) -> list[KindWaits]:
    """Return the waits of each kind in the order they came, and those of all last."""
    kinds = dict.fromkeys(turn.kind for turn in found)
    return [
        *(_waits(kind, [turn for turn in found if turn.kind is kind]) for kind in kinds),
        _waits(None, found),
    ]


def most_changed(found: Sequence[Turn]) -> list[Turn]:
    """Return those whose call would have come at another time, the greatest change first."""
    changed = [turn for turn in found if turn.called_s != turn.would_be_called_s]
    return sorted(changed, key=_change_s, reverse=True)


def _change_s(turn: Turn) -> float:
    """Return how much a call changes; one that comes, or no longer comes, changes most."""
    if turn.called_s is None or turn.would_be_called_s is None:
        return float("inf")
    return abs(turn.would_be_called_s - turn.called_s)


def _waits(kind: TicketKind | None, found: Sequence[Turn]) -> KindWaits:
    return KindWaits(
        kind=kind,
        was=_spread((turn.arrived_s, turn.called_s) for turn in found),
        would_be=_spread((turn.arrived_s, turn.would_be_called_s) for turn in found),
    )


def _spread(times: Iterable[tuple[DaySecond, DaySecond | None]]) -> Spread:
    return spread(called_s - arrived_s for arrived_s, called_s in times if called_s is not None)
