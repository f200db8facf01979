"""The calling policy of a queue: what a hospital may choose, and its check.

The keys, their values and defaults are those of the design, section 3. Unknown keys and
wrong values are reported all together, in words a nurse understands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from difflib import get_close_matches
from typing import Final, Literal

from queue_server.rules.terms import PriorityRank


@dataclass(frozen=True, slots=True)
class Every:
    """One of a kind behind so many ordinary tickets."""

    every: int


@dataclass(frozen=True, slots=True)
class Places:
    """So many places further back."""

    places: int


LateRule = Literal["end_of_next_slot", "end_of_queue", "as_walk_in"] | Places
WalkInRule = Literal["equal", "after_booked"] | Every
ReturnedRule = Literal["next", "end_of_slot", "end_of_queue"] | Every
MissedRule = Literal["end_of_slot", "end_of_half_day", "end_of_queue"] | Places | Every
PriorityRule = Literal["front"] | Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one queue is ordered. `None` means "no limit" where it is allowed."""

    base_order: Literal["slot_then_number", "check_in_time"] = "slot_then_number"
    check_in_opens_min: int | None = 30
    late_after_min: int = 0
    late_rule: LateRule = "end_of_next_slot"
    late_refused_after_min: int | None = 30
    walk_in_rule: WalkInRule = "equal"
    returned_rule: ReturnedRule = Every(2)
    returned_dynamic: bool = True
    missed_rule: MissedRule = Places(2)
    missed_auto_times: int = 1
    missed_limit: int = 3
    priority_rule: PriorityRule = Every(2)
    priority_ranks: tuple[PriorityRank, ...] = tuple(PriorityRank)
    standby_count: int = 1
    finish_on_next: bool = True
    overtaken_max: int = 12
    recall_after_s: int = 0
    recall_max: int | None = None
    emergency_levels: tuple[int, ...] = (1, 2, 3, 4)
    doctor_late_after_min: int | None = 0
    stop_needs_approval: bool = False
    service_min: int = 8
    """Minutes a consultation takes, until the day has shown it."""
    spread_gain_min: int | None = 15
    """Nobody is sent to a colleague who would wait less by fewer minutes; None: nobody at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyProblem:
    """One thing that is wrong in a policy, and what was expected."""

    key: str
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        return f"{self.key}: {self.message_en} / {self.message_zh}"


class PolicyError(ValueError):
    """A policy can't be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a key may hold: words, `{ every = n }`, `{ places = n }`."""

    words: tuple[str, ...]
    every: bool = False
    places: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A whole number from `least` to `most`, or the word that means "no limit"."""

    least: int
    most: int
    unlimited_word: str = ""


_MINUTES_MAX: Final = 24 * 60
_LEVELS: Final = (1, 2, 3, 4)
EXPECTED: Final[
    Mapping[str, Choice | Count | type[bool] | type[PriorityRank] | tuple[int, ...]]
] = {
    "base_order": Choice(words=("slot_then_number", "check_in_time")),
    "check_in_opens_min": Count(least=0, most=_MINUTES_MAX, unlimited_word="any"),
    "late_after_min": Count(least=0, most=_MINUTES_MAX),
    "late_rule": Choice(words=("end_of_next_slot", "end_of_queue", "as_walk_in"), places=True),
    "late_refused_after_min": Count(least=0, most=_MINUTES_MAX, unlimited_word="never"),
    "walk_in_rule": Choice(words=("equal", "after_booked"), every=True),
    "returned_rule": Choice(words=("next", "end_of_slot", "end_of_queue"), every=True),
    "returned_dynamic": bool,
    "missed_rule": Choice(
        words=("end_of_slot", "end_of_half_day", "end_of_queue"), every=True, places=True
    ),
    "missed_auto_times": Count(least=0, most=99),
    "missed_limit": Count(least=1, most=99),
    "priority_rule": Choice(words=("front",), every=True),
    "priority_ranks": PriorityRank,
    "standby_count": Count(least=0, most=20),
    "finish_on_next": bool,
    "overtaken_max": Count(least=0, most=1000),
    "recall_after_s": Count(least=0, most=600),
    "recall_max": Count(least=0, most=99, unlimited_word="any"),
    "emergency_levels": _LEVELS,
    "doctor_late_after_min": Count(least=0, most=_MINUTES_MAX, unlimited_word="never"),
    "stop_needs_approval": bool,
    "service_min": Count(least=1, most=240),
    "spread_gain_min": Count(least=1, most=240, unlimited_word="never"),
}
"""What each key may hold."""


def parse_policy(*tables: Mapping[str, object]) -> Policy:
    """Read policy tables, later ones overriding earlier ones key by key.

    Raises:
        PolicyError: with every problem of every table.
    """
    problems: list[PolicyProblem] = []
    values: dict[str, object] = {}
    for table in tables:
        for key, found in table.items():
            try:
                values[key] = _read(key, found)
            except PolicyError as error:
                problems += error.problems
    if not problems:
        policy = Policy(**values)  # type: ignore[arg-type]  # each value was checked by its key
        problems += _contradictions(policy)
    if problems:
        raise PolicyError(problems)
    return policy


def _contradictions(policy: Policy) -> list[PolicyProblem]:
    refused, late = policy.late_refused_after_min, policy.late_after_min
    if refused is not None and refused < late:
        return [
            PolicyProblem(
                key="late_refused_after_min",
                message_zh=f"不能小于 late_after_min（{late} 分钟），否则迟到者一律被拒绝",
                message_en=f"can't be less than late_after_min ({late} min)",
            )
        ]
    return []


def _read(key: str, found: object) -> object:
    if key not in EXPECTED:
        raise _unknown_key(key)
    expected = EXPECTED[key]
    if expected is bool:
        if isinstance(found, bool):
            return found
        raise _wrong(key, found, "true 或 false", "true or false")
    if isinstance(expected, Count):
        return _read_count(key, found, expected)
    if isinstance(expected, Choice):
        return _read_choice(key, found, expected)
    if isinstance(expected, tuple):
        return _read_levels(key, found, expected)
    return _read_ranks(key, found)


def _read_count(key: str, found: object, expected: Count) -> int | None:
    if expected.unlimited_word and found == expected.unlimited_word:
        return None
    if type(found) is int and expected.least <= found <= expected.most:
        return found
    also_zh = f"，或 “{expected.unlimited_word}”" if expected.unlimited_word else ""
    also_en = f', or "{expected.unlimited_word}"' if expected.unlimited_word else ""
    raise _wrong(
        key,
        found,
        f"{expected.least} 到 {expected.most} 的整数{also_zh}",
        f"a whole number from {expected.least} to {expected.most}{also_en}",
    )


def _read_choice(key: str, found: object, expected: Choice) -> object:
    if isinstance(found, str) and found in expected.words:
        return found
    if isinstance(found, Mapping) and len(found) == 1:
        [(word, count)] = found.items()
        if type(count) is int and 1 <= count <= 99:
            if word == "every" and expected.every:
                return Every(count)
            if word == "places" and expected.places:
                return Places(count)
    allowed = [f'"{word}"' for word in expected.words]
    allowed += ["{ every = 1..99 }"] if expected.every else []
    allowed += ["{ places = 1..99 }"] if expected.places else []
    raise _wrong(key, found, " 或 ".join(allowed), " or ".join(allowed))


def _read_ranks(key: str, found: object) -> tuple[PriorityRank, ...]:
    names = [rank.value for rank in PriorityRank]
    if (
        isinstance(found, Sequence)
        and not isinstance(found, str)
        and all(name in names for name in found)
        and len(set(found)) == len(found) > 0
    ):
        return tuple(PriorityRank(name) for name in found)
    listed = ", ".join(f'"{name}"' for name in names)
    raise _wrong(key, found, f"不重复的名单，取自 {listed}", f"a list, each once, of {listed}")


def _read_levels(key: str, found: object, expected: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(found, Sequence) and not isinstance(found, str) and len(found) > 0:
        levels = [
            level for level in expected if level in [one for one in found if type(one) is int]
        ]
        if len(levels) == len(found):
            return tuple(levels)
    listed = ", ".join(map(str, expected))
    raise _wrong(key, found, f"不重复的名单，取自 {listed}", f"a list, each once, of {listed}")


def as_in_file(policy: Policy, key: str) -> object:
    """Return what `policy` holds under `key`, as a site file has it."""
    value, expected = getattr(policy, key), EXPECTED[key]
    if isinstance(value, Every):
        return {"every": value.every}
    if isinstance(value, Places):
        return {"places": value.places}
    if value is None:
        assert isinstance(expected, Count)
        return expected.unlimited_word
    return list(value) if isinstance(value, tuple) else value


def written(found: object) -> str:
    """Return a value of a file as Python writes it; of endless numbers only what they are."""
    try:
        return repr(found)
    except ValueError:
        return "a number of thousands of digits"


def _wrong(key: str, found: object, expected_zh: str, expected_en: str) -> PolicyError:
    return PolicyError(
        [
            PolicyProblem(
                key=key,
                message_zh=f"写的是 {written(found)}，应为 {expected_zh}",
                message_en=f"is {written(found)}, expected {expected_en}",
            )
        ]
    )


def _unknown_key(key: str) -> PolicyError:
    nearest = get_close_matches(key, EXPECTED, n=1, cutoff=0)
    return PolicyError(
        [
            PolicyProblem(
                key=key,
                message_zh=f"没有这个规则项；最接近的是 {nearest[0]}",
                message_en=f"there is no such key; the nearest is {nearest[0]}",
            )
        ]
    )


assert set(EXPECTED) == {field.name for field in fields_of(Policy)}
