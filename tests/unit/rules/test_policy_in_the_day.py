"""A policy that changes in the middle of a day leaves what was before it alone."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules.day_in_work import apply
from queue_server.rules.policy import Policy
from queue_server.rules.queue import open_day
from tests.unit.rules.policies import POLICIES
from tests.unit.rules.test_what_if import A, B, any_act, any_day


@given(before=POLICIES, after=POLICIES, chance=st.randoms(use_true_random=False))
def test_whatever_a_policy_becomes_the_day_goes_on_and_is_told_the_same(
    before: Policy, after: Policy, chance: Random
) -> None:
    clinic = any_day(before, chance)
    orders = {queue: clinic.day.queues[queue].order for queue in (A, B)}
    entries = list(clinic.entries)

    clinic.policies = {A: after, B: after}
    assert {queue: clinic.day.queues[queue].order for queue in (A, B)} == orders
    for _ in range(60):
        clinic.now_s += chance.randrange(300)
        queue, other = chance.choice([(A, B), (B, A)])
        clinic.ask(any_act(clinic.day.queues[queue], other, chance))

    assert clinic.entries[: len(entries)] == entries
    told = open_day(clinic.policies)
    for entry in clinic.entries:
        told = apply(told, entry)
    assert told == clinic.day
