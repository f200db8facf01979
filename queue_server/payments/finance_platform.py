"""`ReceiptPlatform` over HTTP: JSON, signed both ways with a secret that the two share.

No name goes out: the payer is the hospital's number of the patient.
"""

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
from queue_server.payments.receipt import Receipt, Registration
from queue_server.payments.receipt_platform import PlatformRefused, PlatformSilent
from queue_server.payments.terms import ReceiptNo

SIGNATURE_HEADER: Final = "X-Signature"
TIMEOUT_S: Final = 10.0
_ANSWER_BYTES_MAX: Final = 100_000
_REFUSED: Final = 409


class HttpFinancePlatform:
    """Asks the platform at its address.

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

    def find(self, number: ReceiptNo) -> Registration | None:
        """Return what numbers a receipt has; None: the platform does not know it."""
        answer = self._asked("find", {"number": number})
        return None if answer.get("registration") is None else _registration(answer)

    def register(self, receipt: Receipt) -> Registration:
        """Have a receipt numbered."""
        return _registration(
            self._asked(
                "register",
                {
                    "number": receipt.number,
                    "reverses": receipt.reverses,
                    "payer": receipt.patient,
                    "issued_at": receipt.issued_at.isoformat(),
                    "amount_fen": receipt.amount.fen,
                    "insurance_fen": receipt.insurance.fen,
                    "items": [
                        {
                            "name": charge.name_zh,
                            "quantity": charge.quantity,
                            "amount_fen": charge.price.fen,
                        }
                        for charge in receipt.charges
                    ],
                },
            )
        )

    def _asked(self, what: str, said: dict[str, Any]) -> dict[str, Any]:
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


def _registration(answer: dict[str, Any]) -> Registration:
    try:
        said = answer["registration"]
        return Registration(
            code=str(said["code"]),
            number=str(said["number"]),
            check_code=str(said["check_code"]),
            address=str(said["address"]),
        )
    except (KeyError, TypeError):
        raise PlatformSilent from None
