"""The kiosk's program as a process, and a scripted server for it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
from joserfc.jwk import OKPKey

from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import DeviceStatus, OfflineRules
from queue_server.contract.message import Message
from queue_server.contract.messages import (
    CheckIn,
    Identify,
    Reply,
    ReplyBody,
    Request,
    RequestBody,
    TakenOver,
    TakeOver,
)
from queue_server.contract.virtual_card import CardReader
from queue_server.records.virtual_card import public_key
from queue_server.rules.terms import DeviceId, SiteId
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    checked_in,
    identified,
    place_found,
    visit,
)

DEVICE = DeviceId("kiosk-1")
SERVER = DeviceId("queue-server")
LOOK_AGAIN_S = 0.05
PULSE_S = 1.0
LINE_DOWN = "现在连不上医院系统，请到护士台办理。"
ALONE = "系统离线：用手机就诊卡仍可签到，其他请到护士台。"
CARD_KEY = OKPKey.generate_key("Ed25519")


def answer(body: RequestBody) -> ReplyBody:
    match body:
        case Identify():
            return identified(visit())
        case CheckIn():
            return checked_in()
        case TakeOver():
            return TakenOver()
        case _:
            return place_found()


class Server:
    """A queue server that knows one patient, and how cards are signed."""

    def __init__(self, client: aiomqtt.Client, site: SiteId) -> None:
        self.asked: list[Request] = []
        self._client = client
        self._site = site
        self._tasks: list[asyncio.Task[None]] = []
        self._pulsed = asyncio.Condition()
        self._pulses = 0

    async def come(self) -> None:
        """Be there."""
        rules = OfflineRules(
            published_at=AT,
            may_check_in=True,
            card_keys=CardReader([public_key(CARD_KEY)], self._site).public_keys(),
            day_rolls_over_s=4 * 3600,
        )
        await self._publish(topics.offline(self._site), rules)
        self._tasks = [asyncio.create_task(self._serve()), asyncio.create_task(self._pulse())]

    async def leave(self) -> None:
        """Be gone."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._tasks = []
        await self._publish(topics.status(self._site, SERVER), DeviceStatus(is_up=False))

    async def until_asked(self, kind: type[RequestBody]) -> Request:
        """Return the first request of a kind, once it has come."""
        while True:
            found = [one for one in self.asked if isinstance(one.body, kind)]
            if found:
                return found[0]
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _pulse(self) -> None:
        while True:
            status = DeviceStatus(is_up=True, reported_at=datetime.now(UTC))
            await self._publish(topics.status(self._site, SERVER), status)
            async with self._pulsed:
                self._pulses += 1
                self._pulsed.notify_all()
            await asyncio.sleep(PULSE_S)

    async def until_pulsed(self, more: int) -> None:
        """Return when the server has said so often more that it is there."""
        wanted = self._pulses + more
        async with self._pulsed:
            await self._pulsed.wait_for(lambda: self._pulses >= wanted)

    async def _serve(self) -> None:
        async for message in self._client.messages:
            assert isinstance(message.payload, bytes)
            request = decode(message.payload, Request)
            self.asked.append(request)
            reply = Reply(
                request_id=request.request_id,
                replied_at=datetime.fromisoformat(AT.isoformat()),
                body=answer(request.body),
            )
            topic = topics.reply(self._site, DEVICE)
            await self._client.publish(topic, encode(reply), qos=1)

    async def _publish(self, topic: str, message: Message) -> None:
        await self._client.publish(topic, encode(message), qos=1, retain=True)


@asynccontextmanager
async def serving(broker: BrokerProcess, site: SiteId) -> AsyncIterator[Server]:
    address = broker.address
    async with aiomqtt.Client(
        address.host, address.port, protocol=aiomqtt.ProtocolVersion.V311
    ) as client:
        await client.subscribe([(topics.requests_filter(site), 1)])
        server = Server(client, site)
        await server.come()
        try:
            yield server
        finally:
            await server.leave()


@dataclass(frozen=True)
class RunningKiosk:
    """The program, asked over its remote control."""

    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    log: list[str]

    async def ask(self, **question: Any) -> dict[str, Any]:
        self.writer.write(json.dumps(question).encode() + b"\n")
        await self.writer.drain()
        answered: dict[str, Any] = json.loads(await self.reader.readline())
        return answered

    async def texts(self) -> list[str]:
        shown: list[str] = (await self.ask(do="texts"))["texts"]
        return shown

    async def until_text(self, words: str) -> list[str]:
        while True:
            texts = await self.texts()
            if any(words in text for text in texts):
                return texts
            await asyncio.sleep(LOOK_AGAIN_S)

    async def scan_until(self, scanner: SimulatedScanner, code: str, words: str) -> None:
        """Hold up a code until it is read: a kiosk that is just starting drops what came before."""
        while True:
            scanner.scan(code)
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self.until_text(words)
                    return

    async def lose_power(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def until_line_is_up(self) -> None:
        while {LINE_DOWN, ALONE} & {*await self.texts()}:  # noqa: ASYNC110 - another process
            await asyncio.sleep(LOOK_AGAIN_S)


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[RunningKiosk]:
    command = ["-m", "kiosk", "--config", str(config), "--size", "540x960", "--remote-control", "0"]
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stderr=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stderr is not None
    log: list[str] = []
    port = 0
    while not port:
        line = (await process.stderr.readline()).decode()
        assert line, log
        log.append(line)
        if "Remote control is on at 127.0.0.1:" in line:
            port = int(line.split("127.0.0.1:")[1].split(":")[0])
    stderr = process.stderr

    async def note() -> None:
        while line := await stderr.readline():
            log.append(line.decode())

    noting = asyncio.create_task(note())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield RunningKiosk(process, reader, writer, log)
    finally:
        writer.close()
        await writer.wait_closed()
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await noting
        # What a killed kiosk had started may outlive it, and keeps its log open.
        noting.cancel()
        code = await process.wait()
    assert code in {0, -signal.SIGKILL}, "".join(log[-25:])


def configured(
    folder: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
    *more: str,
) -> Path:
    printer, scanner = devices
    host, port = printer.address.split(":")
    config = folder / "kiosk.toml"
    config.write_text(
        f"""
site = "{site}"
device = "{DEVICE}"
hospital = {{ zh = "北京清榆医院", en = "Beijing Qingyu Hospital" }}
voice = "file:{folder}/voice"
{chr(10).join(more)}
[broker]
host = "{broker.address.host}"
port = {broker.address.port}
[printer]
driver = "network"
host = "{host}"
port = {port}
[[scanner]]
driver = "serial"
port = "{scanner.address}"
[[scanner]]
driver = "keyboard_wedge"
""",
        encoding="utf-8",
    )
    return config
