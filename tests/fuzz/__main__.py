"""`hospital-kiosk fuzz`: strange inputs for as long as one likes, each slice with its seed."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count

from rich.console import Console
from rich.progress import Progress

from tests.fuzz.campaign import Fuzzer, Try, run_slice, told
from tests.fuzz.fuzzers import FUZZERS

FOUND = 1
DEFAULT_MINUTES = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Throw; returns 1 when something was found."""
    parser = argparse.ArgumentParser(
        prog="hospital-kiosk fuzz",
        description="Strange inputs for every way in / 对每个入口输入异常数据",
    )
    parser.add_argument(
        "--minutes", type=float, default=DEFAULT_MINUTES, metavar="N", help="for each way in"
    )
    parser.add_argument("--only", choices=list(FUZZERS), help="one way in")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed")
    parser.add_argument("--seed", type=int, metavar="SEED", help="this seed alone, once")
    parsed = parser.parse_args(arguments)
    chosen = [parsed.only] if parsed.only else list(FUZZERS)
    if parsed.seed is not None:
        return max(_run(name, iter([parsed.seed]), None) for name in chosen)
    return max(_run(name, count(parsed.first), parsed.minutes * 60) for name in chosen)


def _run(name: str, seeds: Iterator[int], seconds: float | None) -> int:
    """Run all tries of a way in, a seed after the other, until the time is over."""
    began_s = time.perf_counter()
    counts: Counter[str] = Counter()
    with Progress(console=Console(stderr=True)) as progress:
        bar = progress.add_task(name, total=seconds)
        for seed in seeds:
            for fuzzer, one in _tries(name):
                spent_s = time.perf_counter() - began_s
                progress.update(bar, completed=spent_s)
                if seconds is not None and spent_s >= seconds:
                    return _summary(name, counts, spent_s, seed)
                try:
                    counts[one.name] += run_slice(fuzzer, one, seed)
                except Exception as error:  # noqa: BLE001 - whatever it is, it was looked for
                    return _found(name, one, seed, error)
    return _summary(name, counts, time.perf_counter() - began_s, seed)


def _tries(name: str) -> Iterator[tuple[Fuzzer, Try]]:
    for fuzzer in FUZZERS[name]:
        for one in fuzzer.tries:
            yield fuzzer, one


def _summary(name: str, counts: Counter[str], seconds: float, seed: int) -> int:
    print(
        f"{name}: {counts.total():,} inputs in {seconds:.0f} s, {time.process_time():.0f} s of"
        f" processor time so far, nothing found (last seed {seed})"
    )
    for what, number in counts.items():
        print(f"{number:>12,}  {what}")
    return 0


def _found(name: str, one: Try, seed: int, error: BaseException) -> int:
    print(f"{name}, {one.name}:")
    print("\n".join(told(error)))
    print(f"again: hospital-kiosk fuzz --only {name} --seed {seed}")
    return FOUND


if __name__ == "__main__":
    sys.exit(main())
