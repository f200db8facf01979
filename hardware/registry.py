"""Turn a device's configuration into its driver; its library is imported only when asked for.

[printer]                          [cash]
driver = "network"                 driver = "ssp"
host = "192.168.1.50"              port = "/dev/serial/by-id/usb-…"
"""

from collections.abc import Mapping
from pathlib import Path

from hardware.cards.card_reader import CardReader
from hardware.cards.polling_reader import Pauses
from hardware.cash.bill_validator import BillValidator
from hardware.driver_config import Key, Values, checked_config
from hardware.errors import ConfigError
from hardware.page_printer import PagePrinter
from hardware.printers.line import Line
from hardware.scanner import Scanner
from hardware.slip_drawing import SlipFonts
from hardware.ticket_printer import TicketPrinter

# ruff: noqa: PLC0415 - importing only what is asked for is this file's job

PRINTER_BAUD_MIN = 38400
"""Slower, a slip takes longer than anybody waits."""

_JOB_KEYS = {
    "cut": Key(kind=str, default="full", choices=("full", "partial", "none")),
    "write_timeout_s": Key(kind=float, default=10.0, minimum=0.05, maximum=120),
    "query_timeout_s": Key(kind=float, default=1.0, minimum=0.05, maximum=30),
    "job_timeout_s": Key(kind=float, default=15.0, minimum=0.05, maximum=120),
}
PRINTER_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "network": {
        "host": Key(kind=str),
        "port": Key(kind=int, default=9100, minimum=1, maximum=65535),
        "connect_timeout_s": Key(kind=float, default=3.0, minimum=0.05, maximum=30),
        **_JOB_KEYS,
    },
    "serial": {
        "port": Key(kind=str),
        "baud": Key(kind=int, default=115200, minimum=PRINTER_BAUD_MIN),
        **_JOB_KEYS,
    },
    "usb": {
        "vendor_id": Key(kind=int, maximum=0xFFFF),
        "product_id": Key(kind=int, maximum=0xFFFF),
        **_JOB_KEYS,
    },
    "file": {"path": Key(kind=str), "one_way": Key(kind=bool, default=False), **_JOB_KEYS},
}

PAGE_PRINTER_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "cups": {
        "queue": Key(kind=str, default="A4"),
        "server": Key(kind=str, default="localhost:631"),
        "job_timeout_s": Key(kind=float, default=60.0, minimum=1, maximum=300),
        "query_timeout_s": Key(kind=float, default=5.0, minimum=1, maximum=30),
        "poll_s": Key(kind=float, default=1.0, minimum=0.05, maximum=10),
    },
    "folder": {"path": Key(kind=str)},
}
"""`folder` is a simulated one, for demos."""

_LENGTH_MAX = Key(kind=int, default=2048, minimum=16, maximum=65536)
SCANNER_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "keyboard_wedge": {
        "pause_s": Key(kind=float, default=0.2, minimum=0.01, maximum=5),
        "length_max": _LENGTH_MAX,
    },
    "serial": {
        "port": Key(kind=str),
        "baud": Key(kind=int, default=9600, minimum=1200),
        "pause_s": Key(kind=float, default=0.5, minimum=0.01, maximum=5),
        "length_max": _LENGTH_MAX,
        "reconnect_s": Key(kind=float, default=2.0, minimum=0.01, maximum=60),
    },
    "evdev": {
        "device": Key(kind=str),
        "pause_s": Key(kind=float, default=0.2, minimum=0.01, maximum=5),
        "length_max": _LENGTH_MAX,
        "reconnect_s": Key(kind=float, default=2.0, minimum=0.01, maximum=60),
    },
}
CASH_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "ssp": {
        "port": Key(kind=str),
        "baud": Key(kind=int, default=9600, minimum=1200),
        "address": Key(kind=int, default=0, maximum=0x7D),
        "reply_timeout_s": Key(kind=float, default=1.0, minimum=0.05, maximum=10),
        "poll_s": Key(kind=float, default=0.2, minimum=0.005, maximum=2),
        "reconnect_s": Key(kind=float, default=2.0, minimum=0.01, maximum=60),
        "hold_max_s": Key(kind=float, default=60.0, minimum=1, maximum=600),
    },
}
_CARD_PAUSES = {
    "poll_s": Key(kind=float, default=0.3, minimum=0.01, maximum=5),
    "reconnect_s": Key(kind=float, default=2.0, minimum=0.01, maximum=60),
}
ID_CARD_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "serial": {
        "port": Key(kind=str),
        "baud": Key(kind=int, default=115200, minimum=1200),
        "encoding": Key(kind=str, default="utf-16-le", choices=("utf-16-le", "gb18030")),
        "reply_timeout_s": Key(kind=float, default=2.0, minimum=0.05, maximum=10),
        **_CARD_PAUSES,
    },
}
CHIP_CARD_DRIVERS: Mapping[str, Mapping[str, Key]] = {
    "pcsc": {
        "reader": Key(kind=str, default=""),
        "application": Key(kind=str),
        "file": Key(kind=int, minimum=1, maximum=30),
        "encoding": Key(kind=str, default="gb18030", choices=("gb18030", "utf-8")),
        **_CARD_PAUSES,
    },
}


