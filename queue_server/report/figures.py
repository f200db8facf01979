"""The figures of some visits: of a doctor's queue, of an area, of the whole site."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queue_server.report.visit import FIRST_WAITS, Visit, WaitSince
from queue_server.rules.terms import DaySecond, TicketState

HALF_HOUR_S = 1800
WAIT_BIN_S = 600
WAIT_BIN_COUNT = 13
"""Ten minutes each; the last one holds all that is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How some durations are spread. All but `count` are None if there are none.

    A percentile is by nearest rank: P90 is the least of the durations that at least 90 of a
    hundred are not longer than. So it is one that somebody has had.
    """

    count: int
    mean_s: float | None
    p50_s: int | None
    p90_s: int | None
    longest_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of a queue, an area or a site."""

    booked: int
    """Tickets from appointments."""
    arrivals: int
    """First check-ins, those of walk-ins among them."""
    walk_ins: int
    """Tickets without an appointment that began in this queue."""
    transferred_in: int
    transferred_out: int
    cancelled: int
    no_shows: int
    expected: int
    """Booked, not there yet, may still come; none when the day is over."""
    done: int
    """Visits that are over."""
    open: int
    """Visits of patients who are there, or away for results, and not done."""
    waits: Spread
    """First waits only: from check-in, or a transfer, to the call."""
    waits_with_results: Spread
    waits_after_missed: Spread
    services: Spread
    missed_calls: int
    missed_visits: int
    """Visits with a missed call."""
    returned: int
    """Times that somebody came back with results."""
    calls: int
    """Recalls among them."""
    recalls: int
    called_visits: int
    moves_by_hand: int
    overtaken_visits: int
    """Visits that a rule let another one in before."""
    overtaken_times: int
    overtaken_most: str
    """The number that it happened to most often; the first of several; empty if to none."""
    overtaken_most_times: int
    overtaken_by_emergency_visits: int
    overtaken_by_emergency_times: int

    @property
    def calls_per_patient(self) -> float | None:
        """Calls and recalls for each visit that was called at all."""
        return self.calls / self.called_visits if self.called_visits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfHour:
    """Who came within a half hour, and how long they waited until their call."""

    start_s: DaySecond
    arrivals: int
    waits: Spread
    """First waits that began in it and have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBin:
    """How many first waits were from `from_s` up to, but not including, `to_s`."""

    from_s: int
    to_s: int | None
    """None: whatever is longer."""
    count: int


_GONE = frozenset(
    {
        TicketState.BOOKED,
        TicketState.DONE,
        TicketState.TRANSFERRED,
        TicketState.CANCELLED,
        TicketState.EXPIRED,
    }
)
"""States of those who are not there, or not any more."""


def figures(visits: Sequence[Visit]) -> Figures:
    """Return the figures of `visits`."""
    most = max(visits, key=lambda one: one.overtaken_count, default=None)
    is_any_overtaken = most is not None and most.overtaken_count > 0
    calls = [call for one in visits for call in one.calls]
    services = [time.service_s for one in visits for time in one.consultations]
    return Figures(
        booked=_count(one.was_booked for one in visits),
        arrivals=_count(one.arrived_s is not None for one in visits),
        walk_ins=_count(not one.was_booked and one.came_from is None for one in visits),
        transferred_in=_count(one.came_from is not None for one in visits),
        transferred_out=_count(one.went_to is not None for one in visits),
        cancelled=_count(one.state is TicketState.CANCELLED for one in visits),
        no_shows=_count(one.is_no_show for one in visits),
        expected=_count(one.is_expected for one in visits),
        done=_count(one.state is TicketState.DONE for one in visits),
        open=_count(one.state not in _GONE for one in visits),
        waits=spread(waits_since(visits, *FIRST_WAITS)),
        waits_with_results=spread(waits_since(visits, WaitSince.RESULTS)),
        waits_after_missed=spread(waits_since(visits, WaitSince.MISSED)),
        services=spread(service_s for service_s in services if service_s is not None),
        missed_calls=sum(len(one.missed) for one in visits),
        missed_visits=_count(bool(one.missed) for one in visits),
        returned=sum(len(one.returned) for one in visits),
        calls=len(calls),
        recalls=_count(call.is_recall for call in calls),
        called_visits=_count(bool(one.calls) for one in visits),
        moves_by_hand=sum(len(one.moves) for one in visits),
        overtaken_visits=_count(one.overtaken_count > 0 for one in visits),
        overtaken_times=sum(one.overtaken_count for one in visits),
        overtaken_most=most.number if most is not None and is_any_overtaken else "",
        overtaken_most_times=most.overtaken_count if most is not None else 0,
        overtaken_by_emergency_visits=_count(
            one.overtaken_by_emergency_count > 0 for one in visits
        ),
        overtaken_by_emergency_times=sum(one.overtaken_by_emergency_count for one in visits),
    )


def waits_since(visits: Iterable[Visit], *since: WaitSince) -> list[int]:
    """Return how long each wait was that began so and has ended, in seconds."""
    return [
        wait.wait_s
        for one in visits
        for wait in one.waits
        if wait.since in since and wait.wait_s is not None
    ]


def spread(durations_s: Iterable[int]) -> Spread:
    """Return how `durations_s` are spread."""
    ordered = sorted(durations_s)
    count = len(ordered)
    if not ordered:
        return Spread(count=0, mean_s=None, p50_s=None, p90_s=None, longest_s=None)
    return Spread(
        count=count,
        mean_s=sum(ordered) / count,
        p50_s=ordered[_nearest_rank(50, count)],
        p90_s=ordered[_nearest_rank(90, count)],
        longest_s=ordered[-1],
    )


def half_hours(visits: Sequence[Visit]) -> list[HalfHour]:
    """Return the half hours from the first arrival to the last, empty ones among them."""
    arrivals = [one.arrived_s // HALF_HOUR_S for one in visits if one.arrived_s is not None]
    if not arrivals:
        return []
    waits: dict[int, list[int]] = {}
    for one in visits:
        for wait in one.waits:
            if wait.since is WaitSince.CHECK_IN and wait.wait_s is not None:
                waits.setdefault(wait.began_s // HALF_HOUR_S, []).append(wait.wait_s)
    return [
        HalfHour(
            start_s=DaySecond(index * HALF_HOUR_S),
            arrivals=arrivals.count(index),
            waits=spread(waits.get(index, [])),
        )
        for index in range(min(arrivals), max(arrivals) + 1)
    ]


def wait_bins(visits: Sequence[Visit]) -> list[WaitBin]:
    """Return how many first waits were how long; none if nobody was called."""
    waits = waits_since(visits, *FIRST_WAITS)
    if not waits:
        return []
    indices = [min(max(wait_s, 0) // WAIT_BIN_S, WAIT_BIN_COUNT - 1) for wait_s in waits]
    return [
        WaitBin(
            from_s=index * WAIT_BIN_S,
            to_s=None if index == WAIT_BIN_COUNT - 1 else (index + 1) * WAIT_BIN_S,
            count=indices.count(index),
        )
        for index in range(WAIT_BIN_COUNT)
    ]


def _count(truths: Iterable[bool]) -> int:
    return sum(truths)


def _nearest_rank(percent: int, count: int) -> int:
    """Return the index of a percentile in `count` ordered values."""
    return -(-percent * count // 100) - 1
