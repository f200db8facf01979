"""Cash: each note is in the books once, and what pays no bill is kept for its patient."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import BookingRefused
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.fen import Fen, total
from queue_server.payments.gateways.cash import CashGateway
from queue_server.payments.ledger import Charge
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.step_store import WrittenStep
from queue_server.payments.steps import Step
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import (
    AttemptId,
    AttemptState,
    ChangeGoes,
    Channel,
    ChargeId,
    VisitId,
)
from queue_server.payments.till import NoteTold
from queue_server.rules.terms import DeviceId, PatientId, RefusalCode
from tests.integration.payments.memory_steps import MemorySteps

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KIOSK = DeviceId("kiosk-1")
NOTES_FEN = (100, 500, 1000, 2000, 5000, 10000)


class Killed(Exception):
    """The process is gone."""


class FrailSteps(MemorySteps):
    """A store whose process may die before or after it has kept something."""

    def __init__(self) -> None:
        super().__init__()
        self.may_die: Callable[[], None] = lambda: None

    def append(self, steps: Sequence[Step], *, day_on: date, at: datetime, by: str) -> None:
        self.may_die()
        super().append(steps, day_on=day_on, at=at, by=by)
        self.may_die()

    def steps(self, day_on: date) -> Iterator[WrittenStep]:
        return super().steps(day_on)


class Hospital:
    """A cashier, a kiosk's count of notes, and a clock that only a test moves."""

    def __init__(self, change_goes: ChangeGoes = ChangeGoes.DESK) -> None:
        self.now = MORNING
        self.store = FrailSteps()
        self.change_goes = change_goes
        self.refuses_bookings = False
        self.notes: list[NoteTold] = []
        self.told_count = 0
        self._ids = 0
        self.restart()

    def restart(self) -> None:
        self.cashier = Cashier(
            CashierParts(
                store=self.store,
                gateways={Channel.CASH: CashGateway()},
                booking=self,
                clock=lambda: self.now,
                day_of=lambda at: at.date(),
                new_id=self._new_id,
                change_goes=self.change_goes,
            )
        )
        self.sweeper = Sweeper(self.cashier, lambda: self.now, fatal=lambda error: None)

    def _new_id(self) -> str:
        self._ids += 1
        return f"{self._ids:06d}"

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        if self.refuses_bookings:
            raise BookingRefused

    def charge(self, fen: int, patient: str = "p-1") -> ChargeId:
        number = ChargeId(f"c-{self._new_id()}")
        charge = Charge(
            id=number, visit=VisitId("v-1"), patient=PatientId(patient), name_zh="药", name_en="x",
            self_pay=Fen(fen), insurance=Fen(0),
        )  # fmt: skip
        self.cashier.post([charge], by="records")
        return number

    def begin(self, fen: int, patient: str = "p-1") -> Attempt:
        return self.cashier.begin([self.charge(fen, patient)], Channel.CASH, by=KIOSK)

    def note(self, attempt: AttemptId, fen: int) -> NoteTold:
        """Let the validator of the kiosk credit a note."""
        count = len(self.notes) + 1
        note = NoteTold(
            device=KIOSK, book="b1", number=count, attempt=attempt, value_fen=fen,
            box_count=count, expected_count=count - 1,
        )  # fmt: skip
        self.notes.append(note)
        return note

    def tell(self) -> None:
        """Tell of the notes as a kiosk does: in order, each until it is answered."""
        while self.told_count < len(self.notes):
            self.cashier.till.take(self.notes[self.told_count])
            self.told_count += 1

    def put_in(self, attempt: Attempt, *notes_fen: int) -> Attempt:
        for fen in notes_fen:
            self.cashier.till.take(self.note(attempt.id, fen))
        return self.cashier.attempt(attempt.id)

    def wait(self, span: timedelta) -> None:
        self.now += span
        for _ in range(3):
            self.sweeper.sweep()
            self.now += timedelta(seconds=10)

    def attempts(self) -> Sequence[Attempt]:
        return self.cashier.attempts()


def test_enough_notes_pay_the_bill_and_the_change_is_kept() -> None:
    hospital = Hospital()

    attempt = hospital.put_in(hospital.begin(3725), 2000, 2000)

    assert attempt.state is AttemptState.FULFILLED
    assert (attempt.kept, attempt.held) == (Fen(3725), Fen(275))


