"""The sandbox's message service: brings each message to a phone once."""

import threading
from dataclasses import dataclass, field

from queue_server.payments.sandbox.faults import Faults


@dataclass(slots=True, kw_only=True)
class Phones:
    """Everybody's phone; any thread may ask."""

    app_id: str
    secret: str = field(repr=False)
    faults: Faults
    delivered: dict[str, dict[str, str]] = field(default_factory=dict)
    """What has come to the phones, by the id of the message."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deliver(self, message: dict[str, str]) -> None:
        """Bring a message to its phone; one that was brought already is not brought again."""
        with self._lock:
            self.delivered.setdefault(message["id"], message)
