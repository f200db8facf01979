"""What a request about money says: who asks, under which key, and the one way to pay."""

import hashlib
from collections.abc import Sequence
from typing import Final

from queue_server.contract.inpatient import TopUp
from queue_server.contract.payments import Pay
from queue_server.contract.report_messages import PayCopies
from queue_server.payments.payment_code import channel_of_code
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import Channel
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import DeviceId, RefusalCode
from queue_server.service.jobs import Asked

_KEY_DIGITS: Final = 16


def asker_of(job: Asked) -> tuple[DeviceId, str]:
    """Return which device asks, and by what number of its own."""
    return job.device, job.request.request_id


def key_of(job: Asked) -> str:
    """Return what names this ask among all: two devices may count alike."""
    return hashlib.sha256("/".join(asker_of(job)).encode()).hexdigest()[:_KEY_DIGITS]


def channel_named(name: str | None) -> Channel:
    """Return the channel of that name.

    Raises:
        PaymentRefused: CHANNEL_OFF.
    """
    try:
        return Channel(name or "")
    except ValueError:
        raise PaymentRefused(RefusalCode.CHANNEL_OFF) from None


def require_one_way(pay: Pay | TopUp | PayCopies, channels: Sequence[Channel]) -> None:
    """Refuse what names no way to pay, or two, or a code that is none.

    Raises:
        Refused: BAD_REQUEST, NO_PAYMENT_CODE.
    """
    if (pay.channel is None) == (pay.code is None):
        detail = "channel 和 code 必须且只能给出一个 / exactly one of channel and code"
        raise Refused(RefusalCode.BAD_REQUEST, detail=detail)
    if pay.code is not None and channel_of_code(pay.code) not in channels:
        raise PaymentRefused(RefusalCode.NO_PAYMENT_CODE)
