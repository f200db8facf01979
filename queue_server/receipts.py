"""The receipts of a queue server: who makes, finds and verifies them, from its configuration."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from queue_server.documents.check_code import CheckCodes
from queue_server.documents.receipt_maker import ReceiptMaker
from queue_server.documents.typesetter import DocumentError, require_fonts
from queue_server.journal.journal import Journal
from queue_server.paying import PayingError
from queue_server.payments.configuration import ReceiptsConfiguration
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.records.records import Records
from queue_server.service.receipt_lookup import ReceiptDesk
from queue_server.service.receipt_view import ReceiptChecks
from queue_server.site import Site
from queue_server.web.https import WARN_BEFORE

if TYPE_CHECKING:
    from queue_server.documents.signing import PdfSigner

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """All that has to do with receipts."""

    maker: ReceiptMaker
    journal: Journal

    @property
    def checks(self) -> ReceiptChecks:
        """How one is verified."""
        return ReceiptChecks(code=self.maker.check_code, address=self.maker.check_address)

    @property
    def desk(self) -> ReceiptDesk:
        """Where devices ask for them."""
        return ReceiptDesk(
            shelf=self.maker.shelf,
            journal=self.journal,
            checks=self.checks,
            can_print=self.maker.signer is not None,
            new_token=lambda: secrets.token_urlsafe(32),
        )


def make_receipts(
    configuration: ReceiptsConfiguration | None,
    *,
    site: Site,
    records: Records,
    journal: Journal,
    codes: CheckCodes,
    now: datetime,
) -> Receipts:
    """Return the receipts of a site; without a configuration they are not printed.

    Raises:
        PayingError: certificate or key can't be used.
    """
    return Receipts(
        maker=ReceiptMaker(
            site=site,
            records=records,
            shelf=ReceiptShelf(journal),
            codes=codes,
            signer=_signer(configuration, now),
        ),
        journal=journal,
    )


def has_fonts() -> bool:
    """Tell whether documents can be made here; the technician is told if not."""
    try:
        require_fonts()
    except DocumentError as error:
        _log.error("%s", error)
        return False
    return True


def _signer(configuration: ReceiptsConfiguration | None, now: datetime) -> "PdfSigner | None":
    if configuration is None or not has_fonts():
        return None
    from queue_server.documents.signing import PdfSigner, SigningError  # noqa: PLC0415  # slow

    try:
        signer = PdfSigner(
            certificates=configuration.certificates, private_key=configuration.private_key
        )
    except SigningError as error:
        raise PayingError(f"[receipts] {error} / 票据签名证书或密钥文件无效") from None
    if signer.valid_until - now < WARN_BEFORE:
        ends_on = signer.valid_until.date()
        _log.warning("the receipts' certificate ends on %s / 票据签名证书即将到期", ends_on)
    return signer
