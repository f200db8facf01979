"""The page for a head nurse says what the code does."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

from queue_server.rules.policy import Policy, parse_policy
from queue_server.rules.rehearsal import run
from queue_server.rules.rehearsal_file import STEPS, parse_rehearsal
from queue_server.rules.terms import PriorityRank, TicketKind

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "rehearsal.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "tests" / "rehearsals" / "example_of_the_page.toml"


def block(mark: str) -> str:
    """Return the block of code that follows `mark` on the page."""
    found = re.search(rf"<!-- {re.escape(mark)}.*?-->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, mark
    return found[1]


def test_the_page_shows_every_key_of_the_policy_with_its_default() -> None:
    written = tomllib.loads(block("policy"))["policy"]

    assert list(written) == [field.name for field in fields(Policy)]
    assert parse_policy(written) == Policy()


def test_the_page_names_every_step_kind_rank_and_key_of_a_file() -> None:
    tables = PAGE.partition("## The queues")[2]
    named = set(re.findall(r"`(\w+)`", tables))

    keys = {"id", "number", "slot", "kind", "rank", "state", "at", "do", "queue", "ticket"}
    keys |= {"to", "before", "after", "reason", "team", "quorum", "lead", "doctor"}
    assert named >= {*STEPS, *TicketKind, *PriorityRank, *keys}


def test_the_example_is_a_file_that_is_rehearsed() -> None:
    assert block("example") == EXAMPLE.read_text(encoding="utf-8")


def test_the_output_of_the_example_is_what_the_rules_give() -> None:
    lines = run(parse_rehearsal(tomllib.loads(block("example"))))

    printed = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    assert block("output") == printed
