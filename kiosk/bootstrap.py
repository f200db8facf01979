"""Names the kiosk's concrete parts, starts them in order and stops them in reverse."""

import asyncio
import logging
import os
import shutil
import signal
import ssl
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from assets import FONT_BOLD, FONT_REGULAR
from hardware.registry import (
    make_bill_validator,
    make_chip_card_reader,
    make_id_card_reader,
    make_page_printer,
    make_scanner,
    make_ticket_printer,
)
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.slip_drawing import FontFile, SlipFonts
from hardware.voice.loudspeaker import open_loudspeaker
from kiosk.cash.cash_desk import CashDesk
from kiosk.cash.note_store import NoteStore, NotesUnusable
from kiosk.conductor import Conductor
from kiosk.configuration import BadConfiguration, Configuration
from kiosk.desk_commands import DeskCommands
from kiosk.flow.settings import Settings
from kiosk.input_devices import InputDevices
from kiosk.presenter.window import Presenter
from kiosk.presenter.wording import load_wordings
from kiosk.report_printer import ReportPrinter, Shelf
from kiosk.tidying import tidy_between_patients
from kiosk.voice import ScreenVoice
from queue_server.client.line import Address, Line
from queue_server.client.supervisor import Supervisor
from queue_server.client.tls import Certificates
from queue_server.contract import topics
from queue_server.contract.absence import Absences
from queue_server.contract.device_messages import DeviceStatus, OfflineRules
from queue_server.contract.payments import Payment
from queue_server.rules.terms import DeviceId, SiteId

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.offline.desk import OfflineDesk

VERSION = "0.1.0"
OUTBOX_NAME = "outbox.sqlite"
NOTES_NAME = "notes.sqlite"
_MEMORY = Path("/dev/shm")  # noqa: S108 - sounds of a session never reach a disk
_log = logging.getLogger(__name__)


def prepare_kivy(configuration: Configuration) -> None:
    """Set what Kivy reads when it is imported: the screen, locked down; no files, no arguments."""
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_FILELOG="1",
        KIVY_USE_DEFAULTCONFIG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_WINDOW="sdl2",
    )
    # Without it SDL falls back to a screen that nobody sees, and says nothing.
    os.environ.setdefault("SDL_VIDEODRIVER", "x11")
    from kivy.config import Config  # noqa: PLC0415 - reads the settings above

    window = configuration.window
    is_fullscreen = window.is_fullscreen
    for key, value in {
        "width": str(window.width),
        "height": str(window.height),
        "fullscreen": "auto" if is_fullscreen else "0",
        "show_cursor": "0" if is_fullscreen else "1",
        "resizable": "0",
        "multisamples": "0",
        "allow_screensaver": "0",
    }.items():
        Config.set("graphics", key, value)
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.remove_option("input", "%(name)s")


async def run(configuration: Configuration, *, remote_control_port: int | None = None) -> bool:
    """Run the kiosk until its window is closed, or until it is told to end (SIGTERM).

    Returns True when the desk asks for a new start.

    Args:
        configuration: what the technician has set.
        remote_control_port: for tours and tests only: whoever runs on this machine may look at
            the window and tap on it.

    Raises:
        BadConfiguration: a value that only the parts themselves can judge.
        ConfigError: the same, of a device.
    """
    zone = _zone(configuration.timezone)
    offset = timedelta(seconds=configuration.clock_offset_s)
    presenter = _presenter(configuration)
    printer = make_ticket_printer(configuration.printer, _slip_fonts())
    devices = _input_devices(configuration)
    supervisor = Supervisor(os.environ, time.monotonic)
    sounds = _sound_folder()
    voice = ScreenVoice(open_loudspeaker(configuration.voice, sounds), sounds)

    def now() -> datetime:
        return datetime.now(zone) + offset

    line = _line(configuration, now, conductor=lambda: conductor)
    # The server reads a card by its own clock, and so does the kiosk in its place.
    alone = _offline_desk(configuration, line.server_clock.now)
    cash = _cash_desk(configuration, line, now)
    conductor = Conductor(
        presenter,
        server=line,
        printer=printer,
        voice=voice,
        alone=alone,
        report_printer=_report_printer(configuration, line),
        cash=cash,
        now=now,
        monotonic=time.monotonic,
    )
    _hear_the_server(line, conductor, takes_payments=configuration.takes_payments)

    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, sounds, ignore_errors=True)
        stack.push_async_callback(voice.close)
        app = _open_window(conductor, devices)
        conductor.start(app, devices)
        stack.push_async_callback(conductor.stop)
        commands = DeskCommands(line, conductor, app, now)
        commands.follow()
        parts = [conductor.run(), supervisor.watch_the_loop()]
        parts.append(tidy_between_patients(lambda: conductor.is_free))
        if cash is not None:
            parts.append(cash.run())
        if alone is not None:
            parts.append(alone.run(line))
            _let_desk_work(alone, line, conductor)
        for part in (line.run(), line.keep_reporting(), *parts):
            stack.push_async_callback(_end, asyncio.create_task(part))
        if remote_control_port is not None:
            await stack.enter_async_context(_remote_control(app, remote_control_port))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.stop)
        supervisor.ready()
        await app.async_run("asyncio")
        if not commands.wants_restart:
            supervisor.stopping()
    return commands.wants_restart


def _hear_the_server(line: Line, conductor: Conductor, *, takes_payments: bool) -> None:
    line.on_change = conductor.line_changed
    line.follow(topics.absences(line.address.site), Absences, conductor.absences_told)
    if takes_payments:
        topic = topics.payment(line.address.site, line.address.device)
        line.follow(topic, Payment, conductor.payment_told)


