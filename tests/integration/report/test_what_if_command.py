"""`hospital-kiosk what-if` on a real journal."""

import contextlib
import re
from pathlib import Path

import pytest

from queue_server.cli import main
from queue_server.journal.journal import Batch, JournaledEntry
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules import commands as asked
from queue_server.rules.policy import Policy
from tests.integration.journal.journaled_morning import MONDAY, OPENING
from tests.integration.report.test_report_command import QUEUE, SITE
from tests.unit.report.played_morning import EYES, HEART, PlayedMorning, heart


def site_with(tmp_path: Path, policy: str, *, queues: str = "AB") -> Path:
    file = tmp_path / "site.toml"
    texts = [
        QUEUE.format(id=queue, prefix=prefix)
        for queue, prefix in ((HEART, "A"), (EYES, "B"))
        if prefix in queues
    ]
    text = SITE.replace("[policy]", f"[policy]\nstandby_count = 0\n{policy}")
    file.write_text(text + "".join(texts), encoding="utf-8")
    return file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A001 comes before A002, whose appointment is earlier."""
    rules = Policy(standby_count=0)
    played = PlayedMorning(policies={HEART: rules, EYES: rules})
    played.book(HEART, 1, slot="08:30")
    played.book(HEART, 2, slot="08:00")
    played.check_in("08:01", heart(1))
    played.check_in("08:02", heart(2))
    played.at("08:10", asked.CallNext(queue=HEART), "doctor:wang")
    played.at("08:20", asked.CallNext(queue=HEART), "doctor:wang")
    with contextlib.closing(SqliteJournal(tmp_path / "journal.sqlite", None)) as journal:
        journal.open(OPENING)
        rows = [
            JournaledEntry(day_on=MONDAY, written_at=OPENING, entry=one) for one in played.entries
        ]
        journal.append(Batch(entries=rows))
    return tmp_path


def what_if(data: Path, site: Path, *, day: str = "2026-11-23") -> object:
    with pytest.raises(SystemExit) as ended:
        main(["what-if", "--data", str(data), "--site", str(site), "--day", day])
    return ended.value.code


def line_of(text: str, begin: str) -> str:
    [line] = [one for one in text.splitlines() if one.strip().startswith(begin)]
    return re.sub(r"\s+", " ", line).strip()


def test_who_would_have_been_called_when_is_told_beside_what_was(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert what_if(data, site_with(tmp_path, 'base_order = "check_in_time"')) == 0

    told = capsys.readouterr().out
    assert line_of(told, "A001") == "A001 普通 ordinary 08:01 08:20 08:10 -10.0"
    assert line_of(told, "A002") == "A002 普通 ordinary 08:02 08:10 08:20 +10.0"
    waits = "2 13.5 → 13.5 8.0 → 9.0 19.0 → 18.0 19.0 → 18.0"
    assert line_of(told, "全部 all") == f"全部 all {waits}"


def test_under_the_same_policies_nothing_changes(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert what_if(data, site_with(tmp_path, "")) == 0

    told = capsys.readouterr().out
    assert "whose call would change: 0 / 2" in told
    assert "13.5 → 13.5" in told


def test_a_day_or_a_queue_that_is_not_there_is_told_in_a_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert what_if(data, site_with(tmp_path, ""), day="2026-11-24") == 2
    assert "2026-11-23" in capsys.readouterr().err

    assert what_if(data, site_with(tmp_path, "", queues="B")) == 2
    assert "heart-1" in capsys.readouterr().err
