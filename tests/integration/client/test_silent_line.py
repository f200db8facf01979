"""A line on which nothing comes: whether it is the server or the line itself, and what then."""

import asyncio
from dataclasses import replace
from pathlib import Path

from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract.messages import HelpCalled
from queue_server.rules.terms import SiteId
from tests.conftest import BrokerProgram
from tests.integration.client.answering_server import REPEAT_S, AnsweringServer
from tests.integration.client.counted import Counted
from tests.integration.client.lines import (
    HELP,
    WAIT_S,
    Watch,
    connected,
    in_thread,
    make_line,
    running,
)
from tests.simulation.processes.relay import Relay


async def test_a_server_that_hangs_is_gone_until_it_goes_on(
    broker: BrokerProcess, site: SiteId
) -> None:
    line, watch = make_line(broker, site, silent_after_s=3 * REPEAT_S), Watch()
    line.on_change = watch
    with AnsweringServer(broker, site) as server:
        async with running(line):
            await watch.until(False, True)
            await in_thread(server.hang)
            await watch.until(False, True, False)
            assert not line.is_up
            server._say_up()
            await watch.until(False, True, False, True)


async def test_a_connection_that_has_fallen_silent_is_given_up_and_made_anew(
    broker: BrokerProcess, site: SiteId
) -> None:
    wire = Relay("127.0.0.1", broker.address.port)
    line, watch = make_line(broker, site), Watch()
    line.on_change = watch
    straight = line.address
    line.address = replace(straight, port=await wire.listen())
    with AnsweringServer(broker, site):
        async with running(line):
            await watch.until(False, True)
            wire.silence()
            line.address = straight
            await watch.until(False, True, False, True)
            assert await line.ask(HELP) == HelpCalled()
    await wire.stop()


async def test_a_server_that_hangs_makes_nobody_connect_anew(
    broker: BrokerProcess, site: SiteId
) -> None:
    counted, watch = Counted(), Watch()
    line = make_line(broker, site, silent_after_s=3 * REPEAT_S, connect=counted.connect)
    line.on_change = watch
    with AnsweringServer(broker, site) as server:
        async with running(line):
            await watch.until(False, True)
            await in_thread(server.hang)
            await watch.until(False, True, False)
            await counted.until_subscribed(3)
            server._say_up()
            await watch.until(False, True, False, True)

    assert counted.connects == 1


async def test_the_word_that_a_hanging_server_has_left_behind_counts_once(
    broker: BrokerProcess, site: SiteId
) -> None:
    line, watch = make_line(broker, site, silent_after_s=3 * REPEAT_S), Watch()
    line.on_change = watch
    with AnsweringServer(broker, site) as server:
        async with connected(make_line(broker, site)):
            await in_thread(server.hang)
        async with running(line):
            # A kiosk that is switched on finds the word retained, and believes it for a while.
            await watch.until(False, True, False)
        async with running(line):
            assert await line.ask(HELP) == HelpCalled()

    assert watch.told == [False, True, False]


async def test_a_connection_that_breaks_before_the_broker_accepts_costs_seconds_only(
    broker_program: BrokerProgram, tmp_path: Path, site: SiteId
) -> None:
    has_hung_up = asyncio.Event()

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        has_hung_up.set()

    dying = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    broker = broker_program(tmp_path / "broker", port=dying.sockets[0].getsockname()[1])
    line = make_line(broker, site)
    is_up = asyncio.Event()
    line.on_change = lambda up: is_up.set() if up else None
    async with running(line):
        await has_hung_up.wait()
        dying.close()
        broker.start()
        with AnsweringServer(broker, site):
            async with asyncio.timeout(WAIT_S):
                await is_up.wait()
    broker.stop()
