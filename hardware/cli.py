"""The command line: `python -m hardware check`, and the simulated devices."""

import argparse
import json
import signal
import threading
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from hardware.check import CONFIG_EXAMPLE, check_scanner, check_ticket_printer
from hardware.check_money_and_cards import check_bill_validator, check_card_reader
from hardware.check_result import CheckResult, print_results
from hardware.registry import make_chip_card_reader, make_id_card_reader
from hardware.simulated.bill_validator import SimulatedBillValidator
from hardware.simulated.chip_card import SimulatedChipCard
from hardware.simulated.control import ControlServer, send_order
from hardware.simulated.device import SimulatedDevice
from hardware.simulated.endpoint import Endpoint
from hardware.simulated.faults import SimulatedFault
from hardware.simulated.id_card_reader import SimulatedIdCardReader
from hardware.simulated.pty_endpoint import PtyEndpoint
from hardware.simulated.scanner import SimulatedScanner
from hardware.simulated.tcp_endpoint import TcpEndpoint
from hardware.simulated.ticket_printer import SimulatedTicketPrinter
from hardware.simulated.vpcd_endpoint import VPCD_PORT, VpcdEndpoint
from hardware.slip_drawing import FontFile, SlipFonts

CASH_WAIT_S = 20.0
ORDERS = ["set", "clear", "clear_all", "state", "scan", "insert", "put", "take_away"]
FONTS_FOLDER = Path(__file__).parent.parent / "assets" / "fonts"

_DESCRIPTION = """\
自助机外设的自检与模拟 / Check the devices of a kiosk, or simulate them.

  python -m hardware check --config kiosk.toml --print
  python -m hardware simulate printer --port 9100 --slips slips --control-port 9101
  python -m hardware simulate scanner --link scanner --control-port 9201
  python -m hardware simulate cash --link cash --control-port 9301
  python -m hardware simulate id-card --link id-card --control-port 9401
  python -m hardware simulate chip-card --number 00017 --control-port 9501
  python -m hardware control 9101 set paper_out
  python -m hardware control 9201 scan hk:0123456789
  python -m hardware control 9301 insert 50
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 all is well, 1 something is not."""
    parsed = _parser().parse_args(arguments)
    exit_code: int = parsed.run(parsed)
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m hardware",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="自检：查看每个设备 / look at every device")
    check.add_argument(
        "--config",
        type=Path,
        help="TOML file with [printer], [scanner], [cash], [id_card] and [chip_card] sections",
    )
    check.add_argument("--print", action="store_true", dest="is_printing", help="print a test slip")
    check.add_argument(
        "--scan", type=float, default=0, metavar="SECONDS", help="wait so long for one code or card"
    )
    check.add_argument("--fonts", type=Path, default=FONTS_FOLDER, help="folder of the slip fonts")
    check.set_defaults(run=_check)

    _add_simulations(commands.add_parser("simulate", help="模拟设备 / a device in software"))

    control = commands.add_parser("control", help="模拟设备的开关 / switch a simulated device")
    control.add_argument("port", type=int, help="its control port")
    control.add_argument("do", choices=ORDERS)
    control.add_argument("value", nargs="?", default="", help="a fault, a code, yuan, or a card")
    control.set_defaults(run=_control)
    return parser


def _add_simulations(simulate: argparse.ArgumentParser) -> None:
    devices = simulate.add_subparsers(required=True, metavar="DEVICE")
    printer = devices.add_parser("printer", help="ESC/POS printer; each slip becomes a picture")
    printer.add_argument("--host", default="127.0.0.1")
    printer.add_argument("--port", type=int, default=9100, help="TCP port (default 9100; 0: any)")
    printer.add_argument("--link", type=Path, help="a serial port of this name instead of TCP")
    printer.add_argument("--slips", type=Path, required=True, help="folder for slip-001.png …")
    printer.set_defaults(run=_simulate_printer)
    scanner = devices.add_parser("scanner", help="serial scanner; codes come by `control … scan`")
    scanner.set_defaults(run=_simulate_scanner)
    cash = devices.add_parser("cash", help="bill validator; notes come by `control … insert YUAN`")
    cash.set_defaults(run=_simulate_cash)
    id_card = devices.add_parser("id-card", help="ID card reader; cards come by `control … put`")
    id_card.set_defaults(run=_simulate_id_card)
    for device in (scanner, cash, id_card):
        device.add_argument("--link", type=Path, required=True, help="name of its serial port")
    chip_card = devices.add_parser(
        "chip-card", help="a card for vpcd, the virtual reader of pcscd; `control … put`"
    )
    chip_card.add_argument("--number", required=True, help="what is written on it")
    chip_card.add_argument("--host", default="127.0.0.1")
    chip_card.add_argument("--port", type=int, default=VPCD_PORT, help="where vpcd listens")
    chip_card.set_defaults(run=_simulate_chip_card)
    for device in (printer, scanner, cash, id_card, chip_card):
        device.add_argument("--control-port", type=int, default=0, help="default: any free port")
        device.add_argument(
            "--fault", type=SimulatedFault, action="append", default=[], metavar="FAULT",
            help=f"one of {', '.join(SimulatedFault)}; may be repeated",
        )  # fmt: skip


