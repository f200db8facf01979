"""A restart from a snapshot gives the same day as the journal alone, or does without it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from random import Random

import pytest
from msgspec import structs

from queue_server.contract.boards import Notice
from queue_server.contract.codec import encode
from queue_server.journal.journal_key import JournalKey
from queue_server.journal.snapshot_file import SNAPSHOT_NAME, SnapshotFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, PatientId
from queue_server.service import snapshot
from queue_server.service.board_view import area_board
from queue_server.service.clinic_day import clinic_day
from queue_server.service.draft import Draft
from queue_server.service.facts import HelpCalled, Identified, NoticesSet
from queue_server.service.now import Now, open_now
from queue_server.service.replay import replayed
from queue_server.service.setup import Setup, make_setup
from queue_server.service.snapshot import Snapshots
from queue_server.site import load_site
from tests.integration.journal.journaled_morning import HEX_KEY, key_of

OPENING = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SITE = load_site(DEMO_SITE_FILE)
KIOSK = DeviceId("kiosk-01")


class RunningDay:
    """A day that goes on: acts of all kinds, several to a commit."""

    def __init__(self, setup: Setup, journal: SqliteJournal) -> None:
        self.setup = setup
        self.journal = journal
        self.now = open_now(setup, clinic_day(setup.site, OPENING), {})
        self._chance = Random(7)
        self._numbers = count(1)

    def go_on(self, commits: int) -> None:
        for _ in range(commits):
            number = next(self._numbers)
            draft = Draft(self.setup, self.journal, self.now, OPENING + timedelta(seconds=number))
            for command in self._commands():
                try:
                    draft.act(command, by="nurse:li")
                except Refused:
                    continue
            patient = PatientId(f"p-{number}")
            draft.note(
                Identified(session_id=f"s-{number}", device=KIOSK, patient=patient), by=KIOSK
            )
            draft.note(HelpCalled(help_id=f"h-{number}", device=KIOSK, screen="home"), by=KIOSK)
            notice = Notice(text_zh=f"第 {number} 条", text_en=f"No. {number}")
            area = self.setup.site.areas[number % 3].id
            draft.note(NoticesSet(area=area, notices=(notice,)), by="nurse:li")
            self.journal.append(draft.batch)
            self.now = draft.now

    def _commands(self) -> Iterator[asked.Command]:
        queue = self._chance.choice(self.setup.site.queues[:3])
        state = self.now.day.queues[queue.id]
        yield asked.AddWalkIn(queue=queue.id, prefix=queue.prefix)
        kind = self._chance.choice([asked.CallNext, asked.CallNext, asked.Undo, asked.Pause])
        yield kind(queue=queue.id)
        yield asked.Reopen(queue=queue.id)
        if state.in_room:
            act = self._chance.choice([asked.Miss, asked.SendForResults, asked.Recall])
            yield act(queue=queue.id, ticket=state.in_room)
        if state.order:
            yield asked.GrantPriority(queue=queue.id, ticket=state.order[-1], rank="aged_80")


@pytest.fixture
def setup() -> Setup:
    return make_setup(SITE)


@pytest.fixture(params=[None, HEX_KEY], ids=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> JournalKey | None:
    return key_of(request.param)


@pytest.fixture
def journal(tmp_path: Path, key: JournalKey | None) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.sqlite", key)
    journal.open(OPENING)
    yield journal
    journal.close()


@pytest.fixture
def file(tmp_path: Path, key: JournalKey | None) -> SnapshotFile:
    return SnapshotFile(tmp_path / SNAPSHOT_NAME, key)


def fresh(setup: Setup, now: Now) -> Now:
    return open_now(setup, now.day_on, {})


@pytest.mark.parametrize("after", [0, 1, 25], ids=["nothing", "one-commit", "many-commits"])
def test_a_restart_from_a_snapshot_gives_the_day_that_the_journal_tells(
    setup: Setup, journal: SqliteJournal, file: SnapshotFile, after: int
) -> None:
    day = RunningDay(setup, journal)
    day.go_on(60)
    Snapshots(setup, file).write(day.now, journal.head())
    day.go_on(after)

    kept = Snapshots(setup, file).read(journal, fresh(setup, day.now))

    assert kept is not None
    assert kept[0].day.entry_count > 60
    assert replayed(setup, journal, *kept) == day.now
    assert replayed(setup, journal, fresh(setup, day.now)) == day.now


def test_after_a_restart_from_a_snapshot_the_boards_are_the_same_to_the_byte(
    setup: Setup, journal: SqliteJournal, file: SnapshotFile
) -> None:
    running, snapshots = RunningDay(setup, journal), Snapshots(setup, file)
    running.go_on(60)
    snapshots.write(running.now, journal.head())
    found = snapshots.read(journal, fresh(setup, running.now))

    assert found is not None
    area = setup.site.queues[0].area
    shown, before = (area_board(setup, now, area, OPENING) for now in (found[0], running.now))
    assert shown.last_calls
    assert encode(shown) == encode(before)


def test_a_damaged_or_torn_snapshot_is_as_if_it_were_not_there(
    setup: Setup, journal: SqliteJournal, file: SnapshotFile, tmp_path: Path
) -> None:
    day = RunningDay(setup, journal)
    day.go_on(10)
    Snapshots(setup, file).write(day.now, journal.head())
    written = (tmp_path / SNAPSHOT_NAME).read_bytes()

    for broken in (
        b"",
        written[:20],
        written[:-1],
        written[:200] + bytes([written[200] ^ 1]) + written[201:],
        written[::-1],
    ):
        (tmp_path / SNAPSHOT_NAME).write_bytes(broken)
        assert Snapshots(setup, file).read(journal, fresh(setup, day.now)) is None


def test_what_dies_while_it_writes_leaves_the_former_snapshot(
    setup: Setup, journal: SqliteJournal, file: SnapshotFile, tmp_path: Path
) -> None:
    day = RunningDay(setup, journal)
    day.go_on(10)
    Snapshots(setup, file).write(day.now, journal.head())
    (tmp_path / f"{SNAPSHOT_NAME}.part").write_bytes(b"half of a")
    day.go_on(5)

    kept = Snapshots(setup, file).read(journal, fresh(setup, day.now))
    assert kept is not None
    assert replayed(setup, journal, *kept) == day.now

    Snapshots(setup, file).write(day.now, journal.head())
    assert not (tmp_path / f"{SNAPSHOT_NAME}.part").exists()


def test_a_snapshot_of_another_journal_is_left_alone(
    setup: Setup, journal: SqliteJournal, file: SnapshotFile, tmp_path: Path
) -> None:
    other = SqliteJournal(tmp_path / "other.sqlite")
    other.open(OPENING + timedelta(hours=1))
    longer = RunningDay(setup, other)
    longer.go_on(3)
    Snapshots(setup, file).write(longer.now, other.head())
    other.close()
    day = RunningDay(setup, journal)
    day.go_on(5)

    assert Snapshots(setup, file).read(journal, fresh(setup, day.now)) is None


def test_a_journal_that_has_lost_its_end_is_believed_not_the_snapshot(
    setup: Setup, tmp_path: Path
) -> None:
    file = SnapshotFile(tmp_path / SNAPSHOT_NAME)
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.open(OPENING)
    day = RunningDay(setup, journal)
    day.go_on(5)
    before = day.now
    journal.close()
    (tmp_path / "backup.sqlite").write_bytes((tmp_path / "journal.sqlite").read_bytes())
    journal.open(OPENING)
    day.go_on(5)
    Snapshots(setup, file).write(day.now, journal.head())
    journal.close()
    (tmp_path / "backup.sqlite").replace(tmp_path / "journal.sqlite")
    journal.open(OPENING)

    assert Snapshots(setup, file).read(journal, fresh(setup, day.now)) is None
    assert replayed(setup, journal, fresh(setup, day.now)) == before
    journal.close()


Change = Callable[[pytest.MonkeyPatch, Setup, Now], tuple[Setup, Now]]


def _another_program(patch: pytest.MonkeyPatch, setup: Setup, now: Now) -> tuple[Setup, Now]:
    patch.setattr(snapshot, "program_digest", lambda: "another version")
    return setup, now


def _another_day(_patch: pytest.MonkeyPatch, setup: Setup, now: Now) -> tuple[Setup, Now]:
    return setup, structs.replace(now, day_on=now.day_on + timedelta(days=1))


def _another_site(_patch: pytest.MonkeyPatch, _setup: Setup, now: Now) -> tuple[Setup, Now]:
    fewer = make_setup(replace(SITE, queues=SITE.queues[:-1]))
    return fewer, open_now(fewer, now.day_on, {})


@pytest.mark.parametrize("change", [_another_program, _another_day, _another_site])
def test_a_snapshot_counts_for_its_program_day_and_queues_only(
    setup: Setup,
    journal: SqliteJournal,
    file: SnapshotFile,
    monkeypatch: pytest.MonkeyPatch,
    change: Change,
) -> None:
    day = RunningDay(setup, journal)
    day.go_on(10)
    Snapshots(setup, file).write(day.now, journal.head())

    changed_setup, opened = change(monkeypatch, setup, fresh(setup, day.now))

    assert Snapshots(changed_setup, file).read(journal, opened) is None


def test_an_encrypted_snapshot_shows_nothing_and_opens_with_its_key_only(
    setup: Setup, tmp_path: Path
) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite", key_of())
    journal.open(OPENING)
    day = RunningDay(setup, journal)
    day.go_on(5)
    path = tmp_path / SNAPSHOT_NAME

    Snapshots(setup, SnapshotFile(path, key_of())).write(day.now, journal.head())
    journal.close()

    assert b"cardiology" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert SnapshotFile(path, key_of("6b" * 32)).read() is None
    assert SnapshotFile(path).read() is None
