"""A device's line: asks until it is answered, follows what is retained, comes back by itself."""

import asyncio
from datetime import timedelta

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.line import RETRY_AFTER_S, Address, Line, NoAnswer
from queue_server.client.obeying import obey
from queue_server.contract import topics
from queue_server.contract.boards import Notices
from queue_server.contract.codec import BadPayload, encode
from queue_server.contract.device_messages import Command, DeviceStatus
from queue_server.contract.messages import (
    CLOCK_SKEW_S,
    FindPlace,
    HelpCalled,
    Refused,
    Reply,
    ReplyBody,
    Request,
)
from queue_server.rules.terms import AreaId, DeviceAct, DeviceId, RefusalCode, SiteId
from tests.integration.client.answering_server import AnsweringServer
from tests.integration.client.lines import (
    HELP,
    KIOSK,
    NOON,
    WAIT_S,
    Watch,
    connected,
    in_thread,
    make_line,
    running,
)


async def test_an_ask_is_answered(broker: BrokerProcess, site: SiteId) -> None:
    with AnsweringServer(broker, site) as server:
        async with connected(make_line(broker, site)) as line:
            assert await line.ask(HELP) == HelpCalled()

    [request] = server.requests
    assert request.body == HELP
    assert (request.sent_at, request.expires_at) == (NOON, NOON + timedelta(seconds=8))


async def test_a_refusal_is_an_answer(broker: BrokerProcess, site: SiteId) -> None:
    refused = Refused(code=RefusalCode.SLIP_UNKNOWN, message_zh="不", message_en="no")
    with AnsweringServer(broker, site, answer=refused):
        async with connected(make_line(broker, site)) as line:
            assert await line.ask(FindPlace(slip_code="x")) == refused


async def test_a_server_that_comes_later_gets_the_same_request_again(
    broker: BrokerProcess, site: SiteId
) -> None:
    async with running(make_line(broker, site)) as line:
        asking = asyncio.create_task(line.ask(HELP, within_s=WAIT_S))
        done, _ = await asyncio.wait([asking], timeout=RETRY_AFTER_S * 1.5)
        assert not done

        with AnsweringServer(broker, site) as server:
            assert await asking == HelpCalled()

    assert {request.request_id for request in server.requests} == {"ask-1"}


async def test_an_unanswered_request_is_repeated_with_the_same_id(
    broker: BrokerProcess, site: SiteId
) -> None:
    with AnsweringServer(broker, site, answers_from=3) as server:
        async with connected(make_line(broker, site)) as line:
            assert await line.ask(HELP) == HelpCalled()

    assert [request.request_id for request in server.requests] == ["ask-1"] * 3
    assert len(set(server.payloads)) == 1


async def test_without_an_answer_it_is_said_that_nothing_is_known(
    broker: BrokerProcess, site: SiteId
) -> None:
    async with running(make_line(broker, site)) as line:
        with pytest.raises(NoAnswer):
            await line.ask(HELP, within_s=0.3)
    with pytest.raises(NoAnswer):
        await make_line(broker, site).ask(HELP, within_s=0.05)


async def test_answers_find_whoever_asked(broker: BrokerProcess, site: SiteId) -> None:
    def echo(request: Request) -> ReplyBody:
        assert isinstance(request.body, FindPlace)
        text = request.body.slip_code
        return Refused(code=RefusalCode.SLIP_UNKNOWN, message_zh=text, message_en=text)

    with AnsweringServer(broker, site, answer=echo):
        async with connected(make_line(broker, site)) as line:
            asked = [line.ask(FindPlace(slip_code=f"slip {number}")) for number in range(50)]
            replies = await asyncio.gather(*asked)

    said = [reply.message_en for reply in replies if isinstance(reply, Refused)]
    assert said == [f"slip {number}" for number in range(50)]


async def test_it_tells_when_the_server_comes_leaves_and_dies(
    broker: BrokerProcess, site: SiteId
) -> None:
    line, watch = make_line(broker, site), Watch()
    line.on_change = watch
    async with running(line):
        await watch.until(False)
        with AnsweringServer(broker, site):
            await watch.until(False, True)
            assert line.is_up
        await watch.until(False, True, False)
        with AnsweringServer(broker, site) as server:
            await watch.until(False, True, False, True)
            await in_thread(server.die)
            await watch.until(False, True, False, True, False)
            assert not line.is_up


async def test_a_device_is_seen_coming_leaving_and_dying(
    broker: BrokerProcess, site: SiteId
) -> None:
    with AnsweringServer(broker, site) as server:
        async with connected(make_line(broker, site)):
            await in_thread(lambda: server.wait_for_statuses(1))
        await in_thread(lambda: server.wait_for_statuses(2))
        line = make_line(broker, site)
        async with running(line):
            await in_thread(lambda: server.wait_for_statuses(3))
            await line.report_status()
            await in_thread(lambda: server.wait_for_statuses(4))

    seen = [(status.is_up, status.paper) for status in server.statuses[:4]]
    assert seen == [(True, "ok"), (False, ""), (True, "ok"), (True, "ok")]


async def test_what_is_retained_comes_at_once_and_what_is_cleared_is_left_out(
    broker: BrokerProcess, site: SiteId
) -> None:
    topic = topics.notice(site, AreaId("east"))
    notices = Notices(published_at=NOON, notices=[])
    watch = Watch()
    with AnsweringServer(broker, site) as server:
        server.publish(topic, encode(notices), retain=True)
        line = make_line(broker, site)
        line.follow(topic, Notices, watch)
        async with connected(line):
            await watch.until(notices)
            server.publish(topic, b"", retain=True)
            server.publish(topic, encode(notices))
            await watch.until(notices, notices)


