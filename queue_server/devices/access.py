"""The access rules of a broker, made from the list of devices."""

from datetime import datetime

from queue_server.broker.access import Access, Holder
from queue_server.contract.rights import rights_of_server
from queue_server.devices.register import DeviceRegister
from queue_server.site import Site


def access_of(register: DeviceRegister, site: Site, now: datetime) -> Access:
    """Return who may connect, and what each may do: the server, and the devices on the list.

    Raises:
        DeviceError: `NO_DEVICES`, `DEVICE_LIST_UNREADABLE`.
    """
    devices = register.read()
    holders = [
        Holder(identity=devices.server_certificate.identity, rights=rights_of_server(site.id))
    ]
    for device in devices.devices:
        rights = device.rights(site)
        if rights is not None:
            holders += [
                Holder(identity=certificate.identity, rights=rights)
                for certificate in device.certificates
            ]
    return Access(
        certificates=register.broker_folder,
        holders=holders,
        revocation_list=register.revocation_list(now).decode("ascii"),
    )
