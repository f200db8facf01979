"""Each promise broken on purpose, once: the simulation has to notice it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from msgspec import structs

from display.presenter import AreaPresenter
from kiosk.cash.note_store import KeptNote
from kiosk.offline.desk import Asker, OfflineDesk
from kiosk.offline.outbox import OfflineCheckIn
from queue_server.contract.boards import AreaBoard
from queue_server.contract.messages import TakeOver
from queue_server.journal.journal import Batch, JournaledEntry
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.cashier import Cashier
from queue_server.payments.gateway import Answer as Answered
from queue_server.payments.terms import AttemptId, AttemptState
from queue_server.rules.commands import Command
from queue_server.rules.decide import Act, decide
from queue_server.rules.events import CheckedIn, Entry, Event, TicketIssued
from queue_server.rules.terms import DaySecond, RequestId
from queue_server.service.draft import Draft
from queue_server.service.jobs import Asked, Job, LineIsUp
from queue_server.service.now import with_entry
from queue_server.service.writer import Writer
from tests.simulation.disk import Crash
from tests.simulation.kiosk_cash import FaultyNotes
from tests.simulation.kiosk_disk import FaultyOutbox
from tests.simulation.morning import run_morning
from tests.simulation.server import NEVER_S, Build
from tests.simulation.server_door import SimulatedDoor
from tests.simulation.weather import CALM, Weather
from tests.simulation.world import Violation

SEEDS = range(1, 31)
ALONE = Weather(cut_lines=300.0, server_kills=30.0, device_crashes=300.0)
"""Kiosks are alone often, and lose their power."""


def complaint(build: Build, weather: Weather | None = None) -> str:
    """Return what is said of the first morning that fails; without one the test fails."""
    for seed in SEEDS:
        error = run_morning(seed, build=build, weather=weather).error
        if error is not None:
            assert isinstance(error, Violation), error
            return str(error)
    raise AssertionError("nobody has noticed")


class AnswersBeforeTheCommit(SqliteJournal):
    """Returns at once and writes with the next batch, as a disk's cache does."""

    _held = Batch()

    def append(self, batch: Batch) -> None:
        held, self._held = self._held, batch
        if not held.is_empty():
            super().append(held)

    def replies_to(self, request_ids: Sequence[RequestId]) -> dict[RequestId, bytes]:
        held = {one.request_id: one.payload for one in self._held.replies}
        found = {one: held[one] for one in request_ids if one in held}
        return {**super().replies_to(request_ids), **found}


class CommitsInTwoParts(SqliteJournal):
    """Writes the answers in a second transaction, and now and then dies before it."""

    _count = 0

    def append(self, batch: Batch) -> None:
        super().append(replace(batch, replies=[]))
        self._count += 1
        if self._count % 20 == 0:
            raise Crash
        super().append(Batch(replies=batch.replies))


class ForgetsTheLastEntry(SqliteJournal):
    """Tells a day without its last line."""

    def entries(self, day_on: date, after: int = 0) -> Iterator[JournaledEntry]:
        return iter(list(super().entries(day_on, after))[:-1])


class TellsBoardsOnce(SimulatedDoor):
    """Does not say that the line is back."""

    def open(self, put: Callable[[Job], None]) -> None:
        was_up = False

        def put_most(job: Job) -> None:
            nonlocal was_up
            if not isinstance(job, LineIsUp) or not was_up:
                put(job)
            was_up = was_up or isinstance(job, LineIsUp)

        super().open(put_most)


class ShowsWhateverComes(AreaPresenter):
    """Puts an old board in the place of a new one."""

    def take_board(self, board: AreaBoard) -> None:
        self._board = board
        self.on_change()


class DoesNotHearOfLateMoney(Cashier):
    """What is closed is closed, whatever the bank says of it."""

    def told(self, attempt_id: AttemptId, answer: Answered, *, by: str) -> bool:
        is_closed = self.attempt(attempt_id).state is AttemptState.CLOSED
        return False if is_closed else super().told(attempt_id, answer, by=by)


class DropsNotesBeforeTheAnswer(FaultyNotes):
    """Has told the server as soon as it begins to."""

    def untold(self) -> KeptNote | None:
        note = super().untold()
        if note is not None:
            self.told(note.number)
        return note


class _BrokenDraft(Draft):
    """Changes what the rules have decided."""

    def broken(self, event: Event) -> Event:
        raise AssertionError("each breaks something else")

    def act(self, command: Command, by: str, at_s: DaySecond | None = None) -> Entry:
        act = Act(command=command, at_s=self.at_s if at_s is None else at_s, by=by)
        decided = decide(self.now.day, act, self.setup.policies)
        entry = structs.replace(decided, events=tuple(self.broken(one) for one in decided.events))
        written = JournaledEntry(day_on=self.now.day_on, written_at=self.at, entry=entry)
        self.now = with_entry(self.setup, self.now, written)
        self.batch.entries.append(written)
        return entry


class _LetsEverybodyIn(_BrokenDraft):
    def broken(self, event: Event) -> Event:
        if isinstance(event, CheckedIn):
            return structs.replace(event, placing=structs.replace(event.placing, index=0))
        return event


class _RepeatsNumbers(_BrokenDraft):
    def broken(self, event: Event) -> Event:
        if isinstance(event, TicketIssued):
            return structs.replace(event, number=f"{event.number[0]}001")
        return event


class _KnowsNoRequest(Draft):
    def known_reply(self, request_id: RequestId) -> bytes | None:
        return None

    def remember(self, request_id: RequestId, payload: bytes) -> None:
        if super().known_reply(request_id) is None:
            super().remember(request_id, payload)


