"""What the journal says, replayed from the file: every board as it should have been, every call."""

import bisect
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from queue_server.contract.boards import Call
from queue_server.journal.journal import JournaledEntry, JournaledFact
from queue_server.journal.journal_file import COLUMNS
from queue_server.journal.row_codec import read_entry, read_fact
from queue_server.records.records import Patient
from queue_server.rules import events as happened
from queue_server.rules.queue import Day
from queue_server.rules.terms import AreaId, PatientId, QueueId, TicketId
from queue_server.service.board_view import area_board, call_message, room_board
from queue_server.service.facts import with_fact
from queue_server.service.now import Now, open_now, with_entry
from queue_server.service.setup import Setup
from tests.simulation.books import Books
from tests.simulation.processes.records import Board, board_note

_ENTRIES: Final = f"SELECT link, {', '.join(COLUMNS['entries'])} FROM entries WHERE link > ?"
_FACTS: Final = f"SELECT link, {', '.join(COLUMNS['facts'])} FROM facts WHERE link > ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From `at` on, at this revision, a board says something else."""

    at: float
    board: Board
    calls: tuple[int, ...]
    """The sequences that the board repeats."""


@dataclass
class BoardTruth:
    """All that one board had to say, in order."""

    changes: list[Change] = field(default_factory=list)

    def at_time(self, at: float) -> Change | None:
        """Return what was true at an instant."""
        index = bisect.bisect_right(self.changes, at, key=lambda change: change.at)
        return self.changes[index - 1] if index else None

    def at_revision(self, revision: int) -> Change | None:
        """Return what was true at a revision."""
        index = bisect.bisect_right(
            self.changes, revision, key=lambda change: change.board.revision
        )
        return self.changes[index - 1] if index else None

    def between(self, begin: float, end: float) -> list[Change]:
        """Return the changes within a time."""
        first = bisect.bisect_right(self.changes, begin, key=lambda change: change.at)
        last = bisect.bisect_right(self.changes, end, key=lambda change: change.at)
        return self.changes[first:last]


class Truth:
    """The day by the journal alone; grows as the journal does.

    Raises:
        Violation: from whatever takes an entry in, when it can't be (`books.py`).
    """

    def __init__(self, setup: Setup, day_on: date, patients: Mapping[PatientId, Patient]) -> None:
        self._setup = setup
        self._now: Now = open_now(setup, day_on, patients)
        self._link = 0
        self.books = Books()
        self.entries: list[JournaledEntry] = []
        self.boards: dict[str, BoardTruth] = {
            **{area: BoardTruth() for area in setup.areas},
            **{queue.room: BoardTruth() for queue in setup.site.queues},
        }
        self.calls: dict[AreaId, dict[int, Call]] = {area: {} for area in setup.areas}
        self.check_ins: Counter[tuple[TicketId, datetime]] = Counter()

    @property
    def day(self) -> Day:
        """The queues as they are."""
        return self._now.day

    def number_of(self, ticket: TicketId) -> str:
        """Return what a ticket is called by, or nothing if there is none."""
        queue = self._now.day.queues.get(QueueId(ticket.partition(":")[0]))
        found = queue.tickets.get(ticket) if queue is not None else None
        return found.number if found is not None else ""

    def read(self, journal: Path) -> None:
        """Take in what has been written since the last time; a server may be writing."""
        uri = f"{journal.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=10.0)) as connection:
            connection.execute("BEGIN")
            entries = connection.execute(_ENTRIES, [self._link]).fetchall()
            facts = connection.execute(_FACTS, [self._link]).fetchall()
        rows: list[tuple[int, JournaledEntry | JournaledFact]]
        rows = [(row[0], read_entry(row[1:])) for row in entries]
        rows += [(row[0], read_fact(row[1:])) for row in facts]
        for link, written in sorted(rows, key=lambda row: row[0]):
            self._link = link
            if isinstance(written, JournaledEntry):
                self.take_entry(written)
            else:
                self._now = with_fact(self._now, written)

    def take_entry(self, written: JournaledEntry) -> None:
        """An entry is on disk."""
        self.books.apply(written.entry)
        self.entries.append(written)
        self._now = with_entry(self._setup, self._now, written)
        for event in written.entry.events:
            if isinstance(event, happened.CheckedIn):
                self.check_ins[event.ticket, written.written_at] += 1
        if any(not isinstance(event, happened.TicketIssued) for event in written.entry.events):
            self._note_boards(written)

    def _note_boards(self, written: JournaledEntry) -> None:
        at, queues = written.written_at, {event.queue for event in written.entry.events}
        for area in {self._setup.queues[queue].area for queue in queues}:
            board = area_board(self._setup, self._now, area, at)
            self._note(area, at, board_note(board), board.last_calls)
            for made in self._now.calls.get(area, ())[len(self.calls[area]) :]:
                self.calls[area][made.sequence] = call_message(self._setup, self._now, made)
            for queue in self._setup.queues_of(area):
                door = room_board(self._setup, self._now, queue, at)
                self._note(queue.room, at, board_note(door), door.last_calls)

    def _note(self, place: str, at: datetime, said: Board, calls: list[Call]) -> None:
        changes = self.boards[place].changes
        board = Board(revision=self._now.change_count, digest=said.digest, rooms=said.rooms)
        if not changes or changes[-1].board.digest != board.digest:
            sequences = tuple(call.sequence for call in calls)
            changes.append(Change(at=at.timestamp(), board=board, calls=sequences))


def stored_replies(journal: Path) -> dict[str, bytes]:
    """Return the answers that the journal keeps, by device and request."""
    uri = f"{journal.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        rows = connection.execute("SELECT request_id, payload FROM replies")
        return {request_id: bytes(payload) for request_id, payload in rows}
