"""What the rest of the product knows of an MQTT broker: where it is, how it starts and stops.

Which one it is (the embedded NATS, Debian's Mosquitto, the hospital's own) only bootstrap knows.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit


class BrokerErrorCode(StrEnum):
    """What can go wrong with a broker."""

    BROKER_ADDRESS_INVALID = "BROKER_ADDRESS_INVALID"
    BROKER_NOT_INSTALLED = "BROKER_NOT_INSTALLED"
    BROKER_DID_NOT_START = "BROKER_DID_NOT_START"
    BROKER_DID_NOT_RELOAD = "BROKER_DID_NOT_RELOAD"
    BROKER_DOES_NOT_ANSWER = "BROKER_DOES_NOT_ANSWER"


class BrokerError(Exception):
    """Something the technician can put right; `str()` is the sentence that tells him how."""

    def __init__(self, code: BrokerErrorCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    """Where a broker listens for MQTT over TCP."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @classmethod
    def parse(cls, text: str) -> "BrokerAddress":
        """Read `HOST:PORT`, as `--broker` takes it; an IPv6 address stands in brackets.

        Raises:
            BrokerError: `BROKER_ADDRESS_INVALID`.
        """
        try:
            parts = urlsplit(f"//{text}")
            host, port = parts.hostname, parts.port
        except ValueError:  # a port that is no number or too large, an open bracket
            host, port = None, None
        if not host or not port or parts.netloc != text or parts.username is not None:
            raise BrokerError(
                BrokerErrorCode.BROKER_ADDRESS_INVALID,
                f"{text!r} is no broker address: write HOST:PORT, for example 10.0.0.5:1883",
            )
        return cls(host=host, port=port)


class Broker(Protocol):
    """An MQTT 3.1.1 broker that a program needs while it runs."""

    @property
    def address(self) -> BrokerAddress:
        """Where it listens; known once `start` has returned."""

    def start(self) -> None:
        """Return when a client can connect.

        Raises:
            BrokerError: it is not there, or it does not come up.
        """

    def look_after(self) -> None:
        """Start it again if it has ended by itself; call it now and then where `start` was called.

        Raises:
            BrokerError: it does not come up again.
        """

    def stop(self) -> None:
        """End what `start` began; nothing is left running. Does nothing the second time."""
