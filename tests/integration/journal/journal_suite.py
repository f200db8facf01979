"""What every implementation of the port `Journal` must do; each inherits this class."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

import pytest

from queue_server.journal.journal import (
    Batch,
    Journal,
    JournaledEntry,
    JournaledFact,
    JournalUnusable,
    StoredReply,
)
from queue_server.rules.events import Entry, StoodBy
from queue_server.rules.terms import DaySecond, QueueId, RequestId, TicketId

BEIJING = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


class OpenJournal(Journal, Protocol):
    """A journal that a test opens again."""

    def close(self) -> None:
        """Let another one have it."""


Reopen = Callable[[], OpenJournal]


def entry(number: int, day: date = MONDAY) -> JournaledEntry:
    stood_by = StoodBy(queue=QueueId("q-1"), ticket=TicketId(f"q-1:A{number:03d}"))
    return JournaledEntry(
        day_on=day,
        written_at=NOON + timedelta(seconds=number),
        entry=Entry(
            number=number, at_s=DaySecond(43_200), by="护士:李", do="call_next", events=(stood_by,)
        ),
    )


def fact(name: str, day: date = MONDAY) -> JournaledFact:
    body: dict[str, object] = {"text": "停水", "count": 3, "list": [1, "a", None]}
    return JournaledFact(day_on=day, written_at=NOON, by="nurse:li", name=name, body=body)


def reply(request_id: str, payload: bytes = b'{"a":"\xe5\xbc\xa0"}') -> StoredReply:
    return StoredReply(request_id=RequestId(request_id), replied_at=NOON, payload=payload)


class JournalSuite:
    """`journal` is open and empty; `reopen` closes it and opens it anew."""

    def test_what_is_appended_is_read_again_by_day_and_in_order(self, journal: OpenJournal) -> None:
        journal.append(Batch(entries=[entry(1), entry(2)], facts=[fact("one")]))
        journal.append(Batch(entries=[entry(1, TUESDAY), entry(3)], facts=[fact("two")]))

        assert list(journal.entries(MONDAY)) == [entry(1), entry(2), entry(3)]
        assert list(journal.entries(TUESDAY)) == [entry(1, TUESDAY)]
        assert list(journal.facts(MONDAY)) == [fact("one"), fact("two")]
        assert list(journal.facts(TUESDAY)) == []
        assert list(journal.days()) == [TUESDAY, MONDAY]

    def test_its_days_are_told_the_latest_first_whether_entries_or_facts_are_of_them(
        self, journal: OpenJournal
    ) -> None:
        assert list(journal.days()) == []
        first, second, fourth = (MONDAY + timedelta(days=count) for count in (0, 1, 3))

        journal.append(Batch(entries=[entry(1, second), entry(2, second)]))
        journal.append(Batch(facts=[fact("one", fourth), fact("two", first)]))

        assert list(journal.days()) == [fourth, second, first]

    def test_replies_and_redeemed_cards_are_known_after_a_restart(
        self, journal: OpenJournal, reopen: Reopen
    ) -> None:
        assert journal.reply_to(RequestId("r-1")) is None
        assert not journal.card_is_redeemed("token-1")
        journal.append(Batch(replies=[reply("r-1")], redeemed_cards=["token-1"]))

        for known in (journal, reopen()):
            assert known.reply_to(RequestId("r-1")) == reply("r-1").payload
            assert known.reply_to(RequestId("r-2")) is None
            assert known.card_is_redeemed("token-1")
            assert not known.card_is_redeemed("token-2")

    @pytest.mark.parametrize(
        "second",
        [
            Batch(entries=[entry(2), entry(1)]),
            Batch(entries=[entry(2)], facts=[fact("two")], replies=[reply("r-2"), reply("r-1")]),
            Batch(entries=[entry(2)], replies=[reply("r-2")], redeemed_cards=["t-2", "t-1"]),
        ],
        ids=["entry", "reply", "card"],
    )
    def test_a_batch_is_written_whole_or_not_at_all(
        self, journal: OpenJournal, reopen: Reopen, second: Batch
    ) -> None:
        journal.append(
            Batch(
                entries=[entry(1)],
                facts=[fact("one")],
                replies=[reply("r-1")],
                redeemed_cards=["t-1"],
            )
        )

        with pytest.raises(JournalUnusable):
            journal.append(second)

        for left in (journal, reopen()):
            assert list(left.entries(MONDAY)) == [entry(1)]
            assert list(left.facts(MONDAY)) == [fact("one")]
            assert left.reply_to(RequestId("r-2")) is None
            assert not left.card_is_redeemed("t-2")

    def test_after_a_refused_batch_the_next_one_is_written(self, journal: OpenJournal) -> None:
        journal.append(Batch(entries=[entry(1)]))
        with pytest.raises(JournalUnusable):
            journal.append(Batch(entries=[entry(1)]))

        journal.append(Batch(entries=[entry(2)]))

        assert list(journal.entries(MONDAY)) == [entry(1), entry(2)]

    def test_any_thread_may_read_while_one_writes(self, journal: OpenJournal) -> None:
        journal.append(Batch(entries=[entry(1)]))

        def read(_: int) -> int:
            return len(list(journal.entries(MONDAY)))

        with ThreadPoolExecutor(4) as readers:
            counts = readers.map(read, range(40))
            for number in range(2, 42):
                journal.append(Batch(entries=[entry(number)]))
            seen = list(counts)

        assert all(1 <= count <= 41 for count in seen)
        assert read(0) == 41

    def test_an_instant_keeps_its_offset(self, journal: OpenJournal, reopen: Reopen) -> None:
        journal.append(Batch(entries=[entry(1)]))

        [read] = reopen().entries(MONDAY)

        assert read.written_at.isoformat() == "2026-11-23T12:00:01+08:00"
