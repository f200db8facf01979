"""The judge of a run with real processes: each broken promise is forged once, and noticed."""

import msgspec
import pytest

from queue_server.contract.codec import encode
from queue_server.contract.examples import EXAMPLES
from queue_server.contract.messages import CheckedIn, CheckIn, Reply, Request
from queue_server.journal.journal import JournaledEntry
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide
from queue_server.rules.terms import AreaId, DaySecond, TicketId
from queue_server.service.board_view import CALL_FRESH_S
from tests.simulation.processes.browsers import Books, ToldEntry
from tests.simulation.processes.building import Placed
from tests.simulation.processes.judge import RIGHT_WITHIN_S, Evidence, judge
from tests.simulation.processes.records import (
    Board,
    LineIs,
    Received,
    Record,
    Said,
    Sent,
    Started,
    Told,
)
from tests.simulation.processes.story import Trouble
from tests.simulation.processes.truth import Truth
from tests.unit.service.morning import CARDIOLOGY, EIGHT_S, MIDNIGHT, MONDAY, Morning

AREA = AreaId("area-a")
BOARD = "board-0"
KIOSK = "kiosk-00"
EIGHT = MIDNIGHT.timestamp() + EIGHT_S
LONG_S = RIGHT_WITHIN_S + 60.0


