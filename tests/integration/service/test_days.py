"""One clinic day after the other: the rollover, a night clinic, days of the past."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from queue_server.contract import topics
from queue_server.contract.boards import Notice
from queue_server.contract.messages import CheckIn, Identified, Identify
from queue_server.rules import commands as asked
from queue_server.rules.terms import AreaId, QueueId, RefusalCode, TicketId, TicketState
from queue_server.service.facts import NoticesSet
from tests.integration.service.known_hospital import (
    BEIJING,
    MONDAY,
    ON_TIME,
    SECOND,
    id_number,
    write_known_hospital,
)
from tests.integration.service.served_site import (
    WAIT_S,
    Device,
    Listener,
    ServedSite,
    wait_until_now,
)

AREA = AreaId("area-a")
CARDIOLOGY = QueueId("cardiology-1")
FIRST = TicketId("cardiology-1:A001")
TUESDAY = MONDAY + timedelta(days=1)
JUST_BEFORE = datetime(2026, 11, 24, 3, 59, 59, tzinfo=BEIJING)
ROLLOVER = datetime(2026, 11, 24, 4, 0, 0, tzinfo=BEIJING)
TUESDAY_AT_NINE = datetime(2026, 11, 24, 8, 45, tzinfo=BEIJING)


def test_until_the_hour_of_the_rollover_a_night_clinic_goes_on(
    kiosk: Device, served: ServedSite
) -> None:
    served.clock.now = JUST_BEFORE

    entry = served.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))

    assert served.service.now.day_on == MONDAY
    assert entry.at_s == 86_400 + 4 * 3600 - 1


def test_at_the_rollover_the_next_day_begins_with_its_own_tickets_and_boards(
    kiosk: Device, served: ServedSite, listen: Callable[..., Listener]
) -> None:
    board, notice = topics.area_board(served.site, AREA), topics.notice(served.site, AREA)
    screen = listen(served, board, notice)
    kiosk.check_in(ON_TIME)
    served.act(asked.CallNext(queue=CARDIOLOGY))
    told = Notice(text_zh="停水", text_en="No water")
    served.service.note(NoticesSet(area=AREA, notices=(told,)), by="nurse:li").result(WAIT_S)

    served.clock.now = ROLLOVER
    shown = screen.wait_for(board, lambda one: one["day_on"] == "2026-11-24")

    assert served.service.now.day_on == TUESDAY
    assert shown["last_calls"] == []
    assert all(room["in_room"] is None for room in shown["rooms"])
    assert list(served.service.now.day.queues[QueueId("cardiology-2")].tickets) == [
        "cardiology-2:B001"
    ]
    assert not served.service.now.day.queues[CARDIOLOGY].tickets
    screen.wait_until(lambda _: screen.texts(notice)[-1]["notices"] == [])
    assert served.service.now.help_calls == ()


def test_on_the_next_day_yesterdays_visitor_checks_in_for_today(
    kiosk: Device, served: ServedSite
) -> None:
    kiosk.check_in(ON_TIME)
    served.clock.now = TUESDAY_AT_NINE
    wait_until_now(served.service, lambda service: service.now.day_on == TUESDAY)

    done = kiosk.check_in(ON_TIME)

    assert (done.visit.number, done.visit.day_on) == ("B001", "2026-11-24")


def test_a_slip_and_a_session_of_yesterday_are_worth_nothing_today(
    kiosk: Device, served: ServedSite
) -> None:
    check_in = kiosk.check_in_request(SECOND)
    served.clock.now = ROLLOVER
    wait_until_now(served.service, lambda service: service.now.day_on == TUESDAY)

    assert kiosk.code_of(check_in) is RefusalCode.SESSION_ENDED
    again = kiosk.ask(Identify(id_number=id_number(SECOND)))
    assert isinstance(again, Identified)
    of_yesterday = CheckIn(session_id=again.session_id, ticket_id=check_in.ticket_id)
    assert kiosk.code_of(of_yesterday) is RefusalCode.UNKNOWN_TICKET


def test_a_day_of_the_past_is_told_as_it_was(kiosk: Device, served: ServedSite) -> None:
    kiosk.check_in(ON_TIME)
    served.act(asked.CallNext(queue=CARDIOLOGY))
    monday = served.service.now
    served.clock.now = ROLLOVER
    wait_until_now(served.service, lambda service: service.now.day_on == TUESDAY)

    past = served.service.past_day(MONDAY)

    assert past.day == monday.day
    assert past.calls == monday.calls
    assert past.day.queues[CARDIOLOGY].tickets[FIRST].state is TicketState.CALLED
    about_the_first = [one.entry.do for one in served.service.entries(MONDAY, FIRST)]
    assert about_the_first == ["issue", "check_in", "call_next"]
    assert served.journal.days() == [TUESDAY, MONDAY]
    assert all(one.day_on == TUESDAY for one in served.service.entries())


def test_a_restart_before_the_rollover_opens_yesterday_again(
    kiosk: Device, served: ServedSite
) -> None:
    kiosk.check_in(ON_TIME)
    day = served.service.now.day
    served.clock.now = JUST_BEFORE

    served.restart()

    assert served.service.now.day_on == MONDAY
    assert served.service.now.day == day


def test_a_day_whose_records_fail_begins_when_they_are_back(
    waiting_site: ServedSite, tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "records.db"
    write_known_hospital(waiting_site.records_file)
    waiting_site.start()
    aside = waiting_site.records_file.rename(tmp_path / "aside.db")
    waiting_site.clock.now = ROLLOVER
    # The old day is still served meanwhile.
    waiting_site.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    assert waiting_site.service.now.day_on == MONDAY

    aside.rename(waiting_site.records_file)

    wait_until_now(waiting_site.service, lambda service: service.now.day_on == TUESDAY)
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_a_day_with_damaged_records_begins_when_they_are_repaired(
    waiting_site: ServedSite, tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "records.db"
    write_known_hospital(waiting_site.records_file)
    waiting_site.start()
    with closing(sqlite3.connect(waiting_site.records_file, isolation_level=None)) as records:
        records.execute("UPDATE appointment SET kind = 'nonsense'")
    waiting_site.clock.now = ROLLOVER
    waiting_site.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    assert waiting_site.service.now.day_on == MONDAY

    write_known_hospital(waiting_site.records_file)

    wait_until_now(waiting_site.service, lambda service: service.now.day_on == TUESDAY)
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_names_are_shown_once_the_records_are_back(
    waiting_site: ServedSite, tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    board = topics.area_board(waiting_site.site, AREA)
    waiting_site.records_file = tmp_path / "records.db"
    write_known_hospital(waiting_site.records_file)
    waiting_site.start()
    waiting_site.act(asked.CheckIn(queue=CARDIOLOGY, ticket=FIRST))
    waiting_site.stop()
    aside = waiting_site.records_file.rename(tmp_path / "aside.db")
    waiting_site.start()
    screen = listen(waiting_site, board)
    screen.wait_for(
        board, lambda told: [one["number"] for one in told["rooms"][0]["standby"]] == ["A001"]
    )

    aside.rename(waiting_site.records_file)

    screen.wait_for(
        board, lambda told: [one["masked_name"] for one in told["rooms"][0]["standby"]] == ["张*三"]
    )
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_the_replayed_day_is_equal_whatever_happened(
    kiosk: Device, served: ServedSite, tmp_path: Path
) -> None:
    kiosk.check_in(ON_TIME)
    kiosk.check_in(SECOND)
    for command in (
        asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"),
        asked.CallNext(queue=CARDIOLOGY),
        asked.Recall(queue=CARDIOLOGY, ticket=FIRST),
        asked.Miss(queue=CARDIOLOGY, ticket=FIRST),
        asked.Undo(queue=CARDIOLOGY),
        asked.SendForResults(queue=CARDIOLOGY, ticket=FIRST),
        asked.Pause(queue=CARDIOLOGY),
        asked.Transfer(
            queue=CARDIOLOGY,
            ticket=TicketId("cardiology-1:A002"),
            to_queue=QueueId("cardiology-2"),
        ),
    ):
        served.clock.advance(7)
        served.act(command)
    notice = Notice(text_zh="停水", text_en="No water")
    served.service.note(NoticesSet(area=AREA, notices=(notice,)), by="nurse:li").result(WAIT_S)
    before = served.service.now

    served.restart()

    after = served.service.now
    assert after.day == before.day
    assert (after.calls, after.sessions) == (before.calls, before.sessions)
    assert (after.notices, after.help_calls) == (before.notices, before.help_calls)
    assert after.change_count == before.change_count
    assert replace(after, devices={}) == replace(before, devices={})
    with sqlite3.connect(served.folder / "journal.db") as journal:
        assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    journal.close()
