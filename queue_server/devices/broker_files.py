"""`hospital-kiosk broker-config`: all that a broker of the hospital's own needs, in one folder."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerAddress
from queue_server.broker.configuration import mosquitto_site_files, nats_files
from queue_server.client.tls import CA_NAME, CERTIFICATE_NAME, KEY_NAME
from queue_server.devices.access import access_of
from queue_server.devices.register import DeviceRegister
from queue_server.private_file import make_private_folder, write_privately
from queue_server.site import Site

_TOLD: Final = {
    "mosquitto": (
        "归 mosquitto 用户所有 let Mosquitto own it:   chown -R mosquitto: {folder}\n"
        "加入配置 include it: ln -s {folder}/broker.conf /etc/mosquitto/conf.d/hospital.conf\n"
        "启动或重载 start, or after changes:           systemctl reload-or-restart mosquitto"
    ),
    "nats": "启动 start: nats-server --config {folder}/broker.conf; 重载 reload: kill -HUP",
}


def write_broker_files(
    register: DeviceRegister,
    site: Site,
    *,
    program: str,
    folder: Path,
    listen: BrokerAddress | None,
    now: datetime,
) -> str:
    """Write configuration, rights and certificates into `folder`; return what to do with it.

    Raises:
        DeviceError: there is no list of devices.
        OSError: the folder can't be written.
    """
    place = register.read().broker
    address = listen or BrokerAddress(host="0.0.0.0", port=place.port)  # noqa: S104  # with TLS
    access = access_of(register, site, now)
    folder = folder.absolute()
    if not folder.exists():
        make_private_folder(folder)
    for name in (CA_NAME, KEY_NAME, CERTIFICATE_NAME):
        write_privately(folder / name, (access.certificates / name).read_bytes())
    make = mosquitto_site_files if program == "mosquitto" else nats_files
    for name, text in make(address, folder, replace(access, certificates=folder)).items():
        write_privately(folder / name, text.encode())
    return _TOLD[program].format(folder=folder)
