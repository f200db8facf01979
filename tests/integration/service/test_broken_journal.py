"""When the disk fails the service stops: nothing is answered that is not written."""

import sqlite3
from collections.abc import Callable

import pytest

from queue_server.contract import topics
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules.terms import AreaId, QueueId
from queue_server.service.now import open_now
from queue_server.service.replay import replayed
from tests.integration.service.known_hospital import MONDAY, ON_TIME, SECOND
from tests.integration.service.served_site import WAIT_S, Device, Listener, ServedSite, setup_of


@pytest.fixture
def breaking(waiting_site: ServedSite) -> Callable[[], None]:
    """Makes the next commit fail, as a full disk does: late, after its first rows."""

    def fill_the_disk() -> None:
        other = sqlite3.connect(waiting_site.folder / "journal.db")
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON replies"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        other.close()

    return fill_the_disk


def test_a_check_in_that_can_not_be_written_is_not_answered(
    waiting_site: ServedSite,
    device_of: Callable[..., Device],
    listen: Callable[..., Listener],
    breaking: Callable[[], None],
) -> None:
    waiting_site.start()
    kiosk = device_of(waiting_site)
    screen = listen(waiting_site, topics.area_board(waiting_site.site, AreaId("area-a")))
    kiosk.check_in(ON_TIME)
    check_in = kiosk.request(kiosk.check_in_request(SECOND))
    before = waiting_site.service.now
    breaking()

    kiosk.post(check_in)
    error = waiting_site.fatal.get(timeout=WAIT_S)

    assert isinstance(error, JournalUnusable)
    assert "make space" in str(error)
    assert "磁盘已满" in str(error)
    kiosk.send_to(kiosk.reply_topic, b'{"request_id": "mark"}')
    kiosk.wait_until(lambda heard: b"mark" in heard[-1].payload)
    assert all(check_in.request_id.encode() not in one.payload for one in kiosk.heard)
    assert waiting_site.service.now is before
    assert all(b"A002" not in one.payload for one in screen.heard)


def test_after_a_broken_disk_a_restart_carries_the_request_out_once(
    waiting_site: ServedSite,
    device_of: Callable[..., Device],
    breaking: Callable[[], None],
) -> None:
    waiting_site.start()
    kiosk = device_of(waiting_site)
    check_in = kiosk.request(kiosk.check_in_request(ON_TIME))
    breaking()
    kiosk.post(check_in)
    waiting_site.fatal.get(timeout=WAIT_S)
    waiting_site.stop()
    with sqlite3.connect(waiting_site.folder / "journal.db") as repaired:
        repaired.execute("DROP TRIGGER full")
    repaired.close()

    waiting_site.start()
    payload = kiosk.ask_payload(check_in)

    assert b'"checked_in"' in payload
    queue = waiting_site.service.now.day.queues[QueueId("cardiology-1")]
    assert queue.order == ("cardiology-1:A001",)
    waiting_site.stop()
    assert waiting_site.fatal.empty()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET events = '[]' WHERE number = 1",
        "UPDATE facts SET name = 'Nothing'",
        "UPDATE facts SET body = '{}'",
    ],
    ids=["a ticket that was never issued", "an unknown fact", "a fact without its parts"],
)
def test_a_journal_that_says_what_can_not_have_happened_is_told_at_the_start(
    waiting_site: ServedSite, device_of: Callable[..., Device], damage: str
) -> None:
    waiting_site.start()
    device_of(waiting_site).check_in(ON_TIME)
    waiting_site.stop()
    with sqlite3.connect(waiting_site.folder / "journal.db") as changed:
        changed.execute(damage)
    changed.close()

    journal = SqliteJournal(waiting_site.folder / "journal.db")
    journal.open(waiting_site.clock())
    setup = setup_of(waiting_site.site)
    with pytest.raises(JournalUnusable, match="does not fit what was before it"):
        replayed(setup, journal, open_now(setup, MONDAY, {}))
    journal.close()
