"""Settled with the insurance, and undone whenever the own share is not paid or goes back."""

import random
from datetime import timedelta

import pytest

from queue_server.payments.attempt import Attempt
from queue_server.payments.claim import Claim, ClaimState
from queue_server.payments.fen import Fen
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptState, Channel, ChargeId
from queue_server.rules.terms import PatientId, RefusalCode
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.world import World
from tests.integration.payments.world_insurance import ID_NUMBER, a_code, every_claim
from tests.unit.payments.samples import a_charge

ME = PatientId("p1")
BLOOD, SCAN = ChargeId("blood"), ChargeId("scan")
BOTH = [BLOOD, SCAN]
SESSION = "session-1"


@pytest.fixture
def world() -> World:
    return calm_world(MemorySteps())


def calm_world(store: MemorySteps) -> World:
    """A hospital on a day on which nothing goes wrong; the patient owes 25.51 and 300.00."""
    made = World(random.Random(7), store)
    made.is_calm = True
    made.cashier.post([a_charge("blood", 2551, 1000), a_charge("scan", 30_000)], by="records")
    return made


def settle(world: World, percent: int = 70) -> Claim:
    return world.claims.settle(
        BOTH, a_code(percent), ID_NUMBER, by="kiosk-1", key="k1", session=SESSION
    )


def own_share(world: World) -> Fen:
    return world.cashier.account(ME).owed


def begin(world: World) -> Attempt:
    return world.cashier.begin(BOTH, Channel.WECHAT, by="kiosk-1")


def pay(world: World) -> Attempt:
    attempt = begin(world)
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    return world.cashier.advance(attempt.id)


def wait(world: World, **time: float) -> None:
    world.now += timedelta(**time)
    world.sweep()
    world.sweep()


def state(world: World) -> ClaimState:
    [claim] = every_claim(world).values()
    return claim.state


def test_the_shares_move_to_the_fen_and_the_price_stays(world: World) -> None:
    before = world.cashier.account(ME)

    claim = settle(world)

    # 70 percent of each, down to the fen: 17.85 and 210.00.
    assert (claim.state, claim.amount) == (ClaimState.SETTLED, Fen(22_785))
    after = world.cashier.account(ME)
    assert (after.owed, after.price) == (Fen(32_551 - 22_785), before.price)
    assert after.insurance == before.insurance + claim.amount
    assert world.insurance.paid_fen == 22_785


def test_what_was_settled_and_paid_for_stays_whatever_time_passes(world: World) -> None:
    settle(world)
    assert pay(world).state is AttemptState.FULFILLED

    wait(world, hours=1)
    wait(world, days=2)

    assert state(world) is ClaimState.SETTLED
    assert world.insurance.paid_fen == 22_785


def test_an_own_share_that_nobody_pays_undoes_the_settlement(world: World) -> None:
    settle(world)
    attempt = begin(world)
    world.cashier.cancel(attempt.id, by="kiosk-1")

    wait(world, seconds=100)
    assert state(world) is ClaimState.SETTLED, "he may try another way to pay"
    wait(world, seconds=21)

    assert state(world) is ClaimState.UNDONE
    assert world.insurance.paid_fen == 0
    assert own_share(world) == Fen(32_551)


def test_another_way_to_pay_the_own_share_keeps_the_settlement(world: World) -> None:
    settle(world)
    world.cashier.cancel(begin(world).id, by="kiosk-1")
    wait(world, seconds=100)

    paid = world.cashier.begin(BOTH, Channel.ALIPAY, by="kiosk-2")
    world.banks[Channel.ALIPAY].pay(paid.id, world.now)
    world.cashier.advance(paid.id)
    wait(world, minutes=30)

    assert state(world) is ClaimState.SETTLED


@pytest.mark.parametrize("days", [0, 3])
def test_a_payment_that_is_given_back_undoes_the_settlement_on_any_day(
    world: World, days: int
) -> None:
    settle(world)
    attempt = pay(world)
    world.now += timedelta(days=days)

    world.cashier.refund(attempt.id, why="not examined", by="cashier-1")
    wait(world, minutes=3)

    assert world.insurance.paid_fen == 0
    assert world.cashier.attempt(attempt.id).state is AttemptState.REFUNDED


