"""Who may connect to a broker with TLS, and what each may do there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from queue_server.client.tls import Certificates
from queue_server.contract.rights import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whoever holds a certificate with this subject."""

    identity: str
    """As brokers write a subject: `CN=kiosk-01,OU=0f1e2d`."""
    rights: Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All that a broker has to know; whoever is not named may do nothing."""

    certificates: Path
    """The folder with the broker's own `ca.crt`, `device.crt` and `device.key`."""
    holders: Sequence[Holder]
    revocation_list: str
    """PEM text. NATS has no use for it: there only who is named may connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What makes a broker of ours one with TLS."""

    access: Callable[[], Access]
    """Who may do what by now; asked at the start and at each reload."""
    certificates: Certificates
    """With which we ask it whether it is there."""
