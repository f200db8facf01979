"""`hospital-kiosk demo`: a hospital at work on this machine, until Ctrl-C."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from queue_server.broker.broker import BrokerAddress
from queue_server.demo.controls import id_card_of
from queue_server.demo.doctors import sign_doctors_in
from queue_server.demo.hospital import OPENS_AT, SITE_FILE, DemoHospital, make_demo
from queue_server.demo.users import (
    ADMINISTRATOR,
    AUDITOR,
    CASHIER,
    DESK,
    NURSE,
    PASSWORD,
    TOTP_SECRET,
)
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.site import load_site
from queue_server.web.second_factor import STEP_S, code_at

LOOK_S: Final = 0.5


def has_screen() -> bool:
    """Tell whether windows can be shown here."""
    return bool(os.environ.get("DISPLAY"))


def run_demo(clock: Callable[[], datetime], broker: BrokerAddress | None) -> None:
    """Open kiosk, area board and door board, and say where the pages are.

    Args:
        clock: gives the real time.
        broker: an MQTT broker; None: the embedded one.

    Raises:
        ProgramFailed: one of the programs did not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="hospital-demo-"))
    local = clock().astimezone(ZoneInfo(load_site(SITE_FILE).timezone))
    voice = "aplay" if shutil.which("aplay") else "none"
    environment = {"SDL_VIDEODRIVER": "x11"}
    demo = make_demo(folder, now=local, broker=broker, environment=environment, voice=voice)
    console = Console()
    try:
        with console.status("正在打开医院 Opening the hospital ..."):
            demo.start_devices()
            demo.start_sandbox()
            demo.start_server()
            sign_doctors_in(demo.address, demo.doctors, PASSWORD)
            demo.start_kiosk("540x960")
            demo.start_displays("1280x720", "640x400")
        console.print(_welcome(demo), soft_wrap=True, highlight=False)
        with console.status("") as line:
            while not demo.programs.ended():
                line.update(_code_line(clock()))
                time.sleep(LOOK_S)
        names = ", ".join(demo.programs.ended())
        console.print(f"{names}: 窗口已关闭 closed. 日志 logs: {demo.programs.logs}")
    except KeyboardInterrupt:
        console.print("\n正在关闭 Closing ...")
    finally:
        demo.programs.stop_all()
    shutil.rmtree(folder, ignore_errors=True)


def _code_line(at: datetime) -> str:
    """Return what an authenticator app of administrator and auditor would show now."""
    left_s = STEP_S - int(at.timestamp()) % STEP_S
    return f"验证码 Code: [bold]{code_at(TOTP_SECRET, at)}[/bold] ({left_s} s)"


def _id_card(demo: DemoHospital) -> str:
    """Return an ID card of one of today's patients, as the simulated reader takes it."""
    records = Records(demo.folder / "data" / "records.sqlite")
    patient = next(one for one in records.patients_on(demo.day_on) if one.id_number)
    return id_card_of(patient)


def _welcome(demo: DemoHospital) -> str:
    """Return what somebody needs who sits in front of the demo, each in a line of its own."""
    doctor, control = demo.site.queues[0].id, "python -m hardware control"
    lines = {
        "护士站 Nurse station": f"{demo.address}/station",
        "  用户 user / 密码 password": f"{NURSE} / {PASSWORD}",
        "医生工作台 Doctor console": f"{demo.address}/console",
        "  用户 user / 密码 password ": f"{doctor} / {PASSWORD}",
        "导诊台 Information desk": f"{demo.address}/desk",
        "  用户 user / 密码 password     ": f"{DESK} / {PASSWORD}",
        "查阅与操作记录 Audit list": f"{demo.address}/audit",
        "  用户 user / 密码 password  ": f"{AUDITOR} / {PASSWORD}  + 验证码 code ↓",
        "信息科 Administrator": f"{demo.address}/",
        "  用户 user / 密码 password   ": f"{ADMINISTRATOR} / {PASSWORD}  + 验证码 code ↓",
        "收费员 Cashier": f"{demo.address}/payments",
        "  用户 user / 密码 password    ": f"{CASHIER} / {PASSWORD}  + 验证码 code ↓",
        "患者手机 Patients' phones": f"{demo.address}/cards",
        "扫码 Scan a code": f"{control} {demo.ports.scanner_control} scan CODE",
        "身份证 Lay an ID card": f"{control} {demo.ports.id_card_control} put '{_id_card(demo)}'",
        "纸币 Put in a note": f"{control} {demo.ports.cash_control} insert 20",
        "小票 Slips": str(demo.slips),
        "关闭 Close everything": "Ctrl-C",
    }
    width = max(cell_len(what) for what in lines)
    told = [f"{set_cell_size(what, width)}  {where}" for what, where in lines.items()]
    title = f"{demo.site.name_zh} · {demo.site.name_en} · {OPENS_AT}"
    return "\n".join([title, "", *told])
