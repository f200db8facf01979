"""What the server of a large site holds in memory: ten thousand visits in a day."""

from pathlib import Path
from typing import Final

from tests.benchmark.check_ins import check_in_load, require_checked_in
from tests.benchmark.figure import Figure, figure
from tests.benchmark.programs import running_broker

BENCH: Final = "memory of the server"
VISITS: Final = 10_000
AT_MOST_MB: Final = 300.0


def memory(folder: Path, visit_count: int = VISITS) -> list[Figure]:
    """Start with so many booked, and let all of them identify themselves and check in."""
    with (
        running_broker("Mosquitto", folder / "broker") as address,
        check_in_load(folder, address, visit_count) as load,
    ):
        booked_mb = load.server.memory_mb()
        step = max(1, visit_count // 10)
        for _ in range(0, visit_count, step):
            require_checked_in(load.asker.keep_in_flight(load.check_ins(step), 64))
        waiting_mb = load.server.memory_mb()
    return [
        figure(BENCH, f"{visit_count:,} booked", [booked_mb], "MB", at_most=AT_MOST_MB),
        figure(BENCH, f"{visit_count:,} checked in", [waiting_mb], "MB", at_most=AT_MOST_MB),
    ]
