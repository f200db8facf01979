"""What a bench finds: figures, each with what was asked of it, and how they are shown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value: the median of `rounds`."""

    bench: str
    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    rounds: tuple[float, ...] = ()

    @property
    def is_met(self) -> bool | None:
        """Whether it is what was asked for; None: nothing was."""
        if self.at_most is not None:
            return self.value <= self.at_most
        if self.at_least is not None:
            return self.value >= self.at_least
        return None

    @property
    def wanted(self) -> str:
        """What was asked for, as it is shown."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"


def figure(
    bench: str,
    what: str,
    rounds: Sequence[float],
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
) -> Figure:
    """Return the median of `rounds` as a figure."""
    return Figure(
        bench=bench,
        what=what,
        value=median(rounds),
        unit=unit,
        at_most=at_most,
        at_least=at_least,
        rounds=tuple(rounds),
    )


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the least of `values` that `percent` of them don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
