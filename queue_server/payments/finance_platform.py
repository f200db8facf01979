"""`ReceiptPlatform` over a signed line.

No name goes out: the payer is the hospital's number of the patient.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from queue_server.payments.configuration import PlatformConfiguration
from queue_server.payments.receipt import Receipt, Registration
from queue_server.payments.receipt_platform import PlatformSilent
from queue_server.payments.signed_line import TIMEOUT_S, SignedLine
from queue_server.payments.terms import ReceiptNo


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
        self._line = SignedLine(configuration, clock, new_id, timeout_s)

    def find(self, number: ReceiptNo) -> Registration | None:
        """Return what numbers a receipt has; None: the platform does not know it."""
        answer = self._line.ask("find", {"number": number})
        return None if answer.get("registration") is None else _registration(answer)

    def register(self, receipt: Receipt) -> Registration:
        """Have a receipt numbered."""
        return _registration(
            self._line.ask(
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
