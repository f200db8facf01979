"""`hospital-kiosk demo --tour DIR`: a morning of twelve patients, told in pictures and sounds."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, sync_playwright
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from queue_server.broker.broker import BrokerAddress
from queue_server.demo.cast import MAIN_QUEUE, find_cast
from queue_server.demo.hospital import OFFSCREEN, OPENS_AT, SITE_FILE, DemoHospital, make_demo
from queue_server.demo.pages import (
    CONSOLE_SIZE,
    STATION_SIZE,
    Api,
    open_browser,
    signed_in_page,
)
from queue_server.demo.scenes import SCENES
from queue_server.demo.stage import Stage
from queue_server.demo.story import Story
from queue_server.demo.users import NURSE, PASSWORD
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.site import load_site

KIOSK_SIZE = "1080x1920"
AREA_BOARD_SIZE = "1920x1080"
DOOR_BOARD_SIZE = "1280x800"


def run_tour(folder: Path, now: datetime, broker: BrokerAddress | None) -> Path:
    """Play the morning and return where `tour.md` is.

    Args:
        folder: takes the pictures and sounds; what an earlier tour left in it goes away.
        now: the present instant.
        broker: an MQTT broker; None: the embedded one.

    Raises:
        ProgramFailed, TourStuck: the morning did not go on; the sentence says where.
    """
    _empty(folder)
    with tempfile.TemporaryDirectory(prefix="hospital-tour-") as work, ExitStack() as stack:
        demo = make_demo(
            Path(work),
            now=now.astimezone(ZoneInfo(load_site(SITE_FILE).timezone)),
            broker=broker,
            environment=OFFSCREEN,
            voice=f"file:{folder.resolve() / 'sounds'}",
            logs=folder.resolve() / "logs",
        )
        stack.callback(demo.programs.stop_all)
        with Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        ) as progress:
            task = progress.add_task("开门 Opening", total=len(SCENES) + 1)
            _open(demo)
            stage = stack.enter_context(_set(demo, Story(folder)))
            progress.advance(task)
            for name, scene in SCENES:
                progress.update(task, description=name)
                scene(stage)
                progress.advance(task)
        for sound in sorted((folder / "sounds").glob("*.wav")):
            stage.story.sound(sound)
        return stage.story.write(f"{demo.site.name_zh} · {demo.site.name_en} · {OPENS_AT}")


def _open(demo: DemoHospital) -> None:
    demo.start_devices()
    demo.start_sandbox()
    demo.start_server()
    demo.start_displays(AREA_BOARD_SIZE, DOOR_BOARD_SIZE)
    demo.start_kiosk(KIOSK_SIZE)


@contextmanager
def _set(demo: DemoHospital, story: Story) -> Iterator[Stage]:
    """Sign everybody in and find who plays."""
    records = Records(demo.folder / "data" / "records.sqlite")
    with sync_playwright() as playwright, ExitStack() as stack:
        browser: Browser = stack.enter_context(open_browser(playwright))
        nurse = Api(demo.address, NURSE, PASSWORD)
        stack.callback(nurse.close)
        doctor = Api(demo.address, MAIN_QUEUE, PASSWORD)
        stack.callback(doctor.close)
        yield Stage(
            demo=demo,
            story=story,
            cast=find_cast(records, demo.site, demo.day_on),
            browser=browser,
            nurse=nurse,
            doctor=doctor,
            station=signed_in_page(browser, demo.address, NURSE, PASSWORD, STATION_SIZE),
            console=signed_in_page(browser, demo.address, MAIN_QUEUE, PASSWORD, CONSOLE_SIZE),
        )


def _empty(folder: Path) -> None:
    """Make the folder, without what an earlier tour left in it; touch nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("[0-9][0-9]-*.png"):
        left.unlink()
    for name in ("sounds", "logs"):
        shutil.rmtree(folder / name, ignore_errors=True)
