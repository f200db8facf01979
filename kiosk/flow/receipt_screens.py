"""What the kiosk knows while a patient has a receipt printed. No decisions here."""

from dataclasses import dataclass, field

from kiosk.flow.report_screens import ReportFailure
from queue_server.contract.receipt_messages import ListedReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """The patient's receipts, a page at a time; one that is touched is printed."""

    receipts: tuple[ListedReceipt, ...] = field(repr=False)
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingReceipt:
    """A receipt comes out."""

    ask_number: int
    """Of the request for it."""
    print_number: int = 0
    """Of its printing, once the server has released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPrinted:
    """How it ended."""

    failure: ReportFailure | None
