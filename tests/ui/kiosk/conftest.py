"""A whole kiosk: real window, real printer driver, simulated printer, scripted server."""

# ruff: noqa: PLC0415 - importing Kivy's window opens it

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest_asyncio

from assets import FONT_BOLD, FONT_REGULAR
from hardware.printers.escpos_printer import EscposSettings, EscposTicketPrinter
from hardware.printers.network_line import NetworkLine
from hardware.scanners.code_collector import CodeLimits
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from hardware.slip_drawing import FontFile, SlipFonts
from kiosk.conductor import Conductor
from kiosk.input_devices import InputDevices
from kiosk.voice import ScreenVoice
from tests.ui.conftest import Drive
from tests.ui.driver import UiDriver
from tests.unit.kiosk.a_kiosk import PRESENTER
from tests.unit.kiosk.hospital_for_tests import AT
from tests.unit.kiosk.scripted_server import Answer, ScriptedServer

SIZE = (1080, 1920)
FONTS = SlipFonts(regular=FontFile(path=FONT_REGULAR), bold=FontFile(path=FONT_BOLD))


@dataclass(frozen=True, kw_only=True)
class Kiosk:
    """What a test can hold on to."""

    ui: UiDriver
    server: ScriptedServer
    conductor: Conductor
    printer: SimulatedTicketPrinter
    slips_folder: Path

    async def until_screen(self, name: str) -> None:
        await self.ui.until(lambda: self.ui.has(f"screen-{name}"))

    def slips(self) -> list[Path]:
        return sorted(self.slips_folder.glob("slip-*.png"))


MakeKiosk = Callable[..., Awaitable[Kiosk]]
"""Called with the server's script, and `size` if the window is another one."""


@pytest_asyncio.fixture
async def make_kiosk(drive: Drive, tmp_path: Path) -> AsyncIterator[MakeKiosk]:
    """Start a kiosk; it is stopped when the test ends."""
    endpoint = TcpEndpoint("127.0.0.1", 0)
    device = SimulatedTicketPrinter(endpoint=endpoint, slips_folder=tmp_path / "slips")
    device.start()
    conductors: list[Conductor] = []

    async def start(*script: Answer, size: tuple[int, int] = SIZE) -> Kiosk:
        from kiosk.app import KioskApp

        line = NetworkLine(
            host="127.0.0.1", port=endpoint.port, connect_timeout_s=5, write_timeout_s=5
        )
        server = ScriptedServer(*script)
        conductor = Conductor(
            PRESENTER,
            server=server,
            printer=EscposTicketPrinter(line, FONTS, EscposSettings(query_timeout_s=5)),
            voice=ScreenVoice(None, tmp_path),
            now=lambda: datetime.fromisoformat(AT.isoformat()),
            monotonic=time.monotonic,
        )
        conductors.append(conductor)
        wedge = KeyboardWedgeScanner(CodeLimits())
        app = KioskApp(first=conductor.view(), on_event=conductor.handle, wedge=wedge)
        conductor.start(app, InputDevices(scanners=[wedge]))
        ui = await drive(app, size)
        conductor.line_changed(True)
        await ui.frames()
        return Kiosk(
            ui=ui,
            server=server,
            conductor=conductor,
            printer=device,
            slips_folder=tmp_path / "slips",
        )

    yield start
    for conductor in conductors:
        await conductor.stop()
    device.stop()
