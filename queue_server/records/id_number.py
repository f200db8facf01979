"""The resident identity number: 17 digits and a check digit.

Source: GB 11643-1999 (ISO 7064 MOD 11-2).
"""

import re
from typing import Final

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"


def check_digit(digits: str) -> str:
    """Return the check digit, `0` to `9` or `X`, of the first 17 digits."""
    assert re.fullmatch("[0-9]{17}", digits)
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def is_id_number(text: str) -> bool:
    """Tell whether `text` has the form of an identity number and its check digit is right."""
    if re.fullmatch("[0-9]{17}[0-9Xx]", text) is None:
        return False
    return text[17].upper() == check_digit(text[:17])
