"""Debian's Mosquitto: the broker for one machine in production."""

from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.configuration import mosquitto_configuration

DEBIAN_PROGRAM: Final = Path("/usr/sbin/mosquitto")


def mosquitto(
    folder: Path, *, port: int | None = None, program: Path = DEBIAN_PROGRAM
) -> BrokerProcess:
    """Return a Mosquitto of our own configuration; `folder` and `port` as in `BrokerProcess`.

    Raises:
        BrokerError: `BROKER_NOT_INSTALLED`.
    """
    if not program.exists():
        raise BrokerError(
            BrokerErrorCode.BROKER_NOT_INSTALLED,
            f"{program} is missing: apt-get install mosquitto",
        )
    return BrokerProcess(
        program=program,
        config_option="-c",
        configuration=mosquitto_configuration,
        folder=folder,
        port=port,
    )