def make_ticket_printer(config: Mapping[str, object], fonts: SlipFonts) -> TicketPrinter:
    """Return the printer that `config` describes; no line is opened yet.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    driver, values = checked_config(config, PRINTER_DRIVERS)
    from hardware.printers.escpos_job import Cut
    from hardware.printers.escpos_printer import EscposSettings, EscposTicketPrinter

    settings = EscposSettings(
        cut=Cut(values["cut"]),
        query_timeout_s=values["query_timeout_s"],
        job_timeout_s=values["job_timeout_s"],
        is_one_way=values.get("one_way", False),
    )
    return EscposTicketPrinter(_line(driver, values), fonts, settings)


def make_page_printer(config: Mapping[str, object]) -> PagePrinter:
    """Return the A4 printer that `config` describes.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    driver, values = checked_config(config, PAGE_PRINTER_DRIVERS)
    if driver == "folder":
        from hardware.simulated.page_printer import FolderPrinter

        return FolderPrinter(Path(values["path"]))
    from hardware.printers.cups_printer import CupsPrinter, CupsSettings

    return CupsPrinter(CupsSettings(**values))


def _line(driver: str, values: Values) -> Line:
    write_timeout_s = values["write_timeout_s"]
    match driver:
        case "network":
            from hardware.printers.network_line import NetworkLine

            return NetworkLine(
                host=values["host"],
                port=values["port"],
                connect_timeout_s=values["connect_timeout_s"],
                write_timeout_s=write_timeout_s,
            )
        case "serial":
            from hardware.printers.serial_line import SerialLine

            return SerialLine(
                port=values["port"], baud=values["baud"], write_timeout_s=write_timeout_s
            )
        case "usb":
            try:
                from hardware.printers.usb_line import UsbLine
            except ImportError as error:
                raise ConfigError("driver 'usb' needs the package pyusb") from error

            return UsbLine(
                vendor_id=values["vendor_id"],
                product_id=values["product_id"],
                write_timeout_s=write_timeout_s,
            )
        case _:
            from hardware.printers.file_line import FileLine

            return FileLine(
                path=values["path"], is_one_way=values["one_way"], write_timeout_s=write_timeout_s
            )


def make_scanner(config: Mapping[str, object]) -> Scanner:
    """Return the scanner that `config` describes, not started yet.

    For the driver `keyboard_wedge` it is a KeyboardWedgeScanner, which the window has to feed.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    driver, values = checked_config(config, SCANNER_DRIVERS)
    from hardware.scanners.code_collector import CodeLimits

    limits = CodeLimits(pause_s=values["pause_s"], length_max=values["length_max"])
    if driver == "keyboard_wedge":
        from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner

        return KeyboardWedgeScanner(limits)
    if driver == "evdev":
        try:
            from hardware.scanners.evdev_scanner import EvdevScanner, EvdevScannerSettings
        except ImportError as error:
            raise ConfigError("driver 'evdev' needs the package evdev") from error

        return EvdevScanner(
            EvdevScannerSettings(
                device=values["device"], reconnect_s=values["reconnect_s"], limits=limits
            )
        )
    from hardware.scanners.serial_scanner import SerialScanner, SerialScannerSettings

    return SerialScanner(
        SerialScannerSettings(
            port=values["port"],
            baud=values["baud"],
            reconnect_s=values["reconnect_s"],
            limits=limits,
        )
    )


def make_bill_validator(config: Mapping[str, object]) -> BillValidator:
    """Return the bill validator that `config` describes, not started yet.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    _, values = checked_config(config, CASH_DRIVERS)
    from hardware.cash.ssp_validator import SspValidator, SspValidatorSettings

    return SspValidator(SspValidatorSettings(**values))


def make_id_card_reader(config: Mapping[str, object]) -> CardReader:
    """Return the reader of resident ID cards that `config` describes, not started yet.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    _, values = checked_config(config, ID_CARD_DRIVERS)
    from hardware.cards.polling_reader import PollingReader
    from hardware.cards.serial_id_card_reader import SerialIdCardSession, SerialIdCardSettings

    settings = SerialIdCardSettings(
        port=values["port"],
        baud=values["baud"],
        encoding=values["encoding"],
        reply_timeout_s=values["reply_timeout_s"],
    )
    return PollingReader(lambda: SerialIdCardSession(settings), _pauses(values))


def make_chip_card_reader(config: Mapping[str, object]) -> CardReader:
    """Return the reader of chip cards that `config` describes, not started yet.

    Raises:
        ConfigError: its detail lists everything that is wrong with `config`.
    """
    _, values = checked_config(config, CHIP_CARD_DRIVERS)
    try:
        application = bytes.fromhex(values["application"])
    except ValueError as error:
        raise ConfigError("application: it must be hexadecimal digits") from error
    if not 5 <= len(application) <= 16:
        raise ConfigError("application: it must be 5 to 16 bytes, two hexadecimal digits each")
    try:
        from hardware.cards.pcsc_card_reader import PcscSession, PcscSettings
    except ImportError as error:
        raise ConfigError("driver 'pcsc' needs the package pyscard") from error
    from hardware.cards.polling_reader import PollingReader

    settings = PcscSettings(
        reader=values["reader"],
        application=application,
        file=values["file"],
        encoding=values["encoding"],
    )
    return PollingReader(lambda: PcscSession(settings), _pauses(values))


def _pauses(values: Values) -> Pauses:
    return Pauses(poll_s=values["poll_s"], reconnect_s=values["reconnect_s"])
