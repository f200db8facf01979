"""What is refused before anything is made: names, places and addresses that can't be."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from queue_server.broker.broker import BrokerAddress
from queue_server.contract.topics import SERVER, is_id
from queue_server.devices.device_list import BrokerPlace, Device, DeviceKind, DeviceList
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.site import Site

BROKER: Final = "broker"
_RESERVED: Final = (SERVER, BROKER, "authority")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDevice:
    """What is asked for: an area board needs its area, a door board its room."""

    name: str
    kind: DeviceKind
    area: str | None = None
    room: str | None = None


def check_new(new: NewDevice, site: Site) -> None:
    """Refuse a name that can't be one, and a place that the site has not.

    Raises:
        DeviceError: `DEVICE_NAME_INVALID`, `PLACE_UNKNOWN`.
    """
    if not is_id(new.name) or new.name in _RESERVED:
        raise DeviceError(
            DeviceErrorCode.DEVICE_NAME_INVALID,
            f"设备名 {new.name!r} 不可用：只能用小写字母、数字和连字符，且不能是保留名",
            f"{new.name!r} can't be a device's name: use a-z, 0-9 and -, at most 64 of them, and"
            f" none of {', '.join(_RESERVED)}",
        )
    if new.kind is DeviceKind.AREA_BOARD:
        _require(new.area, sorted(area.id for area in site.areas), "诊区", "area")
    if new.kind is DeviceKind.DOOR_BOARD:
        _require(new.room, sorted(queue.room for queue in site.queues), "诊室", "room")


def _require(place: str | None, known: list[str], what_zh: str, what_en: str) -> None:
    if place in known:
        return
    said_zh = f"没有{what_zh} {place!r}" if place else f"需要 --{what_en}"
    said_en = f"the site has no {what_en} {place!r}" if place else f"--{what_en} is missing"
    raise DeviceError(
        DeviceErrorCode.PLACE_UNKNOWN,
        f"{said_zh}；可选：{'、'.join(known)}",
        f"{said_en}; there are {', '.join(known)}",
    )


def name_taken(name: str) -> DeviceError:
    """Return the refusal of a name that another device has."""
    return DeviceError(
        DeviceErrorCode.DEVICE_NAME_TAKEN,
        f"设备 {name} 已存在：换一个名字，或先 devices revoke，或用 devices renew 续期",
        f"there is a device {name} already: choose another name, revoke that one first, or renew"
        " its certificate",
    )


def known_device(devices: DeviceList, name: str) -> Device:
    """Return the device of that name.

    Raises:
        DeviceError: `DEVICE_UNKNOWN`.
    """
    device = devices.device(name)
    if device is None:
        names = ", ".join(sorted(one.name for one in devices.devices)) or "-"
        raise DeviceError(
            DeviceErrorCode.DEVICE_UNKNOWN,
            f"没有设备 {name}；现有：{names}",
            f"there is no device {name}; there are: {names}",
        )
    return device


def broker_place(devices: DeviceList | None, broker: BrokerAddress | None) -> BrokerPlace:
    """Return where devices reach the broker: as said now, or else as it was said before.

    Raises:
        DeviceError: `BROKER_UNKNOWN`.
    """
    before = None if devices is None else devices.broker
    if broker is None:
        if before is not None:
            return before
        raise DeviceError(
            DeviceErrorCode.BROKER_UNKNOWN,
            "第一次添加设备时请用 --broker HOST:PORT 写明设备连接消息服务器的地址",
            "say with --broker HOST:PORT where devices will reach the broker, for example"
            " 10.0.0.5:8883; it is remembered",
        )
    if not broker.host.isascii() or _is_no_place(broker.host):
        raise DeviceError(
            DeviceErrorCode.BROKER_UNKNOWN,
            f"设备无法连接 {broker.host}：请写服务器的主机名或地址",
            f"no device can connect to {broker.host}: write a name or an address of the server",
        )
    names = [broker.host] if before is None else [*dict.fromkeys((*before.names, broker.host))]
    return BrokerPlace(host=broker.host, port=broker.port, names=names)


def _is_no_place(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
