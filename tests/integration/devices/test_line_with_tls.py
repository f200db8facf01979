"""A device's line over TLS: it works on each broker, and says in words why it can't be had."""

import asyncio
import contextlib
import shutil
import ssl
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from queue_server.broker.broker import BrokerAddress
from queue_server.client.line import RECONNECT_AFTER_S, Address, Line
from queue_server.client.tls import CERTIFICATE_NAME, KEY_NAME, Certificates
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.messages import CallHelp, HelpCalled
from queue_server.demo.programs import free_port
from queue_server.devices.authority import CERTIFICATE_LIFE
from queue_server.devices.carried_folder import carried_folder
from queue_server.rules.terms import AreaId, DeviceId
from tests.integration.devices.secured_site import (
    DEVICES,
    SITE,
    WAIT_S,
    SecuredSite,
    Serve,
    ServerOf,
    no_files,
)

KIOSK, OTHER_KIOSK, AREA_BOARD, _ = DEVICES


class RunningLine:
    """A line, and what it tells."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.troubles: asyncio.Queue[str] = asyncio.Queue()
        self._changes: asyncio.Queue[bool] = asyncio.Queue()
        line.on_trouble = self.troubles.put_nowait
        line.on_change = self._changes.put_nowait

    async def trouble(self) -> str:
        async with asyncio.timeout(WAIT_S):
            return await self.troubles.get()

    async def until(self, *, is_up: bool) -> None:
        async with asyncio.timeout(WAIT_S):
            while await self._changes.get() != is_up:
                pass


@contextlib.asynccontextmanager
async def line_of(
    certificates: Certificates | None,
    broker: BrokerAddress,
    name: str = "kiosk-01",
    *,
    is_asker: bool = True,
) -> AsyncIterator[RunningLine]:
    address = Address(
        host=broker.host,
        port=broker.port,
        site=SITE.id,
        device=DeviceId(name),
        certificates=certificates,
    )
    line = Line(
        address,
        now=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex,
        status=lambda: DeviceStatus(is_up=True),
        is_asker=is_asker,
    )
    running = RunningLine(line)
    task = asyncio.create_task(line.run())
    yield running
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_kiosk_asks_and_is_answered_and_comes_back_after_the_broker_was_away(
    site: SecuredSite, serve: Serve, server_of: ServerOf
) -> None:
    of_kiosk = site.add(KIOSK)
    broker, _ = serve(site)
    server_of(site, "--broker", str(broker.address))

    async with line_of(of_kiosk, broker.address) as kiosk:
        await kiosk.until(is_up=True)
        assert await kiosk.line.ask(CallHelp(screen="home")) == HelpCalled()

        broker.stop()
        await kiosk.until(is_up=False)
        broker.start()
        await kiosk.until(is_up=True)

        assert await kiosk.line.ask(CallHelp(screen="home")) == HelpCalled()


async def test_a_board_is_told_what_its_area_shows(
    site: SecuredSite, serve: Serve, server_of: ServerOf
) -> None:
    of_board = site.add(AREA_BOARD)
    broker, _ = serve(site)
    server_of(site, "--broker", str(broker.address))
    boards: asyncio.Queue[AreaBoard] = asyncio.Queue()

    async with line_of(of_board, broker.address, "board-a", is_asker=False) as board:
        board.line.follow(
            topics.area_board(SITE.id, AreaId("area-a")), AreaBoard, boards.put_nowait
        )
        async with asyncio.timeout(WAIT_S):
            assert (await boards.get()).area == "area-a"


async def test_a_revoked_device_is_told_so_and_goes_on_trying(
    site: SecuredSite, serve: Serve
) -> None:
    of_kiosk = site.add(KIOSK)
    broker, _ = serve(site)
    site.revoke("kiosk-01")
    broker.reload()

    async with line_of(of_kiosk, broker.address) as kiosk:
        assert "refuses this machine" in await kiosk.trouble()


@contextlib.asynccontextmanager
async def impostor_with(folder: Path, host: str = "127.0.0.1") -> AsyncIterator[BrokerAddress]:
    """Somebody who listens with the certificate in `folder`, as a broker would."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / CERTIFICATE_NAME, folder / KEY_NAME)
    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(), host, 0, ssl=context
    )
    async with server:
        yield BrokerAddress(host=host, port=server.sockets[0].getsockname()[1])


async def trouble_with(of_kiosk: Certificates, broker: BrokerAddress) -> str:
    async with line_of(of_kiosk, broker) as kiosk:
        return await kiosk.trouble()


async def test_a_broker_of_another_site_is_not_trusted(site: SecuredSite, tmp_path: Path) -> None:
    of_kiosk = site.add(KIOSK)
    other_site = SecuredSite(tmp_path / "other-site")
    other_site.add(KIOSK)

    async with impostor_with(other_site.register.broker_folder) as broker:
        assert "is not of this site" in await trouble_with(of_kiosk, broker)


async def test_a_device_cannot_pose_as_the_broker(site: SecuredSite) -> None:
    of_kiosk, stolen = site.add(KIOSK), site.add(OTHER_KIOSK)

    async with impostor_with(stolen.folder) as broker:
        assert "is not of this site" in await trouble_with(of_kiosk, broker)


async def test_a_broker_at_another_address_than_its_certificate_says_is_not_trusted(
    site: SecuredSite,
) -> None:
    of_kiosk = site.add(KIOSK)

    async with impostor_with(site.register.broker_folder, "127.0.0.2") as broker:
        assert "does not name 127.0.0.2" in await trouble_with(of_kiosk, broker)


async def test_an_expired_certificate_of_the_broker_is_named(site: SecuredSite) -> None:
    of_kiosk = site.add(KIOSK)
    long_ago = datetime.now(UTC) - CERTIFICATE_LIFE - timedelta(days=1)
    site.register.renew("broker", long_ago, carried_folder(site.folder / "unused", no_files))

    async with impostor_with(site.register.broker_folder) as broker:
        assert "has expired" in await trouble_with(of_kiosk, broker)


async def test_certificates_that_were_not_copied_whole_are_named(
    site: SecuredSite, serve: Serve
) -> None:
    of_kiosk, of_other = site.add(KIOSK), site.add(OTHER_KIOSK)
    broker, _ = serve(site)

    shutil.copy(of_other.folder / KEY_NAME, of_kiosk.folder / KEY_NAME)
    assert "copy ca.crt, device.crt and device.key" in await trouble_with(of_kiosk, broker.address)

    (of_kiosk.folder / CERTIFICATE_NAME).unlink()
    assert "can't be read" in await trouble_with(of_kiosk, broker.address)


async def test_a_broker_that_is_not_there_is_named_once(site: SecuredSite) -> None:
    of_kiosk = site.add(KIOSK)
    nobody = BrokerAddress(host="127.0.0.1", port=free_port())

    async with line_of(of_kiosk, nobody) as kiosk:
        assert f"the broker at {nobody} can't be reached" in await kiosk.trouble()
        await asyncio.sleep(2 * RECONNECT_AFTER_S)
        assert kiosk.troubles.empty()
