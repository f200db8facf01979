"""Adding, renewing and revoking devices: the list, the authority and the files move together.

Files are written before the list: a certificate that is not listed yet is good for nothing, while
a listed one whose files are missing could not be made good.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from queue_server.broker.broker import BrokerAddress
from queue_server.client.tls import CA_NAME, CERTIFICATE_NAME, KEY_NAME, Certificates
from queue_server.contract.topics import SERVER
from queue_server.devices.authority import Authority, Issued
from queue_server.devices.checks import (
    BROKER,
    NewDevice,
    broker_place,
    check_new,
    known_device,
    name_taken,
)
from queue_server.devices.device_list import (
    LIST_NAME,
    Device,
    DeviceList,
    Revoked,
    only_one,
    read_list,
    write_list,
)
from queue_server.private_file import make_private_folder, write_privately
from queue_server.site import Site

RENEW_OWN_BEFORE: Final = timedelta(days=90)
"""The server renews its own certificate and the broker's when they are to expire so soon."""
_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "::1")


HandOver = Callable[[Issued, bytes, DeviceList], None]
"""Takes what a machine gets: its certificate and key, the authority's certificate, the list."""


class DeviceRegister:
    """The devices of one site, in a folder that nobody but its owner may read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def exists(self) -> bool:
        """Whether a device was ever added."""
        return (self.folder / LIST_NAME).exists()

    @property
    def server_certificates(self) -> Certificates:
        """Those of the queue server itself."""
        return Certificates(self.folder / SERVER)

    @property
    def broker_folder(self) -> Path:
        """Where the broker's certificate and key are: `ca.crt`, `device.crt`, `device.key`."""
        return self.folder / BROKER

    def read(self) -> DeviceList:
        """Return the list.

        Raises:
            DeviceError: `NO_DEVICES`, `DEVICE_LIST_UNREADABLE`.
        """
        return read_list(self.folder)

    def add(
        self,
        new: NewDevice,
        *,
        site: Site,
        broker: BrokerAddress | None,
        now: datetime,
        hand_over: HandOver,
    ) -> None:
        """Add a device; the first time, make the site's authority too.

        Args:
            new: the device.
            site: knows its area or room.
            broker: where devices reach the broker; remembered, so needed the first time only.
            now: the present instant.
            hand_over: writes what is carried to the machine.

        Raises:
            DeviceError: any but `DEVICE_UNKNOWN`; nothing has changed then.
        """
        check_new(new, site)
        if not self.folder.exists():
            make_private_folder(self.folder)
        with only_one(self.folder):
            if self.exists and self.read().device(new.name) is not None:
                raise name_taken(new.name)
            devices = self._with_broker(site, broker, now)
            authority = Authority.load(self.folder)
            issued = authority.issue_client(new.name, now)
            device = Device(
                name=new.name,
                kind=new.kind,
                area=new.area,
                room=new.room,
                added_at=now,
                certificates=[issued.certificate],
            )
            hand_over(issued, authority.pem, devices)
            self._write(devices, devices=[*devices.devices, device])

    def renew(self, name: str, now: datetime, hand_over: HandOver) -> None:
        """Issue another certificate; the one before stays good until it expires.

        The server's own and the broker's keep their keys, and are not handed over.

        Raises:
            DeviceError: `DEVICE_UNKNOWN`, `FOLDER_TAKEN` and those of `read`.
        """
        with self._changing() as devices:
            if name in (SERVER, BROKER):
                self._renew_own(devices, now)
                return
            device = known_device(devices, name)
            authority = Authority.load(self.folder)
            issued = authority.issue_client(name, now)
            hand_over(issued, authority.pem, devices)
            still_good = [one for one in device.certificates if one.expires_at > now]
            renewed = msgspec.structs.replace(
                device, certificates=[*still_good, issued.certificate]
            )
            others = [one for one in devices.devices if one.name != name]
            self._write(devices, devices=[*others, renewed])

    def renew_own(self, now: datetime) -> None:
        """Renew the server's and the broker's certificates if they are to expire soon.

        Raises:
            DeviceError: those of `read`.
        """
        with self._changing() as devices:
            first = min(
                devices.server_certificate.expires_at, devices.broker_certificate.expires_at
            )
            if first - now < RENEW_OWN_BEFORE:
                self._renew_own(devices, now)

    def revoke(self, name: str, now: datetime) -> None:
        """Take a device off the list, and its certificates' worth with it.

        Raises:
            DeviceError: `DEVICE_UNKNOWN` and those of `read`.
        """
        with self._changing() as devices:
            device = known_device(devices, name)
            revoked = [
                Revoked(name=name, serial=one.serial, revoked_at=now) for one in device.certificates
            ]
            self._write(
                devices,
                devices=[one for one in devices.devices if one.name != name],
                revoked=[*devices.revoked, *revoked],
            )

    def revocation_list(self, now: datetime) -> bytes:
        """Return the list (CRL) of all revoked certificates, as a PEM file.

        Raises:
            DeviceError: those of `read`.
        """
        return Authority.load(self.folder).revocation_list(self.read().revoked, now)

    @contextmanager
    def _changing(self) -> Iterator[DeviceList]:
        self.read()  # says in words that there is none, before a lock is asked for
        with only_one(self.folder):
            yield self.read()

    def _with_broker(self, site: Site, broker: BrokerAddress | None, now: datetime) -> DeviceList:
        """Return the list that devices are added to, its broker where `broker` says."""
        devices = self.read() if self.exists else None
        place = broker_place(devices, broker)
        if devices is None:
            authority = Authority.make(self.folder, site.id, now)
            server = authority.issue_client(SERVER, now)
            self._keep(self.folder / SERVER, authority, server)
        elif place == devices.broker:
            return devices
        else:
            authority = Authority.load(self.folder)
        names = [*dict.fromkeys((*place.names, *_THIS_MACHINE))]
        own = authority.issue_broker(BROKER, names, now, self._key(self.broker_folder))
        self._keep(self.broker_folder, authority, own)
        if devices is not None:
            return msgspec.structs.replace(
                devices, broker=place, broker_certificate=own.certificate
            )
        return DeviceList(
            revision=0,
            broker=place,
            authority_expires_at=authority.expires_at,
            server_certificate=server.certificate,
            broker_certificate=own.certificate,
        )

    def _renew_own(self, devices: DeviceList, now: datetime) -> None:
        """Keep the keys: who knows the server by its key goes on knowing it."""
        authority = Authority.load(self.folder)
        server = authority.issue_client(SERVER, now, self._key(self.folder / SERVER))
        names = [*dict.fromkeys((*devices.broker.names, *_THIS_MACHINE))]
        broker = authority.issue_broker(BROKER, names, now, self._key(self.broker_folder))
        self._keep(self.folder / SERVER, authority, server)
        self._keep(self.broker_folder, authority, broker)
        self._write(
            devices,
            server_certificate=server.certificate,
            broker_certificate=broker.certificate,
        )

    def _key(self, folder: Path) -> bytes | None:
        path = folder / KEY_NAME
        return path.read_bytes() if path.exists() else None

    def _keep(self, folder: Path, authority: Authority, issued: Issued) -> None:
        if not folder.exists():
            make_private_folder(folder)
        write_certificates(folder, issued, authority.pem)

    def _write(self, before: DeviceList, /, **changed: object) -> None:
        write_list(
            self.folder,
            msgspec.structs.replace(before, revision=before.revision + 1, **changed),
        )


def write_certificates(folder: Path, issued: Issued, authority_pem: bytes) -> None:
    """Write the three files that a line needs; the key first, so that a pair always fits."""
    write_privately(folder / CA_NAME, authority_pem)
    write_privately(folder / KEY_NAME, issued.key_pem)
    write_privately(folder / CERTIFICATE_NAME, issued.certificate_pem)
