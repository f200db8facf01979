"""Two hundred mornings full of faults; what is checked all the while stands in `witness.py`."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.morning import Outcome, run_morning

ROOT = Path(__file__).parents[2]
SEEDS_A_TEST = 20
FAULTS = (
    "broker crashes",
    "answers of banks lost",
    "answers of bookings lost",
    "asks of banks lost",
    "bookings lost",
    "callbacks lost",
    "clock jumps",
    "crashes between two steps",
    "device crashes",
    "faults of a note",
    "full disks",
    "lines cut",
    "lines slowed",
    "messages doubled",
    "messages late",
    "messages lost",
    "records outages",
    "server deaths",
    "server hangs",
    "torn commits",
    "torn commits found whole",
    "torn notes",
    "torn snapshots",
)
HAPPENINGS = (
    "acts answered",
    "calls spoken",
    "check-ins answered",
    "notes taken",
    "patients checked in",
    "patients who have paid",
    "payments booked",
    "payments by phone",
)


def _explained(outcome: Outcome) -> str:
    story = "\n".join(outcome.last_lines)
    again = f"hospital-kiosk simulate --seed {outcome.seed}"
    return f"{story}\nseed {outcome.seed}: {outcome.error!r}\nagain: {again}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", range(1, 201, SEEDS_A_TEST))
def test_nothing_is_lost_doubled_or_shown_wrong(first: int) -> None:
    counts: Counter[str] = Counter()
    for seed in range(first, first + SEEDS_A_TEST):
        outcome = run_morning(seed)
        counts += Counter(outcome.counts)
        if outcome.error is not None:
            raise AssertionError(_explained(outcome)) from outcome.error

    missing = [what for what in (*FAULTS, *HAPPENINGS) if not counts[what]]
    assert missing == [], "a simulation in which this never happens proves nothing about it"


def test_some_mornings_give_a_payment_back() -> None:
    # Too seldom for every block of seeds.
    assert any(run_morning(seed).counts.get("payments given back") for seed in range(1, 41))


def test_a_seed_gives_the_same_morning_in_every_process() -> None:
    digests = {run_morning(7).digest}
    for hash_seed in ("1", "2"):
        replay = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", "7"],
            cwd=ROOT,
            env={"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(replay.stdout.splitlines()[-1].rpartition(" ")[2])

    assert len(digests) == 1


def test_another_seed_gives_another_morning() -> None:
    assert run_morning(8).digest != run_morning(9).digest
