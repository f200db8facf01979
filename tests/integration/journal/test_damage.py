"""Whatever happens to a journal's file: what is damaged is named, and the rest is saved."""

import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from queue_server.journal.backup import back_up, rescue
from queue_server.journal.day_repair import applied, fitting
from queue_server.journal.hash_chain import Link, seal
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import LOST, check_journal
from queue_server.journal.journal_file import COLUMNS, JournalFile
from queue_server.rules.commands import AddWalkIn, CallNext, Command, Finish
from queue_server.rules.day_in_work import apply
from queue_server.rules.decide import Act, decide
from queue_server.rules.queue import open_day
from queue_server.rules.terms import DaySecond, TicketId, TicketState
from tests.integration.journal.journaled_morning import (
    MONDAY,
    OPENING,
    POLICIES,
    QUEUES,
    TUESDAY,
    change,
    flip,
    opened,
    replayed,
    rows_of,
    write_morning,
)

FLIPS = 40


def named(file: JournalFile) -> str:
    """What a check says, a line for each finding."""
    return "\n".join(map(str, check_journal(file).findings))


def rescued(file: JournalFile, to: Path) -> JournalFile:
    """What a rescue leaves: it is a sound journal."""
    made = JournalFile(path=to, key=file.key)
    rescue(file, to, OPENING)
    assert check_journal(made).is_sound
    return made


def test_a_sound_journal_is_called_sound_and_counted(file: JournalFile) -> None:
    report = check_journal(file)

    assert report.is_sound, report.findings
    assert report.counts == {
        "entries": 80,
        "facts": 80,
        "replies": 80,
        "redeemed_cards": 80,
        "openings": 1,
    }
    assert report.day_count == 2
    assert report.last.number == 321


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_flipped_byte_is_named_or_did_no_harm_and_the_rest_is_saved(
    file: JournalFile, written: JournalFile, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    flip(file.path, chance.randrange(file.path.stat().st_size), 1 << chance.randrange(8))
    before = rows_of(written)

    try:
        report = check_journal(file)
    except JournalUnusable:
        return  # the first page: it says so, and nothing can be read
    if report.is_sound:
        assert file.key is None  # a free byte of a page; an encrypted file has none
        assert rows_of(file) == before
        return
    kept = rows_of(rescued(file, tmp_path / "rescued.sqlite"))
    for table in ("facts", "replies", "redeemed_cards"):
        assert set(kept[table]) <= set(before[table])
    said = "\n".join(map(str, report.findings))
    for row in set(kept["entries"]) - set(before["entries"]):
        assert f"entries, {row[0]}, no. {row[1]}" in said
    assert sum(map(len, kept.values())) > sum(map(len, before.values())) / 2
    assert kept["openings"][-1][1].startswith("rescued from journal.sqlite: ")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("table", "column", "place"),
    [
        ("entries", "events", "entries, 2026-11-23, no. 7, row 26"),
        ("entries", "by", "entries, 2026-11-23, no. 7, row 26"),
        ("facts", "body", "facts, 2026-11-23, row 27"),
        ("replies", "payload", "replies, row 28"),
        ("redeemed_cards", "token_id", "redeemed_cards, row 29"),
    ],
)
def test_a_row_changed_by_hand_is_named_and_all_others_are_saved(
    file: JournalFile, written: JournalFile, tmp_path: Path, table: str, column: str, place: str
) -> None:
    [link] = (int(place.rpartition(" ")[2]),)
    change(file, f"UPDATE {table} SET {column} = 'nobody' WHERE link = ?", link)

    finding = named(file).splitlines()[0]

    assert finding == f"{place}: was changed after it was written / 写入后内容被改动"
    before, kept = rows_of(written), rows_of(rescued(file, tmp_path / "rescued.sqlite"))
    lost = {other: set(before[other]) - set(kept[other]) for other in COLUMNS}
    assert len(lost.pop(table)) >= 1
    assert not any(lost.values())


