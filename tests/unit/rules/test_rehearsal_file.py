"""A rehearsal file is played, or every problem in it is told with its key."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules.rehearsal import run
from queue_server.rules.rehearsal_file import STEPS, RehearsalError, parse_rehearsal

GOOD = """
[[queue]]
id = "cardiology-1"
[[queue.ticket]]
number = "14"
slot = "09:00-09:30"
state = "waiting"
[[step]]
at = "09:05"
do = "call_next"
"""


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(RehearsalError) as caught:
        parse_rehearsal(tomllib.loads(text))
    return caught.value.problems


def test_a_queue_that_is_the_only_one_need_not_be_named() -> None:
    [line] = run(parse_rehearsal(tomllib.loads(GOOD)))

    assert line["ok"] is True


@pytest.mark.parametrize(
    ("written", "instead", "expected"),
    [
        ('number = "14"', "", 'queue[1].ticket[1].number: is missing, expected a text like "14"'),
        ('number = "14"', "number = 14", "queue[1].ticket[1].number: is 14, expected a text"),
        ('"09:00-09:30"', '"09:30-09:00"', "slot: is '09:30-09:00', expected a text like"),
        ('"09:00-09:30"', '"morning"', "slot: is 'morning', expected a text like"),
        ('"waiting"', '"standby"', "state: is 'standby', expected one of booked, waiting"),
        ('state = "waiting"', 'kind = "returned"', "kind: is 'returned', which only a waiting"),
        ('state = "waiting"', 'kind = "vip"', "kind: is 'vip', expected one of ordinary"),
        ('state = "waiting"', 'stat = "waiting"', "stat: there is no such key; the nearest is"),
        ('id = "cardiology-1"', "", "queue[1].id: is missing"),
        ('id = "cardiology-1"', 'id = "c"\nname = "x"', "queue[1].name: there is no such key"),
        ('at = "09:05"', "", 'step[1].at: is missing, expected a time like "09:05"'),
        ('at = "09:05"', 'at = "9:05"', "step[1].at: is '9:05', expected a time"),
        ('at = "09:05"', "at = 09:05:00", "step[1].at: is datetime.time(9, 5), expected a time"),
        ('"call_next"', '"call_nxt"', "step[1].do: is 'call_nxt', expected one of check_in"),
        ('"call_next"', '"check_in"', "step[1].ticket: is missing, expected the number"),
        ('"call_next"', '"call_next"\nqueue = "x"', "queue: is 'x', expected one of cardiology-1"),
        ('"call_next"', '"transfer"\nticket = "14"', "step[1].to: is missing, expected one of"),
        ('"call_next"', '"grant_priority"\nticket = "14"', "step[1].rank: is missing, expected"),
        ('"call_next"', '"move"\nticket = "14"', "exactly one of before and after has to be given"),
        ('"call_next"', '"undo"\nrank = "x"', "step[1].rank: there is no such key"),
        ('"call_next"', '"join_team"\ndoctor = "x"', "step[1].queue: has no team, expected an MDT"),
        ("[[step]]", "[[steps]]", "steps: there is no such key; the nearest is step"),
        ("[[queue]]", "[policy]\nstandbycount = 1\n[[queue]]", "policy.standbycount: there is"),
        ("[[queue]]", "[policy]\nlate_rule = 3\n[[queue]]", "policy.late_rule: is 3, expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_key_and_what_was_expected(
    written: str, instead: str, expected: str
) -> None:
    assert written in GOOD

    [problem] = problems(GOOD.replace(written, instead))

    assert expected in problem


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('team = "x"', "queue[1].team: is 'x', expected names of different doctors, like"),
        ('team = ["x", "x"]', "queue[1].team: is ['x', 'x'], expected names of different doctors"),
        ('team = ["x"]\nquorum = ["y"]', "quorum: 'y' is not in the team, expected one of x"),
        ('team = ["x"]\nlead = "y"', "lead: 'y' is not in the team, expected one of x"),
        ('lead = "y"', "queue[1].lead: 'y' is not in the team"),
    ],
)  # fmt: skip
def test_a_mistake_about_a_team_is_told(written: str, expected: str) -> None:
    [problem] = problems(GOOD.replace('id = "cardiology-1"', f'id = "cardiology-1"\n{written}'))

    assert expected in problem


def test_a_step_of_a_doctor_names_one_of_the_team() -> None:
    of_a_team = GOOD.replace('id = "cardiology-1"', 'id = "cardiology-1"\nteam = ["x", "y"]')

    assert problems(of_a_team.replace('"call_next"', '"join_team"\ndoctor = "z"')) == (
        "step[1].doctor: is 'z', expected one of x, y",
    )


def test_a_file_without_a_queue_is_told() -> None:
    assert problems("") == ("queue: nothing found, expected at least one [[queue]]",)


def test_with_two_queues_a_step_has_to_name_one() -> None:
    [problem] = problems('[[queue]]\nid = "b"\n' + GOOD)

    assert problem == "step[1].queue: is missing, expected one of b, cardiology-1"


def test_what_can_stand_once_only_is_told() -> None:
    twice = '[[queue]]\nid = "c"\n' + 2 * '[[queue.ticket]]\nnumber = "14"\nstate = "called"\n'

    assert problems(twice + '[[queue]]\nid = "c"\n') == (
        "queue[1].ticket: number '14' stands here twice",
        "queue[1].ticket: 14, 14 are in the room, expected at most one",
        "queue[2].id: 'c' stands here twice, each queue may stand once",
    )


def test_all_problems_are_told_at_once() -> None:
    text = (
        GOOD.replace('"14"', "14").replace('"09:05"', "5").replace("[[queue]]", "x = 1\n[[queue]]")
    )

    assert len(problems(text)) == 3


WORDS = st.sampled_from(["cardiology-1", "14", "A015", "09:00-09:30", "09:05", "waiting", "x", ""])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=6)
KINDS = st.sampled_from(["ordinary", "priority", "emergency", "returned", "missed"])
STATES = st.sampled_from(["booked", "waiting", "called", "missed", "away_for_results", "done"])
TIMES = st.sampled_from(["08:00", "09:05", "09:40", "12:30"])
NUMBERS = st.sampled_from(["1", "2", "14", "A015"])


def mostly(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what fits, now and then anything."""
    return st.integers(min_value=0, max_value=15).flatmap(lambda dice: good if dice else SCALARS)


