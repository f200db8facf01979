"""A display on a real broker: what is retained, what is lost, what is spoken."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.voice.player import duration_s
from hardware.voice.synthesiser import check
from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules.terms import SiteId, TicketState
from tests.integration.display.conftest import displaying, fresh_call, serving
from tests.unit.display.samples import board, full_room, notices, room, ticket

pytestmark = pytest.mark.broker


async def test_a_display_that_starts_later_is_right_at_once(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    async with serving(broker, site) as server:
        await server.board(board([full_room(0), full_room(1)]))
        await server.notices(notices(("请戴口罩", "Please wear a mask")))

        async with displaying(broker, site, tmp_path) as display:
            view = await display.shows(lambda view: view.rows and view.header.line_mark.zh == "")

    assert [row.in_room.number for row in view.rows] == ["A012", "B013"]


async def test_a_retained_board_of_a_server_that_is_gone_is_shown_and_marked(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    async with serving(broker, site) as server:
        await server.board(board([full_room(0)]))
        await server.status(is_up=False)

    async with displaying(broker, site, tmp_path) as display:
        view = await display.shows(lambda view: view.rows)

    assert "Shown as of" in view.header.line_mark.en


async def test_a_burst_of_twenty_calls_is_spoken_whole_and_in_order(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    calls = [fresh_call(sequence) for sequence in range(1, 21)]
    async with (
        serving(broker, site) as server,
        displaying(broker, site, tmp_path) as display,
    ):
        await display.shows(lambda view: view.header.line_mark.zh == "")
        for one in calls:
            await server.call(one)
        for one in calls[:3]:
            await server.call(one)
        await server.board(board([room(0)], last_calls=calls[-8:]))
        heard = await server.has_heard(20)

    assert [one.sequence for one in heard] == list(range(1, 21))
    assert all(one.was_spoken for one in heard)
    first_rounds = list(dict.fromkeys(display.spoken()))
    assert first_rounds == [f"{one.sequence}-{one.number}" for one in calls]
    assert max(map(display.spoken().count, first_rounds)) == 2
    announcement = next(display.sounds.glob("0001-*.wav"))
    check(announcement)
    assert 6 < duration_s([announcement]) < 16


async def test_stale_calls_are_shown_on_no_screen_and_spoken_by_nobody(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=10)
    stale = [
        fresh_call(one, called_at=long_ago, fresh_until=long_ago + timedelta(minutes=2))
        for one in (1, 2)
    ]
    async with (
        serving(broker, site) as server,
        displaying(broker, site, tmp_path) as display,
    ):
        await display.shows(lambda view: view.header.line_mark.zh == "")
        await server.call(stale[0])
        await server.board(board([room(0)], last_calls=stale))
        await server.call(fresh_call(3))
        heard = await server.has_heard(2)

    assert [(one.sequence, one.was_spoken, one.why_not) for one in heard] == [
        (1, False, "stale"),
        (3, True, ""),
    ]
    assert set(display.spoken()) == {"3-A003"}


async def test_calls_made_while_the_display_was_away_are_found_on_the_board(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    missed = [fresh_call(sequence) for sequence in (4, 5)]
    called = [
        room(
            int(one.room[-1]) - 1,
            in_room=ticket(one.number, one.masked_name, state=TicketState.CALLED),
        )
        for one in missed
    ]
    async with serving(broker, site) as server:
        await server.board(board(called, last_calls=missed, published_at=datetime.now(UTC)))
        async with displaying(broker, site, tmp_path) as display:
            heard = await server.has_heard(2)

    assert [one.sequence for one in heard] == [4, 5]
    assert display.spoken() == ["4-A004", "4-A004", "5-A005", "5-A005"]


async def test_a_server_that_dies_leaves_a_mark_and_its_return_clears_it(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        async with serving(broker, site) as server:
            await server.board(board([full_room(0)]))
            display = await stack.enter_async_context(displaying(broker, site, tmp_path))
            await display.shows(lambda view: view.rows and view.header.line_mark.zh == "")
            server.tear()
            view = await display.shows(lambda view: view.header.line_mark.zh)
        assert view.rows[0].in_room.number == "A012"

        async with serving(broker, site):
            await display.shows(lambda view: view.header.line_mark.zh == "")


async def test_an_unreadable_message_disturbs_nothing(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    async with (
        serving(broker, site) as server,
        displaying(broker, site, tmp_path) as display,
    ):
        await display.shows(lambda view: view.header.line_mark.zh == "")
        topic = f"hk/v1/{site}/board/area/area-a"
        await server._client.publish(topic, b'{"revision": "no number"}', qos=1)
        await server.board(board([full_room(0)]))
        await display.shows(lambda view: view.rows)
