"""A policy is read whole, or every problem in it is told."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules.policy import (
    Every,
    Places,
    Policy,
    PolicyError,
    PolicyProblem,
    parse_policy,
)
from queue_server.rules.terms import PriorityRank

DESIGN: dict[str, object] = {
    "base_order": "slot_then_number",
    "check_in_opens_min": 30,
    "late_after_min": 0,
    "late_rule": "end_of_next_slot",
    "late_refused_after_min": 30,
    "walk_in_rule": "equal",
    "returned_rule": {"every": 2},
    "returned_dynamic": True,
    "missed_rule": {"places": 2},
    "missed_auto_times": 1,
    "missed_limit": 3,
    "priority_rule": {"every": 2},
    "priority_ranks": ["military", "aged_80", "disabled", "pregnant"],
    "standby_count": 1,
    "finish_on_next": True,
    "overtaken_max": 12,
    "recall_after_s": 0,
    "recall_max": "any",
    "emergency_levels": [1, 2, 3, 4],
    "doctor_late_after_min": 0,
    "stop_needs_approval": False,
    "service_min": 8,
    "spread_gain_min": 15,
}
"""The keys and defaults as the design writes them."""


def problems(*tables: dict[str, object]) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(*tables)
    return tuple(str(problem) for problem in caught.value.problems)


def test_what_is_left_out_takes_the_default_of_the_design() -> None:
    assert parse_policy(DESIGN) == parse_policy({}) == Policy()
    assert set(DESIGN) == {field.name for field in fields(Policy)}


def test_a_later_table_overrides_an_earlier_one_key_by_key() -> None:
    policy = parse_policy({"standby_count": 2, "missed_limit": 5}, {"standby_count": 0})

    assert (policy.standby_count, policy.missed_limit) == (0, 5)


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("check_in_opens_min", "any", None),
        ("late_refused_after_min", "never", None),
        ("late_rule", {"places": 3}, Places(3)),
        ("walk_in_rule", {"every": 3}, Every(3)),
        ("missed_rule", {"every": 2}, Every(2)),
        ("priority_rule", "front", "front"),
        ("priority_ranks", ["pregnant"], (PriorityRank.PREGNANT,)),
        ("recall_max", 3, 3),
        ("emergency_levels", [2, 1], (1, 2)),
    ],
)
def test_each_form_of_a_value_is_read(key: str, value: object, meant: object) -> None:
    assert getattr(parse_policy({key: value}), key) == meant


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("base_order", "by_name", '"slot_then_number" or "check_in_time"'),
        ("check_in_opens_min", "never", 'a whole number from 0 to 1440, or "any"'),
        ("check_in_opens_min", -1, "a whole number from 0 to 1440"),
        ("check_in_opens_min", True, "a whole number from 0 to 1440"),
        ("late_after_min", "any", "a whole number from 0 to 1440"),
        ("late_after_min", 1.5, "a whole number from 0 to 1440"),
        ("late_rule", {"every": 2}, "{ places = 1..99 }"),
        ("late_rule", {"places": 0}, "{ places = 1..99 }"),
        ("late_refused_after_min", "any", 'or "never"'),
        ("walk_in_rule", {"places": 2}, "{ every = 1..99 }"),
        ("returned_rule", {"every": 2, "places": 2}, "{ every = 1..99 }"),
        ("returned_rule", {"every": True}, "{ every = 1..99 }"),
        ("returned_dynamic", 1, "true or false"),
        ("missed_rule", "next", '"end_of_half_day"'),
        ("missed_auto_times", 100, "a whole number from 0 to 99"),
        ("missed_limit", 0, "a whole number from 1 to 99"),
        ("priority_rule", "end_of_queue", '"front" or { every = 1..99 }'),
        ("priority_ranks", [], "a list, each once"),
        ("priority_ranks", ["military", "military"], "a list, each once"),
        ("priority_ranks", ["rich"], '"military", "aged_80", "disabled", "pregnant"'),
        ("priority_ranks", "military", "a list, each once"),
        ("standby_count", 21, "a whole number from 0 to 20"),
        ("finish_on_next", "yes", "true or false"),
        ("overtaken_max", None, "a whole number from 0 to 1000"),
        ("emergency_levels", [5], "a list, each once, of 1, 2, 3, 4"),
        ("emergency_levels", [1, 1], "a list, each once, of 1, 2, 3, 4"),
        ("emergency_levels", [True], "a list, each once, of 1, 2, 3, 4"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_was_expected(
    key: str, value: object, expected: str
) -> None:
    [problem] = problems({key: value})

    assert problem.startswith(f"{key}: is {value!r}, expected ")
    assert expected in problem


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("standbycount", "standby_count"), ("late_rul", "late_rule"), ("Priority", "priority_rule")],
)
def test_a_misspelt_key_is_told_with_the_nearest_one(typed: str, nearest: str) -> None:
    [problem] = problems({typed: 1})

    assert problem.startswith(f"{typed}: there is no such key; the nearest is {nearest}")


def test_all_problems_of_all_tables_are_told_at_once() -> None:
    found = problems({"late_rule": "never", "missed_limits": 3}, {"standby_count": "two"})

    assert [problem.split(":")[0] for problem in found] == [
        "late_rule",
        "missed_limits",
        "standby_count",
    ]


def test_a_refusal_that_comes_before_lateness_is_told() -> None:
    [problem] = problems({"late_after_min": 20, "late_refused_after_min": 10})

    assert problem.startswith("late_refused_after_min: can't be less than late_after_min (20 min)")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["every", "places", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(DESIGN)) | st.text(max_size=8), VALUES, max_size=6))
def test_whatever_is_written_a_policy_or_its_problems_come_out(table: dict[str, object]) -> None:
    try:
        policy: Policy | None = parse_policy(table)
        told: tuple[PolicyProblem, ...] = ()
    except PolicyError as error:
        policy, told = None, error.problems

    assert (policy is None) == bool(told)
    assert all(problem.message_zh and problem.message_en for problem in told)
    assert policy is None or set(table) <= set(DESIGN)


def test_a_number_that_is_too_long_to_write_is_told_all_the_same() -> None:
    [problem] = problems({"missed_limit": 16**5000})

    assert "thousands of digits" in problem