def table(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    good = st.fixed_dictionaries({}, optional={key: mostly(value) for key, value in keys.items()})
    return st.builds(lambda known, more: {**known, **more}, good, st.just({}) | extra)


extra = st.dictionaries(st.text(max_size=5), SCALARS, max_size=1)
TICKETS = table(number=NUMBERS, slot=st.just("09:00-09:30"), kind=KINDS, state=STATES)
DOCTORS = st.sampled_from(["x", "y"])
QUEUES = table(
    id=st.sampled_from(["a", "b"]),
    ticket=st.lists(TICKETS, max_size=3),
    team=st.lists(DOCTORS, max_size=2),
    quorum=st.lists(DOCTORS, max_size=2),
    lead=DOCTORS,
)
STEPS_WRITTEN = table(
    at=TIMES,
    do=st.sampled_from(STEPS),
    queue=st.sampled_from(["a", "b"]),
    ticket=NUMBERS,
    to=st.sampled_from(["a", "b"]),
    rank=st.just("military"),
    before=NUMBERS,
    after=NUMBERS,
    reason=st.just("why"),
    doctor=DOCTORS,
)
FILES = table(
    policy=table(standby_count=st.integers(0, 3), finish_on_next=st.booleans()),
    queue=st.lists(QUEUES, max_size=2),
    step=st.lists(STEPS_WRITTEN, max_size=3),
)


@given(FILES)
def test_whatever_is_written_a_rehearsal_is_played_or_its_problems_are_told(
    written: dict[str, Any],
) -> None:
    told: tuple[str, ...] = ()
    lines = 0
    try:
        lines = len(list(run(parse_rehearsal(written))))
    except RehearsalError as error:
        told = error.problems

    assert bool(told) or lines == len(written.get("step", []))


def test_a_number_that_is_too_long_to_write_is_told_all_the_same() -> None:
    told = problems(f"queue = 0x{'f' * 5000}")

    assert "queue: is a number of thousands of digits, expected tables" in told[0]