def _line(
    configuration: Configuration, now: Callable[[], datetime], *, conductor: Callable[[], Conductor]
) -> Line:
    about = DeviceStatus(is_up=True, version=VERSION, kind="kiosk", started_at=now())

    def status() -> DeviceStatus:
        paper, parts = conductor().paper, conductor().parts
        return msgspec.structs.replace(about, reported_at=now(), paper=paper, parts=parts)

    line = Line(_address(configuration), now=now, new_id=lambda: uuid.uuid4().hex, status=status)
    line.on_trouble = lambda sentence: _log.warning("%s", sentence)
    line.on_bad_payload = lambda topic, error: _log.error("Unreadable message at %s", topic)
    return line


def _input_devices(configuration: Configuration) -> InputDevices:
    id_card, chip_card = configuration.id_card, configuration.chip_card
    return InputDevices(
        scanners=[make_scanner(table) for table in configuration.scanners()],
        id_card=None if id_card is None else make_id_card_reader(id_card),
        chip_card=None if chip_card is None else make_chip_card_reader(chip_card),
    )


def _cash_desk(
    configuration: Configuration, line: Line, now: Callable[[], datetime]
) -> CashDesk | None:
    if configuration.cash is None:
        return None
    store = NoteStore(Path(configuration.data_folder) / NOTES_NAME)
    try:
        store.open(uuid.uuid4().hex)
    except NotesUnusable as error:
        raise BadConfiguration(f"cash: {error}") from error
    return CashDesk(make_bill_validator(configuration.cash), store, line, now)


def _slip_fonts() -> SlipFonts:
    return SlipFonts(regular=FontFile(path=FONT_REGULAR), bold=FontFile(path=FONT_BOLD))


def _report_printer(configuration: Configuration, line: Line) -> ReportPrinter | None:
    reports = configuration.reports
    if reports is None:
        return None
    tls = None
    if reports.server.startswith("https:"):
        try:
            # With an authority of the site, that one alone is trusted.
            tls = ssl.create_default_context(cafile=reports.authority)
        except OSError as error:
            raise BadConfiguration(f"reports.authority: {reports.authority}: {error}") from error
    shelf = Shelf(address=reports.server, device=DeviceId(configuration.device), tls=tls)
    return ReportPrinter(make_page_printer(reports.printer), shelf.fetch, line)


def _offline_desk(
    configuration: Configuration, now: Callable[[], datetime]
) -> "OfflineDesk | None":
    if not configuration.data_folder:
        return None
    from kiosk.offline.desk import OfflineDesk  # noqa: PLC0415 - cryptography and SQLite
    from kiosk.offline.outbox import Outbox  # noqa: PLC0415

    return OfflineDesk(
        Outbox(Path(configuration.data_folder) / OUTBOX_NAME),
        thread=ThreadPoolExecutor(max_workers=1, thread_name_prefix="outbox"),
        site=SiteId(configuration.site),
        device=DeviceId(configuration.device),
        now=now,
        new_id=lambda: uuid.uuid4().hex,
    )


def _let_desk_work(alone: "OfflineDesk", line: Line, conductor: Conductor) -> None:
    def line_changed(is_up: bool) -> None:
        conductor.line_changed(is_up)
        alone.line_changed(is_up)

    line.on_change = line_changed
    alone.on_change = conductor.offline_check_in_changed
    line.follow(topics.offline(line.address.site), OfflineRules, alone.learn)


def _open_window(conductor: Conductor, devices: InputDevices) -> "KioskApp":
    from kiosk.app import KioskApp  # noqa: PLC0415 - importing it opens the window

    scanners = devices.scanners
    wedge = next((one for one in scanners if isinstance(one, KeyboardWedgeScanner)), None)
    return KioskApp(first=conductor.view(), on_event=conductor.handle, wedge=wedge)


@asynccontextmanager
async def _remote_control(app: "KioskApp", port: int) -> AsyncIterator[None]:
    from kiosk.remote_control import RemoteControl  # noqa: PLC0415 - needs the window

    server = await asyncio.start_server(RemoteControl(app).serve, "127.0.0.1", port)
    real_port = server.sockets[0].getsockname()[1]
    _log.warning("Remote control is on at 127.0.0.1:%d: not for a kiosk in service", real_port)
    async with server:
        yield


def _sound_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="kiosk-voice-", dir=_MEMORY if _MEMORY.is_dir() else None))


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _presenter(configuration: Configuration) -> Presenter:
    wordings = load_wordings()
    languages = tuple(configuration.session.languages or wordings)
    unknown = [language for language in languages if language not in wordings]
    if unknown:
        raise BadConfiguration(
            f"session.languages: {', '.join(unknown)} has no translation; "
            f"there are {', '.join(wordings)}"
        )
    settings = Settings(
        languages=languages,
        unattended_after_s=configuration.session.unattended_after_s,
        countdown_s=configuration.session.countdown_s,
        takes_payments=configuration.takes_payments,
        serves_inpatients=configuration.serves_inpatients,
        has_reports=configuration.reports is not None,
        takes_cash=configuration.cash is not None,
        has_id_card_reader=configuration.id_card is not None,
        has_chip_card_reader=configuration.chip_card is not None,
    )
    return Presenter(wordings=wordings, hospital=configuration.hospital, settings=settings)


def _address(configuration: Configuration) -> Address:
    broker = configuration.broker
    return Address(
        host=broker.host,
        port=broker.port,
        site=SiteId(configuration.site),
        device=DeviceId(configuration.device),
        certificates=Certificates(Path(broker.certificates)) if broker.certificates else None,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadConfiguration(f"timezone: {name!r} is no time zone") from error
