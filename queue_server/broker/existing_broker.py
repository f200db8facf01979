"""A broker that somebody else runs: `--broker HOST:PORT`."""

from typing import Final

from queue_server.broker.broker import BrokerAddress, BrokerError, BrokerErrorCode
from queue_server.broker.probe import answers
from queue_server.client.tls import Certificates

ANSWER_WITHIN_S: Final = 5.0


class ExistingBroker:
    """The hospital's own broker; we neither start nor stop it."""

    def __init__(self, address: BrokerAddress, certificates: Certificates | None = None) -> None:
        self._address = address
        self._certificates = certificates

    @property
    def address(self) -> BrokerAddress:
        """Where it listens."""
        return self._address

    def start(self) -> None:
        """Return when it has accepted a connection.

        Raises:
            BrokerError: `BROKER_DOES_NOT_ANSWER`.
        """
        if not answers(self._address, self._certificates, timeout_s=ANSWER_WITHIN_S):
            raise BrokerError(
                BrokerErrorCode.BROKER_DOES_NOT_ANSWER,
                f"no MQTT broker answers at {self._address}: is it running, is the address "
                f"right, and {self._wanted()}?",
            )

    def _wanted(self) -> str:
        if self._certificates is None:
            return "does it accept clients without a password from this machine"
        return "does it have the certificates that `hospital-kiosk broker-config` makes"

    def look_after(self) -> None:
        """Leave that to whoever runs it."""

    def stop(self) -> None:
        """Leave it running."""
