"""The messages about a stay in the hospital: its account, the day bill, the settlement.

Amounts are whole fen. A day bill and a settlement tell of illnesses: they are given to whoever
has proved himself (`prove_identity`), and no reply that has one is kept.
"""

from typing import Annotated

from msgspec import Meta

from queue_server.contract.message import DayText, Id, Message, ShortText
from queue_server.contract.payments import FenAmount, OwedItem, OwedSheet, Payment


class FindStay(Message, frozen=True, kw_only=True, tag="find_stay"):
    """Where does the identified patient lie, and what was paid in for him?"""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""


class FindDayBill(Message, frozen=True, kw_only=True, tag="find_day_bill"):
    """What did a day in the hospital cost the patient who has proved himself?"""

    session_id: Id
    day_on: DayText | None = None
    """Which day of his stay; `null`: the last one that has charges."""


class FindSettlement(Message, frozen=True, kw_only=True, tag="find_settlement"):
    """What would leaving come to now for the patient who has proved himself?"""

    session_id: Id


class TopUp(Message, frozen=True, kw_only=True, tag="top_up"):
    """Begin to pay something into the account of the patient's stay, as `pay` does for sheets.

    Exactly one of `channel` and `code` is given. The same request, repeated, is the same payment.
    """

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    amount_fen: FenAmount
    """How much, in whole yuan, within the bounds that `stay` has told."""
    channel: Id | None = None
    """One of the `channels` of `stay`: the reply or what follows brings a QR code to be shown."""
    code: Annotated[str, Meta(pattern=r"^[0-9]{16,32}$(?!\n)")] | None = None
    """The payment code that the patient has shown. It is money: never kept, never logged."""


class StayFound(Message, frozen=True, kw_only=True, tag="stay"):
    """Reply to `find_stay`."""

    ward_zh: ShortText
    """Where he lies."""
    ward_en: ShortText
    bed: ShortText
    """Its number."""
    admitted_on: DayText
    """When he came."""
    deposit_fen: FenAmount
    """What was paid in and still counts."""
    used_fen: FenAmount
    """What he pays himself of all charges up to now; may be more than the deposit."""
    top_up: OwedSheet
    """What a top-up is called, and what comes after it; without items."""
    least_fen: FenAmount
    """The least that can be paid in at once."""
    most_fen: FenAmount
    """The most that can be paid in at once."""
    channels: list[Id]
    """Through whom, as `wechat`, `alipay` and `cash`."""
    credit_fen: FenAmount = 0
    """What is kept for the patient and counted in when he pays in cash."""
    payment: Payment | None = None
    """The patient's last payment: under way, or not longer over than `LAST_PAYMENT_S`."""
    payment_sheets: list[OwedSheet]
    """What that payment pays; empty without one."""


class CostGroup(Message, frozen=True, kw_only=True):
    """Charges of one kind, as medicines."""

    title_zh: ShortText
    """What kind it is."""
    title_en: ShortText
    items: list[OwedItem]
    """Each charge."""


class DayBillFound(Message, frozen=True, kw_only=True, tag="day_bill"):
    """Reply to `find_day_bill`: each charge of a day."""

    day_on: DayText
    """Which day."""
    earlier_on: DayText | None
    """The day with charges before; `null`: there is none."""
    later_on: DayText | None
    """The day with charges after it; `null`: there is none."""
    groups: list[CostGroup]
    """May be empty: nothing was charged yet."""


class SettlementFound(Message, frozen=True, kw_only=True, tag="settlement"):
    """Reply to `find_settlement`: what leaving would come to now. Charges may still be added."""

    from_on: DayText
    """When he came."""
    to_on: DayText
    """The last day that has charges."""
    groups: list[CostGroup]
    """One, whose items are the kinds of cost."""
    price_fen: FenAmount
    """What everything costs: both shares."""
    insurance_fen: FenAmount
    """What the medical insurance pays."""
    self_pay_fen: FenAmount
    """What the patient pays."""
    deposit_fen: FenAmount
    """What was paid in and still counts."""
    to_pay_fen: FenAmount
    """What the patient would have to pay; 0: nothing."""
    to_return_fen: FenAmount
    """What the patient would get back; 0: nothing."""


InpatientRequest = FindStay | FindDayBill | FindSettlement | TopUp
InpatientReply = StayFound | DayBillFound | SettlementFound