def test_a_note_told_again_after_any_restart_counts_once() -> None:
    hospital = Hospital()
    attempt = hospital.begin(5000)
    note = hospital.note(attempt.id, 2000)

    for _ in range(3):
        hospital.cashier.till.take(note)
        hospital.restart()

    assert hospital.cashier.attempt(attempt.id).cash_in == Fen(2000)
    [box] = hospital.cashier.till.boxes()
    assert (box.count, box.value, box.agrees) == (1, Fen(2000), True)


def test_a_note_told_again_on_another_day_counts_once() -> None:
    hospital = Hospital()
    attempt = hospital.begin(5000)
    note = hospital.note(attempt.id, 2000)
    hospital.cashier.till.take(note)

    hospital.wait(timedelta(days=2))
    hospital.cashier.till.take(note)

    [box] = hospital.cashier.till.boxes()
    assert box.value == Fen(2000)
    assert total(one.held for one in hospital.attempts()) == Fen(2000)


def test_who_gives_up_or_walks_away_has_his_notes_kept() -> None:
    hospital = Hospital()
    given_up, left = hospital.begin(5000), hospital.begin(7000, "p-2")
    hospital.put_in(given_up, 2000)
    hospital.put_in(left, 1000)

    hospital.cashier.cancel(given_up.id, by=KIOSK)
    hospital.wait(timedelta(minutes=10))

    for attempt, kept in ((given_up, 2000), (left, 1000)):
        ended = hospital.cashier.attempt(attempt.id)
        assert (ended.state, ended.held) == (AttemptState.CLOSED, Fen(kept))


def test_each_note_gives_the_patient_time_for_the_next() -> None:
    hospital = Hospital()
    attempt = hospital.begin(5000)

    for _ in range(3):
        hospital.put_in(attempt, 500)
        hospital.wait(timedelta(minutes=2))

    assert hospital.cashier.attempt(attempt.id).state is AttemptState.WAITING


def test_a_note_that_comes_too_late_is_kept_and_pays_nothing() -> None:
    hospital = Hospital()
    attempt = hospital.begin(5000)
    hospital.cashier.cancel(attempt.id, by=KIOSK)

    late = hospital.put_in(attempt, 10000)
    hospital.wait(timedelta(minutes=20))

    assert late.state is AttemptState.CLOSED
    assert hospital.cashier.attempt(attempt.id).held == Fen(10000)


def test_credit_is_counted_in_the_next_time_once() -> None:
    hospital = Hospital(ChangeGoes.CREDIT)
    hospital.put_in(hospital.begin(3725), 5000)
    assert hospital.cashier.till.credit_of(PatientId("p-1")) == Fen(1275)
    assert hospital.cashier.till.credit_of(PatientId("p-2")) == Fen(0)

    following = hospital.begin(2000)
    other = hospital.begin(100)

    assert (following.credit, other.credit) == (Fen(1275), Fen(0))
    assert hospital.put_in(following, 1000).held == Fen(275)


def test_credit_that_is_enough_needs_no_note() -> None:
    hospital = Hospital(ChangeGoes.CREDIT)
    hospital.put_in(hospital.begin(3000), 5000)

    following = hospital.cashier.advance(hospital.begin(2000).id)

    assert following.state is AttemptState.FULFILLED
    assert hospital.cashier.till.credit_of(PatientId("p-1")) == Fen(0)


def test_what_is_kept_is_handed_out_once_also_days_later() -> None:
    hospital = Hospital()
    attempt = hospital.put_in(hospital.begin(3000), 5000)
    hospital.wait(timedelta(days=3))

    hospital.cashier.till.hand_out(attempt.id, by="chen")

    assert hospital.cashier.till.held() == []
    with pytest.raises(PaymentRefused) as refused:
        hospital.cashier.till.hand_out(attempt.id, by="chen")
    assert refused.value.code is RefusalCode.NOT_REFUNDABLE


