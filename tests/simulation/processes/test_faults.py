"""A short run with real processes on each broker: every kind of fault, and nothing lost."""

import json
from pathlib import Path

import pytest

from tests.simulation.processes.fault_plan import LONG_AWAY, POWER_CUT
from tests.simulation.processes.rig import Options
from tests.simulation.processes.run import Outcome, Run

SEED = 4
RUN_S = 26.0
HAPPENINGS = (
    "acts answered",
    "calls missed on the line and spoken when it was back",
    "calls missed on the line that were stale when it was back",
    "calls spoken",
    "check-ins answered",
    "of them sent again",
    "requests sent again after all, answered alike",
    "servers that stopped because the disk was full",
)


def explained(outcome: Outcome) -> str:
    folder = outcome.options.folder
    time_line = (folder / "timeline.txt").read_text(encoding="utf-8")
    return "\n".join([time_line, *outcome.wrong[:20], f"seed {SEED}; all of it is in {folder}"])


@pytest.mark.broker
@pytest.mark.end_to_end
@pytest.mark.timeout(400)
@pytest.mark.parametrize("broker", ["nats", "mosquitto"])
async def test_nothing_is_lost_and_boards_are_right_whatever_dies(
    broker: str, tmp_path: Path
) -> None:
    options = Options(
        seed=SEED,
        broker=broker,
        run_s=RUN_S,
        folder=tmp_path,
        gap_s=20.0,
        kiosk_pause_s=2.0,
        doctor_pause_s=4.0,
    )

    outcome = await Run(options, lambda _done_s: None).run()

    assert outcome.wrong == [], explained(outcome)
    assert {POWER_CUT, "server killed", "disk full"} <= set(outcome.kinds) - {LONG_AWAY}
    missing = [what for what in HAPPENINGS if not outcome.counts[what]]
    missing += [kind for kind in outcome.kinds if not outcome.counts[f"fault: {kind}"]]
    assert missing == [], f"this never happened: {json.dumps(outcome.counts, indent=1)}"
