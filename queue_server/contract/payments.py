"""The messages about money: what is owed, an attempt to pay it, and how that stands.

Amounts are whole fen (100 are 1 yuan). No message has anything medical beyond the names of what
is paid, and none has a payment code but the one request that hands it over.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from queue_server.contract.message import DayText, Id, Instant, Message, ShortText

FenAmount = Annotated[int, Meta(ge=0, le=100_000_000_00)]


class PaymentState(StrEnum):
    """How a payment stands, as the patient is told; how the server runs it stands elsewhere."""

    CREATING = "creating"
    """The gateway is being asked; nothing can be paid yet."""
    WAITING = "waiting"
    """The patient may pay now."""
    UNKNOWN = "unknown"
    """It is not known whether it is paid: nobody should pay again."""
    CLOSING = "closing"
    """It is being closed; if it is paid already, it counts as paid."""
    CLOSED = "closed"
    """Nobody can pay it any more, and nothing was paid."""
    FAILED = "failed"
    """The gateway refused; nothing was paid."""
    PAID = "paid"
    """The money is there, and the hospital is booking it."""
    FULFILLED = "fulfilled"
    """Paid and booked: the patient goes on."""
    REFUNDING = "refunding"
    """The money is on its way back to the patient."""
    REFUNDED = "refunded"
    """The money is back."""
    REVIEW = "review"
    """A person at the desk has to look at it; nobody should pay again."""


class FindOwed(Message, frozen=True, kw_only=True, tag="find_owed"):
    """What does the identified patient have to pay?"""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""


class Pay(Message, frozen=True, kw_only=True, tag="pay"):
    """Begin to pay some sheets in one go: by a QR code to be shown, or by a code that was shown.

    Exactly one of `channel` and `code` is given. The same request, repeated, is the same payment.
    """

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    sheet_ids: Annotated[list[ShortText], Meta(min_length=1, max_length=100)]
    """The sheets to pay, each whole."""
    amount_fen: FenAmount
    """What the patient was shown as the sum; refused if it is another one by now."""
    channel: Id | None = None
    """One of the `channels` of `owed`: the reply or what follows brings a QR code to be shown."""
    code: Annotated[str, Meta(pattern=r"^[0-9]{16,32}$(?!\n)")] | None = None
    """The payment code that the patient has shown. It is money: never kept, never logged."""


class FollowPayment(Message, frozen=True, kw_only=True, tag="follow_payment"):
    """How does a payment stand? From then on the device is told each change of it."""

    payment_id: ShortText
    """The `payment_id` as it came."""


class CancelPayment(Message, frozen=True, kw_only=True, tag="cancel_payment"):
    """The patient does not want to pay after all; what he has paid already still counts."""

    payment_id: ShortText
    """The `payment_id` as it came."""


class TellNote(Message, frozen=True, kw_only=True, tag="tell_note"):
    """A kiosk has taken a bank note in, or its box differs from what was counted.

    Told until it is answered, in the order of the numbers; told again, it counts once.
    """

    book: Id
    """Names the kiosk's count of notes; another one after its disk was changed."""
    number: Annotated[int, Meta(ge=1)]
    """Of the note in that count; rises by one."""
    payment_id: ShortText
    """What it was put in for; empty: the kiosk does not know."""
    value_fen: FenAmount
    """0: the box differs, and nobody can name a note."""
    box_count: int | None
    """What the validator counts in the box, with this note; `null`: it does not count."""
    expected_count: int
    """What was counted before."""
    credited_at: Instant
    """When it was kept on the kiosk's disk."""


class CashIn(Message, frozen=True, kw_only=True):
    """How a payment in cash stands."""

    in_fen: FenAmount
    """What has come in: notes, and credit that was counted in."""
    credit_fen: FenAmount
    """The part of it that was credit."""
    kept_fen: FenAmount
    """What is kept for the patient: change, or all if it was not enough."""
    change_goes: Annotated[str, Meta(pattern="^(credit|desk)$")]
    """What becomes of that: counted in when he pays the next time, or fetched at the cashier's."""
    change_max_fen: FenAmount
    """A note that would leave more change is given back."""


