"""The outbox on a real disk: what is in it was promised to a patient."""

import logging
import stat
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from kiosk.offline.outbox import CardSeen, OfflineCheckIn, Outbox, OutboxUnusable, ReadCard
from queue_server.contract.device_messages import OfflineRules

NOW = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)
DAY = date(2026, 11, 23)
RULES = OfflineRules(published_at=NOW, may_check_in=True, card_keys=[], day_rolls_over_s=14400)
_ids = count(1)


def card(token_id: str, expires_at: datetime = NOW + timedelta(seconds=65)) -> ReadCard:
    return ReadCard(text=f"card.{token_id}", token_id=token_id, expires_at=expires_at)


def add(
    outbox: Outbox, token_id: str, *, now: datetime = NOW, day_on: date = DAY
) -> OfflineCheckIn:
    return outbox.add(
        card(token_id, now + timedelta(seconds=65)),
        now=now,
        day_on=day_on,
        request_id=f"id-{next(_ids)}",
        number_prefix="K01",
    )


def opened(path: Path) -> Outbox:
    outbox = Outbox(path)
    outbox.open(NOW)
    return outbox


def all_of(outbox: Outbox) -> list[OfflineCheckIn]:
    """Take out everything, in the order in which it would be handed over."""
    found = []
    while (oldest := outbox.oldest()) is not None:
        found.append(oldest)
        outbox.forget(oldest.request_id)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kiosk" / "outbox.sqlite"


def test_what_was_added_is_there_after_a_power_cut(path: Path) -> None:
    outbox = opened(path)
    added = add(outbox, "token-1")
    files = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    outbox.close()
    for name, content in files.items():
        (path.parent / name).write_bytes(content)

    again = opened(path)

    assert (added.number, added.slip_code) == ("K01-001", f"hk:offline:{added.request_id}")
    assert again.oldest() == added
    again.close()


def test_only_its_owner_reads_it(path: Path) -> None:
    outbox = opened(path)
    add(outbox, "token-1")

    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    outbox.close()

    assert modes == {0o600}


def test_it_is_handed_over_in_order_of_time_whatever_the_clock_did(path: Path) -> None:
    outbox = opened(path)
    beijing = datetime.fromisoformat("2026-11-23T08:04:00+08:00")
    for token_id, now in (
        ("late", NOW + timedelta(minutes=3)),
        ("early", beijing),
        ("middle", NOW),
        ("same", NOW),
    ):
        add(outbox, token_id, now=now)

    assert [one.card for one in all_of(outbox)] == [
        "card.early",
        "card.middle",
        "card.same",
        "card.late",
    ]
    outbox.close()


def test_a_card_is_taken_once_also_after_a_restart_and_after_it_was_handed_over(
    path: Path,
) -> None:
    outbox = opened(path)
    added = add(outbox, "token-1")
    outbox.forget(added.request_id)
    outbox.close()
    again = opened(path)

    with pytest.raises(CardSeen):
        add(again, "token-1", now=NOW + timedelta(seconds=30))
    assert again.oldest() is None
    again.close()


def test_codes_that_have_expired_are_not_kept(path: Path) -> None:
    outbox = opened(path)
    add(outbox, "token-1")
    add(outbox, "token-2", now=NOW + timedelta(minutes=5))

    seen = outbox._opened().execute("SELECT token_id FROM seen_cards").fetchall()
    outbox.close()

    assert seen == [("token-2",)]


def test_numbers_count_on_over_a_restart_and_begin_anew_with_the_clinic_day(path: Path) -> None:
    outbox = opened(path)
    numbers = [add(outbox, "token-1").number]
    all_of(outbox)
    outbox.close()
    again = opened(path)
    numbers.append(add(again, "token-2").number)
    numbers.append(add(again, "token-3", day_on=DAY + timedelta(days=1)).number)
    again.close()

    assert numbers == ["K01-001", "K01-002", "K01-001"]


def test_what_the_server_allows_is_known_without_it(path: Path) -> None:
    outbox = opened(path)
    assert outbox.rules() is None
    outbox.keep_rules(RULES)
    outbox.close()
    again = opened(path)

    assert again.rules() == RULES
    again.close()


def test_what_can_t_be_handed_over_stays_in_the_file_and_holds_nobody_up(path: Path) -> None:
    outbox = opened(path)
    strange = add(outbox, "token-1")
    fine = add(outbox, "token-2")

    outbox.put_aside(strange.request_id, "BAD_REQUEST")

    assert [one.request_id for one in all_of(outbox)] == [fine.request_id]
    kept = outbox._opened().execute("SELECT request_id, refused FROM check_ins").fetchall()
    assert kept == [(strange.request_id, "BAD_REQUEST")]
    outbox.close()


def fill(outbox: Outbox) -> None:
    for number in range(500):
        add(outbox, f"filling-{number}")


def test_on_a_full_disk_nothing_is_promised_and_nothing_is_lost(path: Path) -> None:
    outbox = opened(path)
    first = add(outbox, "token-1")
    database = outbox._opened()
    pages = database.execute("PRAGMA page_count").fetchone()[0]
    database.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(OutboxUnusable):
        fill(outbox)
    database.execute("PRAGMA max_page_count = 100000")
    afterwards = add(outbox, "token-2")

    kept = all_of(outbox)
    assert kept[0] == first
    assert afterwards in kept
    numbers = sorted(one.number for one in kept)
    assert numbers == [f"K01-{number:03d}" for number in range(1, len(kept) + 1)]
    outbox.close()


@pytest.mark.parametrize("damage", [b"this is no database", b"\0" * 9000])
def test_a_damaged_file_is_put_aside_and_told_and_the_kiosk_goes_on(
    path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)

    with caplog.at_level(logging.ERROR):
        outbox = opened(path)
    add(outbox, "token-1")
    outbox.close()

    [aside] = [file for file in path.parent.iterdir() if ".damaged-" in file.name]
    assert aside.read_bytes() == damage
    assert aside.name in caplog.text
    assert "tell the nurses" in caplog.text


def test_a_page_that_is_damaged_is_noticed_at_the_start(path: Path) -> None:
    outbox = opened(path)
    for number in range(200):
        add(outbox, f"token-{number}")
    outbox.close()
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(bytes(content))

    again = opened(path)

    assert again.oldest() is None
    assert [file for file in path.parent.iterdir() if ".damaged-" in file.name]
    again.close()


def test_a_folder_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(OutboxUnusable):
        opened(tmp_path / "file" / "outbox.sqlite")
    with pytest.raises(OutboxUnusable):
        Outbox(tmp_path / "never opened").oldest()
