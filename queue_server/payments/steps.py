"""What happens to money, in the past tense: each step is in the journal before it counts."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.payments.terms import AttemptId, BillId, Channel, ChargeId, SheetId, VisitId
from queue_server.rules.terms import PatientId


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargePosted(Step):
    """The hospital asks money for something; the shares are the whole price."""

    charge: ChargeId
    visit: VisitId
    patient: PatientId
    name_zh: str
    name_en: str
    self_pay_fen: int
    insurance_fen: int
    quantity: int = 1
    unit_zh: str = ""
    unit_en: str = ""
    sheet: SheetId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeWithdrawn(Step):
    """The hospital no longer asks for it."""

    charge: ChargeId


@dataclass(frozen=True, slots=True, kw_only=True)
class BillMade(Step):
    """These charges are paid in one go; they leave any other bill that nobody can pay."""

    bill: BillId
    charges: tuple[ChargeId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStep(Step):
    """Something that happened to an attempt."""

    attempt: AttemptId


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOpened(AttemptStep):
    """Somebody wants to pay a bill."""

    bill: BillId
    channel: Channel
    is_scanned: bool
    amount_fen: int
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationAsked(AttemptStep):
    """From now on the gateway may know of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(AttemptStep):
    """The gateway waits for the patient."""

    qr_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationRefused(AttemptStep):
    """The gateway refused for certain."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLost(AttemptStep):
    """The gateway was asked, and no answer that counts came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAsked(AttemptStep):
    """It took too long, or somebody cancelled."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(AttemptStep):
    """The gateway says that nobody can pay it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyStep(AttemptStep):
    """The gateway says that money came in."""

    paid_fen: int
    transaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyCame(MoneyStep):
    """What was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountDiffered(MoneyStep):
    """Another amount than was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LateMoneyCame(MoneyStep):
    """For an attempt that was closed or refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked(AttemptStep):
    """The hospital's own system has taken the payment in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAsked(AttemptStep):
    """Its money has to go back."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(AttemptStep):
    """The gateway has given the money back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRefused(AttemptStep):
    """The gateway refused for certain to give the money back."""

    code: str
