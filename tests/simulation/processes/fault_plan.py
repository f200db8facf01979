"""What goes wrong in a run, and when: the seed decides it all."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

POWER_CUT: Final = "power cut of the house"
LONG_AWAY: Final = "display away for long"
POWER_CUT_AT: Final = 0.6
EVERY_KIND_WITHIN: Final = 0.85
"""By these parts of a run the power has been cut, and every kind of fault has come once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How long a fault of a kind lasts, at least and at most, and how often it comes."""

    name: str
    for_s: tuple[float, float]
    weight: float = 1.0


KINDS: Final = (
    Kind(name="server killed", for_s=(0.0, 2.0), weight=3.0),
    Kind(name="server ended", for_s=(0.0, 1.0)),
    Kind(name="server frozen", for_s=(1.0, 10.0), weight=2.0),
    Kind(name="broker killed", for_s=(0.0, 3.0), weight=2.0),
    Kind(name="broker restarted", for_s=(0.0, 1.0)),
    Kind(name="broker frozen", for_s=(0.5, 4.0)),
    Kind(name="disk full", for_s=(1.0, 4.0)),
    Kind(name="kiosks killed", for_s=(0.0, 3.0), weight=3.0),
    Kind(name="displays killed", for_s=(0.0, 4.0), weight=4.0),
    Kind(name="plug pulled in the lobby", for_s=(1.0, 12.0), weight=2.0),
    Kind(name="plug pulled on the floors", for_s=(1.0, 12.0), weight=2.0),
    Kind(name="wire cut", for_s=(0.3, 6.0), weight=5.0),
    Kind(name="wire silent", for_s=(0.5, 12.0), weight=3.0),
    Kind(name="wire slow", for_s=(1.0, 8.0), weight=2.0),
)
SERVER_WIRE: Final = (
    Kind(name="server's wire cut", for_s=(0.3, 4.0), weight=2.0),
    Kind(name="server's wire silent", for_s=(0.5, 10.0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of the plan; `dice` decides the rest: whom it hits."""

    at_s: float
    kind: str
    for_s: float
    dice: int
    is_first: bool = False
    """The first of its kind: it waits for its turn; others are left out where trouble is."""


def power_cut(run_s: float) -> Fault:
    """Return the one power cut of a run, in the middle of it."""
    return Fault(at_s=run_s * POWER_CUT_AT, kind=POWER_CUT, for_s=0.5, dice=0)


def make_plan(chance: Random, kinds: Sequence[Kind], run_s: float, gap_s: float) -> list[Fault]:
    """Return the faults of a run: every kind once, then as it comes."""
    first = [kind for kind in kinds if kind.name != LONG_AWAY]
    chance.shuffle(first)
    spacing = run_s * EVERY_KIND_WITHIN / (len(first) + 1)
    times = [
        (spacing * (index + chance.uniform(0.5, 1.0)), kind, True)
        for index, kind in enumerate(first)
    ]
    at_s = 0.0
    weights = [kind.weight for kind in kinds]
    while (at_s := at_s + chance.expovariate(1 / gap_s)) < run_s:
        times.append((at_s, chance.choices(list(kinds), weights)[0], False))
    return [
        Fault(
            at_s=when,
            kind=kind.name,
            for_s=chance.uniform(*kind.for_s),
            dice=chance.getrandbits(32),
            is_first=is_first,
        )
        for when, kind, is_first in times
    ]
