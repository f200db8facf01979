"""The commands for a technician who looks after devices and brokers: add, list, renew, revoke."""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from queue_server.broker.broker import BrokerAddress, BrokerError
from queue_server.contract.topics import SERVER
from queue_server.devices.errors import DeviceError
from queue_server.site import SiteError, load_site

if TYPE_CHECKING:
    from queue_server.devices.register import DeviceRegister

REFUSED: Final = 2
KINDS: Final = ("kiosk", "area-board", "door-board")
_APPLIED_WITHIN_S: Final = 8.0
_LOOK_S: Final = 0.1


def add_device_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the ones of `hospital-kiosk`."""
    devices = commands.add_parser("devices", help="add, list, renew, revoke / 设备与证书")
    acts = devices.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add = acts.add_parser("add", help="make key, certificate and configuration / 添加设备")
    add.add_argument("name", metavar="NAME", help="a-z, 0-9 and -")
    add.add_argument("--kind", required=True, choices=KINDS)
    add.add_argument("--area", metavar="ID", help="of an area board")
    add.add_argument("--room", metavar="ID", help="of a door board")
    add.add_argument("--site", type=Path, required=True, metavar="FILE", help="site.toml")
    add.add_argument(
        "--broker",
        type=_address,
        metavar="HOST:PORT",
        help="where devices reach the broker; needed the first time, then remembered",
    )
    add.set_defaults(run=_in_words(_add))

    renew = acts.add_parser("renew", help="make another certificate / 续期")
    renew.add_argument("name", metavar="NAME")
    renew.set_defaults(run=_in_words(_renew))
    for command in (add, renew):
        command.add_argument(
            "--to", type=Path, metavar="DIR", help="a new folder to carry; default: ./NAME"
        )

    revoke = acts.add_parser("revoke", help="shut a device out, at once / 吊销")
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(run=_in_words(_revoke))

    list_ = acts.add_parser("list", help="who may connect, and until when / 列出设备")
    list_.set_defaults(run=_in_words(_list))

    config = commands.add_parser(
        "broker-config", help="configuration and rights for the hospital's own broker / 生成配置"
    )
    config.add_argument("program", choices=("mosquitto", "nats"))
    config.add_argument("--site", type=Path, required=True, metavar="FILE", help="site.toml")
    config.add_argument("--to", type=Path, required=True, metavar="DIR")
    config.add_argument(
        "--listen", type=_address, metavar="HOST:PORT", help="default: where devices connect to"
    )
    config.set_defaults(run=_in_words(_broker_config))
    for command in (add, renew, revoke, list_, config):
        command.add_argument(
            "--data", type=Path, required=True, metavar="DIR", help="the server's data folder"
        )


def _address(text: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(text)
    except BrokerError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _in_words(run: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Let a command say why it was refused."""

    def run_in_words(parsed: argparse.Namespace) -> int:
        try:
            run(parsed)
        except (DeviceError, SiteError) as error:
            print(error, file=sys.stderr)
            return REFUSED
        except OSError as error:
            print(f"{error.filename}: {error.strerror}", file=sys.stderr)
            return REFUSED
        return 0

    return run_in_words


def _add(parsed: argparse.Namespace) -> None:
    from queue_server.devices.carried_folder import (  # noqa: PLC0415  # slow to import
        BOARD_FILE,
        KIOSK_FILE,
        carried_folder,
        configuration_of,
    )
    from queue_server.devices.checks import NewDevice  # noqa: PLC0415
    from queue_server.devices.device_list import DeviceKind  # noqa: PLC0415

    site = load_site(parsed.site)
    new = NewDevice(
        name=parsed.name, kind=DeviceKind(parsed.kind), area=parsed.area, room=parsed.room
    )
    folder: Path = parsed.to or Path(parsed.name)
    register = _register(parsed)
    register.add(
        new,
        site=site,
        broker=parsed.broker,
        now=datetime.now(UTC),
        hand_over=carried_folder(folder, configuration_of(new, site)),
    )
    file = KIOSK_FILE if new.kind is DeviceKind.KIOSK else BOARD_FILE
    print(f"已添加 added: {parsed.name}")
    _tell_folder(folder, file)
    _tell_applied(parsed)


