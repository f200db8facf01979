"""The whole program as a technician starts it: real broker, real drivers, real window, real voice.

Only the server is ours: it answers on the broker what the contract says.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import aiomqtt
import pytest
import zxingcpp
from PIL import Image

from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.device_messages import Command, DeviceStatus, Screenshot
from queue_server.rules.terms import DeviceAct, SiteId
from tests.integration.kiosk.a_program import (
    DEVICE,
    LINE_DOWN,
    configured,
    running,
    serving,
)
from tests.unit.kiosk.hospital_for_tests import (
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
)

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]


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
        assert "error" not in (await kiosk.ask(do="tap", test_name="check-in"))
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
