"""What a patient pays for who wants reports printed again."""

from queue_server.contract.report_messages import PayCopies
from queue_server.payments.ledger import Charge
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service.draft import Draft
from queue_server.service.jobs import Asked
from queue_server.service.report_facts import CopiesAsked
from queue_server.service.report_standing import next_copy, refusal, why_not_released
from queue_server.service.reporting import found_reports


def copies_to_pay(draft: Draft, job: Asked, body: PayCopies) -> list[Charge]:
    """Return the charges of the copies that are asked for; the patient goes on.

    Raises:
        Refused: one of them is not for sale: the sentence says what to do.
    """
    session = draft.session_of(job, body.session_id)
    found, policy = found_reports(draft, job, session)
    if len(found.reports) < len(set(body.report_ids)):
        raise Refused(RefusalCode.UNKNOWN_REPORT)
    for report in found.reports:
        why_not = why_not_released(draft, report, policy, found)
        if why_not is None:
            raise Refused(RefusalCode.REPORT_COPY_PAID)
        if why_not is not RefusalCode.REPORT_COPY_UNPAID:
            raise refusal(why_not, policy)
    asked = CopiesAsked(session_id=body.session_id, device=job.device, patient=session.patient)
    draft.note(asked, by=job.device)
    return [next_copy(draft, report, policy) for report in found.reports]
