"""`hospital-kiosk bench`: how fast it is, as a table and as JSON."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tests.benchmark.absences import absences
from tests.benchmark.boards import boards
from tests.benchmark.calls import calls
from tests.benchmark.check_ins import closed_loop, open_loop
from tests.benchmark.figure import Figure
from tests.benchmark.kiosk import kiosk, sessions
from tests.benchmark.memory import memory
from tests.benchmark.programs import compile_programs
from tests.benchmark.queue_rules import queue_rules
from tests.benchmark.restart import restart
from tests.benchmark.slow_disk import slow_disk
from tests.benchmark.stations import stations

Bench = Callable[[Path, int], list[Figure]]

LONG: Final[dict[str, Bench]] = {
    "check-ins-64": lambda folder, rounds: closed_loop(folder, "Mosquitto", 64, rounds, 2000),
    "check-ins-256": lambda folder, rounds: closed_loop(folder, "Mosquitto", 256, rounds, 2000),
    "check-ins-nats-64": lambda folder, rounds: closed_loop(folder, "NATS", 64, rounds, 2000),
    "check-ins-nats-256": lambda folder, rounds: closed_loop(folder, "NATS", 256, rounds, 2000),
    "open-loop": lambda folder, rounds: open_loop(folder, "Mosquitto", 1000, rounds, 3000),
    "slow-disk-64": lambda folder, rounds: slow_disk(folder, 64, rounds, 1500),
    "slow-disk-256": lambda folder, rounds: slow_disk(folder, 256, rounds, 1500),
    "calls": lambda folder, rounds: calls(folder, rounds, 250),
    "stations": stations,
    "absences": lambda folder, rounds: absences(folder, rounds, 20),
    "boards": boards,
    "queue": lambda _folder, rounds: queue_rules(rounds),
    "restart": restart,
    "kiosk": lambda folder, rounds: kiosk(folder, rounds, 100),
    "sessions": lambda folder, _rounds: sessions(folder, 10_000),
    "memory": lambda folder, _rounds: memory(folder),
}
"""What `--only` may name."""
SHORT: Final[dict[str, Bench]] = {
    "check-ins-64": lambda folder, rounds: closed_loop(folder, "Mosquitto", 64, rounds, 100),
    "check-ins-nats-64": lambda folder, rounds: closed_loop(folder, "NATS", 64, rounds, 100),
    "open-loop": lambda folder, rounds: open_loop(folder, "Mosquitto", 100, rounds, 50),
    "slow-disk-64": lambda folder, rounds: slow_disk(folder, 64, rounds, 100),
    "calls": lambda folder, rounds: calls(folder, rounds, 20, display_count=20),
    "stations": lambda folder, rounds: stations(
        folder, rounds, room_count=20, waiting_count=100, station_count=4, move_count=5
    ),
    "absences": lambda folder, rounds: absences(folder, rounds, 2),
    "boards": lambda folder, rounds: boards(folder, rounds, many=20),
    "queue": lambda _folder, rounds: queue_rules(rounds, ticket_count=1000),
    "restart": lambda folder, rounds: restart(folder, rounds, event_count=2000),
    "kiosk": lambda folder, rounds: kiosk(folder, rounds, 2),
    "sessions": lambda folder, _rounds: sessions(folder, 10),
    "memory": lambda folder, _rounds: memory(folder, visit_count=200),
}
"""The same, in seconds: whether all of it works, not how fast it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, write JSON; returns 0 whatever the figures are."""
    parsed = _parser().parse_args(arguments)
    benches = SHORT if parsed.short else LONG
    names = parsed.only or list(benches)
    rounds = 1 if parsed.short else parsed.rounds
    console = Console()
    runs = []
    compile_programs()
    for name in names:
        began_s, load_before = time.monotonic(), os.getloadavg()[0]
        with tempfile.TemporaryDirectory(prefix="hospital-bench-", dir=parsed.folder) as folder:
            figures = benches[name](Path(folder), rounds)
        loads = (load_before, os.getloadavg()[0])
        took_s = time.monotonic() - began_s
        console.print(_table(name, figures, loads, took_s))
        runs.append(_told(name, figures, loads, took_s))
        if parsed.json is not None:
            # After each, so that what was measured is not lost with what comes later.
            parsed.json.write_text(json.dumps(_report(runs), indent=1, ensure_ascii=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hospital-kiosk bench",
        description="How fast the product is on this machine / 本机性能测量",
    )
    parser.add_argument("--only", action="append", choices=list(LONG), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="median of so many")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="on the disk to be measured")
    parser.add_argument("--short", action="store_true", help="does it work? no figures of worth")
    return parser


def _table(
    name: str, figures: Sequence[Figure], loads: tuple[float, float], took_s: float
) -> Table:
    before, after = loads
    title = f"{name}: {figures[0].bench} (load {before:.1f} to {after:.1f}, {took_s:.0f} s)"
    table = Table(title=title, title_justify="left", box=SIMPLE)
    table.add_column("")
    for column in ("median", "least", "most"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("wanted", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for one in figures:
        mark = {None: "", True: "[green]met[/green]", False: "[red]missed[/red]"}[one.is_met]
        values = (one.value, min(one.rounds), max(one.rounds))
        table.add_row(one.what, *map(_text, values), one.unit, one.wanted, mark)
    return table


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _told(
    name: str, figures: Sequence[Figure], loads: tuple[float, float], took_s: float
) -> dict[str, object]:
    return {
        "name": name,
        "load_before": loads[0],
        "load_after": loads[1],
        "took_s": took_s,
        "figures": [{**asdict(one), "is_met": one.is_met} for one in figures],
    }


def _report(runs: list[dict[str, object]]) -> dict[str, object]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "runs": runs,
    }


if __name__ == "__main__":
    sys.exit(main())
