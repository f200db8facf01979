"""Whatever a day holds: written to the journal and read again, it is the same day."""

from collections.abc import Sequence
from contextlib import closing
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.journal.entry_codec import decode_events, encode_events
from queue_server.journal.journal import Batch, JournaledEntry
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.refusals import Refused
from queue_server.rules.team import Member, Team
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    DaySecond,
    PatientId,
    PriorityRank,
    QueueId,
    RoomId,
    Slot,
    TicketId,
    TicketKind,
)
from tests.integration.journal.journal_suite import MONDAY, NOON

EAST, WEST = QueueId("east-1"), QueueId("west-1")
LONG, IDLE = QueueId("long-1"), QueueId("idle-1")
"""Colleagues, of whom one has many patients and one has none."""
MDT = QueueId("mdt-1")
"""Of a team of EAST and WEST."""
PREFIXES = {EAST: "A", WEST: "B", LONG: "C", IDLE: "D", MDT: "M"}
TEAMS = {
    MDT: Team(
        members=(Member(id=EAST, zh="东", en="East"), Member(id=WEST, zh="西", en="West")),
        quorum=frozenset({EAST}),
        lead=EAST,
    )
}
POLICIES = {
    EAST: Policy(check_in_opens_min=None),
    WEST: Policy(missed_auto_times=0, missed_limit=2, standby_count=2, stop_needs_approval=True),
    LONG: Policy(check_in_opens_min=None),
    IDLE: Policy(),
    MDT: Policy(),
}
OPENING_S = 8 * 3600
EVENTS = {
    kind
    for kind in vars(happened).values()
    if isinstance(kind, type) and issubclass(kind, happened.Event)
} - {happened.Event, happened.TicketEvent}


def ticket(queue: QueueId, number: int) -> TicketId:
    return TicketId(f"{queue}:{PREFIXES[queue]}{number:03d}")


def issue(queue: QueueId, number: int) -> asked.IssueTicket:
    start_s = OPENING_S + number % 4 * 1800
    is_entitled = number % 5 == 0
    return asked.IssueTicket(
        queue=queue,
        ticket=ticket(queue, number),
        number=f"{PREFIXES[queue]}{number:03d}",
        slot=None
        if number % 7 == 0
        else Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + 1800)),
        kind=TicketKind.PRIORITY if is_entitled else TicketKind.ORDINARY,
        rank=PriorityRank.AGED_80 if is_entitled else None,
        patient=PatientId(f"p-{number}") if number % 2 else None,
    )


def entries_of(commands: Sequence[asked.Command]) -> list[happened.Entry]:
    """Return what follows from `commands`, a minute apart; what is refused is left out."""
    day, entries = open_day(PREFIXES), list[happened.Entry]()
    for minute, command in enumerate(commands):
        act = Act(command=command, at_s=DaySecond(OPENING_S + minute * 60), by="护士:李")
        try:
            entry = decide(day, act, POLICIES, {}, TEAMS)
        except Refused:
            continue
        day = apply(day, entry)
        entries.append(entry)
    return entries


def replayed(entries: Sequence[happened.Entry]) -> Day:
    return reduce(apply, entries, open_day(PREFIXES))


def written_and_read(entries: Sequence[happened.Entry]) -> list[happened.Entry]:
    with TemporaryDirectory() as folder:
        journal = SqliteJournal(Path(folder) / "journal.db")
        journal.open(NOON)
        with closing(journal):
            journal.append(
                Batch(
                    entries=[
                        JournaledEntry(day_on=MONDAY, written_at=NOON, entry=entry)
                        for entry in entries
                    ]
                )
            )
            return [written.entry for written in journal.entries(MONDAY)]


@st.composite
def some_command(draw: st.DrawFn) -> asked.Command:
    queue = draw(st.sampled_from([EAST, WEST]))
    one, other = (ticket(queue, draw(st.integers(1, 8))) for _ in range(2))
    return draw(
        st.sampled_from(
            [
                asked.AddWalkIn(queue=queue, prefix=PREFIXES[queue]),
                asked.CheckIn(queue=queue, ticket=one),
                asked.CheckIn(queue=queue, ticket=other),
                asked.CallNext(queue=queue),
                asked.CallTicket(queue=queue, ticket=one),
                asked.CancelCheckIn(queue=queue, ticket=one),
                asked.CrossCall(
                    queue=WEST if queue == EAST else EAST, from_queue=queue, ticket=one
                ),
                asked.Grade(queue=queue, ticket=one, level=2),
                asked.WriteNote(queue=queue, ticket=one, note="听力不佳 {x}"),
                asked.Recall(queue=queue, ticket=one),
                asked.Start(queue=queue, ticket=one),
                asked.Finish(queue=queue, ticket=one),
                asked.Miss(queue=queue, ticket=one),
                asked.SendForResults(queue=queue, ticket=one),
                asked.NoteResultsReady(queue=queue, ticket=one),
                asked.GrantPriority(queue=queue, ticket=one, rank="military"),
                asked.Move(queue=queue, ticket=one, after=other, why="腿脚不便 {x}"),
                asked.Transfer(queue=queue, ticket=one, to_queue=WEST if queue == EAST else EAST),
                asked.Hold(queue=queue, ticket=one),
                asked.Resume(queue=queue, ticket=one),
                asked.Cancel(queue=queue, ticket=one),
                asked.Pause(queue=queue),
                asked.Reopen(queue=queue),
                asked.Stop(queue=queue, approval="医务处 2026-17"),
                asked.WithdrawStop(queue=queue),
                asked.ReportAbsence(queue=queue, kind=AbsenceKind.LEFT),
                asked.Attend(queue=queue),
                asked.Undo(queue=queue),
            ]
        )
    )


