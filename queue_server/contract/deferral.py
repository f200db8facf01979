"""The messages about paying later: treated first, paid until a day, up to a limit. Whole fen."""

from typing import Annotated

from msgspec import Meta

from queue_server.contract.message import DayText, Id, Message, ShortText
from queue_server.contract.payments import FenAmount


class Defer(Message, frozen=True, kw_only=True, tag="defer"):
    """Put some sheets off, so that the patient goes on before he has paid them.

    Only for whom `owed` has told a `pay_later`. What is put off already is so once.
    """

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    sheet_ids: Annotated[list[ShortText], Meta(min_length=1, max_length=100)]
    """The sheets to put off, each whole."""
    amount_fen: FenAmount
    """What the patient was shown as the sum; refused if it is another one by now."""


class Deferred(Message, frozen=True, kw_only=True, tag="deferred"):
    """Reply to `defer`: it is in the journal."""

    deferral_id: ShortText
    """Its number, on the slip."""
    sheet_ids: list[ShortText]
    """What is put off."""
    amount_fen: FenAmount
    """What the patient pays of it later."""
    due_on: DayText
    """The last day to pay."""
    is_released: bool
    """Whether the patient may go on; if not, the hospital's system has not answered yet."""
    open_fen: FenAmount
    """All that he has put off and not paid, with this."""
    limit_fen: FenAmount
    """How much that may be."""
