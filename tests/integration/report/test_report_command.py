"""`hospital-kiosk report` on a real journal: what it prints, the database, the file."""

import contextlib
import csv
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from queue_server.cli import main
from queue_server.journal.journal import Batch, JournaledEntry
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.report.columns import TABLES
from queue_server.rules import commands as asked
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.policy import Policy
from queue_server.rules.queue import open_day
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond
from tests.integration.journal.journaled_morning import HEX_KEY, MONDAY, OPENING, key_of
from tests.unit.report.played_morning import EYES, HEART, heart
from tests.unit.report.test_visits import busy_morning

DOCUMENT = Path(__file__).parents[3] / "docs" / "report.md"
SITE = """
[site]
id = "qingyu"
name_zh = "清榆医院"
name_en = "Qingyu Hospital"

[policy]

[[area]]
id = "area-a"
name_zh = "A 候诊区"
name_en = "Waiting Area A"
floor_zh = "2 层"
floor_en = "Floor 2"
"""
QUEUE = """
[[queue]]
id = "{id}"
area = "area-a"
room = "room-{id}"
room_zh = "{prefix} 诊室"
room_en = "Room {prefix}"
clinic_zh = "心内科"
clinic_en = "Cardiology"
doctor_zh = "沈怀仁"
doctor_en = "Dr. Shen"
doctor_title_zh = "主任医师"
doctor_title_en = "Chief Physician"
prefix = "{prefix}"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    file = tmp_path / "site.toml"
    queues = [
        QUEUE.format(id=queue, prefix=prefix) for queue, prefix in ((HEART, "A"), (EYES, "B"))
    ]
    file.write_text(SITE + "".join(queues), encoding="utf-8")
    return file


def write_journal(folder: Path, *, is_encrypted: bool = False) -> SqliteJournal:
    """Write the busy morning, a move in own words and a transfer behind it; leave it open."""
    played = busy_morning()
    played.book(HEART, 7, 8, slot="09:00")
    played.check_in("09:05", heart(7), heart(8))
    move = asked.Move(queue=HEART, ticket=heart(8), before=heart(7), why="王芳的母亲")
    played.at("09:06", move)
    played.at("09:07", asked.Transfer(queue=HEART, ticket=heart(8), to_queue=EYES))
    late = asked.ReportAbsence(queue=HEART, kind=AbsenceKind.LATE, cause=AbsenceCause.SURGERY)
    played.at("09:08", late)
    played.at("09:20", asked.Attend(queue=HEART))
    journal = SqliteJournal(folder / "journal.sqlite", key_of() if is_encrypted else None)
    journal.open(OPENING)
    rows = [JournaledEntry(day_on=MONDAY, written_at=OPENING, entry=one) for one in played.entries]
    journal.append(Batch(entries=rows))
    return journal


def report(folder: Path, *arguments: object) -> object:
    with pytest.raises(SystemExit) as ended:
        main(["report", "--data", str(folder), "--day", "2026-11-23", *map(str, arguments)])
    return ended.value.code


def asked_of(file: Path, sql: str, *parameters: object) -> list[Any]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql, parameters).fetchall()


def test_the_figures_are_printed_while_the_server_has_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(write_journal(tmp_path)):
        assert report(tmp_path) == 0

    [line] = [one for one in capsys.readouterr().out.splitlines() if "heart-1" in one]
    # Six arrived, four are done; 10, 20, 25 and 40 minutes; one missed, one back, one never came.
    printed = " ".join(re.findall(r"[\d.]+", line)[1:])
    assert printed == "6 4 23.8 20.0 40.0 8.4 1 1 1 1 0"


def test_the_database_has_the_visits_with_their_waits_calls_and_moves(
    tmp_path: Path, site: Path
) -> None:
    write_journal(tmp_path).close()
    file = tmp_path / "report.sqlite"
    assert report(tmp_path, "--database", file, "--site", site) == 0

    waits = "SELECT since, wait_s FROM waits WHERE visit = ? ORDER BY began_s"
    assert asked_of(file, waits, "2026-11-23/heart-1:A001") == [
        ("check_in", 600),
        ("results", 1200),
    ]
    visit = "SELECT arrived_s, first_called_s, call_count, missed_count, state FROM visits"
    assert asked_of(file, f"{visit} WHERE number = 'A002'") == [(28800, 30000, 3, 1, "done")]
    assert asked_of(file, "SELECT number FROM visits WHERE is_no_show") == [("A005",)]
    assert asked_of(file, "SELECT by, reason_en FROM moves") == [
        ("nurse:li", "own words (see the audit list)")
    ]
    moved_on = "SELECT queue, came_from, went_to FROM visits WHERE number = 'A008' ORDER BY queue"
    assert asked_of(file, moved_on) == [("eyes-1", "heart-1", None), ("heart-1", None, "eyes-1")]
    figures = "SELECT arrivals, wait_p90_s, service_mean_s FROM area_figures"
    assert asked_of(file, figures) == [(6, 2400, 504.0)]


def test_every_column_is_described_and_every_reference_leads_somewhere(
    tmp_path: Path, site: Path
) -> None:
    write_journal(tmp_path).close()
    file = tmp_path / "report.sqlite"
    report(tmp_path, "--database", file, "--site", site)

    assert asked_of(file, "PRAGMA foreign_key_check") == []
    assert len(asked_of(file, "PRAGMA foreign_key_list(visits)")) == 4
    for table in TABLES:
        columns = {column for _, column, *_ in asked_of(file, f"PRAGMA table_info({table})")}
        described = 'SELECT "column" FROM column_descriptions WHERE "table" = ?'
        assert {column for (column,) in asked_of(file, described, table)} == columns


def test_a_day_that_is_written_again_replaces_itself_and_other_days_stay(tmp_path: Path) -> None:
    journal = write_journal(tmp_path)
    file = tmp_path / "report.sqlite"
    assert report(tmp_path, "--database", file) == 0
    count = asked_of(file, "SELECT count(*) FROM visits")
    played = [row.entry for row in journal.entries(MONDAY)]
    tuesday = MONDAY.replace(day=24)
    rows = [JournaledEntry(day_on=tuesday, written_at=OPENING, entry=one) for one in played]
    journal.append(Batch(entries=rows))
    journal.close()

    assert report(tmp_path, "--database", file, "--day", "2026-11-24") == 0
    assert report(tmp_path, "--database", file) == 0

    per_day = asked_of(file, "SELECT day_on, count(*) FROM visits GROUP BY day_on")
    assert per_day == [("2026-11-23", *count[0]), ("2026-11-24", *count[0])]


def test_what_was_taken_back_since_is_gone_from_a_day_that_is_written_again(
    tmp_path: Path, site: Path
) -> None:
    """While the day runs its report may be written every hour."""
    journal = write_journal(tmp_path)
    file = tmp_path / "report.sqlite"
    report(tmp_path, "--database", file, "--site", site)
    sent_on = "SELECT count(*) FROM visits WHERE came_from = 'heart-1'"
    assert asked_of(file, sent_on) == [(1,)]
    day = open_day([HEART, EYES])
    for written in journal.entries(MONDAY):
        day = apply(day, written.entry)
    undo = Act(command=asked.Undo(queue=EYES), at_s=DaySecond(33_000), by="nurse:li")
    entry = decide(day, undo, {HEART: Policy(), EYES: Policy()})
    journal.append(Batch(entries=[JournaledEntry(day_on=MONDAY, written_at=OPENING, entry=entry)]))
    journal.close()

    report(tmp_path, "--database", file, "--site", site)
    assert asked_of(file, sent_on) == [(0,)]
    assert asked_of(file, "SELECT count(*) FROM waits WHERE since = 'transfer'") == [(0,)]


def test_no_name_no_patient_and_no_word_of_a_nurse_is_in_any_file(
    tmp_path: Path, site: Path
) -> None:
    write_journal(tmp_path).close()
    file, table = tmp_path / "report.sqlite", tmp_path / "report.csv"
    report(tmp_path, "--database", file, "--csv", table, "--site", site)

    for written in (file, table):
        content = written.read_bytes()
        assert "王芳".encode() not in content
        assert b"patient" not in content.replace(b"patients)", b"")
    assert file.stat().st_mode & 0o077 == 0


def test_the_queries_of_the_document_can_be_asked(tmp_path: Path, site: Path) -> None:
    write_journal(tmp_path).close()
    file = tmp_path / "report.sqlite"
    report(tmp_path, "--database", file, "--site", site)
    queries = re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)

    assert len(queries) >= 3
    for query in queries:
        assert asked_of(file, query), query


def test_the_file_has_a_line_for_the_site_each_area_and_each_queue(
    tmp_path: Path, site: Path
) -> None:
    write_journal(tmp_path).close()
    file = tmp_path / "report.csv"
    assert report(tmp_path, "--csv", file, "--site", site, "--language", "en") == 0

    with file.open(encoding="utf-8-sig", newline="") as lines:
        told = list(csv.DictReader(lines))
    assert [one["Of"] for one in told] == ["all", "area", "queue", "queue"]
    assert told[0]["Wait, P90 (min)"] == told[1]["Wait, P90 (min)"] == "40.0"
    assert (told[2]["Doctor"], told[2]["Arrivals"], told[2]["Calls per patient"]) == (
        "Dr. Shen",
        "6",
        "1.75",
    )


def test_when_doctors_were_away_stands_in_the_database_and_in_a_file_of_its_own(
    tmp_path: Path, site: Path
) -> None:
    write_journal(tmp_path).close()
    database, file = tmp_path / "report.sqlite", tmp_path / "absences.csv"
    written = ("--database", database, "--absences-csv", file)
    assert report(tmp_path, *written, "--site", site, "--language", "en") == 0

    with file.open(encoding="utf-8-sig", newline="") as lines:
        [line] = csv.DictReader(lines)
    assert (line["Doctor"], line["Kind"], line["Cause"]) == ("Dr. Shen", "late", "in surgery")
    assert (line["From"], line["To"], line["Minutes"]) == ("09:08", "09:20", "12.0")
    listed = asked_of(database, "SELECT kind, began, ended, lasted_min FROM absence_list")
    assert listed == [("late", "09:08", "09:20", 12.0)]


def test_an_encrypted_journal_is_reported_with_its_key_and_not_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_journal(tmp_path, is_encrypted=True).close()

    assert report(tmp_path) == 1
    assert "key" in capsys.readouterr().err
    monkeypatch.setenv("HOSPITAL_JOURNAL_KEY", HEX_KEY)
    assert report(tmp_path) == 0
    assert "heart-1" in capsys.readouterr().out


def test_another_database_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_journal(tmp_path).close()
    journal = tmp_path / "journal.sqlite"
    before = journal.read_bytes()

    assert report(tmp_path, "--database", journal) == 2
    assert "another database" in capsys.readouterr().err
    assert journal.read_bytes() == before
    text = tmp_path / "notes.txt"
    text.write_text("no database at all, but a text of some length " * 20, encoding="utf-8")
    assert report(tmp_path, "--database", text) == 2


def test_a_day_without_entries_is_told_with_the_days_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_journal(tmp_path).close()

    assert report(tmp_path, "--day", "2020-01-01") == 2
    assert "2026-11-23" in capsys.readouterr().err
