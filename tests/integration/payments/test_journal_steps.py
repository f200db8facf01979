"""Money stands in the journal like everything else: kept, encrypted, checked, replayed by day."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from queue_server.journal.journal import Batch, JournaledFact
from queue_server.journal.journal_check import check_journal
from queue_server.journal.journal_file import JournalFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.step_codec import FACT_PREFIX
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import AttemptId, AttemptState, Channel
from queue_server.rules.terms import PatientId
from tests.integration.journal.journaled_morning import HEX_KEY, key_of
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.world import MORNING, World

PATIENT = PatientId("p1")


@pytest.fixture(params=[None, HEX_KEY], ids=["plain", "encrypted"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite", key_of(request.param))
    journal.open(MORNING)
    yield journal
    journal.close()


def steps_in(journal: SqliteJournal) -> JournalSteps:
    def keep(facts: Sequence[JournaledFact]) -> None:
        journal.append(Batch(facts=list(facts)))

    return JournalSteps(journal, keep)


def test_histories_of_a_real_journal_conserve_money_and_leave_it_sound(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    world = World(random.Random(11), steps_in(journal))

    for _ in range(400):
        world.a_moment()
    world.calm_down()

    world.check()
    assert world.death_count > 3
    key = journal._file.key
    assert check_journal(JournalFile(path=tmp_path / "journal.sqlite", key=key)).is_sound


def test_what_is_kept_reads_back_the_same_in_memory_and_in_the_journal(
    journal: SqliteJournal,
) -> None:
    stores = (steps_in(journal), MemorySteps())
    worlds = [World(random.Random(5), store) for store in stores]

    for world in worlds:
        for _ in range(150):
            world.a_moment()

    day = MORNING.date()
    read = [list(store.steps(day)) for store in stores]
    assert read[0] == read[1]
    assert len(read[0]) > 20


def test_facts_that_are_not_about_money_are_left_alone(journal: SqliteJournal) -> None:
    day = MORNING.date()
    other = JournaledFact(day_on=day, written_at=MORNING, by="k", name="HelpCalled", body={})
    journal.append(Batch(facts=[other]))
    world = World(random.Random(1), steps_in(journal))
    world.is_calm = True
    world.post()

    names = [fact.name for fact in journal.facts(day)]

    assert names[0] == "HelpCalled"
    assert all(name.startswith(FACT_PREFIX) for name in names[1:])
    assert len(world.cashier.attempts()) == 0


def calm_world() -> World:
    world = World(random.Random(3), MemorySteps())
    world.is_calm = True
    return world


def next_day(world: World) -> None:
    world.now += timedelta(days=1)


def test_a_payment_begun_before_the_day_turns_is_paid_after_it() -> None:
    world = calm_world()
    world.post()
    [charge] = world.charges
    attempt = world.cashier.begin([charge], Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(attempt.id, world.now)
    next_day(world)
    world.restart()

    assert world.cashier.advance(attempt.id).state is AttemptState.FULFILLED

    books = read_books(world._store, world.now.date())
    assert books is not None
    assert books.is_paid(charge)


def test_money_that_comes_days_after_the_close_still_goes_back() -> None:
    world = calm_world()
    world.post()
    attempt = world.cashier.begin(world.charges, Channel.ALIPAY, by="kiosk-1")
    world.cashier.cancel(attempt.id, by="kiosk-1")
    world.close_fails()
    next_day(world)
    next_day(world)

    bank = world.banks[Channel.ALIPAY]
    bank.pay(attempt.id, world.now)
    world.sweep()

    assert world.cashier.attempt(attempt.id).state is AttemptState.REFUNDED
    assert bank.trades[attempt.id].kept_fen == 0


def test_what_is_settled_does_not_weigh_on_the_days_that_follow() -> None:
    world = calm_world()
    for _ in range(5):
        world.post()
        attempt = world.cashier.begin(world.charges[-1:], Channel.WECHAT, by="kiosk-1")
        world.banks[Channel.WECHAT].pay(attempt.id, world.now)
        world.cashier.advance(attempt.id)
    next_day(world)

    assert world.cashier.attempts() == ()
    assert not world.cashier.account(PATIENT).charges


def test_what_was_paid_after_a_first_try_was_closed_is_not_owed_again_on_the_next_day() -> None:
    world = calm_world()
    world.post()
    first = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    world.cashier.cancel(first.id, by="kiosk-1")
    second = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    world.banks[Channel.WECHAT].pay(second.id, world.now)
    world.cashier.advance(second.id)

    next_day(world)

    assert not world.cashier.account(PATIENT).owed
    with pytest.raises(PaymentRefused):
        world.cashier.begin(world.charges, Channel.ALIPAY, by="kiosk-1")


def test_a_payment_of_a_former_day_is_still_given_back_at_the_desk() -> None:
    world = calm_world()
    world.post()
    attempt = world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")
    bank = world.banks[Channel.WECHAT]
    bank.pay(attempt.id, world.now)
    world.cashier.advance(attempt.id)
    for _ in range(5):
        next_day(world)
        world.cashier.attempts()
    world.restart()

    given_back = world.cashier.refund(attempt.id, why="desk", by="cashier-1")

    assert given_back.state is AttemptState.REFUNDED
    assert bank.trades[attempt.id].kept_fen == 0
    for nobodys in ("A2026112699999999", "A20990101x", "x"):
        with pytest.raises(PaymentRefused):
            world.cashier.refund(AttemptId(nobodys), why="desk", by="cashier-1")


def test_a_clock_that_is_set_back_over_midnight_reopens_no_day() -> None:
    world = calm_world()
    world.now = datetime(2026, 11, 26, 20, 1, tzinfo=MORNING.tzinfo)
    world.post()
    world.now -= timedelta(minutes=5)

    world.cashier.begin(world.charges, Channel.WECHAT, by="kiosk-1")

    assert len(world.cashier.attempts()) == 1
