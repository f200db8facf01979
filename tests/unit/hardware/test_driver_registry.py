"""From configuration to driver; mistakes are answered with what to write."""

import subprocess
import sys
from pathlib import Path

import pytest

from hardware.cash.ssp_validator import SspValidator
from hardware.errors import ConfigError
from hardware.printers.escpos_printer import EscposTicketPrinter
from hardware.registry import (
    PRINTER_DRIVERS,
    SCANNER_DRIVERS,
    make_bill_validator,
    make_chip_card_reader,
    make_id_card_reader,
    make_scanner,
    make_ticket_printer,
)
from hardware.scanners.evdev_scanner import EvdevScanner
from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from hardware.scanners.serial_scanner import SerialScanner
from tests.unit.hardware.slip_samples import FONTS

ROOT = Path(__file__).parents[3]
NEEDED: dict[str, dict[str, object]] = {
    "network": {"host": "192.0.2.1"},
    "serial": {"port": "/dev/ttyS0"},
    "usb": {"vendor_id": 0x04B8, "product_id": 0x0202},
    "file": {"path": "/dev/usb/lp0"},
    "keyboard_wedge": {},
    "evdev": {"device": "/dev/input/by-id/usb-scanner-event-kbd"},
}


@pytest.mark.parametrize("driver", PRINTER_DRIVERS)
def test_every_printer_driver_can_be_made_from_its_needed_keys(driver: str) -> None:
    config = {"driver": driver, **NEEDED[driver]}

    assert isinstance(make_ticket_printer(config, FONTS), EscposTicketPrinter)


@pytest.mark.parametrize(
    ("driver", "kind"),
    [
        ("keyboard_wedge", KeyboardWedgeScanner),
        ("serial", SerialScanner),
        ("evdev", EvdevScanner),
    ],
)
def test_every_scanner_driver_can_be_made_from_its_needed_keys(driver: str, kind: type) -> None:
    assert set(SCANNER_DRIVERS) == {"keyboard_wedge", "serial", "evdev"}
    assert isinstance(make_scanner({"driver": driver, **NEEDED[driver]}), kind)


def test_a_bill_validator_can_be_made_from_its_needed_keys() -> None:
    assert isinstance(make_bill_validator({"driver": "ssp", "port": "/dev/ttyS1"}), SspValidator)
    with pytest.raises(ConfigError, match="address: 126"):
        make_bill_validator({"driver": "ssp", "port": "/dev/ttyS1", "address": 126})


def test_card_readers_can_be_made_from_their_needed_keys() -> None:
    make_id_card_reader({"driver": "serial", "port": "/dev/ttyS2"})
    make_chip_card_reader({"driver": "pcsc", "application": "D15600001501", "file": 5})


@pytest.mark.parametrize("application", ["D156", "xyz", "D1560000150", "D1" * 17])
def test_an_application_that_no_card_can_have_is_a_mistake(application: str) -> None:
    with pytest.raises(ConfigError, match="application: it must be"):
        make_chip_card_reader({"driver": "pcsc", "application": application, "file": 5})


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"driver": "netwrok", "host": "a"}, "did you mean 'network'?"),
        ({}, "known drivers: file, network, serial, usb"),
        ({"driver": "network", "hots": "a"}, "did you mean 'host'?"),
        ({"driver": "network"}, "host: missing"),
        ({"driver": "network", "host": 7}, "host: 7 is not a text"),
        ({"driver": "network", "host": "a", "port": "9100"}, "'9100' is not a whole number"),
        ({"driver": "network", "host": "a", "port": True}, "True is not a whole number"),
        ({"driver": "network", "host": "a", "port": 0}, "port: 0 is not between 1 and 65535"),
        ({"driver": "network", "host": "a", "cut": "ful"}, "did you mean 'full'?"),
        ({"driver": "network", "host": "a", "query_timeout_s": 0}, "query_timeout_s: 0"),
        ({"driver": "serial", "port": "a", "baud": 9600}, "baud: 9600"),
        ({"driver": "file", "path": "a", "one_way": "yes"}, "'yes' is not true or false"),
        ({"driver": 16**5000}, "driver = a number of thousands of digits"),
        ({"driver": "network", "host": 16**5000}, "a number of thousands of digits is not a text"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(config: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make_ticket_printer(config, FONTS)

    assert said in caught.value.detail


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        make_scanner({"driver": "serial", "prot": "a", "baud": "fast"})

    for said in ("prot", "did you mean 'port'?", "port: missing", "baud: 'fast'"):
        assert said in caught.value.detail


def test_a_whole_number_will_do_for_seconds() -> None:
    make_ticket_printer({"driver": "network", "host": "a", "job_timeout_s": 5}, FONTS)


@pytest.mark.parametrize(
    ("made", "absent"),
    [
        ("make_scanner({'driver': 'keyboard_wedge'})", "serial escpos usb"),
        ("make_ticket_printer({'driver': 'network', 'host': 'a'}, None)", "serial usb"),
        ("make_scanner({'driver': 'serial', 'port': 'a'})", "evdev smartcard"),
    ],
)
def test_libraries_that_a_driver_does_not_need_are_not_imported(made: str, absent: str) -> None:
    script = (
        "import sys\n"
        "from hardware.registry import make_scanner, make_ticket_printer\n"
        f"{made}\n"
        f"print([name for name in {absent.split()} if name in sys.modules])\n"
    )

    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"
