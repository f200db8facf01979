"""The folder that is carried to a machine: certificates, and a configuration ready to use."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from queue_server.devices.authority import Issued
from queue_server.devices.checks import NewDevice
from queue_server.devices.device_list import BrokerPlace, DeviceKind, DeviceList
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.devices.register import HandOver, write_certificates
from queue_server.private_file import make_private_folder, write_privately
from queue_server.site import Site

KIOSK_FILE: Final = "kiosk.toml"
BOARD_FILE: Final = "board.toml"


def carried_folder(
    folder: Path, configuration: Callable[[BrokerPlace], dict[str, str]]
) -> HandOver:
    """Return what writes `folder`, which must not be there yet.

    Args:
        folder: what will be copied to the machine.
        configuration: returns the text of further files by their names.
    """

    def hand_over(issued: Issued, authority_pem: bytes, devices: DeviceList) -> None:
        try:
            make_private_folder(folder)
        except FileExistsError as error:
            raise DeviceError(
                DeviceErrorCode.FOLDER_TAKEN,
                f"文件夹 {folder} 已存在，未作改动；请用 --to 另选一个",
                f"the folder {folder} is there already and was not touched: choose another one"
                " with --to",
            ) from error
        write_certificates(folder, issued, authority_pem)
        for name, text in configuration(devices.broker).items():
            write_privately(folder / name, text.encode())

    return hand_over


def configuration_of(new: NewDevice, site: Site) -> Callable[[BrokerPlace], dict[str, str]]:
    """Return what writes the configuration of a new device; its certificates lie beside it."""

    def configuration(broker: BrokerPlace) -> dict[str, str]:
        if new.kind is DeviceKind.KIOSK:
            return {KIOSK_FILE: _kiosk(new, site, broker)}
        return {BOARD_FILE: _board(new, site, broker)}

    return configuration


def _kiosk(new: NewDevice, site: Site, broker: BrokerPlace) -> str:
    return _KIOSK.format(
        site=_text(site.id),
        device=_text(new.name),
        timezone=_text(site.timezone),
        name_zh=_text(site.name_zh),
        name_en=_text(site.name_en),
        host=_text(broker.host),
        port=broker.port,
    )


def _board(new: NewDevice, site: Site, broker: BrokerPlace) -> str:
    is_area = new.kind is DeviceKind.AREA_BOARD
    host = f"[{broker.host}]" if ":" in broker.host else broker.host
    return _BOARD.format(
        kind="area" if is_area else "door",
        site=_text(site.id),
        device=_text(new.name),
        place=f"area = {_text(new.area or '')}" if is_area else f"room = {_text(new.room or '')}",
        broker=_text(f"{host}:{broker.port}"),
        timezone=_text(site.timezone),
        voice='voice = "aplay"\n' if is_area else "",
    )


def _text(value: str) -> str:
    """Return `value` as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)


_KIOSK: Final = """\
# python -m kiosk --config kiosk.toml
site = {site}
device = {device}
timezone = {timezone}
voice = "aplay"

[hospital]
zh = {name_zh}
en = {name_en}

[broker]
host = {host}
port = {port}
certificates = "."          # the folder of ca.crt, device.crt and device.key, seen from here

[printer]
driver = "file"             # the first printer on USB; network and serial: see docs/kiosk.md
path = "/dev/usb/lp0"

[[scanner]]
driver = "keyboard_wedge"
"""

_BOARD: Final = """\
# python -m display {kind} --config board.toml
site = {site}
device = {device}
{place}
broker = {broker}
certificates = "."          # the folder of ca.crt, device.crt and device.key, seen from here
timezone = {timezone}
{voice}"""