class OwedItem(Message, frozen=True, kw_only=True):
    """One charge of a sheet."""

    title_zh: ShortText
    """What it is for."""
    title_en: ShortText
    quantity: int
    """How many of it; the amounts are for all of them together."""
    unit_zh: ShortText = ""
    """What is counted, as a box; may be empty."""
    unit_en: ShortText = ""
    self_pay_fen: FenAmount
    """What the patient pays."""
    insurance_fen: FenAmount
    """What the medical insurance pays; both together are the price."""


class OwedSheet(Message, frozen=True, kw_only=True):
    """Charges that the hospital has put together, as a prescription: paid whole or not at all."""

    sheet_id: ShortText
    """What `pay` names; to be handed back as it came."""
    title_zh: ShortText
    """What it is called."""
    title_en: ShortText
    next_zh: ShortText
    """What the patient does once it is paid, and where."""
    next_en: ShortText
    items: list[OwedItem]
    is_deposit: bool = False
    """Whether it adds to what is kept for an inpatient."""
    is_copy: bool = False
    """Whether a report is printed again for it, once it is paid."""
    due_on: DayText | None = None
    """The last day to pay, if it was put off; `null`: it is to be paid before the next step."""


class Receipt(Message, frozen=True, kw_only=True):
    """The receipt of a payment, as slip and screen show it."""

    receipt_id: ShortText
    """What `print_receipt` names; to be handed back as it came."""
    code: ShortText = ""
    """The finance platform's code; empty where the hospital numbers its receipts itself."""
    number: ShortText
    """As it is read."""
    check_code: ShortText
    """To be compared by whoever verifies it."""
    check_address: ShortText = ""
    """What to show as a QR code: whoever opens it sees whether the receipt counts."""
    is_pending: bool = False
    """Whether the finance platform has still to give it its number."""


class Payment(Message, frozen=True, kw_only=True, tag="payment"):
    """A payment, and how it stands: the reply to `pay`, `follow_payment` and `cancel_payment`.

    At `payment/<device>` it tells each change of a payment that the device has begun or follows.
    """

    payment_id: ShortText
    """Also the number under which the gateway knows it; on the slip."""
    channel: Id
    """Whom the money comes through."""
    is_scanned: bool
    """Whether the patient showed a code; else a QR code is shown to him."""
    sheet_ids: list[ShortText]
    """What it pays."""
    amount_fen: FenAmount
    """What the patient pays."""
    state: PaymentState
    changed_at: Instant
    """Since when it stands so; what comes later with an earlier instant is out of date."""
    qr_text: Annotated[str, Meta(max_length=1000)] = ""
    """What to show as a QR code; given while it waits and there is one."""
    seconds_left: int = 0
    """How long the patient may still pay, as of when this was sent; 0 when he may not."""
    paid_at: Instant | None = None
    """When the hospital heard of the money."""
    receipt: Receipt | None = None
    """Its receipt, once it is booked, and as long as that counts."""
    cash: CashIn | None = None
    """Given of a payment in cash."""


class NoteNoted(Message, frozen=True, kw_only=True, tag="note_noted"):
    """Reply to `tell_note`: it is in the journal, and need not be told any more."""

    number: int
    """Of the note."""
    payment: Payment | None = None
    """How the payment stands for which it was put in; `null`: it is not known."""


class PayLater(Message, frozen=True, kw_only=True):
    """The hospital has agreed with the patient that he may pay later."""

    limit_fen: FenAmount
    """How much he may owe of what is put off at kiosks."""
    open_fen: FenAmount
    """What he has put off and not paid."""
    due_on: DayText
    """The last day to pay what is put off now."""


class Owed(Message, frozen=True, kw_only=True, tag="owed"):
    """Reply to `find_owed`."""

    sheets: list[OwedSheet]
    """What can be paid now, the oldest first; may be empty."""
    channels: list[Id]
    """Through whom it can be paid, as `wechat` and `alipay`."""
    payment: Payment | None = None
    """The patient's last payment: under way, or not longer over than `LAST_PAYMENT_S`."""
    payment_sheets: list[OwedSheet]
    """What that payment pays; empty without one."""
    credit_fen: FenAmount = 0
    """What is kept for the patient and counted in when he pays in cash."""
    pay_later: PayLater | None = None
    """Given if the patient may pay later; `defer` does so."""
    takes_insurance_code: bool = False
    """Whether the insurance can be asked to settle; `settle_insurance` does so."""


LAST_PAYMENT_S = 600
"""How long `owed` still tells of a payment that is over."""
