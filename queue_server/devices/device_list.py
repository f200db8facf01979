"""The one list of a site's devices and their certificates, in a file of the server's data folder.

The configuration of machines and the access rules of every broker are made from it, so that
whoever is not on it can do nothing. It holds no secrets, and is changed whole: a power cut
leaves the list of before or the list of after.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from queue_server.contract.rights import (
    Rights,
    rights_of_area_board,
    rights_of_door_board,
    rights_of_kiosk,
)
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.private_file import open_privately, write_privately
from queue_server.rules.terms import AreaId, DeviceId, RoomId
from queue_server.site import Site

LIST_NAME: Final = "devices.json"
_Id = Annotated[str, Meta(pattern="^[a-z0-9-]{1,64}$")]


class DeviceKind(StrEnum):
    """What stands there."""

    KIOSK = "kiosk"
    AREA_BOARD = "area-board"
    DOOR_BOARD = "door-board"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Certificate(_Entry, frozen=True, kw_only=True):
    """What is known of a certificate that was issued."""

    serial: Annotated[str, Meta(pattern="^[0-9a-f]+$")]
    """Hexadecimal; a revocation names it."""
    identity: Annotated[str, Meta(pattern="^CN=[a-z0-9-]{1,64},OU=[0-9a-f]+$")]
    """The subject as brokers write it: the device's name and the mark of its key."""
    expires_at: datetime


class Device(_Entry, frozen=True, kw_only=True):
    """A machine that may connect. An older certificate is good until it expires."""

    name: _Id
    kind: DeviceKind
    area: _Id | None = None
    """Of an area board."""
    room: _Id | None = None
    """Of a door board."""
    added_at: datetime
    certificates: list[Certificate]

    @property
    def expires_at(self) -> datetime:
        """When its newest certificate expires."""
        return max(one.expires_at for one in self.certificates)

    def rights(self, site: Site) -> Rights | None:
        """Return what it may do at `site`; None: its room is not there any more, so nothing."""
        device = DeviceId(self.name)
        if self.kind is DeviceKind.KIOSK:
            return rights_of_kiosk(site.id, device)
        if self.kind is DeviceKind.AREA_BOARD:
            assert self.area is not None
            return rights_of_area_board(site.id, device, AreaId(self.area))
        assert self.room is not None
        areas = [queue.area for queue in site.queues if queue.room == self.room]
        if not areas:
            return None
        return rights_of_door_board(site.id, device, RoomId(self.room), areas[0])


class Revoked(_Entry, frozen=True, kw_only=True):
    """A certificate that is good for nothing any more."""

    name: _Id
    serial: Annotated[str, Meta(pattern="^[0-9a-f]+$")]
    revoked_at: datetime


class BrokerPlace(_Entry, frozen=True, kw_only=True):
    """Where devices reach the broker, and every name its certificate was ever asked to bear."""

    host: Annotated[str, Meta(min_length=1)]
    port: Annotated[int, Meta(ge=1, le=65535)]
    names: list[str]


class DeviceList(_Entry, frozen=True, kw_only=True):
    """All of it; `revision` rises with every change."""

    revision: int
    broker: BrokerPlace
    authority_expires_at: datetime
    server_certificate: Certificate
    broker_certificate: Certificate
    devices: list[Device] = []
    revoked: list[Revoked] = []

    def device(self, name: str) -> Device | None:
        """Return the device of that name."""
        return next((one for one in self.devices if one.name == name), None)

    def days_left(self, now: datetime) -> dict[str, int]:
        """Return for each certificate holder how many whole days its newest certificate lasts.

        Negative once it has expired. `queue-server`, `broker` and `authority` are among them.
        """
        ends = {
            "authority": self.authority_expires_at,
            "broker": self.broker_certificate.expires_at,
            "queue-server": self.server_certificate.expires_at,
            **{one.name: one.expires_at for one in self.devices},
        }
        return {name: (expires_at - now).days for name, expires_at in ends.items()}


def read_list(folder: Path) -> DeviceList:
    """Read the list in `folder`.

    Raises:
        DeviceError: `NO_DEVICES`, `DEVICE_LIST_UNREADABLE`.
    """
    path = folder / LIST_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=DeviceList)
    except FileNotFoundError as error:
        raise DeviceError(
            DeviceErrorCode.NO_DEVICES,
            f"{path} 不存在：尚未添加任何设备，请先运行 devices add",
            f"{path} is not there: no device was added yet; begin with `devices add`",
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise DeviceError(
            DeviceErrorCode.DEVICE_LIST_UNREADABLE,
            f"设备清单 {path} 无法读取（{error}），请从备份恢复",
            f"the list of devices {path} can't be read ({error}): take it from a backup",
        ) from error


def write_list(folder: Path, devices: DeviceList) -> None:
    """Put `devices` in the place of the list in `folder`, synced."""
    text = msgspec.json.format(msgspec.json.encode(devices), indent=2)
    write_privately(folder / LIST_NAME, text + b"\n")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let nobody else change the list in `folder` meanwhile."""
    with open_privately(folder / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
