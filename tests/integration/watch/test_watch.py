"""The watch on a real service with a real journal: alarms begin and end once, and are kept."""

import argparse
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.journal.cli import add_journal_commands
from queue_server.journal.last_backup import NAME, last_backup, note_backup
from queue_server.service.facts import AlarmBegan
from queue_server.watch.watch import Sources, Watch
from queue_server.web.users import Users
from tests.integration.web.hospital_day import HospitalDay
from tests.integration.web.many_devices import status

GIGABYTE = 1_000_000_000


@pytest.fixture
def day(tmp_path: Path) -> Iterator[HospitalDay]:
    users: Users = {}
    running = HospitalDay(tmp_path, users, per_queue=2)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def watch(day: HospitalDay, tmp_path: Path) -> Watch:
    note_backup(tmp_path, day.clock())
    for area in day.site.areas:
        day.device_says(f"board-{area.id}", status(day, "area-board", area.id))
    sources = Sources(data_folder=tmp_path, free_bytes=lambda _: 50 * GIGABYTE)
    return Watch(day.service, sources, started_at=day.clock() - timedelta(days=1))


def alarms(day: HospitalDay) -> list[tuple[str, str]]:
    return [(alarm.code, alarm.about) for alarm in day.service.now.alarms]


def look_after(day: HospitalDay, watch: Watch, seconds: int) -> None:
    day.clock.instant += timedelta(seconds=seconds)
    watch.look()


def test_an_alarm_begins_once_and_ends_once(day: HospitalDay, watch: Watch) -> None:
    day.device_says("kiosk-01", status(day, "kiosk", paper="paper_out"))
    watch.look()
    assert alarms(day) == []
    for _ in range(3):
        look_after(day, watch, 10)
    assert alarms(day) == [("PAPER_OUT", "kiosk-01")]

    day.device_says("kiosk-01", status(day, "kiosk", paper="ok"))
    for _ in range(3):
        look_after(day, watch, 10)

    assert alarms(day) == []
    facts = [fact.name for fact in day.journal.facts(day.service.now.day_on)]
    assert [one for one in facts if one.startswith("Alarm")] == ["AlarmBegan", "AlarmEnded"]


def test_an_alarm_outlives_a_restart_and_is_not_raised_again(
    day: HospitalDay, watch: Watch, tmp_path: Path
) -> None:
    day.service.note(
        AlarmBegan(code="BACKUP_OLD", about="", parts={"when": "–"}), by="watch"
    ).result(5)
    began = day.service.now.alarms

    assert day.service.past_day(day.service.now.day_on).alarms == began
    (tmp_path / NAME).unlink()
    for _ in range(3):
        look_after(day, watch, 600)

    facts = day.journal.facts(day.service.now.day_on)
    about_backups = [fact.name for fact in facts if fact.body.get("code") == "BACKUP_OLD"]
    assert about_backups == ["AlarmBegan"]


def test_a_backup_is_noted_when_it_is_complete(day: HospitalDay, tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_journal_commands(parser.add_subparsers(required=True))
    assert last_backup(tmp_path) is None

    parsed = parser.parse_args(
        ["backup", "--data", str(tmp_path), "--to", str(tmp_path / "b.sqlite")]
    )
    assert parsed.run(parsed) == 0

    assert last_backup(tmp_path) is not None
    again = parser.parse_args(
        ["backup", "--data", str(tmp_path), "--to", str(tmp_path / "b.sqlite")]
    )
    (tmp_path / NAME).unlink()
    assert again.run(again) == 1
    assert last_backup(tmp_path) is None


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-23T08:00:00"])
def test_a_note_that_can_not_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)

    assert last_backup(tmp_path) is None
