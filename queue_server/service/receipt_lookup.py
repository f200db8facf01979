"""What receipts a patient has: read from the journal, outside the loop."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from queue_server.contract.receipt_messages import RECEIPT_DAYS, ListReceipts, PrintReceipt
from queue_server.journal.journal import Journal, JournaledFact, Selection
from queue_server.payments.receipt import Receipt, day_of
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import PrintOutcome, RefusalCode
from queue_server.service.now import Now
from queue_server.service.receipt_view import ReceiptChecks
from queue_server.service.report_facts import ReceiptPrinted

_PRINTINGS_A_DAY_MAX: Final = 50
AsksReceipts = ListReceipts | PrintReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReceipts:
    """The receipts that a request is about, and a token for the one that is released."""

    receipts: tuple[Receipt, ...]
    token: str
    was_printed: bool = False
    """Whether a kiosk has said before that this one came out, or may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDesk:
    """Where a site's receipts come from."""

    shelf: ReceiptShelf
    journal: Journal
    checks: ReceiptChecks
    can_print: bool
    """Whether the hospital can sign them; else they are only listed."""
    new_token: Callable[[], str]
    """Gives a text that nobody can guess, as `secrets.token_urlsafe`."""


def look_up_receipts(desk: ReceiptDesk, now: Now, asked: AsksReceipts) -> FoundReceipts:
    """Find what is asked for. May block.

    Raises:
        Refused: the session has ended.
        JournalUnusable: the journal can't be read.
    """
    session = now.sessions.get(asked.session_id)
    if session is None:
        raise Refused(RefusalCode.SESSION_ENDED)
    if isinstance(asked, PrintReceipt):
        receipt = desk.shelf.receipt(asked.receipt_id)
        is_own = receipt is not None and receipt.patient == session.patient
        if receipt is None or not is_own:
            return FoundReceipts(receipts=(), token="")
        was_printed = _was_printed(desk.journal, receipt, now.day_on)
        token = desk.new_token()
        return FoundReceipts(receipts=(receipt,), token=token, was_printed=was_printed)
    listed = desk.shelf.of_patient(session.patient, now.day_on, RECEIPT_DAYS)
    return FoundReceipts(receipts=tuple(listed), token="")


def _was_printed(journal: Journal, receipt: Receipt, today: date) -> bool:
    """Tell whether a receipt came out at a kiosk on any day since it was issued."""
    first = day_of(receipt.number)
    assert first is not None, receipt.number
    kinds = frozenset({ReceiptPrinted.__name__})
    return any(
        isinstance(row.written, JournaledFact)
        and row.written.body["outcome"] != PrintOutcome.FAILED
        for back in range((today - first).days + 1)
        for row in journal.rows(
            Selection(
                day_on=first + timedelta(days=back),
                kinds=kinds,
                texts=(receipt.number,),
                count_max=_PRINTINGS_A_DAY_MAX,
            )
        )
    )
