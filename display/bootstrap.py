"""Names a board's concrete parts, starts them in order and stops them in reverse."""

import asyncio
import logging
import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec.structs import replace

from assets import translations
from display.announcer import Announcer, Pace
from display.configuration import BadConfiguration, Configuration
from display.desk_commands import DeskCommands
from display.heard_outbox import HeardOutbox
from display.presenter import AreaPresenter, DoorPresenter
from display.remote_control import RemoteControl
from display.texts import Texts
from hardware.voice.loudspeaker import open_loudspeaker
from queue_server.client.line import Address, Line
from queue_server.client.supervisor import Supervisor
from queue_server.client.tls import Certificates
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notices, RoomBoard
from queue_server.contract.device_messages import DeviceStatus
from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId

if TYPE_CHECKING:
    from display.app import BoardApp

VERSION = "0.1.0"
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is said of patients never reaches a disk
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

    width, height = configuration.size.split("x")
    for key, value in {
        "width": width,
        "height": height,
        "fullscreen": "0" if configuration.windowed else "auto",
        "show_cursor": "1" if configuration.windowed else "0",
        "multisamples": "0",
        "allow_screensaver": "0",
    }.items():
        Config.set("graphics", key, value)
    Config.set("kivy", "exit_on_escape", "0")
    for name, _ in Config.items("input"):
        Config.remove_option("input", name)  # nobody touches a board


async def run(configuration: Configuration) -> bool:
    """Run the board until it is ended; True when the desk asks for a new start.

    Raises:
        BadConfiguration: a value that only the parts themselves can judge.
        ConfigError: the same, of the loudspeaker.
    """
    zone = _zone(configuration.timezone)
    offset = timedelta(seconds=configuration.clock_offset_s)

    def now() -> datetime:
        return datetime.now(zone) + offset

    supervisor = Supervisor(os.environ, time.monotonic)
    ending = asyncio.Event()
    about = DeviceStatus(
        is_up=True,
        version=VERSION,
        kind="area-board" if configuration.board == "area" else "door-board",
        shows=configuration.area if configuration.board == "area" else configuration.room,
        started_at=now(),
    )
    announcer: Announcer | None = None

    def status() -> DeviceStatus:
        sound = _sound(configuration, announcer)
        return replace(about, is_up=not ending.is_set(), reported_at=now(), sound=sound)

    line = _line(configuration, now, status)
    async with AsyncExitStack() as stack:
        presenter, announcer = await _parts(configuration, line, now, stack)
        app = _open_window(presenter, is_locked=not configuration.windowed)
        commands = DeskCommands(line, app, announcer, now, ending)
        commands.follow()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, commands.end)
        if configuration.remote_control is not None:
            await _start_remote_control(app, presenter, configuration.remote_control, stack)
        background = [line.run(), line.keep_reporting(), supervisor.watch_the_loop()]
        if announcer is not None:
            background.append(announcer.run())
        supervisor.ready()
        await _until_the_window_closes(app, background, stack)
        # A broker publishes the will of those only who go without a word.
        ending.set()
        await line.report_status()
    return commands.wants_restart


def _sound(configuration: Configuration, announcer: Announcer | None) -> str:
    if announcer is None or configuration.voice == "none":
        return ""
    if announcer.sound.is_silent:
        return "silenced"
    return "broken" if announcer.sound.has_fault else "ok"


def _line(
    configuration: Configuration,
    now: Callable[[], datetime],
    status: Callable[[], DeviceStatus],
) -> Line:
    host, _, port = configuration.broker.rpartition(":")
    line = Line(
        Address(
            host=host.strip("[]"),
            port=int(port),
            site=SiteId(configuration.site),
            device=DeviceId(configuration.device),
            certificates=_certificates(configuration),
        ),
        now=now,
        new_id=lambda: uuid.uuid4().hex,
        status=status,
        is_asker=False,
    )
    line.on_trouble = lambda sentence: _log.warning("%s", sentence)
    # What can't be read may hold a name: never the error's own text.
    line.on_bad_payload = lambda topic, error: _log.error("unreadable message at %s", topic)
    return line


def _certificates(configuration: Configuration) -> Certificates | None:
    return Certificates(Path(configuration.certificates)) if configuration.certificates else None


async def _parts(
    configuration: Configuration, line: Line, now: Callable[[], datetime], stack: AsyncExitStack
) -> tuple[AreaPresenter | DoorPresenter, Announcer | None]:
    """Make what the board needs, and let it follow its topics."""
    texts = Texts(translations.load("display", "zh"), translations.load("display", "en"))
    site = line.address.site
    if configuration.board == "door":
        door = DoorPresenter(texts, now)
        line.follow(topics.room_board(site, RoomId(configuration.room)), RoomBoard, door.take_board)
        line.on_change = door.line_changed
        return door, None
    announcer, outbox = _announcer(configuration, line, now, stack)
    area_board = AreaPresenter(texts, announcer, now)
    area = AreaId(configuration.area)
    line.follow(topics.area_board(site, area), AreaBoard, area_board.take_board)
    line.follow(topics.call(site, area), Call, announcer.offer)
    line.follow(topics.notice(site, area), Notices, area_board.take_notices)

    def line_changed(is_up: bool) -> None:
        area_board.line_changed(is_up)
        outbox.line_changed(is_up)

    line.on_change = line_changed
    return area_board, announcer


def _announcer(
    configuration: Configuration, line: Line, now: Callable[[], datetime], stack: AsyncExitStack
) -> tuple[Announcer, HeardOutbox]:
    folder = tempfile.mkdtemp(prefix="board-voice-", dir=_MEMORY if _MEMORY.is_dir() else None)
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    loudspeaker = open_loudspeaker(
        configuration.voice,
        Path(folder),
        rate_wpm=configuration.voice_rate_wpm,
        volume_percent=configuration.voice_volume_percent,
    )
    if loudspeaker is not None:
        stack.push_async_callback(loudspeaker.close)
    heard_at = topics.heard(line.address.site, line.address.device)
    outbox = HeardOutbox(lambda heard: line.publish(heard_at, heard))
    announcer = Announcer(
        loudspeaker,
        now=now,
        sleep=asyncio.sleep,
        acknowledge=outbox.put,
        pace=Pace(),
        digit_one=configuration.digit_one,
    )
    return announcer, outbox


def _open_window(presenter: AreaPresenter | DoorPresenter, *, is_locked: bool) -> "BoardApp":
    from display.app import BoardApp  # noqa: PLC0415 - importing it opens the window

    return BoardApp(presenter, is_locked=is_locked)


async def _start_remote_control(
    app: "BoardApp", presenter: AreaPresenter | DoorPresenter, port: int, stack: AsyncExitStack
) -> None:
    control = RemoteControl(presenter.view, app.screenshot)
    server = await asyncio.start_server(control.serve, "127.0.0.1", port)
    _log.warning("Remote control is on at 127.0.0.1:%d: not for a board in service", port)
    await stack.enter_async_context(server)


async def _until_the_window_closes(
    app: "BoardApp", background: list[Coroutine[Any, Any, None]], stack: AsyncExitStack
) -> None:
    """Run the window; should a part behind it fail, so does the program: it is started again."""
    window = asyncio.create_task(app.async_run("asyncio"))
    behind = [asyncio.create_task(part) for part in background]
    for task in behind:
        stack.push_async_callback(_end, task)
    done, _ = await asyncio.wait([window, *behind], return_when=asyncio.FIRST_COMPLETED)
    app.stop()
    await window
    for task in done:
        task.result()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadConfiguration(f"timezone: {name!r} is no time zone") from error
