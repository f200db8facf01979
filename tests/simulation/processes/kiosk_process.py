"""A kiosk as a process: the real conductor, flow and line, without window, printer and voice.

Whoever connects to its socket is a patient in front of it: one line of JSON with the code that he
holds up, one line back when he leaves.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from hardware.slip import Slip
from hardware.ticket_printer import PrinterStatus
from kiosk.conductor import Conductor
from kiosk.flow.events import Key, Scanned, Tapped
from kiosk.flow.settings import Settings
from kiosk.flow.state import Arrived, Home, MyPlace, OneVisit, Refusal, Screen, Visits, Waiting
from kiosk.input_devices import InputDevices
from kiosk.presenter.views import View
from kiosk.presenter.window import Presenter
from kiosk.presenter.wording import load_wordings
from tests.simulation.processes.devices import Order, line_change, make_device, together

THINKS_S: Final = 0.15
TAPS_MAX: Final = 8
SLIP_WITHIN_S: Final = 30.0


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody steps in front of the kiosk."""

    code: str


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """He goes, having seen this last."""

    screen: str
    ticket: str = ""
    number: str = ""
    code: str = ""
    """Of a refusal."""


class _NoPrinter:
    """Paper is not what this is about."""

    def status(self) -> PrinterStatus:
        return PrinterStatus()

    def print_slip(self, slip: Slip) -> None:
        del slip


class _NoVoice:
    def say(
        self, texts: Sequence[str], *, language: str, name: str, on_end: Callable[[], None]
    ) -> None:
        on_end()

    def silence(self) -> None:
        pass

    def wipe(self) -> None:
        pass


class _Window:
    """Wakes whoever looks at the screen."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()

    def show(self, view: View) -> None:
        del view
        self.changed.set()

    def wipe(self) -> None:
        pass


async def run_kiosk(order: Order) -> None:
    """Be a kiosk until killed."""
    device = make_device(order)
    presenter = Presenter(
        wordings=load_wordings(), hospital={"zh": "医院"}, settings=Settings(languages=("zh", "en"))
    )
    conductor = Conductor(
        presenter,
        server=device.line,
        printer=_NoPrinter(),
        voice=_NoVoice(),
        now=device.now,
        monotonic=time.monotonic,
    )
    device.line.on_change = line_change(device, conductor.line_changed)
    window = _Window()
    conductor.start(window, InputDevices())
    place = asyncio.Lock()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = await reader.readline()
        if not said:
            writer.close()
            return
        patient = msgspec.json.decode(said, type=Patient)
        async with place:
            left = await _visit(conductor, window, patient)
        # He may have gone without waiting.
        with suppress(ConnectionError):
            writer.write(msgspec.json.encode(left) + b"\n")
            await writer.drain()
        writer.close()

    order.socket.unlink(missing_ok=True)
    async with await asyncio.start_unix_server(serve, order.socket):
        await together(asyncio.create_task(device.line.run()), asyncio.create_task(conductor.run()))


async def _visit(conductor: Conductor, window: _Window, patient: Patient) -> Left:
    """Tap and scan until there is nothing left to do."""
    if not isinstance(conductor.state.screen, Home):
        conductor.handle(Tapped(key=Key.HOME))
    conductor.handle(Tapped(key=Key.CHECK_IN))
    conductor.handle(Scanned(code=patient.code))
    for _ in range(TAPS_MAX):
        await _answer(conductor, window)
        await asyncio.sleep(THINKS_S)
        screen = conductor.state.screen
        if not _go_on(conductor, screen):
            conductor.handle(Tapped(key=Key.DONE))
            return _left(screen)
    return _left(conductor.state.screen)


async def _answer(conductor: Conductor, window: _Window) -> None:
    async with asyncio.timeout(SLIP_WITHIN_S):
        while isinstance(conductor.state.screen, Waiting):
            window.changed.clear()
            await window.changed.wait()


def _go_on(conductor: Conductor, screen: Screen) -> bool:
    match screen:
        case OneVisit():
            conductor.handle(Tapped(key=Key.CHECK_IN))
            return isinstance(conductor.state.screen, Waiting)
        case Visits():
            visits = conductor.state.session.visits if conductor.state.session else ()
            for index, visit in enumerate(visits):
                if visit.can_check_in:
                    conductor.handle(Tapped(key=Key.VISIT, argument=index))
                    return True
            return False
        case Refusal():
            # What a patient does first: press the key again.
            conductor.handle(Tapped(key=Key.TRY_AGAIN))
            return isinstance(conductor.state.screen, Waiting | OneVisit | Visits)
        case _:
            return False


def _left(screen: Screen) -> Left:
    match screen:
        case Arrived(facts=facts):
            visit = facts.visit
            return Left(screen="Arrived", ticket=visit.ticket_id, number=visit.number)
        case MyPlace(visit=visit):
            return Left(screen="MyPlace", ticket=visit.ticket_id, number=visit.number)
        case Refusal(code=code):
            return Left(screen="Refusal", code=str(code))
        case _:
            return Left(screen=type(screen).__name__)
