"""What a fuzzer is, and how it is run: in slices, each with a seed that replays it."""

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

EXAMPLES_A_SLICE = 50
_MEMORY = Path("/dev/shm")
"""Where a sync costs nothing: what a disk does is not tried here."""


@dataclass(frozen=True, kw_only=True)
class Try:
    """One way to come in: what is thrown, and what may not happen."""

    name: str
    inputs: SearchStrategy[Any]
    check: Callable[[Any, Any], None]
    """Called with the target and an input; an exception is what the fuzzer looks for."""
    examples: int = EXAMPLES_A_SLICE
    """How many inputs one target takes."""


@dataclass(frozen=True, kw_only=True)
class Fuzzer:
    """Tries that share a kind of target."""

    name: str
    target: Callable[[], AbstractContextManager[Any]]
    """Makes what is fired at, anew for each slice."""
    tries: tuple[Try, ...]


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(
        prefix="fuzz-", dir=_MEMORY if _MEMORY.is_dir() else None
    ) as folder:
        yield Path(folder)


@contextmanager
def _quiet() -> Iterator[None]:
    """What the parts log of what is thrown at them is no news."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def run_slice(
    fuzzer: Fuzzer,
    one: Try,
    seed: int,
    example_count: int | None = None,
    *,
    phases: Sequence[Phase] = (Phase.generate, Phase.shrink),
) -> int:
    """Throw the inputs that follow from `seed` at a new target; return how many there were.

    Raises:
        Exception: what was found; its notes hold the smallest input that shows it.
    """
    count = 0
    with _quiet(), fuzzer.target() as target:

        def attempt(thrown: Any) -> None:
            nonlocal count
            count += 1
            one.check(target, thrown)

        configured = settings(
            max_examples=example_count or one.examples,
            # Nothing is kept in the tree: a seed and the printed input replay a failure.
            database=None,
            deadline=None,
            phases=phases,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        configured(hypothesis.seed(seed)(given(thrown=one.inputs)(attempt)))()
    return count


def told(error: BaseException) -> Iterable[str]:
    """Yield what is known of a finding: each error in it, with hypothesis's notes."""
    yield f"{type(error).__name__}: {str(error)[:2000]}"
    yield from (note[:4000] for note in getattr(error, "__notes__", ()))
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from told(inner)