ISSUED = [issue(queue, number) for queue in (EAST, WEST) for number in range(1, 9)]


@settings(max_examples=60)
@given(st.lists(some_command(), max_size=60))
def test_a_day_written_and_read_again_is_equal(commands: list[asked.Command]) -> None:
    entries = entries_of([*ISSUED, *commands])

    read = written_and_read(entries)

    assert read == entries
    assert replayed(read) == replayed(entries)


@pytest.fixture(scope="module")
def full_day() -> list[happened.Entry]:
    """A morning in which everything happens that can."""
    one, two, three, four, five = (ticket(EAST, number) for number in range(1, 6))
    there = ticket(WEST, 1)
    return entries_of(
        [
            *ISSUED,
            *(asked.CheckIn(queue=EAST, ticket=came) for came in (one, two, three, four)),
            asked.CallNext(queue=EAST),
            asked.Recall(queue=EAST, ticket=one),
            asked.Miss(queue=EAST, ticket=one),
            asked.CallTicket(queue=EAST, ticket=two),
            asked.Start(queue=EAST, ticket=two),
            asked.SendForResults(queue=EAST, ticket=two),
            asked.NoteResultsReady(queue=EAST, ticket=two),
            asked.GrantPriority(queue=EAST, ticket=three, rank="military"),
            asked.Grade(queue=EAST, ticket=five, level=3),
            asked.WriteNote(queue=EAST, ticket=three, note="听力不佳"),
            asked.AskForDoctor(queue=EAST, ticket=five, doctor=None),
            asked.CancelCheckIn(queue=EAST, ticket=three),
            asked.CheckIn(queue=EAST, ticket=three),
            asked.Hold(queue=EAST, ticket=three),
            asked.Resume(queue=EAST, ticket=three),
            asked.AddWalkIn(queue=EAST, prefix="A"),
            asked.Move(queue=EAST, ticket=ticket(EAST, 9), after=three, why="腿脚不便"),
            asked.Transfer(queue=EAST, ticket=ticket(EAST, 9), to_queue=WEST),
            asked.CallTicket(queue=EAST, ticket=four),
            asked.Finish(queue=EAST, ticket=four),
            asked.Cancel(queue=EAST, ticket=five),
            asked.Pause(queue=EAST),
            asked.Undo(queue=EAST),
            asked.Attend(queue=EAST),
            asked.ReportAbsence(
                queue=EAST,
                kind=AbsenceKind.LATE,
                cause=AbsenceCause.RESCUE,
                returns_s=DaySecond(36_000),
            ),
            asked.Attend(queue=EAST),
            asked.Stop(queue=WEST, cause=AbsenceCause.RESCUE, approval="医务处 2026-17"),
            asked.WithdrawStop(queue=WEST),
            asked.CheckIn(queue=WEST, ticket=there),
            *[asked.CallTicket(queue=WEST, ticket=there), asked.Miss(queue=WEST, ticket=there)] * 2,
            *(issue(LONG, number) for number in (1, 2, 3, 4, 6)),
            *(asked.CheckIn(queue=LONG, ticket=ticket(LONG, number)) for number in (1, 2, 3, 4, 6)),
            asked.TakeRoom(
                queue=IDLE,
                room=RoomId("102"),
                usual_queue=LONG,
                own_usual_room=RoomId("101"),
            ),
            asked.Attend(queue=LONG),
            asked.Attend(queue=IDLE),
            asked.OfferColleague(queue=LONG, ticket=ticket(LONG, 6), to_queue=IDLE),
            asked.AnswerOffer(queue=LONG, ticket=ticket(LONG, 6), accepts=False),
            asked.AddWalkIn(queue=MDT, prefix="M"),
            asked.JoinTeam(queue=MDT, member=WEST),
            asked.LeaveTeam(queue=MDT, member=WEST),
            asked.JoinTeam(queue=MDT, member=EAST),
            asked.CallNext(queue=MDT),
            asked.ComeToPatient(queue=MDT, ticket=ticket(MDT, 1), member=EAST),
            asked.ComeToPatient(queue=MDT, ticket=ticket(MDT, 1), member=WEST),
            asked.EndTurn(queue=MDT, ticket=ticket(MDT, 1), member=WEST),
            asked.EndForTeam(queue=MDT, ticket=ticket(MDT, 1), member=EAST, why="改日再约 {x}"),
        ]
    )


def test_every_event_that_can_happen_is_written_and_read_again(
    full_day: list[happened.Entry],
) -> None:
    assert {type(event) for entry in full_day for event in entry.events} == EVENTS

    read = written_and_read(full_day)

    assert read == full_day
    assert replayed(read) == replayed(full_day)


def test_what_is_read_has_the_very_types_that_were_written(full_day: list[happened.Entry]) -> None:
    for entry in full_day:
        for before, after in zip(entry.events, decode_events(encode_events(entry)), strict=True):
            assert type(after) is type(before)
            assert repr(after) == repr(before)
