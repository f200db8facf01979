"""The vocabulary of payments: ids, channels, modes, states. The words stand in the glossary."""

from enum import StrEnum
from typing import Final, NewType

ChargeId = NewType("ChargeId", str)
VisitId = NewType("VisitId", str)
BillId = NewType("BillId", str)
SheetId = NewType("SheetId", str)
DeferralId = NewType("DeferralId", str)
ClaimId = NewType("ClaimId", str)
"""Also the number under which the insurance knows the settlement."""
ReceiptNo = NewType("ReceiptNo", str)
"""The clinic day and a serial without gaps: sixteen digits."""
AttemptId = NewType("AttemptId", str)
"""Also the number under which the gateway knows the payment: at most 32 of `[0-9A-Za-z]`."""


class Channel(StrEnum):
    """Whom the money comes through."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
    UNIONPAY = "unionpay"
    """银联二维码: any bank's wallet, and 云闪付."""
    CASH = "cash"
    """Bank notes, put into a kiosk."""
    INSURANCE = "insurance"
    """Nothing is paid: the medical insurance has settled all of it."""


GATEWAY_CHANNELS: Final = (Channel.WECHAT, Channel.ALIPAY, Channel.UNIONPAY)
"""Those with a provider who signs, calls back and sends a daily bill."""


class ChangeGoes(StrEnum):
    """Where cash goes that pays no bill: a kiosk gives none back."""

    CREDIT = "credit"
    """Kept for the patient, and counted in when he pays in cash the next time."""
    DESK = "desk"
    """He fetches it at the cashier's, with the slip."""


class PaymentMode(StrEnum):
    """When a patient pays."""

    EACH_STEP = "each_step"
    """Before each step: a laboratory draws no blood that is not paid."""
    ONCE_PER_VISIT = "once_per_visit"
    """Once, before the last step of the visit."""
    TREAT_FIRST = "treat_first"
    """Treated first and paid later, up to a limit."""


class AttemptState(StrEnum):
    """Where an attempt to pay is; the table of changes stands in `payments/attempt.py`."""

    NEW = "new"
    """Decided; the gateway does not know of it."""
    CREATING = "creating"
    """Written down, and the gateway is being asked."""
    WAITING = "waiting"
    """The gateway waits for the patient."""
    UNKNOWN = "unknown"
    """The gateway gave no answer that counts: it may be paid or not. Never shown as failed."""
    FAILED = "failed"
    """The gateway refused it for certain."""
    CLOSING = "closing"
    """Too late or cancelled: nobody may pay any more, unless it has been paid already."""
    CLOSED = "closed"
    """The gateway has said that nobody can pay any more."""
    PAID = "paid"
    """The money is there; the hospital has not booked it yet."""
    FULFILLED = "fulfilled"
    """Paid and booked."""
    LATE_PAID = "late_paid"
    """Money for what was closed, failed or paid already: it goes back."""
    REFUNDING = "refunding"
    """The money is being given back."""
    REFUNDED = "refunded"
    """The money was given back."""
    PART_REFUNDING = "part_refunding"
    """A part of what was booked is being given back; the rest stays paid."""
    REVIEW = "review"
    """A person has to look: the amount differs, or the gateway refused to give money back."""
