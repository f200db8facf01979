"""The second factor: a code of six digits that an app on one's phone shows for 30 seconds.

Time-based one-time passwords, RFC 6238, as every authenticator app knows them.
"""

import hmac
from datetime import datetime
from typing import Final

import pyotp

ISSUER: Final = "Hospital Kiosk"
"""What the app shows beside the user's name."""
STEP_S: Final = 30
SECRET_PATTERN: Final = r"[A-Z2-7]{32}"  # noqa: S105  # the form of one
"""160 random bits in base 32, as the RFC recommends."""


def new_secret() -> str:
    """Return a secret that can't be guessed."""
    return pyotp.random_base32()


def app_address(name: str, secret: str) -> str:
    """Return what the QR code says that an authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(secret: str, at: datetime) -> str:
    """Return the code that the app shows at `at`, by the real time."""
    return pyotp.TOTP(secret).at(at)


class CodeCheck:
    """Checks codes: the present one, the one before and the next, each accepted once."""

    def __init__(self, used_steps: dict[str, int]) -> None:
        self.used_steps = used_steps
        """By user: the step, counted from 1970, of the last code that was accepted."""

    def accepts(self, name: str, secret: str, code: str, at: datetime) -> bool:
        """Tell whether `code` is right, and remember that it was used."""
        digits = "".join(code.split())
        present = int(at.timestamp()) // STEP_S
        totp = pyotp.TOTP(secret)
        fitting = [
            step
            for step in (present - 1, present, present + 1)
            if hmac.compare_digest(totp.at(step * STEP_S).encode(), digits.encode())
        ]
        step = max(fitting, default=0)
        if step <= self.used_steps.get(name, 0):
            return False
        self.used_steps[name] = step
        return True
