"""Written mornings and the orders worked out for them by hand, from the text of the rules.

Beside each `tests/rehearsals/NAME.toml` stands `NAME.expected`, one line a step: `ok` or the
refusal's code, then for each queue who is in the room (`-`: nobody), and the list.
"""

import tomllib
from pathlib import Path

import pytest

from queue_server.rules.rehearsal import Line, run
from queue_server.rules.rehearsal_file import STEPS, parse_rehearsal

FOLDER = Path(__file__).parents[2] / "rehearsals"
FILES = sorted(FOLDER.glob("*.toml"))


def told(line: Line) -> str:
    """Write a line of a rehearsal as the expectations are written."""
    orders, rooms = line["order"], line["in_room"]
    assert isinstance(orders, dict)
    assert isinstance(rooms, dict)
    queues = " / ".join(
        f"{rooms[queue] or '-'}: {' '.join(order)}".rstrip() for queue, order in orders.items()
    )
    return f"{'ok' if line['ok'] else line['code']} {queues}"


def played(path: Path) -> list[Line]:
    """Play the rehearsal that stands at `path`."""
    with path.open("rb") as file:
        return list(run(parse_rehearsal(tomllib.load(file))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_written_morning_goes_as_worked_out_by_hand(path: Path) -> None:
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()

    assert [told(line) for line in played(path)] == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_line_says_what_was_done_and_why_in_both_languages(path: Path) -> None:
    for count, line in enumerate(played(path), start=1):
        assert line["step"] == count
        assert line["do"] in STEPS
        assert "ticket" in line
        assert str(line["reason_zh"]).endswith("。")
        assert str(line["reason_en"]).endswith(".")
        assert ("code" in line) == (line["ok"] is False)


def test_every_kind_of_step_is_rehearsed() -> None:
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in FILES]

    assert {step["do"] for table in tables for step in table["step"]} == set(STEPS)


def test_the_line_of_the_design_stands_as_it_is_written_there() -> None:
    line = played(FOLDER / "o1_return_with_results.toml")[0]

    assert {key: value for key, value in line.items() if not key.startswith("reason")} == {
        "step": 1,
        "at": "09:05",
        "do": "check_in",
        "ticket": "2",
        "ok": True,
        "order": {"cardiology-1": ["14", "15", "2", "16", "17", "18", "19"]},
        "in_room": {"cardiology-1": "13"},
    }
    assert line["reason_en"] == (
        "Back with results: one after every 2 ordinary patients, behind 15."
    )
    assert line["reason_zh"] == "检查后回诊，每 2 位普通患者之后安排 1 位回诊，排在 15 号之后。"


def test_a_call_tells_whom_it_reached() -> None:
    line = played(FOLDER / "o1_return_with_results.toml")[1]

    assert (line["ticket"], line["reason_en"]) == ("14", "14 was first and is called.")


def test_a_pause_is_about_no_ticket() -> None:
    line = played(FOLDER / "step_pause_and_reopen.toml")[0]

    assert line["ticket"] is None


def test_a_granted_priority_that_brings_nothing_says_that_the_place_is_kept() -> None:
    reasons = [line["reason_en"] for line in played(FOLDER / "step_grant_priority.toml")]

    kept = "the present place is better and is kept."
    assert (
        reasons[0] == "Priority (aged 80 or over): one after every 2 ordinary patients, behind 15."
    )
    assert reasons[1:4] == [
        f"Priority ({rank}): {kept}" for rank in ("disabled", "pregnant", "military")
    ]
