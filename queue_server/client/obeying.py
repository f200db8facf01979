"""A device obeys what the technician's desk asks of it, unless that was asked too long ago."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from queue_server.client.line import Line
from queue_server.contract import topics
from queue_server.contract.device_messages import Command
from queue_server.contract.messages import CLOCK_SKEW_S
from queue_server.rules.terms import DeviceAct

_log = logging.getLogger(__name__)


def obey(
    line: Line, acts: Mapping[DeviceAct, Callable[[], None]], now: Callable[[], datetime]
) -> None:
    """Have `line` carry out commands to its device. To be called before `line.run()`.

    Args:
        line: the device's line.
        acts: what this device can do.
        now: gives the present instant; a device that comes back ignores what has expired by then.
    """

    def carry_out(command: Command) -> None:
        if now() > command.expires_at + timedelta(seconds=CLOCK_SKEW_S):
            _log.warning("too late to %s, asked for until %s", command.do, command.expires_at)
        elif command.do not in acts:
            _log.warning("asked to %s, which this device can't", command.do)
        else:
            _log.info("asked to %s", command.do)
            acts[command.do]()

    line.follow(topics.command(line.address.site, line.address.device), Command, carry_out)
