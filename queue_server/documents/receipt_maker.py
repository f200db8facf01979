"""Makes receipts on paper: finds them in the journal, sets the page, signs it. It may block."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from queue_server.documents.check_code import CheckCodes, in_groups
from queue_server.documents.receipt_document import ReceiptPrinting, make_receipt
from queue_server.documents.typesetter import DocumentError
from queue_server.payments.receipt import Receipt
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.records.records import Patient, Records
from queue_server.rules.terms import DeviceId
from queue_server.service.clinic_day import clinic_day
from queue_server.site import Site

if TYPE_CHECKING:
    # Slow to import, and only needed where somebody signs.
    from queue_server.documents.signing import PdfSigner

RECEIPT_PATH = "/verify/receipt"
_KIND = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedReceipt:
    """A receipt that came from here, and what has become of it."""

    receipt: Receipt
    voided_by: Receipt | None
    patient: Patient | None
    """None: the hospital's records do not know him any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptMaker:
    """Whom it asks, and whose paper it is."""

    site: Site
    records: Records
    shelf: ReceiptShelf
    codes: CheckCodes
    signer: "PdfSigner | None"
    """None: the hospital prints no receipts here, but they can be verified."""

    def make(self, number: str, device: DeviceId, made_at: datetime, *, is_copy: bool) -> bytes:
        """Return the signed PDF of a receipt.

        Raises:
            DocumentError: it can't be made.
            JournalUnusable, RecordsUnavailable: they can't be asked.
        """
        receipt = self.shelf.receipt(number)
        patient = None if receipt is None else self.records.patient(receipt.patient)
        if receipt is None or patient is None or self.signer is None:
            raise DocumentError("a released receipt is not there, or nobody can sign it")
        printing = ReceiptPrinting(
            device=device,
            made_at=made_at,
            is_copy=is_copy,
            check_code=self.check_code(receipt),
            check_address=self.check_address(receipt),
            voided_by=self._voided_by(receipt, made_at),
        )
        pdf = make_receipt(self.site, patient, receipt, printing)
        return self.signer.signed(pdf, reason="电子票据 Electronic receipt")

    def verified(self, number: str, code: str, now: datetime) -> VerifiedReceipt | None:
        """Return what a paper with this code is of, if it came from here.

        Raises:
            JournalUnusable, RecordsUnavailable: they can't be asked.
        """
        receipt = self.shelf.receipt(number)
        if receipt is None or not self.codes.is_right(code, *_said(receipt)):
            return None
        return VerifiedReceipt(
            receipt=receipt,
            voided_by=self._voided_by(receipt, now),
            patient=self.records.patient(receipt.patient),
        )

    def check_code(self, receipt: Receipt) -> str:
        """Return the code to compare: the finance platform's, or else our own."""
        if receipt.registration is not None:
            return receipt.registration.check_code
        return in_groups(self.codes.code(*_said(receipt)))

    def check_address(self, receipt: Receipt) -> str:
        """Return what a QR code leads to; empty: there is nothing to lead to."""
        if receipt.registration is not None and receipt.registration.address:
            return receipt.registration.address
        if not self.site.public_address:
            return ""
        code = self.codes.code(*_said(receipt))
        return f"{self.site.public_address}{RECEIPT_PATH}/{receipt.number}/{code}"

    def _voided_by(self, receipt: Receipt, now: datetime) -> Receipt | None:
        return self.shelf.reversal_of(receipt, clinic_day(self.site, now))


def _said(receipt: Receipt) -> tuple[str, ...]:
    return _KIND, receipt.number, receipt.attempt, str(receipt.amount.fen)
