"""The sandbox's finance platform: numbers receipts, takes them back, lets anybody verify them."""

import threading
from dataclasses import dataclass, field
from typing import Final

from queue_server.payments.sandbox.faults import Faults
from queue_server.payments.sandbox.signed_api import signature

_CHECK_CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A receipt as the platform has it."""

    key: str
    """The hospital's number."""
    reverses: str | None
    fen: int
    number: str
    check_code: str


class RegisterRefused(Exception):
    """The platform does not take it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True, kw_only=True)
class FinancePlatform:
    """One platform; any thread may ask."""

    app_id: str
    secret: str = field(repr=False)
    address: str
    """Of the sandbox: QR codes lead there."""
    faults: Faults
    receipts: dict[str, Registered] = field(default_factory=dict)
    """By the hospital's number."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def register(self, key: str, reverses: str | None, fen: int) -> Registered:
        """Number a receipt; a second time it is the same.

        Raises:
            RegisterRefused: it takes back what is not there, or not as much, or once more.
        """
        with self._lock:
            known = self.receipts.get(key)
            if known is not None:
                return known
            if reverses is not None:
                self._require_reversible(reverses, fen)
            serial = len(self.receipts) + 1
            check_code = signature(self.secret, f"{key}/{serial}".encode())[:_CHECK_CODE_LENGTH]
            made = Registered(
                key=key, reverses=reverses, fen=fen, number=f"{serial:010d}", check_code=check_code
            )
            self.receipts[key] = made
            return made

    def verify(self, number: str, check_code: str) -> Registered | None:
        """Return the receipt that has both."""
        with self._lock:
            every = list(self.receipts.values())
        return next(
            (one for one in every if (one.number, one.check_code) == (number, check_code)), None
        )

    def _require_reversible(self, key: str, fen: int) -> None:
        if key not in self.receipts:
            raise RegisterRefused("ORIGINAL_UNKNOWN")
        if self.receipts[key].fen != fen:
            raise RegisterRefused("AMOUNT_DIFFERS")
        if any(one.reverses == key for one in self.receipts.values()):
            raise RegisterRefused("REVERSED_ALREADY")
