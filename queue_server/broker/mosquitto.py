"""Debian's Mosquitto: the broker for one machine in production."""

import os
import shutil
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.configuration import mosquitto_configuration

DEBIAN_FOLDER: Final = "/usr/sbin"  # not among the folders that are searched for a plain user


def mosquitto(folder: Path, *, port: int | None = None) -> BrokerProcess:
    """Return a Mosquitto of our own configuration; `folder` and `port` as in `BrokerProcess`.

    Raises:
        BrokerError: `BROKER_NOT_INSTALLED`.
    """
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:{DEBIAN_FOLDER}")
    if program is None:
        raise BrokerError(
            BrokerErrorCode.BROKER_NOT_INSTALLED,
            "Mosquitto is not installed: apt-get install mosquitto",
        )
    return BrokerProcess(
        program=Path(program),
        config_option="-c",
        configuration=mosquitto_configuration,
        folder=folder,
        port=port,
    )
