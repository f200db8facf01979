"""The hospital's message service: short messages, WeChat, whatever it tells patients by.

A real one is reached through an adapter of the hospital's own; this is the port, and an adapter
that speaks to the sandbox: JSON over HTTP, signed both ways with a shared secret.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from queue_server.payments.configuration import PlatformConfiguration
from queue_server.payments.receipt_platform import PlatformRefused, PlatformSilent
from queue_server.payments.signed_line import TIMEOUT_S, SignedLine


class NumberRefused(Exception):
    """The number is none that the service can send to, for certain."""


class ServiceSilent(Exception):
    """The service may have taken the message, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one patient is told."""

    message_id: str
    phone_number: str = field(repr=False)
    text_zh: str
    text_en: str


class MessageService(Protocol):
    """Whoever brings messages to patients."""

    def send(self, message: Message) -> None:
        """Take a message; a second time with the same id it is taken, and not sent again.

        Raises:
            NumberRefused: it will never be sent.
            ServiceSilent: whether it was taken is not known; ask again with the same id.
        """


class HttpMessageService:
    """`MessageService` over a signed line; see `SignedLine` for what is given."""

    def __init__(
        self,
        configuration: PlatformConfiguration,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._line = SignedLine(configuration, clock, new_id, timeout_s)

    def send(self, message: Message) -> None:
        """See MessageService."""
        said = {
            "id": message.message_id,
            "phone_number": message.phone_number,
            "text_zh": message.text_zh,
            "text_en": message.text_en,
        }
        try:
            self._line.ask("send", said)
        except PlatformRefused:
            raise NumberRefused from None
        except PlatformSilent:
            raise ServiceSilent from None
