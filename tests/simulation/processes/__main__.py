"""`hospital-kiosk simulate --processes`: real processes, real time, faults at random."""

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.simulation.processes.rig import Options
from tests.simulation.processes.run import Outcome, Run

FAILED = 1
SHOWN_MAX = 20
LAST_LINES = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run for some minutes; returns 1 when something happened that must not."""
    parser = argparse.ArgumentParser(prog="hospital-kiosk simulate --processes")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--broker", choices=["nats", "mosquitto"], default="nats")
    parser.add_argument("--only", default="", help="faults whose names have this in them")
    parsed = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="hospital-processes-"))
    options = Options(
        seed=parsed.seed,
        broker=parsed.broker,
        run_s=parsed.minutes * 60.0,
        folder=folder,
        only=parsed.only,
    )
    outcome = run_with_a_bar(options)
    print_outcome(outcome)
    if outcome.wrong:
        print(f"logs, notes, time line and journal: {folder}")
    else:
        shutil.rmtree(folder)
    return FAILED if outcome.wrong else 0


def run_with_a_bar(options: Options) -> Outcome:
    """Run, and show how far it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(f"{options.broker}, seed {options.seed}", total=options.run_s)
        return asyncio.run(
            Run(options, lambda done_s: progress.update(task, completed=done_s)).run()
        )


def print_outcome(outcome: Outcome) -> None:
    """Print the table, and what was wrong with the time line that led to it."""
    options = outcome.options
    title = f"{options.broker}, seed {options.seed}, {options.run_s / 60:g} minutes"
    table = Table("", "", title=title, show_header=False, title_justify="left")
    for what, count in sorted(outcome.counts.items()):
        table.add_row(what, f"{count:,}")
    verdict = outcome.verdict
    for what, lags_s in (
        ("line's return → board right", verdict.return_lags_s),
        ("commit → shown by a display with a line", verdict.change_lags_s),
    ):
        table.add_row(what, distribution(lags_s))
    for kind, times_s in sorted(verdict.recoveries_s.items()):
        table.add_row(f"end of: {kind} → board right", distribution(times_s))
    for remark in outcome.remarks:
        table.add_row("left out", remark)
    table.add_row("wrong", f"{len(outcome.wrong)}")
    Console().print(table)
    if not outcome.wrong:
        return
    time_line = (options.folder / "timeline.txt").read_text(encoding="utf-8").splitlines()
    print("\n".join(time_line[-LAST_LINES:]))
    print("\n".join(outcome.wrong[:SHOWN_MAX]))
    print(
        f"seed {options.seed}: again (the same plan, not the same instants): hospital-kiosk "
        f"simulate --processes --broker {options.broker} --seed {options.seed}"
        f" --minutes {options.run_s / 60:g}"
    )


def distribution(values_s: Sequence[float]) -> str:
    """Return count, median, tail and worst of some times."""
    if len(values_s) < 2:
        return f"{len(values_s)} measured"
    cuts = statistics.quantiles(values_s, n=100, method="inclusive")
    late = sum(1 for value in values_s if value > 2.0)
    return (
        f"{len(values_s):,} measured: P50 {cuts[49]:.3f} s, P95 {cuts[94]:.3f} s, "
        f"P99 {cuts[98]:.3f} s, worst {max(values_s):.3f} s; later than 2 s: {late}"
    )


if __name__ == "__main__":
    sys.exit(main())
