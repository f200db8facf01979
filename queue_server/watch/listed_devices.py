"""The list of devices as the watch sees it: who should be there, which certificate ends when."""

import logging
from collections.abc import Mapping
from datetime import datetime

from queue_server.devices.device_list import DeviceList
from queue_server.devices.errors import DeviceError
from queue_server.devices.register import DeviceRegister
from queue_server.rules.terms import DeviceId
from queue_server.watch.figures import ExpectedDevice

_log = logging.getLogger(__name__)


class ListedDevices:
    """Reads the list each time it is asked; a technician may change it while the server runs."""

    def __init__(self, register: DeviceRegister) -> None:
        self._register = register

    def expected(self) -> Mapping[DeviceId, ExpectedDevice]:
        """Return the devices that should be there; none without a list."""
        listed = self._read()
        return {
            DeviceId(one.name): ExpectedDevice(
                device=DeviceId(one.name), kind=one.kind.value, shows=one.area or one.room or ""
            )
            for one in (listed.devices if listed is not None else [])
        }

    def certificates(self) -> Mapping[str, datetime]:
        """Return when each certificate ends, those of server and broker too."""
        listed = self._read()
        if listed is None:
            return {}
        return {
            "authority": listed.authority_expires_at,
            "broker": listed.broker_certificate.expires_at,
            "queue-server": listed.server_certificate.expires_at,
            **{one.name: one.expires_at for one in listed.devices},
        }

    def _read(self) -> DeviceList | None:
        if not self._register.exists:
            return None
        try:
            return self._register.read()
        except DeviceError as error:
            _log.error("the list of devices can't be read: %s", error)
            return None
