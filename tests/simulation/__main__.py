"""`hospital-kiosk simulate`: mornings full of faults, a seed each, with a progress bar."""

import argparse
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.progress import track

from tests.simulation.morning import Outcome, run_morning

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run mornings; returns 1 when something happened that must not."""
    parser = argparse.ArgumentParser(
        prog="hospital-kiosk simulate",
        description="Mornings full of faults, all in one process / 在一个进程内模拟充满故障的上午",
    )
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many mornings")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed")
    parser.add_argument("--seed", type=int, metavar="SEED", help="tell one morning line by line")
    parsed = parser.parse_args(arguments)
    # What the parts log of the faults they meet is no news here.
    logging.disable(logging.CRITICAL)
    if parsed.seed is not None:
        return _tell_one(parsed.seed)
    return _run(range(parsed.first, parsed.first + parsed.seeds))


def _tell_one(seed: int) -> int:
    outcome = run_morning(seed, tell=print)
    print(f"seed {seed} · {outcome.digest}")
    if outcome.error is None:
        return 0
    traceback.print_exception(outcome.error)
    return FAILED


def _run(seeds: range) -> int:
    console = Console(stderr=True)
    began_s = time.perf_counter()
    counts: Counter[str] = Counter()
    failed: list[Outcome] = []
    for seed in track(seeds, "mornings", console=console):
        outcome = run_morning(seed)
        counts += Counter(outcome.counts)
        if outcome.error is not None:
            failed.append(outcome)
            print(f"seed {seed}: {outcome.error!r}", flush=True)
    seconds = time.perf_counter() - began_s
    for what, count in sorted(counts.items()):
        print(f"{count:>9,}  {what}")
    print(f"{len(seeds):>9,}  mornings in {seconds:.1f} s, failed: {len(failed)}")
    if failed:
        first = failed[0]
        print("\n".join(first.last_lines))
        print(f"again, line by line: hospital-kiosk simulate --seed {first.seed}")
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
