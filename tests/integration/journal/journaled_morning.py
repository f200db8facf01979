"""A morning as a server journals it: real rules, made-up patients, several commits."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from queue_server.journal.journal import (
    Batch,
    JournaledEntry,
    JournaledFact,
    StoredReply,
)
from queue_server.journal.journal_file import COLUMNS, JournalFile
from queue_server.journal.journal_key import KEY_VARIABLE, JournalKey, load_journal_key
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.commands import AddWalkIn, CallNext, Command
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import Day, open_day
from queue_server.rules.terms import DaySecond, PatientId, QueueId, RequestId

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
OPENING = datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=8)))
QUEUES = (QueueId("cardiology-1"), QueueId("eyes-1"))
POLICIES: Mapping[QueueId, Policy] = {queue: Policy() for queue in QUEUES}
HEX_KEY = "5a" * 32
NAME = "欧阳明月"
"""Stands in every reply, as the name of a patient who has identified himself does."""


def key_of(hex_key: str | None = HEX_KEY) -> JournalKey | None:
    return load_journal_key(None, {} if hex_key is None else {KEY_VARIABLE: hex_key})


@dataclass(slots=True, kw_only=True)
class Morning:
    """Walk-ins come in, and now and then one is called; each act is a commit of its own."""

    journal: SqliteJournal
    day_on: date = MONDAY
    day: Day = field(default_factory=lambda: open_day(QUEUES))

    def act(self) -> None:
        """Write the next act of the morning, with its reply, fact and used card."""
        number = self.day.entry_count + 1
        queue = QUEUES[number % 2]
        waiting = len(self.day.queues[queue].order)
        command: Command = AddWalkIn(queue=queue, prefix="A", patient=PatientId(f"p-{number}"))
        if waiting > 3:
            command = CallNext(queue=queue)
        at = OPENING + timedelta(seconds=number)
        act = Act(command=command, at_s=DaySecond(8 * 3600 + number), by="kiosk-01")
        entry = decide(self.day, act, POLICIES)
        self.day = apply(self.day, entry)
        request = f"kiosk-01/{self.day_on}-{number}"
        self.journal.append(
            Batch(
                entries=[JournaledEntry(day_on=self.day_on, written_at=at, entry=entry)],
                facts=[
                    JournaledFact(
                        day_on=self.day_on,
                        written_at=at,
                        by="kiosk-01",
                        name="HelpCalled",
                        body={"help_id": f"h-{number}", "device": "kiosk-01", "screen": "home"},
                    )
                ],
                replies=[
                    StoredReply(
                        request_id=RequestId(request),
                        replied_at=at,
                        payload=f'{{"full_name": "{NAME}", "number": "A{number}"}}'.encode(),
                    )
                ],
                redeemed_cards=[f"card-{self.day_on}-{number}"],
            )
        )


def write_morning(file: JournalFile, *days: tuple[date, int]) -> None:
    """Write so many acts of each day, and close as a server does."""
    journal = SqliteJournal(file.path, file.key)
    journal.open(OPENING)
    for day_on, act_count in days:
        morning = Morning(journal=journal, day_on=day_on)
        for _ in range(act_count):
            morning.act()
    journal.close()


@contextlib.contextmanager
def opened(file: JournalFile) -> Iterator[SqliteJournal]:
    """The journal as a server has it."""
    journal = SqliteJournal(file.path, file.key)
    journal.open(OPENING + timedelta(days=1))
    try:
        yield journal
    finally:
        journal.close()


def replayed(journal: SqliteJournal, day_on: date = MONDAY) -> Day:
    """The day as a server that starts now has it."""
    day = open_day(QUEUES)
    for written in journal.entries(day_on):
        day = apply(day, written.entry)
    return day


def rows_of(file: JournalFile) -> dict[str, list[tuple[object, ...]]]:
    """All that stands in the tables, without link and digest."""
    with contextlib.closing(file.connect("ro")) as connection:
        return {
            table: connection.execute(
                f"SELECT {', '.join(columns)} FROM {table} ORDER BY link"
            ).fetchall()
            for table, columns in COLUMNS.items()
        }


def change(file: JournalFile, sql: str, *parameters: object) -> None:
    """Lay a hand on the file, past the product."""
    with contextlib.closing(file.connect("rw")) as connection:
        assert connection.execute(sql, parameters).rowcount == 1


def flip(path: Path, at: int, mask: int = 1) -> None:
    """Flip bits of one byte of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= mask
    path.write_bytes(content)