@pytest.mark.parametrize("number", [1, 7, 22, 23, 40, 41])
def test_a_lost_entry_leaves_an_empty_one_and_the_day_goes_on(
    file: JournalFile, tmp_path: Path, number: int
) -> None:
    with opened(file) as journal:
        before = replayed(journal)
    change(file, "DELETE FROM entries WHERE day_on = ? AND number = ?", str(MONDAY), number)

    assert f"entries, 2026-11-23, no. {number}: is missing / 缺失" in named(file)
    with opened(file) as journal, pytest.raises(JournalUnusable) as told:
        replayed(journal)
    assert f"entry {number} of 2026-11-23 is missing: keep the file" in str(told.value)

    with opened(rescued(file, tmp_path / "rescued.sqlite")) as journal:
        entries = [written.entry for written in journal.entries(MONDAY)]
        after = replayed(journal)
        assert replayed(journal, TUESDAY).entry_count == 20
    assert (entries[number - 1].do, entries[number - 1].by) == (LOST, "verify")
    assert entries[number - 1].events == ()
    # The doctor goes on calling: one lost entry drags no other with it.
    assert [entry.number for entry in entries if entry.do == LOST] == [number]
    assert after.entry_count == 60
    for queue, stands in after.queues.items():
        assert stands.in_room == before.queues[queue].in_room
        # Who came in with the lost entry is lost with it; everybody else stands there.
        assert len(set(before.queues[queue].order) - set(stands.order)) <= 1
        # Nobody who has been with the doctor waits again.
        assert set(stands.order) <= set(before.queues[queue].order)


def test_a_lost_end_of_a_consultation_does_not_block_the_room() -> None:
    queue = QUEUES[0]
    day, entries = open_day(QUEUES), []
    commands: list[Command] = [
        AddWalkIn(queue=queue, prefix="A"),
        AddWalkIn(queue=queue, prefix="A"),
    ]
    commands += [CallNext(queue=queue), Finish(queue=queue, ticket=TicketId(f"{queue}:A001"))]
    for command in [*commands, CallNext(queue=queue)]:
        act = Act(command=command, at_s=DaySecond(8 * 3600), by="doctor:li")
        entries.append(decide(day, act, POLICIES))
        day = apply(day, entries[-1])
    left = open_day(QUEUES)
    for entry in [*entries[:3], replace(entries[3], events=())]:
        left = apply(left, entry)
    assert applied(left, entries[4]) is None

    left = apply(left, fitting(left, entries[4]))

    assert left.queues[queue].in_room == day.queues[queue].in_room
    assert left.queues[queue].tickets[TicketId(f"{queue}:A001")].state is TicketState.DONE


def test_a_row_that_was_never_written_by_a_server_is_named(file: JournalFile) -> None:
    change(
        file, "INSERT INTO redeemed_cards VALUES (?, ?, ?)", 10_000, "card-of-somebody", b"0" * 32
    )

    assert "rows 322 to 9999: can't be read or are gone" in named(file)


def test_a_row_sealed_without_the_key_is_named(file: JournalFile) -> None:
    last = check_journal(file).last
    forged = seal(b"no key at all", last, "redeemed_cards", ("forged",))
    change(
        file, "INSERT INTO redeemed_cards VALUES (?, ?, ?)", forged.number, "forged", forged.digest
    )

    assert named(file).startswith("redeemed_cards, row 322: was changed after it was written")


def test_rows_that_are_gone_from_the_end_are_named(file: JournalFile) -> None:
    change(file, "DELETE FROM redeemed_cards WHERE link = 321")

    assert named(file) == "row 321: can't be read or are gone / 读不出或已缺失"


def test_a_lost_tail_is_written_into_the_journal_when_a_server_opens_it(file: JournalFile) -> None:
    change(file, "DELETE FROM redeemed_cards WHERE link = 321")

    with opened(file):
        pass

    assert rows_of(file)["openings"][-1][1] == "rows 321 to 321 are lost"
    assert check_journal(file).is_sound


def test_a_journal_copied_without_its_log_is_named_as_cut_off(
    file: JournalFile, tmp_path: Path
) -> None:
    data = tmp_path / "copied"
    data.mkdir()
    with opened(file):
        write_nothing_more = file.path.with_suffix(".head").read_bytes()
        (data / file.path.name).write_bytes(file.path.read_bytes())
    (data / "journal.head").write_bytes(write_nothing_more)

    copied = JournalFile(path=data / file.path.name, key=file.key)

    assert named(copied) == "row 322: can't be read or are gone / 读不出或已缺失"


