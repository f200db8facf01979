"""Put off, released by the hospital, paid at last: each once, whoever is silent or dies."""

import random
from datetime import timedelta

import pytest

from queue_server.payments.deferral import Agreement, DeferralState
from queue_server.payments.fen import NOTHING, Fen, total
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import AttemptState, Channel, ChargeId
from queue_server.rules.terms import PatientId, RefusalCode
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.world import World
from tests.unit.payments.samples import a_charge

ME = PatientId("p1")
BLOOD, SCAN = ChargeId("blood"), ChargeId("scan")
AGREED = Agreement(limit=Fen(40_000), used=NOTHING, pay_within_days=14)


@pytest.fixture
def world() -> World:
    """A hospital on a day on which nothing goes wrong, and a patient who owes 25.50 and 300.00."""
    made = World(random.Random(7), MemorySteps())
    made.is_calm = True
    made.cashier.post([a_charge("blood", 2550, 1000), a_charge("scan", 30_000)], by="records")
    return made


def owed(world: World) -> Fen:
    return total(one.amount for one in world.office.open_sums(ME))


def pay(world: World, *charges: ChargeId) -> AttemptState:
    """Pay by a shown code, and let the sweeper hear of it."""
    attempt = world.cashier.begin(charges, Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    return world.cashier.advance(attempt.id).state


def test_what_is_put_off_is_released_at_once_and_stays_owed_until_its_day(world: World) -> None:
    deferral = world.office.defer([BLOOD, SCAN], AGREED, by="kiosk-1", key="k1")

    assert deferral.state is DeferralState.RELEASED
    assert world.hospital.released == {deferral.id: (BLOOD, SCAN)}
    assert owed(world) == Fen(32_550)
    assert deferral.due_on == world.cashier.today + timedelta(days=14)
    assert not world.cashier.attempts()


def test_the_same_charges_are_put_off_once_however_often_it_is_asked(world: World) -> None:
    first = world.office.defer([BLOOD], AGREED, by="kiosk-1", key="k1")

    again = world.office.defer([BLOOD], AGREED, by="kiosk-1", key="k1")
    at_another = world.office.defer([BLOOD], AGREED, by="kiosk-2", key="k2")

    assert first == again == at_another
    assert owed(world) == Fen(2550)


def test_it_survives_a_restart_and_the_turn_of_days(world: World) -> None:
    deferral = world.office.defer([SCAN], AGREED, by="kiosk-1", key="k1")

    world.restart()
    assert world.office.open_sums(ME)[0].deferral == deferral

    world.now += timedelta(days=3)
    world.restart()
    [open_sum] = world.office.open_sums(ME)
    assert open_sum.deferral == deferral
    assert open_sum.amount == Fen(30_000)


def test_what_is_paid_is_put_off_no_longer_on_that_day_or_a_later_one(world: World) -> None:
    world.office.defer([BLOOD, SCAN], AGREED, by="kiosk-1", key="k1")
    world.now += timedelta(days=2)

    assert pay(world, BLOOD) is AttemptState.FULFILLED
    assert owed(world) == Fen(30_000)
    assert pay(world, SCAN) is AttemptState.FULFILLED
    assert owed(world) == NOTHING
    world.now += timedelta(days=1)
    assert world.office.open_sums() == []


def test_what_is_being_paid_when_the_day_turns_is_still_put_off_until_it_is_booked(
    world: World,
) -> None:
    world.office.defer([SCAN], AGREED, by="kiosk-1", key="k1")
    attempt = world.cashier.begin([SCAN], Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    world.trouble = "lost"
    world.cashier.advance(attempt.id)
    world.now += timedelta(days=1)
    assert owed(world) == Fen(30_000)

    world.trouble = ""
    assert world.cashier.advance(attempt.id).state is AttemptState.FULFILLED

    assert owed(world) == NOTHING


def test_a_hospital_that_gives_no_answer_is_asked_until_it_has(world: World) -> None:
    world.trouble = "lost"
    deferral = world.office.defer([BLOOD], AGREED, by="kiosk-1", key="k1")
    assert deferral.state is DeferralState.ASKED
    assert owed(world) == Fen(2550)

    world.trouble = ""
    world.restart()
    world.sweep()

    assert world.office.open_sums(ME)[0].deferral.state is DeferralState.RELEASED
    assert world.hospital.released == {deferral.id: (BLOOD,)}


def test_what_the_hospital_refuses_is_not_put_off_and_can_be_paid(world: World) -> None:
    world.trouble = "no"
    deferral = world.office.defer([BLOOD], AGREED, by="kiosk-1", key="k1")

    assert deferral.state is DeferralState.REFUSED
    assert owed(world) == NOTHING
    world.trouble = ""
    assert pay(world, BLOOD) is AttemptState.FULFILLED


def test_more_than_was_agreed_is_refused_and_nothing_is_written(world: World) -> None:
    world.office.defer([SCAN], AGREED, by="kiosk-1", key="k1")
    world.cashier.post([a_charge("drug", 10_001)], by="records")

    with pytest.raises(PaymentRefused) as refused:
        world.office.defer([ChargeId("drug")], AGREED, by="kiosk-1", key="k2")

    assert refused.value.code is RefusalCode.CREDIT_LIMIT
    assert owed(world) == Fen(30_000)
    pay(world, SCAN)
    world.office.defer([ChargeId("drug")], AGREED, by="kiosk-1", key="k3")
    assert owed(world) == Fen(10_001)


def test_nothing_more_is_put_off_while_something_is_past_its_day(world: World) -> None:
    world.office.defer([SCAN], AGREED, by="kiosk-1", key="k1")
    world.now += timedelta(days=15)
    world.cashier.post([a_charge("drug", 1)], by="records")

    with pytest.raises(PaymentRefused) as refused:
        world.office.defer([ChargeId("drug")], AGREED, by="kiosk-1", key="k2")

    assert refused.value.code is RefusalCode.CREDIT_OVERDUE


def test_what_is_being_paid_is_not_put_off(world: World) -> None:
    world.cashier.begin([BLOOD], Channel.WECHAT, by="kiosk-1")

    with pytest.raises(PaymentRefused) as refused:
        world.office.defer([BLOOD], AGREED, by="kiosk-2", key="k1")

    assert refused.value.code is RefusalCode.PAYMENT_RUNNING


def test_what_the_hospital_no_longer_asks_for_is_put_off_no_longer(world: World) -> None:
    world.office.defer([BLOOD, SCAN], AGREED, by="kiosk-1", key="k1")
    asked_at = world.now

    world.office.settled_elsewhere(ME, {SCAN}, as_of=asked_at)
    assert owed(world) == Fen(32_550), "it was asked before it knew"

    world.office.settled_elsewhere(ME, {SCAN}, as_of=asked_at + timedelta(seconds=1))
    assert owed(world) == Fen(30_000)


def test_a_price_that_was_put_off_can_not_be_changed(world: World) -> None:
    world.office.defer([BLOOD], AGREED, by="kiosk-1", key="k1")

    with pytest.raises(PaymentRefused) as refused:
        world.cashier.post([a_charge("blood", 9999, 1000)], by="records")

    assert refused.value.code is RefusalCode.CHARGE_IN_USE
