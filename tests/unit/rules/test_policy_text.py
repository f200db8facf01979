"""The rule text changes with every key that changes what a patient meets."""

import re
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given

from queue_server.rules.policy import Every, Places, Policy
from queue_server.rules.policy_text import rule_text
from queue_server.rules.terms import PriorityRank
from tests.unit.rules.policies import POLICIES

MILITARY, PREGNANT = PriorityRank.MILITARY, PriorityRank.PREGNANT
OTHER_VALUES: dict[str, list[Any]] = {
    "base_order": ["check_in_time"],
    "check_in_opens_min": [None, 0, 15],
    "late_after_min": [5, 10, 30],
    "late_rule": ["end_of_queue", "as_walk_in", Places(1), Places(3)],
    "late_refused_after_min": [None, 0, 20],
    "walk_in_rule": ["after_booked", Every(1), Every(3)],
    "returned_rule": ["next", "end_of_slot", "end_of_queue", Every(1), Every(3)],
    "returned_dynamic": [False],
    "missed_rule": ["end_of_slot", "end_of_half_day", "end_of_queue", Places(1), Every(2)],
    "missed_auto_times": [0, 2],
    "missed_limit": [1, 2, 4],
    "priority_rule": ["front", Every(1), Every(3)],
    "priority_ranks": [(MILITARY,), (PREGNANT, MILITARY), (MILITARY, PREGNANT)],
    "standby_count": [0, 2],
    "overtaken_max": [0, 5],
}
NOT_MET_BY_PATIENTS = {
    *("finish_on_next", "recall_after_s", "recall_max", "emergency_levels"),
    *("doctor_late_after_min", "stop_needs_approval"),
    *("service_min", "spread_gain_min"),
}
BLAME = re.compile(
    r"必须|不得|擅自|违|自行负责|后果|\bmust\b|fault|fail|penal|punish", re.IGNORECASE
)


@pytest.mark.parametrize("key", OTHER_VALUES)
def test_changing_a_key_changes_the_text_in_both_languages(key: str) -> None:
    changed: dict[str, Any] = {"base": Policy()}
    for value in OTHER_VALUES[key]:
        changed[str(value)] = replace(Policy(), **{key: value})
    texts = [rule_text(policy) for policy in changed.values()]

    assert len({text.zh for text in texts}) == len(texts)
    assert len({text.en for text in texts}) == len(texts)


def test_every_key_is_tried_or_known_not_to_matter_to_patients() -> None:
    assert set(OTHER_VALUES) | NOT_MET_BY_PATIENTS == {field.name for field in fields(Policy)}
    assert rule_text(replace(Policy(), finish_on_next=False)) == rule_text(Policy())


@given(POLICIES)
def test_the_text_is_a_few_short_plain_sentences_as_many_in_each_language(policy: Policy) -> None:
    text = rule_text(policy)

    assert 4 <= len(text.zh) == len(text.en) <= 9
    assert all(sentence.endswith("。") and len(sentence) <= 90 for sentence in text.zh)
    assert all(sentence.endswith(".") and len(sentence) <= 205 for sentence in text.en)
    assert all(sentence[0].isupper() for sentence in text.en)
    assert any("请您" in sentence or "您" in sentence for sentence in text.zh)
    assert not any(BLAME.search(sentence) for sentence in text.zh + text.en)
    assert not any(re.search(r"\b1 (\w+ )?\w+s\b", sentence) for sentence in text.en)


def test_the_default_policy_reads_so() -> None:
    text = rule_text(Policy())

    assert text.zh[0] == "按预约时段和号序叫号。"
    assert text.zh[1] == "预约时段开始前 30 分钟起，请您签到。"
    assert text.en[4] == (
        "With results, please check in again: one returning patient comes after every"
        " 2 ordinary patients; they alternate while more return than wait for the first time."
    )
    assert (
        text.zh[5]
        == "过号后您排在前 2 位候诊患者之后；第 2 次起请您重新签到；第 3 次过号，本号作废。"
    )


def test_who_can_never_be_late_is_told_no_place_for_late_patients() -> None:
    text = rule_text(replace(Policy(), late_after_min=20, late_refused_after_min=20))

    assert text.zh[2] == "预约时段结束超过 20 分钟不能签到，可以退费。"
