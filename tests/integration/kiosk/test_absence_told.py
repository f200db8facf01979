"""A doctor leaves while a patient stands in front of the kiosk: its program tells it by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause, AbsenceKind, DaySecond, QueueId, SiteId
from tests.integration.kiosk.a_program import configured, running
from tests.integration.service.known_hospital import ON_TIME, write_known_hospital
from tests.integration.service.served_site import ServedSite

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

SHEN = QueueId("cardiology-1")


@pytest.fixture
async def hospital(
    tmp_path: Path, broker: BrokerProcess, site: SiteId
) -> AsyncIterator[ServedSite]:
    records = tmp_path / "records.db"
    write_known_hospital(records)
    served = ServedSite(tmp_path, broker.address, site, records)
    await asyncio.to_thread(served.start)
    served.act(asked.Attend(queue=SHEN))
    yield served
    await asyncio.to_thread(served.stop)


async def test_who_has_checked_in_is_told_that_the_doctor_has_left_and_when_calls_are_paused(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
    hospital: ServedSite,
) -> None:
    async with running(configured(tmp_path, site, broker, devices)) as kiosk:
        await kiosk.until_line_is_up()
        await kiosk.scan_until(devices[1], hospital.card(ON_TIME, "token-1"), "请核对后签到")
        assert "error" not in await kiosk.ask(do="tap", test_name="check-in")
        await kiosk.until_text("签到成功")

        hospital.act(
            asked.ReportAbsence(
                queue=SHEN,
                kind=AbsenceKind.LEFT,
                cause=AbsenceCause.SURGERY,
                returns_s=DaySecond(23 * 3600),
            )
        )
        await kiosk.until_text("医生暂时离开，手术，预计 23:00 返回。您的位置不变，请耐心等候。")

        hospital.act(asked.Attend(queue=SHEN))
        hospital.act(asked.Pause(queue=SHEN))
        texts = await kiosk.until_text("医生暂停叫号，您的位置不变，请耐心等候。")
        assert not any("医生暂时离开" in text for text in texts)
