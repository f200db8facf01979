"""The whole program as a technician starts it: real broker, real drivers, real window, real voice.

Only the server is ours: it answers on the broker what the contract says.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import zxingcpp
from joserfc.jwk import OKPKey
from PIL import Image

from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.message import Message
from queue_server.contract.messages import (
    CheckIn,
    Command,
    DeviceStatus,
    Identify,
    OfflineRules,
    Reply,
    ReplyBody,
    Request,
    RequestBody,
    Screenshot,
    TakenOver,
    TakeOver,
)
from queue_server.contract.virtual_card import CardReader
from queue_server.records.virtual_card import CardIssuer, public_key
from queue_server.rules.terms import CardId, DeviceAct, DeviceId, SiteId
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
    checked_in,
    identified,
    place_found,
    visit,
)

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

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
            await self._publish(topics.status(self._site, SERVER), DeviceStatus(is_up=True))
            await asyncio.sleep(PULSE_S)

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


@pytest.fixture
def site(broker: BrokerProcess) -> SiteId:
    return SiteId(f"kiosk-{broker.address.port}-{time.monotonic_ns()}")


@pytest.fixture
async def devices(tmp_path: Path) -> AsyncIterator[tuple[SimulatedTicketPrinter, SimulatedScanner]]:
    printer = SimulatedTicketPrinter(
        endpoint=TcpEndpoint("127.0.0.1", 0), slips_folder=tmp_path / "slips"
    )
    scanner = SimulatedScanner(endpoint=PtyEndpoint(tmp_path / "scanner"))
    printer.start()
    scanner.start()
    yield printer, scanner
    printer.stop()
    scanner.stop()


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


async def test_card_check_in_slip_and_voice(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    config = configured(tmp_path, site, broker, devices)

    async with serving(broker, site), running(config) as kiosk:
        await kiosk.until_line_is_up()
        devices[1].scan(CARD)
        await kiosk.until_text("请核对后签到")
        await kiosk.ask(do="tap", test_name="dock-listen")
        await kiosk.until_text("朗读")
        assert (await kiosk.ask(do="tap", test_name="check-in")) == {"done": True}
        texts = await kiosk.until_text("小票已打印，请取走")
        picture = await kiosk.ask(do="screenshot", path=str(tmp_path / "arrived.png"))
        await kiosk.ask(do="tap", test_name="done")
        await kiosk.until_text("您好，请选择要办的事")

    assert "A16" in texts
    with Image.open(picture["path"]) as screenshot:
        assert screenshot.size == (540, 960)
    (slip,) = sorted((tmp_path / "slips").glob("slip-*.png"))
    with Image.open(slip) as printed:
        codes = [code.text for code in zxingcpp.read_barcodes(printed.convert("L"))]
    assert codes == [SLIP_CODE]
    assert len(list((tmp_path / "voice").glob("*.wav"))) == 1
    log = "".join(kiosk.log)
    secrets = (CARD, ID_NUMBER, MASKED_NAME, SLIP_CODE, "A16", "session-1")
    assert [secret for secret in secrets if secret in log] == []


async def test_a_slip_typed_by_a_keyboard_scanner_and_a_server_that_leaves(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    config = configured(tmp_path, site, broker, devices)

    async with serving(broker, site) as server, running(config) as kiosk:
        await kiosk.until_line_is_up()
        await kiosk.ask(do="scan", code=SLIP_CODE)
        await kiosk.until_text("您正在候诊")

        await server.leave()
        await kiosk.until_text(LINE_DOWN)
        found = await kiosk.ask(do="find", test_name="done")
        missing = await kiosk.ask(do="find", test_name="nowhere")

    assert 0 < found["x"] < 540
    assert 0 < found["y"] < 960
    assert "nowhere" in missing["error"]


async def test_a_check_in_without_a_server_survives_a_power_cut_and_is_handed_over(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    folder = tmp_path / "data"
    config = configured(tmp_path, site, broker, devices, f'data_folder = "{folder}"')
    now = datetime.now(UTC)
    cards = [
        CardIssuer(CARD_KEY, site).issue(CardId("card-1"), now, token)
        for token in ("first", "second")
    ]
    async with serving(broker, site) as server:
        async with running(config) as kiosk:
            await kiosk.until_line_is_up()
            await server.leave()
            await kiosk.until_text(ALONE)
            devices[1].scan(cards[0])
            texts = await kiosk.until_text("小票已打印，请取走")
            await kiosk.lose_power()
        async with running(config) as kiosk:
            # Switched on without a server, it still knows that it may, and which cards are good.
            await kiosk.until_text(ALONE)
            await kiosk.scan_until(devices[1], cards[0], "这个二维码已经用过了")
            devices[1].scan(cards[1])
            await kiosk.until_text("K1-002")
            await server.come()
            first = await server.until_asked(TakeOver)
            await kiosk.until_line_is_up()

    assert "K1-001" in texts
    assert isinstance(first.body, TakeOver)
    assert (first.body.card, first.body.number) == (cards[0], "K1-001")
    slip = sorted((tmp_path / "slips").glob("slip-*.png"))[0]
    with Image.open(slip) as printed:
        codes = [code.text for code in zxingcpp.read_barcodes(printed.convert("L"))]
    assert codes == [first.body.slip_code]
    assert (folder / "outbox.sqlite").stat().st_mode & 0o777 == 0o600
    assert [card for card in cards if card in "".join(kiosk.log)] == []


async def test_a_kiosk_shows_the_desk_its_screen_and_begins_anew_when_its_patient_has_gone(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    config = configured(tmp_path, site, broker, devices)
    address = broker.address
    async with (
        serving(broker, site),
        aiomqtt.Client(address.host, address.port, protocol=aiomqtt.ProtocolVersion.V311) as desk,
        running(config) as kiosk,
    ):
        await kiosk.until_line_is_up()
        devices[1].scan(CARD)
        await kiosk.until_text("请核对后签到")
        followed = (topics.screenshot(site, DEVICE), topics.status(site, DEVICE))
        await desk.subscribe([(topic, 1) for topic in followed])
        for act in (DeviceAct.RELOAD, DeviceAct.SCREENSHOT):
            command = Command(do=act, expires_at=datetime.now(UTC) + timedelta(seconds=30))
            await desk.publish(topics.command(site, DEVICE), encode(command), qos=1)

        seen: list[bool] = []
        async with asyncio.timeout(60):
            async for message in desk.messages:
                assert isinstance(message.payload, bytes)
                if str(message.topic) == topics.screenshot(site, DEVICE):
                    picture = Image.open(BytesIO(decode(message.payload, Screenshot).jpeg))
                    assert picture.size == (540, 960)
                    # Asked before the picture, and still waiting for its patient.
                    assert any("请核对后签到" in text for text in await kiosk.texts())
                    await kiosk.ask(do="tap", test_name="dock-home")
                    continue
                said = decode(message.payload, DeviceStatus)
                seen += [said.is_up] if seen[-1:] != [said.is_up] else []
                if seen == [True, False, True]:
                    break
        assert kiosk.process.returncode is None
        assert said.kind == "kiosk"


async def test_a_configuration_that_cannot_be_used_ends_the_program_with_a_sentence(
    tmp_path: Path,
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('site = "a"\ndevise = "b"\n', encoding="utf-8")

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "kiosk", "--config", str(config)),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()

    assert process.returncode == 2
    assert "devise" in said.decode()
    assert "Traceback" not in said.decode()
