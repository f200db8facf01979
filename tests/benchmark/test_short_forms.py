"""Each bench in seconds: nothing is lost, all is in order, every figure is there.

How fast it is stands in no test: a busy machine would say nothing about the product.
"""

import json
import math
from pathlib import Path

import pytest

from tests.benchmark.__main__ import LONG, SHORT, main
from tests.benchmark.figure import Figure, figure, percentile

ASKED_FOR = {
    "check-ins-64": {"rate, of the echo's", "P99, of the echo's"},
    "check-ins-nats-64": {"rate, of the echo's", "P99, of the echo's"},
    "open-loop": {"P50", "P99"},
    "slow-disk-64": {"rate, of the echo's"},
    "calls": {"P50, of the bare one's", "P99, of the bare one's"},
    "stations": {"move to the 3 others, P99"},
    "absences": {
        f"{screen}, slowest"
        for screen in ("kiosk, a visit on its screen", "area board", "door board", "phone page")
    },
    "boards": {"published for an area while all check in"},
    "queue": {"moving: from the end to the front, P50"},
    "restart": {"until it serves, without a snapshot", "until it serves, with a snapshot"},
    "kiosk": {"start to first screen", "idle, of a core"},
    "sessions": {"what it grew by since"},
    "memory": {"200 checked in"},
}
"""Figures with a limit that each bench must tell, among others."""


@pytest.mark.end_to_end
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", sorted(SHORT))
def test_a_bench_gets_all_its_answers_and_tells_its_figures(name: str, tmp_path: Path) -> None:
    figures = SHORT[name](tmp_path, 1)

    limited = {one.what for one in figures if one.is_met is not None}
    assert ASKED_FOR[name] <= limited
    assert all(one.rounds and all(map(math.isfinite, one.rounds)) for one in figures)


def test_every_short_form_has_a_long_one() -> None:
    assert set(SHORT) <= set(LONG)


def test_a_bench_prints_a_table_and_writes_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bench.json"

    assert main(["--short", "--only", "queue", "--json", str(file)]) == 0

    told = json.loads(file.read_text())
    assert "moving" in capsys.readouterr().out
    assert told["cores"] >= 1
    [run] = told["runs"]
    assert run["name"] == "queue"
    assert {"what", "value", "unit", "rounds", "is_met"} <= set(run["figures"][0])


def test_a_figure_is_the_median_of_its_rounds_and_knows_whether_it_is_met() -> None:
    slow: Figure = figure("b", "w", [9.0, 1.0, 5.0], "ms", at_most=4.0)
    rate: Figure = figure("b", "w", [9.0, 1.0, 5.0], "/s", at_least=4.0)

    assert (slow.value, slow.is_met, slow.wanted) == (5.0, False, "≤ 4")
    assert (rate.value, rate.is_met, rate.wanted) == (5.0, True, "≥ 4")
    assert figure("b", "w", [1.0], "").is_met is None


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (75, 3.0), (99, 4.0), (1, 1.0)])
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    percent: float, value: float
) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == value
