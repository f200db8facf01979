"""The kiosk's program without its server: check-in by the card alone, and the hand-over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract.messages import TakeOver
from queue_server.records.virtual_card import CardIssuer
from queue_server.rules.terms import CardId, SiteId
from tests.integration.kiosk.a_program import ALONE, CARD_KEY, configured, running, serving

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]


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


async def test_a_kiosk_alone_whose_clock_is_wrong_goes_by_the_servers(
    tmp_path: Path,
    site: SiteId,
    broker: BrokerProcess,
    devices: tuple[SimulatedTicketPrinter, SimulatedScanner],
) -> None:
    more = (f'data_folder = "{tmp_path / "data"}"', "clock_offset_s = -180")
    config = configured(tmp_path, site, broker, devices, *more)
    async with serving(broker, site) as server, running(config) as kiosk:
        await kiosk.until_line_is_up()
        await server.until_pulsed(3)
        await server.leave()
        await kiosk.until_text(ALONE)
        before = datetime.now(UTC)
        devices[1].scan(CardIssuer(CARD_KEY, site).issue(CardId("card-1"), before, "token"))
        await kiosk.until_text("小票已打印，请取走")
        await server.come()
        taken_over = await server.until_asked(TakeOver)

    assert isinstance(taken_over.body, TakeOver)
    # A word of the server's may have come a little late, but not by minutes.
    assert taken_over.body.checked_in_at > before - timedelta(seconds=30)
