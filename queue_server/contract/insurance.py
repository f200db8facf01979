"""The messages about settling with the medical insurance by its code. Amounts are whole fen."""

from typing import Annotated

from msgspec import Meta

from queue_server.contract.message import Id, Message, ShortText
from queue_server.contract.payments import FenAmount, OwedSheet


class SettleInsurance(Message, frozen=True, kw_only=True, tag="settle_insurance"):
    """Have the insurance pay its part of some sheets, by the code that the patient has shown.

    Answered by `insurance_settled`; by `payment`, if the patient has nothing to pay himself.
    """

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    sheet_ids: Annotated[list[ShortText], Meta(min_length=1, max_length=100)]
    """The sheets to settle, each whole."""
    amount_fen: FenAmount
    """What the patient was shown as the sum; refused if it is another one by now."""
    code: Annotated[str, Meta(pattern=r"^[0-9]{28}$(?!\n)")]
    """The insurance code (医保电子凭证) that the patient has shown: never kept, never logged."""


class CancelInsurance(Message, frozen=True, kw_only=True, tag="cancel_insurance"):
    """The patient has left; what was settled for him here is undone, unless it is paid by then.

    It is also right when it is not known whether anything was settled. Answered by
    `insurance_cancelled`.
    """

    session_id: Id
    """The `session_id` of `settle_insurance`; it may have ended."""


class InsuranceCancelled(Message, frozen=True, kw_only=True, tag="insurance_cancelled"):
    """Reply to `cancel_insurance`: written down, and undone as soon as nobody pays it."""

    claim_ids: Annotated[list[ShortText], Meta(max_length=100)]
    """The settlements that it is about; there may be none."""


class InsuranceSettled(Message, frozen=True, kw_only=True, tag="insurance_settled"):
    """Reply to `settle_insurance`: settled, and undone again unless the own share is paid."""

    claim_id: ShortText
    """Our number of the settlement."""
    insurance_fen: FenAmount
    """What it has settled."""
    own_fen: FenAmount
    """What the patient pays himself now."""
    sheets: list[OwedSheet]
    """The sheets with their new shares."""