def _renew(parsed: argparse.Namespace) -> None:
    from queue_server.devices.carried_folder import carried_folder  # noqa: PLC0415
    from queue_server.devices.checks import BROKER  # noqa: PLC0415

    folder: Path = parsed.to or Path(parsed.name)
    _register(parsed).renew(
        parsed.name, datetime.now(UTC), carried_folder(folder, lambda _broker: {})
    )
    print(f"已续期 renewed: {parsed.name}")
    if parsed.name not in (SERVER, BROKER):
        _tell_folder(folder, "ca.crt, device.crt, device.key")
    elif parsed.name == BROKER:
        print("自有消息服务器请重新运行 the hospital's own broker: run broker-config again")
    else:
        print("请重启队列服务 start the queue server anew")
    _tell_applied(parsed)


def _revoke(parsed: argparse.Namespace) -> None:
    _register(parsed).revoke(parsed.name, datetime.now(UTC))
    print(f"已吊销 revoked: {parsed.name}")
    _tell_applied(parsed)


def _list(parsed: argparse.Namespace) -> None:
    from rich.console import Console  # noqa: PLC0415  # slow to import
    from rich.table import Table  # noqa: PLC0415

    devices = _register(parsed).read()
    days = devices.days_left(datetime.now(UTC))
    table = Table("设备 device", "类型 kind", "位置 place", "到期 expires", "剩余天数 days left")
    own = {
        "authority": devices.authority_expires_at,
        "broker": devices.broker_certificate.expires_at,
        "queue-server": devices.server_certificate.expires_at,
    }
    for name, expires_at in own.items():
        table.add_row(name, "-", "-", f"{expires_at:%Y-%m-%d}", str(days[name]))
    for one in sorted(devices.devices, key=lambda device: device.name):
        place = one.area or one.room or "-"
        expires = f"{one.expires_at:%Y-%m-%d}"
        table.add_row(one.name, one.kind.value, place, expires, str(days[one.name]))
    console = Console(soft_wrap=True)
    console.print(
        f"消息服务器 broker: {devices.broker.host}:{devices.broker.port}", highlight=False
    )
    console.print(table)
    if devices.revoked:
        names = ", ".join(dict.fromkeys(one.name for one in devices.revoked))
        console.print(f"已吊销 revoked: {names}", highlight=False)


def _broker_config(parsed: argparse.Namespace) -> None:
    from queue_server.devices.broker_files import write_broker_files  # noqa: PLC0415

    site = load_site(parsed.site)
    told = write_broker_files(
        _register(parsed),
        site,
        program=parsed.program,
        folder=parsed.to,
        listen=parsed.listen,
        now=datetime.now(UTC),
    )
    print(told)


def _register(parsed: argparse.Namespace) -> "DeviceRegister":
    from queue_server.devices.register import DeviceRegister  # noqa: PLC0415  # slow to import

    return DeviceRegister(parsed.data / "devices")


def _tell_folder(folder: Path, file: str) -> None:
    print(f"请把此文件夹拷到该机器，然后删除 carry to the machine, then delete: {folder} ({file})")


def _tell_applied(parsed: argparse.Namespace) -> None:
    """Wait until the running server follows the list, and say so; say it too if none runs."""
    from queue_server.devices.watch import APPLIED_NAME  # noqa: PLC0415

    register = _register(parsed)
    revision = register.read().revision
    file = register.folder / APPLIED_NAME
    deadline = time.monotonic() + _APPLIED_WITHIN_S
    with suppress(FileNotFoundError):
        while time.monotonic() < deadline:
            if int(file.read_text(encoding="ascii") or 0) >= revision:
                print("消息服务器已生效 the broker follows it now")
                return
            time.sleep(_LOOK_S)
    print(
        "内置消息服务器未在运行：下次启动时生效；自有消息服务器请重新运行 broker-config 并重载\n"
        "our own broker does not run here: it follows from its next start on; for the hospital's"
        " own, run broker-config again and reload it"
    )
