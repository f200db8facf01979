"""A nurse looks from her station at a board that hangs elsewhere: both are the real programs."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageChops, ImageStat

from queue_server.broker.broker_process import BrokerProcess
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.terms import QueueId, SiteId
from queue_server.site import load_site
from queue_server.web.application import make_application
from queue_server.web.web_server import WebServer
from tests.integration.display.conftest import DEVICE
from tests.integration.display.test_program import Program, started
from tests.integration.service.known_hospital import write_known_hospital
from tests.integration.service.served_site import ServedSite, SettableClock
from tests.integration.web.hospital_day import PASSWORD, make_users

pytestmark = [pytest.mark.broker, pytest.mark.end_to_end, pytest.mark.timeout(180)]

CARDIOLOGY = QueueId("cardiology-1")
SIZE = (960, 540)
FIRST_ROW = (300, 70, 780, 150)
"""Of the board: who is in the first room, and who waits for it."""
ALIKE_MAX = 8.0
"""Of 255, on average over its pixels: what the making of a small JPEG may change."""


class RealClock(SettableClock):
    """What a board is asked to do is good for half a minute by its own clock."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
async def served(tmp_path: Path, broker: BrokerProcess, site: SiteId) -> AsyncIterator[ServedSite]:
    write_known_hospital(tmp_path / "records.db")
    running = ServedSite(tmp_path, broker.address, site, tmp_path / "records.db")
    running.clock = RealClock()
    await asyncio.to_thread(running.start)
    yield running
    await asyncio.to_thread(running.stop)


@pytest.fixture
async def nurse(served: ServedSite) -> AsyncIterator[httpx.AsyncClient]:
    users = make_users(load_site(DEMO_SITE_FILE))
    application = make_application(
        served.service, users, new_token=lambda: secrets.token_urlsafe(32)
    )
    server = WebServer(application, host="127.0.0.1", port=0)
    address = f"http://127.0.0.1:{await asyncio.to_thread(server.start)}"
    async with httpx.AsyncClient(base_url=address, headers={"Origin": address}) as client:
        signed_in = await client.post("/api/login", json={"user": "li", "password": PASSWORD})
        assert signed_in.status_code == 200
        yield client
    await asyncio.to_thread(server.stop)


async def next_picture(nurse: httpx.AsyncClient, after: str = "") -> str:
    """Look again and again, as the panel does, until another picture has come; return its time."""
    async with asyncio.timeout(60):
        while True:
            screens = (await nurse.post("/api/station/screens", json={})).json()
            taken_at = next((one["taken_at"] for one in screens if one["device"] == DEVICE), "")
            if taken_at not in ("", after):
                return str(taken_at)
            await asyncio.sleep(0.5)


async def picture_of(nurse: httpx.AsyncClient) -> bytes:
    return (await nurse.get(f"/api/station/screens/{DEVICE}/picture")).content


async def apart_from(board: Program, picture: bytes, folder: Path) -> float:
    """Return how far a picture is from what hangs there."""
    own = folder / "own.png"
    await board.ask(do="screenshot", path=str(own))
    with Image.open(BytesIO(picture)) as seen, Image.open(own) as shown:
        assert seen.size == SIZE
        both = [one.convert("RGB").resize(SIZE).crop(FIRST_ROW) for one in (seen, shown)]
    apart = ImageChops.difference(*both)
    return sum(ImageStat.Stat(apart).mean) / 3


async def test_a_nurse_sees_what_a_board_shows_and_sees_it_change(
    tmp_path: Path,
    broker: BrokerProcess,
    site: SiteId,
    served: ServedSite,
    nurse: httpx.AsyncClient,
) -> None:
    size = f"{SIZE[0]}x{SIZE[1]}"
    arguments = ("area", "--area", "area-a", "--size", size, "--voice", "none")
    async with started(*arguments, broker=broker, site=site) as board:
        await board.shows(lambda view: len(view["rows"]) == 5)
        before = await next_picture(nurse)
        empty = await picture_of(nurse)
        assert await apart_from(board, empty, tmp_path) < ALIKE_MAX

        # Without a name nothing is covered, and both pictures can be compared.
        for _ in range(9):
            served.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
        await board.shows(lambda view: len(view["rows"][0]["waiting"]) == 8)
        async with asyncio.timeout(60):
            # What it shows is drawn a moment later.
            changed = 0.0
            while changed <= ALIKE_MAX:
                changed = await apart_from(board, empty, tmp_path)
            while await apart_from(board, await picture_of(nurse), tmp_path) > changed / 2:
                before = await next_picture(nurse, after=before)

    assert served.service.now.device_commands == ()
