"""Answers about receipts: the list, and the release of one to a kiosk's printer."""

from datetime import timedelta

from queue_server.contract.receipt_messages import ListReceipts, PrintReceipt, ReceiptsListed
from queue_server.contract.report_messages import RELEASE_LIFE_S, ReportReleased
from queue_server.payments.receipt import Receipt
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service import report_facts as facts
from queue_server.service.draft import Draft
from queue_server.service.jobs import Asked
from queue_server.service.receipt_lookup import AsksReceipts, FoundReceipts, ReceiptDesk
from queue_server.service.receipt_view import listed
from queue_server.service.report_state import ReleasedReceipt
from queue_server.service.reporting import digest_of


def answer_about_receipts(
    draft: Draft, job: Asked, body: AsksReceipts, desk: ReceiptDesk | None
) -> ReceiptsListed | ReportReleased:
    """Return the reply to a request about receipts.

    Raises:
        Refused: the sentence says what to do.
    """
    if desk is None or (isinstance(body, PrintReceipt) and not desk.can_print):
        raise Refused(RefusalCode.RECEIPTS_OFF)
    patient = draft.session_of(job, body.session_id).patient
    if isinstance(job.found, Refused):
        raise job.found
    assert isinstance(job.found, FoundReceipts), "looked up before"
    if isinstance(body, ListReceipts):
        shown = facts.ReceiptsShown(session_id=body.session_id, device=job.device, patient=patient)
        draft.note(shown, by=job.device)
        return ReceiptsListed(receipts=listed(job.found.receipts, desk.checks))
    if not job.found.receipts:
        raise Refused(RefusalCode.UNKNOWN_RECEIPT)
    return _released(draft, job, body, job.found)


def _released(draft: Draft, job: Asked, body: PrintReceipt, found: FoundReceipts) -> ReportReleased:
    [receipt] = found.receipts
    release_id, token = job.request.request_id, found.token
    expires_at = draft.at + timedelta(seconds=RELEASE_LIFE_S)
    released = facts.ReceiptReleased(
        release_id=release_id,
        session_id=body.session_id,
        device=job.device,
        patient=receipt.patient,
        receipt=ReleasedReceipt(
            number=receipt.number, is_copy=found.was_printed or _is_fetched(draft, receipt)
        ),
        token_digest=digest_of(token),
        expires_at=expires_at,
    )
    draft.note(released, by=job.device)
    return ReportReleased(release_id=release_id, token=token, expires_at=expires_at)


def _is_fetched(draft: Draft, receipt: Receipt) -> bool:
    """Tell whether a kiosk has it today and has not said that nothing came out."""
    return any(
        isinstance(release.document, ReleasedReceipt)
        and release.document.number == receipt.number
        and release.is_fetched
        and not release.has_failed
        for release in draft.now.report_desk.releases.values()
    )
