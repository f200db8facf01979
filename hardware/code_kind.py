"""What kind of code somebody held in front of the scanner.

One scanner sees them all, so a code is told by its form. Sources: reference texts of WeChat Pay
(18 digits, 10 to 15 first), Alipay (16 to 24 digits, 25 to 30 first) and UnionPay (19 digits, 62
first) for payment codes; GB 11643 for the resident identity number.
"""

import base64
import json
import re
from datetime import date
from enum import StrEnum


class CodeKind(StrEnum):
    """Kinds of codes."""

    VIRTUAL_CARD = "virtual_card"
    """A signed token: three base64url parts (compact JWS). Only the server can verify it."""
    SLIP = "slip"
    """Printed on a slip of ours: text that begins with `hk:`."""
    INSURANCE = "insurance"
    """医保电子凭证: 28 digits."""
    RESIDENT_ID = "resident_id"
    """居民身份证号: 18 characters with a valid date and check digit."""
    WECHAT_PAYMENT = "wechat_payment"
    ALIPAY_PAYMENT = "alipay_payment"
    UNIONPAY_PAYMENT = "unionpay_payment"
    UNKNOWN = "unknown"

    @property
    def is_payment(self) -> bool:
        """Whoever has such a code can take money with it: refuse it for a card, never log it."""
        return self in _PAYMENTS


_PAYMENTS = frozenset({CodeKind.WECHAT_PAYMENT, CodeKind.ALIPAY_PAYMENT, CodeKind.UNIONPAY_PAYMENT})

SLIP_PREFIX = "hk:"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,1024}\.[A-Za-z0-9_-]{2,4096}\.[A-Za-z0-9_-]{16,1024}")
_DIGITS_KINDS = (
    (re.compile(r"\d{28}", re.ASCII), CodeKind.INSURANCE),
    (re.compile(r"1[0-5]\d{16}", re.ASCII), CodeKind.WECHAT_PAYMENT),
    (re.compile(r"(?:2[5-9]|30)\d{14,22}", re.ASCII), CodeKind.ALIPAY_PAYMENT),
    (re.compile(r"62\d{17}", re.ASCII), CodeKind.UNIONPAY_PAYMENT),
)
_ID_NUMBER = re.compile(
    r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)\d{15}[\dXx]", re.ASCII
)
"""It begins with a province (GB/T 2260), or 9 for a foreigner with permanent residence. No payment
code but one of WeChat begins so."""
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_CHARACTERS = "10X98765432"


def classify_code(text: str, *, is_paying: bool = False) -> CodeKind:
    """Return the kind of the scanned `text`. Never raises.

    An identity number of North China begins like a WeChat code, and one WeChat code in 10,000 has
    a valid day and check digit. Where a patient is asked to pay (`is_paying`) that is a payment
    code, elsewhere a number.
    """
    if text.startswith(SLIP_PREFIX):
        return CodeKind.SLIP
    of_digits = next((kind for form, kind in _DIGITS_KINDS if form.fullmatch(text)), None)
    if is_resident_id(text) and not (is_paying and of_digits):
        return CodeKind.RESIDENT_ID
    if of_digits is not None:
        return of_digits
    if _TOKEN.fullmatch(text) and _is_token_header(text.partition(".")[0]):
        return CodeKind.VIRTUAL_CARD
    return CodeKind.UNKNOWN


def is_resident_id(text: str) -> bool:
    """Tell whether `text` can be a resident identity number: province, day, check digit."""
    if not _ID_NUMBER.fullmatch(text):
        return False
    try:
        date.fromisoformat(text[6:14])
    except ValueError:
        return False
    if text[6:8] not in ("18", "19", "20"):
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return text[17].upper() == _ID_CHECK_CHARACTERS[weighted % 11]


def _is_token_header(part: str) -> bool:
    """Tell a token from other text with two dots in it: its first part names an algorithm."""
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header