class _KnowsNoTakeOver(Draft):
    """Takes over anew whatever comes again."""

    is_take_over = False

    def known_reply(self, request_id: RequestId) -> bytes | None:
        return None if self.is_take_over else super().known_reply(request_id)

    def remember(self, request_id: RequestId, payload: bytes) -> None:
        if super().known_reply(request_id) is None:
            super().remember(request_id, payload)


class _PlacesAsOfNow(Draft):
    """Checks in as of the hand-over, not of the check-in."""

    def second_of(self, instant: datetime) -> DaySecond:
        return super().second_of(self.at)


class DeskThatForgetsFirst(OfflineDesk):
    """Deletes what it hands over before the server has it."""

    async def _hand_over(self, server: Asker, check_in: OfflineCheckIn) -> bool:
        self._outbox.forget(check_in.request_id)
        return await super()._hand_over(server, check_in)


class OutboxThatForgetsItsCount(FaultyOutbox):
    """Counts anew after each start."""

    def open(self, now: datetime) -> None:
        super().open(now)
        self._opened().execute("DELETE FROM counts")


class OutboxThatIsNotSynced(FaultyOutbox):
    """Loses with its power what it has confirmed."""

    def open(self, now: datetime) -> None:
        super().open(now)
        self._before = self._disk.files()

    def lose_power(self) -> None:
        self._left = self._before
        super().lose_power()


class WriterThatKnowsNoTakeOver(Writer):
    def draft(self, at: datetime) -> Draft:
        return _KnowsNoTakeOver(self._setup, self._parts.journal, self.now, at)

    def _decided(self, job: Job, draft: Draft) -> Callable[[], None]:
        assert isinstance(draft, _KnowsNoTakeOver)
        draft.is_take_over = isinstance(job, Asked) and isinstance(job.request.body, TakeOver)
        return super()._decided(job, draft)


class WriterThatPlacesAsOfNow(Writer):
    def draft(self, at: datetime) -> Draft:
        return _PlacesAsOfNow(self._setup, self._parts.journal, self.now, at)


class WriterThatKnowsNoRequest(Writer):
    def draft(self, at: datetime) -> Draft:
        return _KnowsNoRequest(self._setup, self._parts.journal, self.now, at)


class WriterThatLetsEverybodyIn(Writer):
    def draft(self, at: datetime) -> Draft:
        return _LetsEverybodyIn(self._setup, self._parts.journal, self.now, at)


class WriterThatRepeatsNumbers(Writer):
    def draft(self, at: datetime) -> Draft:
        return _RepeatsNumbers(self._setup, self._parts.journal, self.now, at)


class WriterThatAnswersFirst(Writer):
    """Tells devices what it is about to write."""

    def step(self, jobs: list[Job]) -> None:
        draft = self.draft(self.clock())
        for answer in [self._decided(job, draft) for job in jobs if isinstance(job, Asked)]:
            answer()
        super().step(jobs)


def test_an_answer_before_the_commit_is_noticed() -> None:
    assert "not on disk" in complaint(Build(writer=WriterThatAnswersFirst))


def test_a_disk_that_confirms_too_early_is_noticed() -> None:
    said = complaint(Build(journal=AnswersBeforeTheCommit))

    assert "are not those that were written" in said or "is lost" in said


def test_a_commit_in_two_parts_is_noticed() -> None:
    said = complaint(Build(journal=CommitsInTwoParts), CALM)

    assert "are not those that were written" in said


def test_requests_that_are_not_known_again_are_noticed() -> None:
    said = complaint(Build(writer=WriterThatKnowsNoRequest))

    assert "is answered in two ways" in said or "times" in said


def test_a_journal_that_forgets_is_noticed() -> None:
    assert "are not those that were written" in complaint(Build(journal=ForgetsTheLastEntry))


def test_boards_that_are_not_told_again_after_a_reconnect_are_noticed() -> None:
    build = Build(door=TellsBoardsOnce, repeat_s=NEVER_S)

    assert "does not show the truth" in complaint(build, Weather(broker_crashes=120.0))


def test_a_board_that_goes_back_in_time_is_noticed() -> None:
    assert "went back to revision" in complaint(Build(area_presenter=ShowsWhateverComes))


def test_who_stands_by_and_is_passed_is_noticed() -> None:
    assert "who stood by" in complaint(Build(writer=WriterThatLetsEverybodyIn))


def test_a_number_that_is_given_twice_is_noticed() -> None:
    assert "was given twice" in complaint(Build(writer=WriterThatRepeatsNumbers))


def test_an_outbox_that_deletes_before_the_answer_is_noticed() -> None:
    said = complaint(Build(offline_desk=DeskThatForgetsFirst))

    assert "neither taken over nor told" in said


def test_an_outbox_that_is_not_synced_is_noticed() -> None:
    said = complaint(Build(outbox=OutboxThatIsNotSynced), ALONE)

    assert "neither taken over nor told" in said or "twice" in said


def test_a_provisional_number_that_is_given_twice_is_noticed() -> None:
    said = complaint(Build(outbox=OutboxThatForgetsItsCount), ALONE)

    assert "gave the number" in said


def test_a_take_over_that_is_not_known_again_is_noticed() -> None:
    said = complaint(Build(writer=WriterThatKnowsNoTakeOver))

    assert "is taken over twice" in said


def test_a_place_as_of_the_hand_over_is_noticed() -> None:
    assert "is not placed as of its time" in complaint(Build(writer=WriterThatPlacesAsOfNow))


def test_money_that_came_late_and_is_not_given_back_is_noticed() -> None:
    said = complaint(Build(cashier=DoesNotHearOfLateMoney), CALM)

    assert "the bank has" in said


def test_a_note_that_is_dropped_before_the_server_has_it_is_noticed() -> None:
    build = Build(notes=DropsNotesBeforeTheAnswer)

    assert "the boxes have" in complaint(build, ALONE)