class ForgedRun:
    """A morning by the rules, and what its devices would have written down."""

    def __init__(self) -> None:
        self._setup = Morning().setup
        self.truth = Truth(self._setup, MONDAY, {})
        self.second = 0
        self.board: list[Record] = [Started(at=EIGHT), LineIs(at=EIGHT, is_up=True)]
        self.kiosk: list[Record] = [Started(at=EIGHT)]
        self.replies: dict[str, bytes] = {}
        self.troubles: list[Trouble] = []
        self.browsers = Books()

    @property
    def at(self) -> float:
        return EIGHT + self.second

    def act(self, command: asked.Command, by: str) -> None:
        """Something happens, and is on disk a second later."""
        self.second += 1
        act = Act(command=command, at_s=DaySecond(EIGHT_S + self.second), by=by)
        entry = decide(self.truth.day, act, self._setup.policies)
        written_at = MIDNIGHT.replace(hour=8, second=self.second % 60, minute=self.second // 60)
        written = JournaledEntry(day_on=MONDAY, written_at=written_at, entry=entry)
        self.truth.take_entry(written)

    def check_in(self, number: int, *, answered: bool = True, written: bool = True) -> None:
        """A patient comes to the kiosk."""
        ticket = TicketId(f"{CARDIOLOGY}:A{number:03d}")
        self.act(
            asked.IssueTicket(queue=CARDIOLOGY, ticket=ticket, number=f"A{number:03d}", slot=None),
            by="records",
        )
        if written:
            self.act(asked.CheckIn(queue=CARDIOLOGY, ticket=ticket), by=KIOSK)
        else:
            self.second += 1
        request_id = f"ask-{number}"
        body = CheckIn(session_id="session", ticket_id=ticket)
        request = msgspec.structs.replace(_request(), request_id=request_id, body=body)
        self.kiosk.append(Sent(payload=encode(request).decode()))
        if answered:
            self.answer(request_id, ticket, f"A{number:03d}")

    def answer(self, request_id: str, ticket: TicketId, number: str, *, kept: bool = True) -> None:
        """The kiosk gets a reply."""
        sample = EXAMPLES[CheckedIn]
        assert isinstance(sample, CheckedIn)
        visit = msgspec.structs.replace(sample.visit, ticket_id=ticket, number=number)
        at = MIDNIGHT.replace(hour=8, second=self.second % 60, minute=self.second // 60)
        body = msgspec.structs.replace(sample, visit=visit, checked_in_at=at)
        payload = encode(Reply(request_id=request_id, replied_at=at, body=body))
        self.kiosk.append(Received(payload=payload.decode()))
        if kept:
            self.replies[f"{KIOSK}/{request_id}"] = payload

    def call(self, *, is_spoken: bool = True) -> int:
        """The doctor calls the next patient; returns the call's sequence."""
        self.act(asked.CallNext(queue=CARDIOLOGY), by="doctor:shen")
        sequence = max(self.truth.calls[AREA])
        if is_spoken:
            self.show()
            self.speak(sequence)
        return sequence

    def speak(self, sequence: int) -> None:
        """The display announces a call."""
        self.board += [
            Said(at=self.at + 0.2, sequence=sequence),
            Told(at=self.at + 0.6, sequence=sequence, why_not=""),
        ]

    def show(self) -> None:
        """The display gets the board of now."""
        true = self.truth.boards[AREA].changes[-1].board
        board = Board(
            at=self.at + 0.1, revision=true.revision, digest=true.digest, rooms=true.rooms
        )
        self.board.append(board)

    def wait(self, seconds: float) -> None:
        """Time goes by; the display writes its last line."""
        self.second += round(seconds)
        self.board.append(LineIs(at=self.at, is_up=True))

    def wrong(self) -> list[str]:
        """Return what the judge says."""
        evidence = Evidence(
            truth=self.truth,
            placed={
                BOARD: Placed(kind="area", host="floors", shows=AREA),
                KIOSK: Placed(kind="kiosk", host="lobby"),
            },
            notes={BOARD: self.board, KIOSK: self.kiosk},
            troubles=self.troubles,
            replies=self.replies,
            browsers=self.browsers,
        )
        return judge(evidence).wrong


def _request() -> Request:
    sample = EXAMPLES[Request]
    assert isinstance(sample, Request)
    return sample


@pytest.fixture
def run() -> ForgedRun:
    """Three patients are checked in, one is called, the board shows it and speaks it."""
    forged = ForgedRun()
    for number in (1, 2, 3):
        forged.check_in(number)
        forged.show()
    forged.call()
    return forged


def test_a_sound_run_is_found_sound(run: ForgedRun) -> None:
    run.wait(LONG_S)

    assert run.wrong() == []


def test_an_answer_before_the_commit_is_noticed(run: ForgedRun) -> None:
    run.check_in(4, written=False, answered=False)
    run.answer("ask-4", TicketId("cardiology-1:A004"), "A004", kept=False)

    wrong = " ".join(run.wrong())

    assert "the journal has no such answer" in wrong
    assert "cardiology-1:A004 is checked in 0 times" in wrong


def test_a_request_that_is_answered_in_two_ways_is_noticed(run: ForgedRun) -> None:
    run.second += 1
    run.answer("ask-3", TicketId("cardiology-1:A003"), "A003", kept=False)

    assert "kiosk-00/ask-3 was answered in 2 ways" in run.wrong()


def test_another_number_than_the_journals_is_noticed(run: ForgedRun) -> None:
    run.check_in(4, answered=False)
    run.answer("ask-4", TicketId("cardiology-1:A004"), "A005")

    assert "cardiology-1:A004 is A004, told was A005" in run.wrong()


def test_a_request_that_is_carried_out_twice_is_noticed(run: ForgedRun) -> None:
    [again] = [note for note in run.kiosk if isinstance(note, Sent)][-1:]
    run.check_in(4)
    run.kiosk = [note for note in run.kiosk if note != again]

    assert "kiosk-00 has asked for 3 check-ins, 4 are written" in run.wrong()


def test_an_act_that_was_answered_and_lost_is_noticed(run: ForgedRun) -> None:
    run.browsers.told.append(ToldEntry(by="doctor:shen", entry=99, do="call-next"))

    assert run.wrong() == ["doctor:shen was told of entry 99 (call-next)"]


def test_an_act_that_is_done_twice_is_noticed(run: ForgedRun) -> None:
    run.browsers.asked["doctor:shen"] = 1
    run.call()

    assert "doctor:shen has asked 1 times, not 2" in run.wrong()


def test_a_false_board_is_noticed(run: ForgedRun) -> None:
    shown = run.board[-3]
    assert isinstance(shown, Board)
    run.board.append(msgspec.structs.replace(shown, at=run.at + 1, digest="false"))

    assert any("true is" in one for one in run.wrong())


def test_a_board_that_goes_back_is_noticed(run: ForgedRun) -> None:
    first = next(note for note in run.board if isinstance(note, Board))
    run.board.append(msgspec.structs.replace(first, at=run.at + 1))

    assert any("went back to" in one for one in run.wrong())


def test_boards_that_are_not_told_again_after_the_broker_died_are_noticed(run: ForgedRun) -> None:
    run.board.append(LineIs(at=run.at + 0.7, is_up=False))
    run.check_in(4)
    run.board.append(LineIs(at=run.at + 1, is_up=True))
    run.wait(LONG_S)

    assert any("does not show revision" in one for one in run.wrong())


def test_a_board_that_is_old_because_the_line_was_none_is_not_wrong(run: ForgedRun) -> None:
    began_at = run.at + 0.7
    run.check_in(4)
    run.wait(LONG_S)
    run.troubles.append(Trouble(kind="server frozen", began_at=began_at, ended_at=run.at))
    run.show()
    run.wait(LONG_S)

    assert run.wrong() == []


def test_a_stale_call_that_is_spoken_is_noticed(run: ForgedRun) -> None:
    sequence = run.call(is_spoken=False)
    run.show()
    run.second += CALL_FRESH_S + 5
    run.speak(sequence)

    assert any(f"spoke {sequence}, stale for 5.2 s" in one for one in run.wrong())


def test_a_call_that_is_spoken_twice_is_noticed(run: ForgedRun) -> None:
    sequence = run.call()
    run.speak(sequence)

    assert f"board-0 spoke {sequence} more than once" in run.wrong()


def test_a_call_that_nobody_has_made_is_noticed(run: ForgedRun) -> None:
    run.speak(77)

    assert "board-0 spoke 77, which is no call" in run.wrong()


def test_a_missed_call_that_is_still_fresh_and_not_spoken_is_noticed(run: ForgedRun) -> None:
    run.board.append(LineIs(at=run.at + 0.7, is_up=False))
    sequence = run.call(is_spoken=False)
    run.board.append(LineIs(at=run.at + 1, is_up=True))
    run.second += 2
    run.show()
    run.wait(LONG_S)

    assert [one for one in run.wrong() if f"has not spoken {sequence}" in one]


def test_a_call_that_was_stale_when_the_line_came_back_need_not_be_spoken(run: ForgedRun) -> None:
    run.board.append(LineIs(at=run.at + 0.7, is_up=False))
    run.call(is_spoken=False)
    run.second += CALL_FRESH_S + 1
    run.board.append(LineIs(at=run.at, is_up=True))
    run.show()
    run.wait(LONG_S)

    assert run.wrong() == []


def test_a_display_that_dies_before_it_could_speak_is_not_wrong(run: ForgedRun) -> None:
    run.call(is_spoken=False)
    run.show()
    run.second += 1
    run.board.append(Started(at=run.at))

    assert run.wrong() == []