def test_a_payment_that_the_hospital_does_not_book_is_kept_as_a_whole() -> None:
    hospital = Hospital()
    hospital.refuses_bookings = True

    attempt = hospital.put_in(hospital.begin(3000), 5000)

    assert (attempt.state, attempt.held) == (AttemptState.REFUNDED, Fen(5000))


def test_a_box_that_holds_other_notes_is_to_be_looked_at_until_it_is_emptied() -> None:
    hospital = Hospital()
    attempt = hospital.begin(5000)
    hospital.put_in(attempt, 2000)
    differs = NoteTold(
        device=KIOSK, book="b1", number=2, attempt=AttemptId(""), value_fen=0, box_count=3,
        expected_count=1,
    )  # fmt: skip

    hospital.cashier.till.take(differs)

    [box] = hospital.cashier.till.boxes()
    assert (box.count, box.found_count, box.agrees) == (1, 3, False)
    hospital.cashier.till.empty(KIOSK, Fen(2000), by="chen")
    [box] = hospital.cashier.till.boxes()
    assert (box.count, box.found_count, box.value, box.agrees) == (0, 0, Fen(0), True)


def test_a_note_of_which_nobody_knows_whose_it_is_stands_in_the_box() -> None:
    hospital = Hospital()

    hospital.cashier.till.take(hospital.note(AttemptId(""), 2000))
    hospital.cashier.till.take(hospital.note(AttemptId("A20261123nobody"), 1000))

    [box] = hospital.cashier.till.boxes()
    assert (box.unassigned, box.value, box.agrees) == (Fen(3000), Fen(3000), False)


@pytest.mark.parametrize("change_goes", ChangeGoes)
@pytest.mark.parametrize("seed", range(30))
def test_no_fen_is_lost_or_made_whatever_happens(seed: int, change_goes: ChangeGoes) -> None:
    dice = random.Random(seed)
    hospital = Hospital(change_goes)

    def die() -> None:
        if dice.random() < 0.06:
            raise Killed

    hospital.store.may_die = die
    for _ in range(60):
        act = dice.choice(("begin", "note", "note", "note", "cancel", "wait", "hand out", "again"))
        try:
            _do(act, hospital, dice)
        except PaymentRefused:
            pass
        except Killed:
            hospital.restart()
    hospital.store.may_die = lambda: None
    hospital.restart()
    hospital.tell()
    for note in hospital.notes:
        hospital.cashier.till.take(note)
    hospital.wait(timedelta(minutes=20))

    put_in = sum(note.value_fen for note in hospital.notes)
    assert _kept_now(hospital) + _handed_out(hospital) == put_in
    for box in hospital.cashier.till.boxes():
        assert (box.value.fen, box.count, box.agrees) == (put_in, len(hospital.notes), True)


def _do(act: str, hospital: Hospital, dice: random.Random) -> None:
    attempts = list(hospital.attempts())
    match act:
        case "begin":
            hospital.begin(dice.randrange(1, 20000), dice.choice(("p-1", "p-2")))
        case "note" if attempts:
            attempt = dice.choice(attempts[-3:])
            hospital.note(attempt.id, dice.choice(NOTES_FEN))
            hospital.tell()
        case "again" if hospital.notes:
            hospital.cashier.till.take(hospital.notes[-1])
        case "cancel" if attempts:
            hospital.cashier.cancel(dice.choice(attempts).id, by=KIOSK)
        case "hand out" if attempts:
            hospital.cashier.till.hand_out(dice.choice(attempts).id, by="chen")
        case "wait":
            spans = (timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=10))
            hospital.wait(dice.choice(spans))
        case _:
            pass


def _last_known(hospital: Hospital) -> dict[AttemptId, Attempt]:
    known: dict[AttemptId, Attempt] = {}
    for day_on in sorted(hospital.store.rows):
        books = read_books(hospital.store, day_on)
        assert books is not None
        known.update(books.attempts)
    return known


def _kept_now(hospital: Hospital) -> int:
    return sum(one.kept.fen + one.held.fen for one in _last_known(hospital).values())


def _handed_out(hospital: Hospital) -> int:
    """What the desk has given; credit only moves from one attempt to another."""
    attempts = _last_known(hospital).values()
    return sum(one.handed_out.fen - one.credit.fen for one in attempts)