def _check(parsed: argparse.Namespace) -> int:
    console = Console()
    if parsed.config is None:
        return _explain(
            "请用 --config 指定配置文件 Name a configuration file with --config", console
        )
    try:
        config = tomllib.loads(parsed.config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return _explain(f"无法读取 Cannot read {parsed.config}: {error}", console)
    results: list[CheckResult] = []
    if isinstance(printer := config.get("printer"), dict):
        fonts = SlipFonts(
            regular=FontFile(path=parsed.fonts / "NotoSansCJKsc-Regular.otf"),
            bold=FontFile(path=parsed.fonts / "NotoSansCJKsc-Bold.otf"),
        )
        now = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
        print_at = now if parsed.is_printing else None
        results.append(check_ticket_printer(printer, fonts, print_at=print_at))
    for scanner in _scanners(config):
        result = check_scanner(scanner, scan_timeout_s=parsed.scan, prompt=console.print)
        results.append(result)
    results += _check_money_and_cards(config, parsed.scan, console)
    if not results:
        return _explain(f"没有设备 No device in {parsed.config}", console)
    print_results(results, console)
    return 0 if all(result.is_good for result in results) else 1


def _check_money_and_cards(
    config: Mapping[str, Any], card_timeout_s: float, console: Console
) -> list[CheckResult]:
    results: list[CheckResult] = []
    if isinstance(cash := config.get("cash"), dict):
        results.append(check_bill_validator(cash, wait_s=CASH_WAIT_S))
    readers = {
        "id_card": ("身份证阅读器 ID card reader", make_id_card_reader),
        "chip_card": ("芯片卡读卡器 Chip card reader", make_chip_card_reader),
    }
    for section, (name, make) in readers.items():
        if isinstance(reader := config.get(section), dict):
            result = check_card_reader(
                name, make, reader, card_timeout_s=card_timeout_s,
                today=datetime.now().astimezone().date(), prompt=console.print,
            )  # fmt: skip
            results.append(result)
    return results


def _scanners(config: Mapping[str, Any]) -> list[Mapping[str, object]]:
    """Return the scanners of a kiosk's file: one table, or one for each."""
    found = config.get("scanner")
    tables = found if isinstance(found, list) else [found]
    return [table for table in tables if isinstance(table, dict)]


def _explain(trouble: str, console: Console) -> int:
    """Say what is wrong with the configuration and what to write into it."""
    console.print(f"{trouble}\n\n配置示例 Example:\n", markup=False, highlight=False)
    console.print(CONFIG_EXAMPLE, markup=False, highlight=False, soft_wrap=True)
    return 1


def _simulate_printer(parsed: argparse.Namespace) -> int:
    endpoint: Endpoint = TcpEndpoint(parsed.host, parsed.port)
    if parsed.link is not None:
        endpoint = PtyEndpoint(parsed.link)
    return _run(SimulatedTicketPrinter(endpoint=endpoint, slips_folder=parsed.slips), parsed)


def _simulate_scanner(parsed: argparse.Namespace) -> int:
    return _run(SimulatedScanner(endpoint=PtyEndpoint(parsed.link)), parsed)


def _simulate_cash(parsed: argparse.Namespace) -> int:
    return _run(SimulatedBillValidator(endpoint=PtyEndpoint(parsed.link)), parsed)


def _simulate_id_card(parsed: argparse.Namespace) -> int:
    return _run(SimulatedIdCardReader(endpoint=PtyEndpoint(parsed.link)), parsed)


def _simulate_chip_card(parsed: argparse.Namespace) -> int:
    endpoint = VpcdEndpoint(parsed.host, parsed.port)
    return _run(SimulatedChipCard(endpoint=endpoint, number=parsed.number), parsed)


def _run(device: SimulatedDevice, parsed: argparse.Namespace) -> int:
    """Run `device` until the process is told to end."""
    is_ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: is_ended.set())
    control = ControlServer(device, parsed.control_port)
    try:
        for fault in parsed.fault:
            device.set_fault(fault)
        device.start()
        control.start()
        ready = {"ready": True, "address": device.address, "control_port": control.port}
        print(json.dumps(ready), flush=True)
        is_ended.wait()
    except OSError as error:
        print(json.dumps({"ready": False, "error": str(error)}), flush=True)
        return 1
    finally:
        control.stop()
        device.stop()
    return 0


def _control(parsed: argparse.Namespace) -> int:
    try:
        answer = send_order(parsed.port, parsed.do, parsed.value)
    except OSError as error:
        answer = {"ok": False, "error": str(error)}
    print(json.dumps(answer, ensure_ascii=False))
    return 0 if answer["ok"] else 1
