"""A technician's self-test of printer and scanner: what is there, what answers, what it says."""

import queue
from collections.abc import Callable, Mapping

from hardware.check_result import CheckResult, described, not_configured
from hardware.code_kind import classify_code
from hardware.errors import ConfigError, PrinterError
from hardware.registry import make_scanner, make_ticket_printer
from hardware.sample_slip import sample_slip
from hardware.scanner import ScannerState
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.slip_drawing import SlipFonts
from hardware.ticket_printer import PrinterCondition, PrinterStatus

CONFIG_EXAMPLE = """\
[printer]
driver = "network"              # network, serial, usb, file
host = "192.168.1.50"
port = 9100
# driver = "serial"             # port = "/dev/serial/by-id/usb-…", baud = 115200
# driver = "usb"                # vendor_id = 0x04b8, product_id = 0x0202 (see lsusb)
# driver = "file"               # path = "/dev/usb/lp0"

[scanner]
driver = "serial"               # serial (USB-COM mode, the better way), keyboard_wedge, evdev
port = "/dev/serial/by-id/usb-…"
# driver = "evdev"              # device = "/dev/input/by-id/usb-…-event-kbd"

[cash]
driver = "ssp"
port = "/dev/serial/by-id/usb-…"

[id_card]
driver = "serial"
port = "/dev/serial/by-id/usb-…"

[chip_card]
driver = "pcsc"
application = "D156000015484B01"
file = 5
"""

_CONDITION_SENTENCES: Mapping[PrinterCondition, str] = {
    PrinterCondition.PAPER_NEAR_END: "纸将用完，请备好纸卷\nPaper near its end: have a roll ready",
    PrinterCondition.PAPER_OUT: "缺纸，请更换纸卷\nOut of paper: put in a new roll",
    PrinterCondition.COVER_OPEN: "机盖打开，请合上\nCover open: close it",
    PrinterCondition.FAULT: "打印机故障，请检查卡纸和切刀\nFault: look for a paper or cutter jam",
    PrinterCondition.OFFLINE: "打印机脱机，请按联机键\nOff line: press its online or feed key",
    PrinterCondition.UNREACHABLE: "连接不上，请检查电源、数据线和地址\n"
    "Unreachable: check power, cable and address",
    PrinterCondition.NO_ANSWER: "没有应答，请重启打印机\nNo answer: switch it off and on again",
    PrinterCondition.UNCONFIRMED: "单向连接，状态无法读取\nOne-way line: nothing can be read",
}


def check_ticket_printer(
    config: Mapping[str, object], fonts: SlipFonts, *, print_at: str | None
) -> CheckResult:
    """Ask the printer how it is; unless `print_at` is None, print a test slip that shows it."""
    device = f"打印机 Ticket printer\n{described(config)}"
    try:
        printer = make_ticket_printer(config, fonts)
    except ConfigError as error:
        return not_configured(device, error)
    status = printer.status()
    is_found = PrinterCondition.UNREACHABLE not in status.conditions
    is_one_way = PrinterCondition.UNCONFIRMED in status.conditions
    is_answering = is_found and PrinterCondition.NO_ANSWER not in status.conditions
    is_tested = None
    details: tuple[str, ...] = ()
    if print_at is not None:
        is_tested = True
        try:
            printer.print_slip(sample_slip(printed_at=print_at))
        except PrinterError as error:
            is_tested = False
            details = (error.sentence_zh, error.sentence_en, str(error))
    return CheckResult(
        device=device,
        is_found=is_found,
        is_answering=None if is_one_way else is_answering,
        status=_status_sentence(status),
        is_tested=is_tested,
        is_good=status.can_print and is_tested is not False,
        details=details,
    )


def check_scanner(
    config: Mapping[str, object], *, scan_timeout_s: float, prompt: Callable[[str], None]
) -> CheckResult:
    """Look whether the scanner is there; if `scan_timeout_s` is not 0, `prompt` for one code."""
    device = f"扫码器 Scanner\n{described(config)}"
    try:
        scanner = make_scanner(config)
    except ConfigError as error:
        return not_configured(device, error)
    if isinstance(scanner, KeyboardWedgeScanner):
        status = "键盘式扫码器：请在自助机屏幕上试扫\nTypes like a keyboard: try it at the kiosk"
        return CheckResult(device=device, status=status, is_good=True)
    codes: queue.Queue[str] = queue.Queue()
    scanner.start(codes.put)
    try:
        if scanner.state is not ScannerState.READY:
            status = "连接不上，请检查数据线和端口名\nUnreachable: check its cable and port"
            return CheckResult(device=device, is_found=False, status=status, is_good=False)
        if scan_timeout_s == 0:
            return CheckResult(device=device, is_found=True, status="就绪 Ready", is_good=True)
        prompt("请现在扫码 Scan a code now")
        try:
            code = codes.get(timeout=scan_timeout_s)
        except queue.Empty:
            status = "没有扫到码，请检查是否设为以 CR 结尾\nNo code came: is its end mark CR?"
            return CheckResult(
                device=device, is_found=True, is_answering=False, status=status, is_good=False
            )
        # The kind and the length, never the code: it may be somebody's.
        status = f"扫到 Scanned: {classify_code(code)}, {len(code)} 个字符 characters"
        return CheckResult(
            device=device, is_found=True, is_answering=True, status=status, is_good=True
        )
    finally:
        scanner.stop()


def _status_sentence(status: PrinterStatus) -> str:
    sentences = [_CONDITION_SENTENCES[condition] for condition in sorted(status.conditions)]
    return "\n".join(sentences) or "就绪 Ready"
