"""What happens to money, in the past tense: each step is in the journal before it counts."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.payments.terms import (
    AttemptId,
    BillId,
    ChangeGoes,
    Channel,
    ChargeId,
    SheetId,
    VisitId,
)
from queue_server.rules.terms import DeviceId, PatientId


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
    is_deposit: bool = False
    is_copy: bool = False


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
    patient: PatientId | None = None
    """Whose bill it is; given of cash, which may have to be kept for him."""
    change_goes: ChangeGoes | None = None
    """By the rule that he is told before the first note; given of cash."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPart:
    """What goes back of a charge."""

    charge: ChargeId
    fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRefundAsked(AttemptStep):
    """A part of its money has to go back; it pays the rest."""

    parts: tuple[ReturnedPart, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRefunded(AttemptStep):
    """The gateway has given the part back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRefundRefused(AttemptStep):
    """The gateway refused for certain to give the part back: all of it stays paid."""

    code: str


# --- cash ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken(Step):
    """A kiosk has credited a note; it lies in the box."""

    device: DeviceId
    book: str
    """Which count of notes of the kiosk; another one after its disk was changed."""
    number: int
    """Of the note in that count; rises."""
    value_fen: int
    box_count: int
    """What the validator counts in the box, with this note."""
    attempt: AttemptId | None
    """What it was put in for; None: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxDiffered(Step):
    """The validator counts other notes in the box than were credited: to be looked at."""

    device: DeviceId
    book: str
    number: int
    expected_count: int
    found_count: int | None
    """None: it does not count, and a note was on its way when the line broke."""
    attempt: AttemptId | None
    """What the last note before was put in for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxEmptied(Step):
    """Two people have counted the notes and taken them out."""

    device: DeviceId
    counted_fen: int | None = None
    """What they have counted; None: an older version did not ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashCame(AttemptStep):
    """A note for an attempt, whatever state that is in."""

    value_fen: int
    expires_at: datetime
    """The patient has so long for the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditUsed(AttemptStep):
    """What was kept of an earlier attempt counts for this one."""

    source: AttemptId
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashHandedOut(AttemptStep):
    """The cashier has given the patient what was kept of it."""

    amount_fen: int
