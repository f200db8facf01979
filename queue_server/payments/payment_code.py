"""Tells by its form whose payment code a patient has shown. Such a code is money: never log it."""

import re
from typing import Final

from queue_server.payments.terms import Channel

_FORMS: Final = (
    (re.compile(r"1[0-5]\d{16}", re.ASCII), Channel.WECHAT),
    (re.compile(r"(?:2[5-9]|30)\d{14,22}", re.ASCII), Channel.ALIPAY),
    (re.compile(r"62\d{17}", re.ASCII), Channel.UNIONPAY),
)


def channel_of_code(code: str) -> Channel | None:
    """Return whose payment code `code` is; None if it is none that can be taken here.

    An insurance code (28 digits), a card or an identity number is none.
    """
    return next((channel for form, channel in _FORMS if form.fullmatch(code)), None)
