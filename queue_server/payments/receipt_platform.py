"""The port `ReceiptPlatform`: the finance platform, which gives receipts their official numbers."""

from typing import Protocol

from queue_server.payments.receipt import Receipt, Registration
from queue_server.payments.terms import ReceiptNo


class PlatformSilent(Exception):
    """No answer that counts; the platform may have done what it was asked."""


class PlatformRefused(Exception):
    """The platform does not take this receipt, for certain."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ReceiptPlatform(Protocol):
    """The finance platform. May block for seconds."""

    def find(self, number: ReceiptNo) -> Registration | None:
        """Return what numbers a receipt has; None: the platform does not know it.

        Raises:
            PlatformSilent: no answer.
        """

    def register(self, receipt: Receipt) -> Registration:
        """Have a receipt numbered; `receipt.number` is the key: a second time changes nothing.

        One that reverses another names it by our number, so that one comes first.

        Raises:
            PlatformRefused: it has no numbers and will get none as it is.
            PlatformSilent: it may have numbers now, or not.
        """
