"""The whole program: `python -m display` on a real broker, in a window that nobody sees."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from PIL import Image

from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import Command, DeviceStatus, Screenshot
from queue_server.rules.terms import DeviceAct, RoomId, SiteId
from tests.integration.display.conftest import DEVICE, fresh_call, serving
from tests.unit.display.samples import board, full_room, room_board

pytestmark = [pytest.mark.broker, pytest.mark.end_to_end]


class Program:
    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self._port = port

    async def ask(self, **question: Any) -> Any:
        """Ask over the remote control; waits until the program has opened it."""
        async with asyncio.timeout(20):
            while True:
                try:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                except OSError:
                    await asyncio.sleep(0.05)
                    continue
                writer.write(json.dumps(question).encode() + b"\n")
                answer = await reader.readline()
                writer.close()
                await writer.wait_closed()
                if answer:
                    return json.loads(answer)

    async def shows(self, condition: Any) -> Any:
        async with asyncio.timeout(20):
            while not condition(view := (await self.ask(do="view"))["view"]):  # noqa: ASYNC110 - over there
                await asyncio.sleep(0.05)
        return view


@asynccontextmanager
async def started(*arguments: str, broker: BrokerProcess, site: SiteId) -> AsyncIterator[Program]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "display",
        *arguments,
        "--windowed",
        *("--broker", f"{broker.address.host}:{broker.address.port}"),
        *("--site", site, "--device", DEVICE, "--remote-control", str(port)),
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Program(process, port)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        try:
            _, complaint = await asyncio.wait_for(process.communicate(), 20)
        except TimeoutError:
            process.kill()
            raise
    assert process.returncode == 0, complaint.decode()
    assert b"Traceback" not in complaint, complaint.decode()


async def test_an_area_board_shows_speaks_and_ends_when_told(
    broker: BrokerProcess, site: SiteId, tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    picture = tmp_path / "board.png"
    async with (
        serving(broker, site) as server,
        started(
            *("area", "--area", "area-a", "--size", "1920x1080", "--voice", f"file:{heard}"),
            broker=broker,
            site=site,
        ) as program,
    ):
        await server.board(board([full_room(index) for index in range(8)]))
        await program.shows(lambda view: len(view["rows"]) == 8)
        await server.call(fresh_call(12))
        view = await program.shows(lambda view: view["banner"])
        await program.ask(do="screenshot", path=str(picture))
        acknowledged = await server.has_heard(1)

    assert view["banner"]["number"] == "A012"
    assert acknowledged[0].was_spoken
    assert len(list(heard.glob("*-12-A012.wav"))) == 2
    with Image.open(picture) as image:
        assert image.size == (1920, 1080)


async def test_a_door_board_starts_anew_when_the_desk_asks_for_it(
    broker: BrokerProcess, site: SiteId
) -> None:
    address = broker.address
    seen: list[bool] = []
    async with (
        serving(broker, site) as server,
        aiomqtt.Client(address.host, address.port, protocol=aiomqtt.ProtocolVersion.V311) as desk,
        started(
            "door", "--room", "room-202", "--size", "1280x800", broker=broker, site=site
        ) as door,
    ):
        await desk.subscribe(topics.status(site, DEVICE), qos=1)
        shown = room_board(full_room(1))
        await server._publish(topics.room_board(site, RoomId("room-202")), shown, retain=True)
        await door.shows(lambda view: view["in_room"] and view["in_room"]["number"] == "B013")
        await desk.publish(topics.command(site, DEVICE), asked_for(DeviceAct.RELOAD), qos=1)

        async with asyncio.timeout(20):
            async for message in desk.messages:
                assert isinstance(message.payload, bytes)
                is_up = decode(message.payload, DeviceStatus).is_up
                if seen[-1:] != [is_up]:
                    seen.append(is_up)
                if seen == [True, False, True]:
                    break
        view = await door.shows(lambda view: view["in_room"])

        assert view["room"]["zh"] == "202 诊室"
        assert door.process.returncode is None


async def test_a_board_sends_a_picture_when_asked_but_not_when_asked_yesterday(
    broker: BrokerProcess, site: SiteId
) -> None:
    address = broker.address
    pictures: list[Screenshot] = []
    async with (
        serving(broker, site) as server,
        aiomqtt.Client(address.host, address.port, protocol=aiomqtt.ProtocolVersion.V311) as desk,
        started(
            "door", "--room", "room-202", "--size", "1280x800", broker=broker, site=site
        ) as door,
    ):
        await desk.subscribe(topics.screenshot(site, DEVICE), qos=1)
        shown = room_board(full_room(1))
        await server._publish(topics.room_board(site, RoomId("room-202")), shown, retain=True)
        await door.shows(lambda view: view["in_room"])
        asked_yesterday = asked_for(DeviceAct.RELOAD, timedelta(days=-1))
        await desk.publish(topics.command(site, DEVICE), asked_yesterday, qos=1)
        await desk.publish(topics.command(site, DEVICE), asked_for(DeviceAct.SCREENSHOT), qos=1)
        async with asyncio.timeout(20):
            async for message in desk.messages:
                assert isinstance(message.payload, bytes)
                pictures.append(decode(message.payload, Screenshot))
                break

        assert door.process.returncode is None
    with Image.open(BytesIO(pictures[0].jpeg)) as picture:
        assert picture.format == "JPEG"
        assert picture.size[0] <= 1280


def asked_for(do: DeviceAct, in_: timedelta = timedelta(seconds=30)) -> bytes:
    return encode(Command(do=do, expires_at=datetime.now(UTC) + in_))


async def test_a_wrong_configuration_is_told_in_one_sentence() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "display", "area", "--site", "s", "--device", "d"),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()

    assert process.returncode == 2
    assert complaint.decode() == "display: --area is missing: which area does the board show?\n"