async def test_a_bad_payload_is_handed_over_and_the_line_goes_on(
    broker: BrokerProcess, site: SiteId
) -> None:
    topic = topics.notice(site, AreaId("east"))
    notices, bad = Watch(), Watch()
    with AnsweringServer(broker, site) as server:
        line = make_line(broker, site)
        line.on_bad_payload = bad
        line.follow(topic, Notices, notices)
        async with connected(line):
            await line.ask(HELP)
            server.publish(topic, b'{"published_at": "yesterday"}')
            server.publish(topics.reply(site, KIOSK), b"\xff")
            good = Notices(published_at=NOON, notices=[])
            server.publish(topic, encode(good))
            await notices.until(good)
            # One of the brokers keeps no order between topics.
            await bad.until_count(2)
            assert await line.ask(HELP) == HelpCalled()

    where = {told[0] for told in bad.told if isinstance(told, tuple)}
    assert where == {topic, topics.reply(site, KIOSK)}
    assert all(isinstance(told, tuple) and isinstance(told[1], BadPayload) for told in bad.told)


async def test_a_late_or_strange_answer_disturbs_nobody(
    broker: BrokerProcess, site: SiteId
) -> None:
    with AnsweringServer(broker, site) as server:
        async with connected(make_line(broker, site)) as line:
            reply = Reply(request_id="nobody-asked", replied_at=NOON, body=HelpCalled())
            server.publish(topics.reply(site, KIOSK), encode(reply))
            assert await line.ask(HELP) == HelpCalled()
            again = Reply(request_id="ask-1", replied_at=NOON, body=HelpCalled())
            server.publish(topics.reply(site, KIOSK), encode(again))
            assert await line.ask(HELP) == HelpCalled()


async def test_the_line_comes_back_with_the_broker(own_broker: BrokerProcess, site: SiteId) -> None:
    topic = topics.notice(site, AreaId("east"))
    line, changes, notices = make_line(own_broker, site), Watch(), Watch()
    line.on_change = changes
    line.follow(topic, Notices, notices)
    with AnsweringServer(own_broker, site) as server:
        async with running(line):
            await changes.until(False, True)
            await in_thread(own_broker.stop)
            await changes.until(False, True, False)
            asking = asyncio.create_task(line.ask(HELP, within_s=WAIT_S))
            await in_thread(own_broker.start)
            await changes.until(False, True, False, True)
            assert await asking == HelpCalled()
            told = Notices(published_at=NOON, notices=[])
            server.publish(topic, encode(told))
            await notices.until(told)


async def test_a_line_without_a_broker_waits_for_it(
    own_broker: BrokerProcess, site: SiteId
) -> None:
    own_broker.stop()
    line, changes = make_line(own_broker, site), Watch()
    line.on_change = changes
    async with running(line):
        await changes.until(False)
        await line.publish(topics.status(site, KIOSK), DeviceStatus(is_up=True))
        await in_thread(own_broker.start)
        with AnsweringServer(own_broker, site):
            await changes.until(False, True)
            assert await line.ask(HELP) == HelpCalled()


async def test_an_ask_is_fast(broker: BrokerProcess, site: SiteId) -> None:
    with AnsweringServer(broker, site):
        async with connected(make_line(broker, site)) as line:
            await line.ask(HELP)
            began = asyncio.get_running_loop().time()
            for _ in range(10):
                await line.ask(HELP)
            each_s = (asyncio.get_running_loop().time() - began) / 10

    assert each_s < 0.04  # without TCP_NODELAY: 88 ms


async def test_what_has_changed_about_a_device_is_reported_soon(
    broker: BrokerProcess, site: SiteId
) -> None:
    paper = "ok"
    line = make_line(broker, site)
    line._status = lambda: DeviceStatus(is_up=True, paper=paper)
    heard = Watch()
    listening = make_line(broker, site, DeviceId("desk"))
    listening.follow(topics.status(site, KIOSK), DeviceStatus, lambda said: heard(said.paper))
    parts = (listening.run(), line.run(), line.keep_reporting())
    tasks = [asyncio.create_task(part) for part in parts]
    await heard.until("ok")

    paper = "paper_out"

    await heard.until("ok", "paper_out")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def command_line(device: DeviceId = KIOSK) -> tuple[Line, list[DeviceAct]]:
    """A line that obeys and is not connected, and what it has been made to do."""
    address = Address(host="127.0.0.1", port=1, site=SiteId("s"), device=device)
    line = Line(address, now=lambda: NOON, new_id=str, status=lambda: DeviceStatus(is_up=True))
    done: list[DeviceAct] = []
    obey(line, {DeviceAct.RELOAD: lambda: done.append(DeviceAct.RELOAD)}, lambda: NOON)
    return line, done


@pytest.mark.parametrize(
    ("do", "late_s", "is_obeyed"),
    [
        (DeviceAct.RELOAD, -30, True),
        (DeviceAct.RELOAD, CLOCK_SKEW_S, True),
        (DeviceAct.RELOAD, CLOCK_SKEW_S + 1, False),
        (DeviceAct.RELOAD, 24 * 3600, False),
        (DeviceAct.SILENCE, -30, False),
    ],
)
def test_a_device_obeys_what_it_can_while_it_is_fresh(
    do: DeviceAct, late_s: int, is_obeyed: bool
) -> None:
    line, done = command_line()
    command = Command(do=do, expires_at=NOON - timedelta(seconds=late_s))

    line._deliver(topics.command(SiteId("s"), KIOSK), encode(command))

    assert bool(done) is is_obeyed
