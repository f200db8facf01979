"""The finance platform numbers each receipt once, whatever it answers, or does not."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from queue_server.payments.attempt import Attempt
from queue_server.payments.receipt import Receipt, Registration
from queue_server.payments.receipt_clerk import ReceiptClerk
from queue_server.payments.receipt_platform import PlatformSilent
from queue_server.payments.sandbox.faults import Fault, FaultKind, Faults, Operation
from queue_server.payments.sandbox.finance_platform import FinancePlatform, Registered
from queue_server.payments.terms import Channel, ReceiptNo
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import PayingHospital, paying_hospital
from tests.integration.payments.world import Killed, World


@pytest.fixture
def hospital(keys: Path) -> Iterator[PayingHospital]:
    with paying_hospital(keys, MemorySteps(), has_platform=True) as hospital:
        yield hospital


def paid(hospital: PayingHospital, fen: int = 2550) -> Attempt:
    return hospital.scans(Channel.WECHAT, fen)


def receipts(hospital: PayingHospital, attempt: Attempt) -> list[Receipt]:
    return list(hospital.cashier.receipts_of(attempt.id))


def registered(hospital: PayingHospital) -> list[Registered]:
    return list(hospital.sandbox.platform.receipts.values())


def test_code_number_and_check_code_come_from_the_platform(hospital: PayingHospital) -> None:
    attempt = paid(hospital)
    [before] = receipts(hospital, attempt)
    assert before.is_open

    hospital.clerk.sweep()

    [receipt], [at_platform] = receipts(hospital, attempt), registered(hospital)
    assert receipt.registration == Registration(
        code="11060126",
        number=at_platform.number,
        check_code=at_platform.check_code,
        address="",
    )
    assert (at_platform.key, at_platform.fen) == (receipt.number, 2550)


def test_what_is_given_back_is_taken_back_at_the_platform_too(hospital: PayingHospital) -> None:
    attempt = paid(hospital)
    hospital.cashier.refund(attempt.id, why="wrong test", by="cashier-1")

    # The one that reverses waits for the one that is reversed.
    hospital.clerk.sweep()
    hospital.clerk.sweep()

    own, reversing = receipts(hospital, attempt)
    assert reversing.reverses == own.number
    assert [one.reverses for one in registered(hospital)] == [None, own.number]
    assert not own.is_open
    assert not reversing.is_open


@pytest.mark.parametrize("on", [Operation.REGISTER, Operation.FIND])
@pytest.mark.parametrize(
    "do",
    [
        FaultKind.LOSE_REQUEST,
        FaultKind.LOSE_REPLY,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_SIGNATURE,
    ],
)
def test_an_outcome_that_is_unknown_is_asked_about_until_it_is_known(
    hospital: PayingHospital, on: Operation, do: FaultKind
) -> None:
    hospital.sandbox.platform.faults.add(Fault(on=on, do=do, times=2))
    attempt = paid(hospital)

    for _ in range(3):
        hospital.clerk.sweep()
        hospital.wait(11)

    [receipt], [at_platform] = receipts(hospital, attempt), registered(hospital)
    assert receipt.registration is not None
    assert receipt.registration.number == at_platform.number


def test_a_platform_that_is_silent_is_left_alone_for_a_while(hospital: PayingHospital) -> None:
    fault = Fault(on=Operation.FIND, do=FaultKind.SERVER_ERROR, times=9)
    hospital.sandbox.platform.faults.add(fault)
    paid(hospital)

    hospital.clerk.sweep()
    hospital.clerk.sweep()

    assert [one.times for one in hospital.sandbox.platform.faults.waiting()] == [8]


def test_a_refused_receipt_keeps_its_number_and_is_tried_again(hospital: PayingHospital) -> None:
    hospital.sandbox.platform.faults.add(Fault(on=Operation.REGISTER, do=FaultKind.REFUSE))
    attempt = paid(hospital)

    hospital.clerk.sweep()
    [refused] = receipts(hospital, attempt)
    hospital.wait(601)
    hospital.clerk.sweep()

    [receipt] = receipts(hospital, attempt)
    assert (refused.refusal, refused.is_open) == ("REFUSED", True)
    assert (receipt.number, receipt.is_open) == (refused.number, False)


def test_whoever_does_not_have_the_secret_gets_no_number(hospital: PayingHospital) -> None:
    hospital.sandbox.platform.secret = "another"
    attempt = paid(hospital)

    hospital.clerk.sweep()

    [receipt] = receipts(hospital, attempt)
    assert receipt.is_open
    assert not registered(hospital)


def test_what_is_open_in_the_evening_gets_its_number_the_next_day(
    hospital: PayingHospital,
) -> None:
    attempt = paid(hospital)
    [open_one] = receipts(hospital, attempt)

    hospital.wait(timedelta(days=1).total_seconds())
    hospital.clerk.sweep()

    assert [one.key for one in registered(hospital)] == [open_one.number]
    with hospital.cashier.keeper.today() as books:
        assert not books.receipt_book.open()


class FrailPlatform:
    """The sandbox's platform without a line, which loses asks and answers, as the world has it."""

    def __init__(self, world: World, platform: FinancePlatform) -> None:
        self._world = world
        self._platform = platform
        self.asked_count = 0

    def find(self, number: ReceiptNo) -> Registration | None:
        self._trouble()
        found = self._platform.receipts.get(number)
        self._trouble()
        return None if found is None else _told(found)

    def register(self, receipt: Receipt) -> Registration:
        self._trouble()
        assert receipt.number not in self._platform.receipts, "asked for what is known already"
        self.asked_count += 1
        made = self._platform.register(receipt.number, receipt.reverses, receipt.amount.fen)
        self._trouble()
        return _told(made)

    def _trouble(self) -> None:
        self._world.may_die()
        if not self._world.is_calm and self._world.dice.random() < 0.2:
            raise PlatformSilent


def _told(one: Registered) -> Registration:
    return Registration(code="1", number=one.number, check_code=one.check_code, address="")


@pytest.mark.parametrize("first", [0, 40, 80])
def test_each_receipt_of_any_history_is_numbered_once(first: int) -> None:
    deaths, reversing = 0, 0
    for seed in range(first, first + 40):
        world = World(random.Random(seed), MemorySteps(), asks_platform=True)
        from_sandbox = FinancePlatform(app_id="a", secret="s", address="", faults=Faults())
        platform = FrailPlatform(world, from_sandbox)

        for _ in range(80):
            world.a_moment()
            world.surviving(partial(_sweep, world, platform))
        world.calm_down()
        _sweep(world, platform)
        _sweep(world, platform)

        world.check()
        receipts = world.every_receipt()
        assert {one.number for one in receipts} == set(from_sandbox.receipts)
        assert platform.asked_count == len(from_sandbox.receipts)
        deaths += world.death_count
        reversing += sum(one.reverses is not None for one in receipts)
    assert deaths > 40
    assert reversing > 0


def _sweep(world: World, platform: FrailPlatform) -> None:
    """Let a clerk who was started just now do all there is."""
    if world.is_dead:
        raise Killed
    ReceiptClerk(world.cashier.keeper, platform, lambda: world.now, _fatal).sweep()


def _fatal(error: Exception) -> None:
    raise error
