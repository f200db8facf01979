"""How bad a morning is: which faults happen, and how often. Drawn from the seed."""

from dataclasses import dataclass
from random import Random
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Chances from 0 to 1 for each occasion, and numbers for each hour."""

    latency_s: float = 0.005
    """A message usually takes up to twice as long."""
    late: float = 0.0
    """A message that takes seconds."""
    doubled: float = 0.0
    """A message that the broker delivers twice."""
    crash_at_port: float = 0.0
    """The server dies at a call that leaves its process: publish, acknowledge."""
    crash_in_commit: float = 0.0
    """The server dies, with a torn write, while it commits."""
    full_disk: float = 0.0
    """A commit fails."""
    http_lost: float = 0.0
    """A browser's request, or its answer, that gets lost."""
    cut_lines: float = 0.0
    """Machines cut off from the broker, an hour."""
    slow_lines: float = 0.0
    broker_crashes: float = 0.0
    server_kills: float = 0.0
    device_crashes: float = 0.0
    clock_jumps: float = 0.0
    records_outages: float = 0.0
    server_hangs: float = 0.0
    torn_outbox: float = 0.0
    """A kiosk loses its power, with a torn write, while it commits to its outbox."""
    full_outbox: float = 0.0
    """A commit to a kiosk's outbox fails."""
    bank_lost: float = 0.0
    """What is asked of a bank, or its answer, gets lost."""
    callback_lost: float = 0.0
    booking_lost: float = 0.0
    """What is told to the hospital's counter, or its answer, gets lost."""
    cash_faults: float = 0.0
    """Something happens to a note on its way into the box."""


CALM: Final = Weather()
_WORST: Final = Weather(
    latency_s=0.2,
    late=0.03,
    doubled=0.15,
    crash_at_port=0.002,
    crash_in_commit=0.025,
    full_disk=0.005,
    http_lost=0.2,
    cut_lines=120.0,
    slow_lines=100.0,
    broker_crashes=40.0,
    server_kills=30.0,
    device_crashes=70.0,
    clock_jumps=70.0,
    records_outages=30.0,
    server_hangs=15.0,
    torn_outbox=0.2,
    full_outbox=0.1,
    bank_lost=0.2,
    callback_lost=0.7,
    booking_lost=0.3,
    cash_faults=0.4,
)


def weather_of(chance: Random) -> Weather:
    """Return a morning's weather: each kind of fault is left out now and then, so that the
    others are seen alone."""
    return Weather(
        **{
            name: getattr(_WORST, name) * chance.random() if chance.random() < 0.7 else calm
            for name in Weather.__slots__
            for calm in [getattr(CALM, name)]
        }
    )