def test_a_damaged_note_of_the_last_row_is_named_and_written_anew(file: JournalFile) -> None:
    file.path.with_suffix(".head").write_bytes(b"\xff\xfe no number " * 20)

    assert named(file) == "journal.head: is damaged / 该文件已损坏"
    with opened(file):
        pass
    assert check_journal(file).is_sound


def test_a_last_row_that_is_another_than_the_one_noted_is_named(file: JournalFile) -> None:
    head = file.head
    head.open()
    head.note(Link(321, b"1" * 32))
    head.close()

    assert named(file) == "row 321: is not the one noted last / 与最后写入的记录不符"


@pytest.mark.parametrize("left", [0.95, 0.6, 0.2])
def test_a_file_that_is_cut_off_is_named_and_what_is_left_is_saved(
    file: JournalFile, written: JournalFile, tmp_path: Path, left: float
) -> None:
    content = file.path.read_bytes()
    file.path.write_bytes(content[: int(len(content) * left)])

    assert "SQLite: " in named(file)
    before, kept = rows_of(written), rows_of(rescued(file, tmp_path / "rescued.sqlite"))
    assert set(kept["replies"]) <= set(before["replies"])
    assert kept["openings"][-1][1].startswith("rescued from ")  # type: ignore[attr-defined]


def test_a_table_that_is_gone_is_named(file: JournalFile) -> None:
    write_nothing = file.connect("rw")
    write_nothing.execute("DROP TABLE facts")
    write_nothing.close()

    assert "facts: the table is missing / 数据表缺失" in named(file)


def test_a_rescue_never_overwrites(file: JournalFile, tmp_path: Path) -> None:
    there = tmp_path / "there.sqlite"
    there.write_text("precious")

    with pytest.raises(JournalUnusable, match="is there already and was not touched"):
        rescue(file, there, OPENING)

    assert there.read_text() == "precious"
    assert list(tmp_path.glob("*.part")) == []


def test_a_journal_without_a_row_is_sound(tmp_path: Path) -> None:
    empty = JournalFile(path=tmp_path / "journal.sqlite")
    write_morning(empty)

    assert check_journal(empty).is_sound


@pytest.mark.parametrize("number", [0, 2, 99])
def test_a_journal_of_another_format_is_refused_and_stays_as_it_is(
    file: JournalFile, number: int
) -> None:
    connection = file.connect("rw")
    connection.execute(f"PRAGMA user_version = {number}")
    connection.close()
    before = file.path.read_bytes()

    with pytest.raises(JournalUnusable, match=f"has format {number}, this program knows 1"):
        check_journal(file)
    with pytest.raises(JournalUnusable, match="use the version that wrote it"), opened(file):
        pass
    assert file.path.read_bytes() == before


@pytest.mark.parametrize("link", [2**63 - 1, 2**62 + 1])
def test_a_row_with_a_number_that_no_journal_reaches_is_named_and_the_rest_is_saved(
    file: JournalFile, tmp_path: Path, link: int
) -> None:
    change(file, "UPDATE redeemed_cards SET link = ? WHERE link = 9", link)

    assert "redeemed_cards: 80 rows, 79 of them in the chain" in named(file)
    assert len(rows_of(rescued(file, tmp_path / "rescued.sqlite"))["entries"]) == 80
    with pytest.raises(JournalUnusable, match="its last row is damaged"), opened(file):
        pass


def test_a_last_row_without_its_digest_is_told_when_a_server_opens_the_journal(
    file: JournalFile,
) -> None:
    change(file, "UPDATE redeemed_cards SET digest = 7 WHERE link = 321")

    with pytest.raises(JournalUnusable, match="its last row is damaged"), opened(file):
        pass


def test_damage_whose_name_is_no_text_is_told(tmp_path: Path) -> None:
    file = JournalFile(path=tmp_path / "journal.sqlite")
    write_morning(file, (MONDAY, 5))
    content = file.path.read_bytes()
    file.path.write_bytes(content.replace(b"CREATE TABLE entries", b"CR\x80ATE TABLE entries"))

    assert "SQLite: " in named(file)
    with pytest.raises(JournalUnusable, match="is no journal or is damaged: keep the file"):
        back_up(file, tmp_path / "backup.sqlite")
