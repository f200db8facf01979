"""`hospital-kiosk demo`: a hospital at work on this machine, until Ctrl-C."""

import os
import shutil
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from queue_server.broker.broker import BrokerAddress
from queue_server.demo.hospital import (
    NURSE,
    OPENS_AT,
    PASSWORD,
    SITE_FILE,
    DemoHospital,
    make_demo,
)
from queue_server.site import load_site

LOOK_S: Final = 0.5


def has_screen() -> bool:
    """Tell whether windows can be shown here."""
    return bool(os.environ.get("DISPLAY"))


def run_demo(now: datetime, broker: BrokerAddress | None) -> None:
    """Open kiosk, area board and door board, and say where the pages are.

    Raises:
        ProgramFailed: one of the programs did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="hospital-demo-"))
    local = now.astimezone(ZoneInfo(load_site(SITE_FILE).timezone))
    voice = "aplay" if shutil.which("aplay") else "none"
    environment = {"SDL_VIDEODRIVER": "x11"}
    demo = make_demo(folder, now=local, broker=broker, environment=environment, voice=voice)
    console = Console()
    try:
        with console.status("正在打开医院 Opening the hospital ..."):
            demo.start_devices()
            demo.start_server()
            demo.start_kiosk("540x960")
            demo.start_displays("1280x720", "640x400")
        console.print(_welcome(demo))
        while not demo.programs.ended():
            time.sleep(LOOK_S)
        names = ", ".join(demo.programs.ended())
        console.print(f"{names}: 窗口已关闭 closed. 日志 logs: {demo.programs.logs}")
    except KeyboardInterrupt:
        console.print("\n正在关闭 Closing ...")
    finally:
        demo.programs.stop_all()
    shutil.rmtree(folder, ignore_errors=True)


def _welcome(demo: DemoHospital) -> Table:
    table = Table(title=f"{demo.site.name_zh} · {demo.site.name_en} · {OPENS_AT}")
    table.add_column("页面 Page")
    table.add_column("地址 Address", no_wrap=True)
    table.add_column("用户 User")
    table.add_column("密码 Password")
    doctor = demo.site.queues[0]
    table.add_row("护士站 Nurse station", f"{demo.address}/station", NURSE, PASSWORD)
    table.add_row("医生工作台 Doctor console", f"{demo.address}/console", doctor.id, PASSWORD)
    table.add_row("患者手机 Patients' phones", f"{demo.address}/cards", "", "")
    table.add_row("扫码 Scan a code", _scan_command(demo), "", "")
    table.caption = f"小票 slips: {demo.slips} · Ctrl-C 关闭 closes everything"
    return table


def _scan_command(demo: DemoHospital) -> str:
    return f"python -m hardware control {demo.ports.scanner_control} scan CODE"
