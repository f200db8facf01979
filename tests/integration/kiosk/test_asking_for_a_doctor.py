"""The kiosk's program and the queue server, with nothing between them but a broker."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId, SiteId, TicketId
from tests.integration.kiosk.a_program import RunningKiosk, configured, running
from tests.integration.service.known_hospital import OF_CLINIC, write_known_hospital
from tests.integration.service.served_site import ServedSite

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

Devices = tuple[SimulatedTicketPrinter, SimulatedScanner]
GU, JI = QueueId("respiratory-1"), QueueId("respiratory-2")
TICKET = TicketId("respiratory:C001")


@pytest.fixture
async def hospital(
    tmp_path: Path, broker: BrokerProcess, site: SiteId
) -> AsyncIterator[ServedSite]:
    """Both doctors are there; two wait for Dr. Gu, so that whoever asks for him waits, too."""
    records = tmp_path / "records.db"
    write_known_hospital(records)
    served = ServedSite(tmp_path, broker.address, site, records)
    await asyncio.to_thread(served.start)
    for doctor in (GU, JI):
        served.act(asked.Attend(queue=doctor))
    for _ in range(2):
        served.act(asked.AddWalkIn(queue=GU, prefix="W"))
    yield served
    await asyncio.to_thread(served.stop)


async def tap(kiosk: RunningKiosk, key: str) -> None:
    assert "error" not in await kiosk.ask(do="tap", test_name=key)


async def shows_card(kiosk: RunningKiosk, served: ServedSite, scanner: SimulatedScanner) -> None:
    await kiosk.until_line_is_up()
    await kiosk.scan_until(scanner, served.card(OF_CLINIC, "token-1"), "请核对后签到")
    await tap(kiosk, "check-in")
    await kiosk.until_text("您想看哪位医生")


async def test_the_doctors_who_are_there_are_offered_and_the_choice_is_kept(
    tmp_path: Path, site: SiteId, broker: BrokerProcess, devices: Devices, hospital: ServedSite
) -> None:
    config = configured(tmp_path, site, broker, devices)
    async with running(config) as kiosk:
        await shows_card(kiosk, hospital, devices[1])
        shown = await kiosk.texts()
        assert {"哪位医生都可以", "顾清和", "候诊 2 位", "纪云舒", "候诊 0 位"} <= set(shown)

        await tap(kiosk, "doctor-0")
        texts = await kiosk.until_text("签到成功")

    assert any("分到诊室后会叫您" in text for text in texts)
    ticket = hospital.service.now.day.queues[QueueId("respiratory")].tickets[TICKET]
    assert ticket.wanted == GU


async def test_a_doctor_who_stops_meanwhile_is_told_and_another_one_is_chosen(
    tmp_path: Path, site: SiteId, broker: BrokerProcess, devices: Devices, hospital: ServedSite
) -> None:
    config = configured(tmp_path, site, broker, devices)
    async with running(config) as kiosk:
        await shows_card(kiosk, hospital, devices[1])
        hospital.act(asked.Pause(queue=GU))

        await tap(kiosk, "doctor-0")
        await kiosk.until_text("这位医生现在不接诊")
        await tap(kiosk, "try-again")
        shown = await kiosk.until_text("您想看哪位医生")
        assert "顾清和" not in shown
        await tap(kiosk, "any-doctor")
        await kiosk.until_text("签到成功")

    assert [one.number for one in hospital.service.now.day.queues[JI].listed()] == ["C001"]
