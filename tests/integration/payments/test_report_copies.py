"""A report's copy that is paid stays paid over days; one that nobody paid is asked of nobody."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.journal.journal import Batch, JournaledFact
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.attempt import Attempt
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.report_copy import copy_charge
from queue_server.payments.report_copy import paid_copies as paid_copies_of
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import AttemptState, Channel, ChargeId
from queue_server.rules.terms import PatientId, RefusalCode, ReportKind
from queue_server.service.copy_desk import CopyDesk
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.world import MORNING, World
from tests.unit.payments.samples import a_charge

ME = PatientId("p1")
LISTED_DAYS = 30
COPY = copy_charge("lab-1", 2, kind=ReportKind.LABORATORY, patient=ME, fee=Fen(200))
PaidCopies = Callable[[], frozenset[ChargeId]]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite", None)
    journal.open(MORNING)
    yield journal
    journal.close()


@pytest.fixture
def world(journal: SqliteJournal) -> World:
    """A hospital on a day on which nothing goes wrong, and a patient who owes 25.50."""

    def keep(facts: Sequence[JournaledFact]) -> None:
        journal.append(Batch(facts=list(facts)))

    made = World(random.Random(7), JournalSteps(journal, keep))
    made.is_calm = True
    made.cashier.post([a_charge("blood", 2550)], by="records")
    return made


@pytest.fixture
def paid_copies(world: World, journal: SqliteJournal) -> PaidCopies:
    def ask() -> frozenset[ChargeId]:
        shelf = ReceiptShelf(journal)
        desk = CopyDesk(cashier=world.cashier, shelf=shelf, channels=(Channel.WECHAT,))
        return desk.sale(ME, LISTED_DAYS).paid

    return ask


def begun(world: World, charge: Charge = COPY) -> Attempt:
    world.cashier.post([charge], by="records")
    return world.cashier.begin([charge.id], Channel.WECHAT, by="kiosk-1")


def paid(world: World, charge: Charge = COPY) -> Attempt:
    attempt = begun(world, charge)
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    return world.cashier.advance(attempt.id)


def test_what_was_paid_is_known_on_every_day_on_which_the_report_is_listed(
    world: World, paid_copies: PaidCopies
) -> None:
    assert paid(world).state is AttemptState.FULFILLED

    for _ in range(3):
        world.now += timedelta(days=LISTED_DAYS // 3)
        world.restart()

        assert paid_copies() == {COPY.id}


def test_it_is_not_paid_for_while_nobody_has_paid_nor_when_the_money_has_gone_back(
    world: World, paid_copies: PaidCopies
) -> None:
    attempt = begun(world)
    assert paid_copies() == frozenset()
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    world.cashier.advance(attempt.id)
    assert paid_copies() == {COPY.id}
    world.now += timedelta(days=1)

    world.cashier.refund(attempt.id, why="printer broken", by="cashier-1")

    assert paid_copies() == frozenset()
    assert paid(world).state is AttemptState.FULFILLED
    assert paid_copies() == {COPY.id}


def test_one_that_is_never_paid_is_owed_by_nobody_and_can_be_paid_later(
    world: World, paid_copies: PaidCopies
) -> None:
    attempt = begun(world)
    world.cashier.cancel(attempt.id, by="kiosk-1")

    assert world.cashier.account(ME).owed == Fen(2550)

    world.now += timedelta(days=1)
    assert paid(world).state is AttemptState.FULFILLED
    assert paid_copies() == {COPY.id}


def test_the_same_copy_is_not_paid_twice(world: World) -> None:
    paid(world)

    with pytest.raises(PaymentRefused) as refused:
        world.cashier.begin([COPY.id], Channel.ALIPAY, by="kiosk-2")

    assert refused.value.code is RefusalCode.ALREADY_PAID


def test_while_a_payment_is_open_over_midnight_no_other_one_begins(world: World) -> None:
    begun(world)
    world.now += timedelta(days=1)

    with pytest.raises(PaymentRefused) as refused:
        world.cashier.begin([COPY.id], Channel.ALIPAY, by="kiosk-2")

    assert refused.value.code is RefusalCode.PAYMENT_RUNNING


class WorldOfCopies(World):
    """A hospital of whose patients nobody wants anything but further copies of reports."""

    def post(self) -> None:
        number, fee = 2 + len(self.charges), Fen(self.dice.randrange(1, 10_000))
        kind = ReportKind.IMAGING
        charge = copy_charge("scan-1", number, kind=kind, patient=ME, fee=fee)
        self.charges.append(charge.id)
        self.cashier.post([charge], by="records")


def kept_copies(world: World) -> set[ChargeId]:
    """Return the copies of which something has stayed with the hospital, as its bookings tell."""
    price = {
        (one.attempt, charge.id): charge.self_pay.fen
        for one in reversed(world.every_receipt())
        for charge in one.charges
    }
    kept: set[ChargeId] = set()
    for attempt in world.every_attempt():
        if attempt.state is not AttemptState.FULFILLED:
            continue
        back = Counter[ChargeId]()
        for part in (part for refund in attempt.refunds for part in refund.parts):
            back[part.charge] += part.fen
        for charge in world.hospital.booked[attempt.id]:
            if not back[charge] or back[charge] < price[attempt.id, charge]:
                kept.add(charge)
    return kept


def test_after_any_history_exactly_the_copies_whose_money_was_kept_are_paid_for() -> None:
    seen: Counter[str] = Counter()
    for seed in range(120):
        world = WorldOfCopies(random.Random(seed), MemorySteps())
        for _ in range(60):
            world.a_moment()
        world.calm_down()
        world.check()

        found = paid_copies_of(world.every_receipt())

        assert found == kept_copies(world), f"seed {seed}"
        seen["deaths"] += world.death_count
        seen["paid"] += len(found)
        seen["given back"] += sum(one.reverses is not None for one in world.every_receipt())
    # The histories really go everywhere: else they would prove nothing.
    assert seen["deaths"] > 100
    assert seen["paid"] > 50
    assert seen["given back"] > 3
