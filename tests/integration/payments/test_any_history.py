"""Whatever goes wrong, and whenever the process is killed: no fen is lost, none is paid twice.

The receipts' numbers have no gap, and no payment has two receipts or none.
"""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from queue_server.payments.claim import ClaimState
from queue_server.payments.terms import AttemptState
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.world import World
from tests.integration.payments.world_deferrals import every_deferral
from tests.integration.payments.world_insurance import every_claim

MOMENTS = 100
SEEDS_EACH = 250


@pytest.mark.parametrize("first", range(0, 2000, SEEDS_EACH))
def test_money_is_conserved_over_any_history(first: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(first, first + SEEDS_EACH):
        world = World(random.Random(seed), MemorySteps())
        for _ in range(MOMENTS):
            world.a_moment()
        world.calm_down()
        try:
            world.check()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        seen.update(attempt.state for attempt in world.every_attempt())
        seen["deaths"] += world.death_count
        seen["taken back"] += sum(one.reverses is not None for one in world.every_receipt())
        kept = (one for one in world.every_attempt() if one.state is AttemptState.FULFILLED)
        seen["in part"] += sum(bool(one.refunds) for one in kept)
        put_off = every_deferral(world).values()
        seen["put off"] += len(put_off)
        seen["put off and paid"] += sum(one.left != one.charges for one in put_off)

        for claim in every_claim(world).values():
            seen[f"claim {claim.state}"] += 1

    # The histories really go everywhere: else they would prove nothing.
    assert seen["deaths"] > SEEDS_EACH
    assert seen["taken back"] > 0
    assert seen["in part"] > 0
    assert seen["put off"] > SEEDS_EACH / 2
    assert seen["put off and paid"] > 0
    for claim_state in (ClaimState.SETTLED, ClaimState.UNDONE):
        assert seen[f"claim {claim_state}"] > 3, seen
    for state in (
        AttemptState.FULFILLED,
        AttemptState.CLOSED,
        AttemptState.REFUNDED,
        AttemptState.REVIEW,
    ):
        assert seen[state] > 3, seen


class AnyHistory(RuleBasedStateMachine):
    """The same, with histories that are made shorter until the shortest one that fails is left."""

    @initialize(dice=st.randoms(use_true_random=False))
    def begin(self, dice: random.Random) -> None:
        self.world = World(dice, MemorySteps())

    @rule(act=st.sampled_from(World.ACTS))
    def something_happens(self, act: str) -> None:
        self.world.surviving(getattr(self.world, act))

    def teardown(self) -> None:
        self.world.calm_down()
        self.world.check()


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
