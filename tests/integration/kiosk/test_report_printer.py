"""A report's way from the hospital to paper: real broker, server, HTTPS, CUPS and IPP printer."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio

from kiosk.report_printer import NotFetched, ReportPrinter, Shelf
from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.line import Address, Line
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import Identified, Identify
from queue_server.contract.report_messages import (
    ListReports,
    PrintReport,
    ProveIdentity,
    ReportReleased,
    ReportsListed,
)
from queue_server.documents.check_code import CheckCodes
from queue_server.documents.report_maker import ReportMaker
from queue_server.records.demo_hospital import DemoHospital
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.rules.terms import DeviceId, SiteId
from queue_server.web.application import make_application
from queue_server.web.https import HttpsFiles, load_https
from queue_server.web.web_server import WebServer
from tests.integration.documents.paper import Paper
from tests.integration.hardware.a4_room import A4Room
from tests.integration.service.known_hospital import (
    ON_TIME,
    id_number,
    phone_number,
    write_known_hospital,
)
from tests.integration.service.served_site import ServedSite, setup_of
from tests.integration.web.certificates import write_certificate

KIOSK = DeviceId("kiosk-01")
FINAL = "lab-p-0-1"
_numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """A served site with pages by HTTPS."""

    served: ServedSite
    address: str
    certificate: Path

    @property
    def shelf(self) -> Shelf:
        tls = ssl.create_default_context(cafile=str(self.certificate))
        return Shelf(address=self.address, device=KIOSK, tls=tls)


@pytest.fixture
def hospital(broker: BrokerProcess, tmp_path: Path) -> Iterator[Hospital]:
    records = tmp_path / "records.db"
    write_known_hospital(records)
    site = SiteId(f"paper-{next(_numbers)}")
    served = ServedSite(tmp_path, broker.address, site, records)
    served.start()
    maker = ReportMaker(
        site=setup_of(site, public_address="https://queue.test").site,
        records=DemoHospital(records),
        reports=DemoReports(records, served.clock),
        codes=CheckCodes(bytes(32)),
    )
    application = make_application(
        served.service, {}, new_token=lambda: "unused", report_maker=maker
    )
    files: HttpsFiles = write_certificate(tmp_path)
    https, _ = load_https(files, datetime.now(UTC))
    server = WebServer(application, host="127.0.0.1", port=0, https=https)
    address = f"https://127.0.0.1:{server.start()}"
    yield Hospital(served=served, address=address, certificate=files.certificate)
    server.stop()
    served.stop()


@pytest_asyncio.fixture
async def line(hospital: Hospital) -> AsyncIterator[Line]:
    served = hospital.served
    address = Address(
        host=served.address.host, port=served.address.port, site=served.site, device=KIOSK
    )
    made = Line(
        address,
        now=served.clock,
        new_id=lambda: f"ask-{next(_numbers)}",
        status=lambda: DeviceStatus(is_up=True),
    )
    is_up = asyncio.Event()
    made.on_change = lambda up: is_up.set() if up else None
    running = asyncio.create_task(made.run())
    await asyncio.wait_for(is_up.wait(), 20)
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture
def room() -> Iterator[A4Room]:
    with TemporaryDirectory(prefix="a4-") as folder:
        made = A4Room(Path(folder))
        yield made
        made.close()


async def release(line: Line) -> tuple[str, ReportReleased]:
    who = await line.ask(Identify(id_number=id_number(ON_TIME)))
    assert isinstance(who, Identified)
    session = who.session_id
    await line.ask(ProveIdentity(session_id=session, phone_end=phone_number(ON_TIME)[-4:]))
    given = await line.ask(PrintReport(session_id=session, report_id=FINAL))
    assert isinstance(given, ReportReleased), given
    return session, given


async def counted(line: Line, session: str) -> int:
    listed = await line.ask(ListReports(session_id=session))
    assert isinstance(listed, ReportsListed)
    return next(one.printed_count for one in listed.reports if one.report_id == FINAL)


async def told(printer: ReportPrinter) -> None:
    """Return when the server knows how it ended."""
    await asyncio.wait_for(asyncio.gather(*printer._telling), 20)


async def test_a_released_report_comes_out_with_the_patients_name_and_is_counted(
    hospital: Hospital, line: Line, room: A4Room, tmp_path: Path
) -> None:
    printer = ReportPrinter(room.printer(), hospital.shelf.fetch, line)
    session, given = await release(line)

    failure = await printer.print_released(given)
    await told(printer)

    assert failure is None
    [pdf] = room.printed()
    paper = Paper(tmp_path, pdf.read_bytes())
    assert ON_TIME in paper.text()
    assert "12.37" in "".join(paper.text().split())
    [code] = paper.qr_codes()
    assert code.startswith(f"https://queue.test/verify/report/{FINAL}/")
    assert await counted(line, session) == 1
    await printer.stop()


async def test_a_report_that_did_not_come_out_is_not_counted(
    hospital: Hospital, line: Line, room: A4Room
) -> None:
    room.order("disable")
    printer = ReportPrinter(room.printer(), hospital.shelf.fetch, line)
    session, given = await release(line)

    failure = await printer.print_released(given)
    await told(printer)

    assert failure is not None
    assert failure.sentence_zh
    assert room.printed() == []
    assert await counted(line, session) == 0
    await printer.stop()


@pytest.mark.parametrize("spoil", ["another server", "another token", "nobody there"])
async def test_what_can_not_be_fetched_is_not_printed(
    hospital: Hospital, line: Line, room: A4Room, tmp_path: Path, spoil: str
) -> None:
    session, given = await release(line)
    shelf = hospital.shelf
    if spoil == "another server":
        other = write_certificate(tmp_path, "other")
        shelf = replace(shelf, tls=ssl.create_default_context(cafile=str(other.certificate)))
    elif spoil == "nobody there":
        shelf = replace(shelf, address="https://127.0.0.1:1")
    else:
        given = type(given)(
            release_id=given.release_id, token="x" * 43, expires_at=given.expires_at
        )
    printer = ReportPrinter(room.printer(), shelf.fetch, line)

    failure = await printer.print_released(given)
    await told(printer)

    assert failure is not None
    assert room.printed() == []
    assert await counted(line, session) == 0
    await printer.stop()


def test_no_document_is_taken_for_one(hospital: Hospital) -> None:
    given = ReportReleased(release_id="r-1", token="x" * 43, expires_at=datetime.now(UTC))
    elsewhere = replace(hospital.shelf, address=f"{hospital.address}/login?")

    with pytest.raises(NotFetched):
        elsewhere.fetch(given)
