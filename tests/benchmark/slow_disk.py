"""Check-ins on a disk that takes 5 ms longer for each sync."""

import subprocess
from pathlib import Path
from typing import Final

from tests.benchmark.check_ins import Measured, measure
from tests.benchmark.figure import Figure, figure
from tests.benchmark.programs import running_broker

SYNC_S: Final = 0.005
RATE_OF_ECHO: Final = 0.5
_SOURCE: Final = Path(__file__).with_name("slow_sync.c")


def slow_disk(folder: Path, in_flight: int, rounds: int, count: int) -> list[Figure]:
    """Measure check-ins and echoes in turn, with Mosquitto."""
    with running_broker("Mosquitto", folder / "broker") as address:
        slow = measure(folder, address, in_flight, rounds, count, slow_syncs(folder))
    bench = f"check-ins, a sync takes 5 ms, {in_flight} in flight"
    return [
        figure(bench, "check-ins", slow.rates(), "/s"),
        figure(bench, "echoes", slow.echo_rates(), "/s"),
        figure(bench, "rate, of the echo's", _ratios(slow), "x", at_least=RATE_OF_ECHO),
        figure(bench, "P99", slow.p99s_ms(), "ms"),
    ]


def slow_syncs(folder: Path) -> dict[str, str]:
    """Return the environment of a program whose syncs take longer."""
    library = folder.absolute() / "slow_sync.so"
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(library), "SLOW_SYNC_US": str(int(SYNC_S * 1_000_000))}


def _ratios(measured: Measured) -> list[float]:
    return [rate / echo for rate, echo in zip(measured.rates(), measured.echo_rates(), strict=True)]