def test_a_booking_that_the_hospital_refuses_undoes_the_settlement(world: World) -> None:
    settle(world)
    world.trouble = "no"
    assert pay(world).state is AttemptState.REFUNDED

    wait(world, minutes=3)

    assert state(world) is ClaimState.UNDONE
    assert world.insurance.paid_fen == 0


def test_money_that_comes_after_it_was_undone_goes_back(world: World) -> None:
    settle(world)
    attempt = begin(world)
    world.close_fails()
    world.cashier.cancel(attempt.id, by="kiosk-1")
    wait(world, minutes=3)
    assert state(world) is ClaimState.UNDONE

    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    wait(world, minutes=11)

    assert world.cashier.attempt(attempt.id).state is AttemptState.REFUNDED
    assert world.insurance.paid_fen == 0


def test_what_is_settled_whole_is_booked_even_if_the_process_dies_just_then(world: World) -> None:
    settle(world, 99)
    assert own_share(world) == Fen(0)

    world.restart()
    world.sweep()

    [attempt] = world.cashier.attempts()
    assert (attempt.channel, attempt.state) == (Channel.INSURANCE, AttemptState.FULFILLED)
    assert attempt.kept == Fen(0)
    assert world.hospital.booked[attempt.id] == tuple(BOTH)
    [receipt] = world.cashier.receipts_of(attempt.id)
    assert (receipt.amount, receipt.insurance) == (Fen(0), Fen(33_551))


def test_a_settled_sheet_is_paid_with_all_that_was_settled_with_it(world: World) -> None:
    settle(world)

    with pytest.raises(PaymentRefused) as refused:
        world.cashier.begin([BLOOD], Channel.WECHAT, by="kiosk-1")

    assert refused.value.code is RefusalCode.UNKNOWN_CHARGE


def test_what_is_being_paid_is_not_settled_and_nothing_is_settled_twice(world: World) -> None:
    settle(world)
    with pytest.raises(PaymentRefused):
        world.claims.settle(BOTH, a_code(50), ID_NUMBER, by="kiosk-2", key="k2")

    assert len(world.insurance.settled) == 1


def test_it_survives_a_restart_and_the_turn_of_the_day(world: World) -> None:
    claim = settle(world)
    begin(world)
    world.now += timedelta(days=1)
    world.restart()

    assert every_claim(world)[claim.id].state is ClaimState.SETTLED
    assert own_share(world) == Fen(32_551 - 22_785)


def leave(world: World, session: str = SESSION) -> list[str]:
    return list(world.claims.give_up(session, by="kiosk-1"))


def test_who_leaves_unpaid_has_it_undone_at_once(world: World) -> None:
    claim = settle(world)

    assert leave(world) == [claim.id]
    wait(world, seconds=1)

    assert state(world) is ClaimState.UNDONE
    assert world.insurance.paid_fen == 0
    assert own_share(world) == Fen(32_551)
    assert leave(world) == [], "it was given up once"


def test_what_he_has_left_is_undone_after_the_process_has_died(world: World) -> None:
    settle(world)
    leave(world)

    world.restart()
    wait(world, seconds=1)

    assert state(world) is ClaimState.UNDONE


def test_who_leaves_while_he_pays_has_it_undone_once_the_payment_is_closed(world: World) -> None:
    settle(world)
    attempt = begin(world)
    leave(world)
    wait(world, seconds=1)
    assert state(world) is ClaimState.SETTLED, "it may still be paid"

    world.cashier.cancel(attempt.id, by="kiosk-1")
    wait(world, seconds=1)

    assert state(world) is ClaimState.UNDONE


def test_who_has_paid_before_he_left_keeps_it(world: World) -> None:
    settle(world)
    pay(world)

    leave(world)
    wait(world, hours=1)

    assert state(world) is ClaimState.SETTLED
    assert world.insurance.paid_fen == 22_785


def test_who_leaves_before_it_is_known_whether_it_was_settled_has_it_undone(world: World) -> None:
    world.insurance_line.loses_settlements = True
    claim = settle(world)
    assert claim.state is ClaimState.ASKED
    assert leave(world) == [claim.id]

    world.insurance_line.loses_settlements = False
    wait(world, seconds=6)

    assert state(world) is ClaimState.UNDONE
    assert world.insurance.paid_fen == 0


def test_somebody_elses_leaving_undoes_nothing(world: World) -> None:
    settle(world)

    assert leave(world, "session-2") == []
    wait(world, seconds=30)

    assert state(world) is ClaimState.SETTLED
