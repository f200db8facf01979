"""Asks a platform over HTTP: JSON, signed both ways with a secret that the two share."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime
from http.client import HTTPException
from typing import Any, Final

from queue_server.payments.configuration import PlatformConfiguration
from queue_server.payments.receipt_platform import PlatformRefused, PlatformSilent

SIGNATURE_HEADER: Final = "X-Signature"
TIMEOUT_S: Final = 10.0
_ANSWER_BYTES_MAX: Final = 100_000
_REFUSED: Final = 409


class SignedLine:
    """The line to one platform. Any thread may ask.

    Args:
        configuration: where, as whom, with which secret.
        clock: gives the present instant.
        new_id: gives a text that was never given before: an answer says to which ask it belongs.
        timeout_s: how long the platform is waited for.
    """

    def __init__(
        self,
        configuration: PlatformConfiguration,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._new_id = new_id
        self._timeout_s = timeout_s

    def ask(self, what: str, said: dict[str, Any]) -> dict[str, Any]:
        """Return what the platform says.

        Raises:
            PlatformRefused: it does not do it, for certain.
            PlatformSilent: it may have done it, or not.
        """
        ask_id = self._new_id()
        head = {"app_id": self._configuration.app_id, "ask_id": ask_id}
        body = json.dumps({**head, "at": self._clock().isoformat(), **said}).encode()
        request = urllib.request.Request(  # noqa: S310  # the technician has set the address
            f"{self._configuration.address}/{what}",
            data=body,
            headers={"Content-Type": "application/json", SIGNATURE_HEADER: self._signature(body)},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                return self._read(answer, ask_id)
        except urllib.error.HTTPError as error:
            with error:
                if error.code != _REFUSED:
                    raise PlatformSilent from None
                refusal = self._read(error, ask_id)
            raise PlatformRefused(str(refusal.get("code", ""))) from None
        except (OSError, HTTPException):
            raise PlatformSilent from None

    def _read(self, answer: Any, ask_id: str) -> dict[str, Any]:
        """Return an answer that the platform has signed, to this very ask."""
        body: bytes = answer.read(_ANSWER_BYTES_MAX)
        signature = answer.headers.get(SIGNATURE_HEADER, "").encode()
        if not hmac.compare_digest(signature, self._signature(body).encode()):
            raise PlatformSilent
        try:
            said = json.loads(body)
        except ValueError:
            raise PlatformSilent from None
        if not isinstance(said, dict) or said.get("ask_id") != ask_id:
            raise PlatformSilent
        return said

    def _signature(self, body: bytes) -> str:
        secret = self._configuration.secret.encode()
        return hmac.new(secret, body, hashlib.sha256).hexdigest()
