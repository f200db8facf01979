"""Debian's Mosquitto: the broker for one machine in production."""

from pathlib import Path
from typing import Final

from queue_server.broker.access import Secured
from queue_server.broker.broker import BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import LOOPBACK, BrokerProcess, BrokerProgram
from queue_server.broker.configuration import mosquitto_files

DEBIAN_PROGRAM: Final = Path("/usr/sbin/mosquitto")


def mosquitto(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    secured: Secured | None = None,
    program: Path = DEBIAN_PROGRAM,
) -> BrokerProcess:
    """Return a Mosquitto of our own configuration; the arguments are those of `BrokerProcess`.

    Raises:
        BrokerError: `BROKER_NOT_INSTALLED`.
    """
    if not program.exists():
        raise BrokerError(
            BrokerErrorCode.BROKER_NOT_INSTALLED,
            f"{program} is missing: apt-get install mosquitto",
        )
    kind = BrokerProgram(
        path=program, config_option="-c", reloaded="Reloading config", files=mosquitto_files
    )
    return BrokerProcess(kind, folder=folder, host=host, port=port, secured=secured)
