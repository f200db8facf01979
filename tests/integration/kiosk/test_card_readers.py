"""The whole kiosk with a real ID card driver: a card laid on the reader says who has come."""

import asyncio
from pathlib import Path

import aiomqtt
import pytest

from hardware.simulated.faults import SimulatedFault
from hardware.simulated.id_card_reader import SimulatedIdCard, SimulatedIdCardReader
from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.codec import decode
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import Identify
from queue_server.rules.terms import SiteId
from tests.integration.kiosk.a_program import DEVICE, configured, running, serving

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

CARD = SimulatedIdCard(
    name="欧阳明月", number="11010519491231002X", born="19491231", valid_until="长期"
)


async def test_an_id_card_checks_in_and_its_name_stays_on_the_card(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    reader = SimulatedIdCardReader(endpoint=PtyEndpoint(tmp_path / "id-card"))
    reader.start()
    table = f'id_card = {{ driver = "serial", port = "{reader.address}", reconnect_s = 0.1 }}'
    config = configured(tmp_path, site, broker, devices, table)

    async with serving(broker, site) as server, running(config) as kiosk:
        await kiosk.until_line_is_up()
        assert any("身份证放到读卡区" in text for text in await kiosk.texts())
        reader.set_fault(SimulatedFault.CARD_WITHDRAWN)
        reader.put(CARD)
        await kiosk.until_text("卡拿开得太早")
        reader.put(CARD)
        await kiosk.until_text("请核对后签到")
        reader.stop()
        async with aiomqtt.Client(
            broker.address.host, broker.address.port, protocol=aiomqtt.ProtocolVersion.V311
        ) as client:
            await client.subscribe(topics.status(site, DEVICE))
            assert await status_until(client, "id_card:unreachable")

    assert server.asked[0].body == Identify(id_number=CARD.number)
    log = "".join(kiosk.log)
    assert [secret for secret in (CARD.name, CARD.number) if secret in log] == []


async def status_until(client: aiomqtt.Client, words: str) -> bool:
    """Wait until the kiosk says of itself what a technician wants to know."""
    async with asyncio.timeout(90):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            if words in decode(message.payload, DeviceStatus).parts.split():
                return True
    return False
