"""A claim that the insurance does not undo, or does not tell of, waits for a person."""

from datetime import timedelta

import pytest

from queue_server.payments.claim import ClaimState, ClaimWorkRefused
from queue_server.payments.fen import Fen
from queue_server.payments.insurance_office import AFTER_REFUSAL
from queue_server.payments.terms import ClaimId
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.test_insurance_office import (
    begin,
    calm_world,
    own_share,
    pay,
    settle,
    state,
    wait,
)
from tests.integration.payments.world import MORNING, World

PRICE = Fen(32_551)


@pytest.fixture
def store() -> MemorySteps:
    return MemorySteps()


@pytest.fixture
def world(store: MemorySteps) -> World:
    return calm_world(store)


@pytest.fixture
def stuck(world: World) -> ClaimId:
    """A claim whose own share nobody pays, and which the insurance refuses to undo."""
    claim = settle(world)
    world.insurance_line.refuses_work = True
    wait(world, minutes=2)
    return claim.id


def test_what_the_insurance_refuses_to_undo_is_told_with_its_code(
    world: World, stuck: ClaimId
) -> None:
    [told] = world.claims.stuck()

    assert (told.claim.id, told.claim.state) == (stuck, ClaimState.UNDOING)
    assert told.claim.refusal == "LOCKED"
    assert {one.id for one in told.charges} == set(told.claim.charges)


def test_it_is_told_after_a_restart_and_on_the_next_day_too(world: World, stuck: ClaimId) -> None:
    world.restart()
    assert [one.claim.id for one in world.claims.stuck()] == [stuck]

    wait(world, days=1)

    assert [one.claim.refusal for one in world.claims.stuck()] == ["LOCKED"]


def test_it_is_asked_for_on_and_told_no_more_once_the_insurance_has_undone_it(
    world: World, stuck: ClaimId
) -> None:
    world.insurance_line.refuses_work = False
    world.now += AFTER_REFUSAL

    world.sweep()

    assert world.claims.stuck() == []
    assert (state(world), world.insurance.paid_fen) == (ClaimState.UNDONE, 0)


def test_one_refusal_is_written_down_once_however_often_it_comes(
    world: World, store: MemorySteps, stuck: ClaimId
) -> None:
    for _ in range(5):
        wait(world, minutes=11)

    written = [one.step for one in store.steps(MORNING.date())]
    assert sum(isinstance(one, ClaimWorkRefused) for one in written) == 1


def test_noted_as_undone_by_hand_the_patient_pays_all_of_it(world: World, stuck: ClaimId) -> None:
    world.insurance.undo(stuck)

    assert world.claims.undone_by_hand(stuck, by="cashier:qian")

    assert world.claims.stuck() == []
    assert own_share(world) == PRICE
    paid = pay(world)
    assert paid.kept == PRICE
    assert not world.claims.undone_by_hand(stuck, by="cashier:qian"), "it was noted once"


def test_a_settlement_of_which_the_insurance_does_not_tell_can_be_ended_by_hand(
    world: World,
) -> None:
    world.insurance_line.loses_settlements = True
    claim = settle(world)
    assert claim.state is ClaimState.ASKED
    world.insurance_line.refuses_work = True
    wait(world, seconds=6)
    assert [one.claim.state for one in world.claims.stuck()] == [ClaimState.ASKED]

    world.insurance.undo(claim.id)
    assert world.claims.undone_by_hand(claim.id, by="cashier:qian")

    assert state(world) is ClaimState.UNDONE
    assert own_share(world) == PRICE


def test_silence_for_ten_minutes_needs_a_person_as_well(world: World) -> None:
    world.insurance_line.loses_settlements = True
    claim = settle(world)
    wait(world, minutes=9)
    assert world.claims.stuck() == []

    wait(world, minutes=1)

    assert [(one.claim.id, one.claim.refusal) for one in world.claims.stuck()] == [(claim.id, "")]


def test_what_is_not_stuck_can_not_be_ended_by_hand(world: World) -> None:
    claim = settle(world)
    begin(world)
    world.now += timedelta(minutes=30)

    assert not world.claims.undone_by_hand(claim.id, by="cashier:qian")
    assert not world.claims.undone_by_hand(ClaimId("unheard"), by="cashier:qian")

    assert state(world) is ClaimState.SETTLED
