"""Answers about reports: the second factor, the list, the release of one, and its printing."""

import hashlib
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final

from queue_server.contract.report_messages import (
    RELEASE_LIFE_S,
    ListedReport,
    ListReports,
    PrintingNoted,
    PrintReport,
    ProveIdentity,
    Proven,
    ReportReleased,
    ReportsListed,
    TellPrinted,
)
from queue_server.records.reports import Report
from queue_server.rules.refusals import Refused
from queue_server.rules.report_printing import (
    Known,
    PrintAgain,
    ReportPolicy,
    proves,
    require_open,
    wrong_proof,
)
from queue_server.rules.terms import PatientId, RefusalCode, ReportState
from queue_server.service import report_facts as facts
from queue_server.service.draft import Draft
from queue_server.service.jobs import Asked
from queue_server.service.now import Session
from queue_server.service.payment_view import copy_sheet
from queue_server.service.report_lookup import FoundReports
from queue_server.service.report_standing import (
    next_copy,
    printed_count_of,
    refusal,
    require_not_at_printer,
    why_not_released,
)
from queue_server.service.report_state import Release, ReleasedReceipt

LISTED_MAX: Final = 100
_MINUTE_S: Final = 60
_UNDER_WAY: Final = (ReportState.IN_PROGRESS, ReportState.ORDERED, ReportState.FINAL)
"""In which order those are listed that can't be printed now."""
_BUSY_WORDS: Final = ("正在出具，请稍后再来。", "Being produced, please come back later.")
_READY_WORDS: Final = (
    "正在出具，大约还需 {minutes} 分钟。",
    "Being produced, about {minutes} minutes more.",
)
_ORDERED_WORDS: Final = (
    "尚未检查，请先按导诊单做检查。",
    "Not examined yet: please go to the examination first.",
)

ReportRequest = ProveIdentity | ListReports | PrintReport | TellPrinted
ReportReply = Proven | ReportsListed | ReportReleased | PrintingNoted


def answer_about_reports(draft: Draft, job: Asked, body: ReportRequest) -> ReportReply:
    """Return the reply to a request about reports.

    Raises:
        Refused: what was to be kept of a wrong proof is kept all the same.
    """
    if isinstance(body, TellPrinted):
        return _noted(draft, job, body)
    session = draft.session_of(job, body.session_id)
    if isinstance(body, ProveIdentity):
        return _proven(draft, job, body, session)
    found, policy = found_reports(draft, job, session)
    if isinstance(body, ListReports):
        return _listed(draft, job, body, found, policy)
    return _released(draft, job, body, found, policy)


def found_reports(draft: Draft, job: Asked, session: Session) -> tuple[FoundReports, ReportPolicy]:
    """Return what was looked up for a patient who has proved himself, and what the site wants.

    Raises:
        Refused: he has not, or reports are not printed here, or can't be asked for now.
    """
    policy = draft.setup.site.reports
    if policy is None:
        raise Refused(RefusalCode.REPORTS_OFF)
    if not session.is_proven:
        raise Refused(RefusalCode.PROOF_MISSING)
    if isinstance(job.found, Refused):
        raise job.found
    if not isinstance(job.found, FoundReports):
        # The site wants them, but this server has been given none to print.
        raise Refused(RefusalCode.REPORTS_OFF)
    if policy.again is PrintAgain.FEE and job.found.sale is None:
        # The site wants a fee, but this server takes no payments.
        policy = replace(policy, again=PrintAgain.DESK)
    return job.found, policy


def _proven(draft: Draft, job: Asked, body: ProveIdentity, session: Session) -> Proven:
    if (body.phone_end is None) == (body.id_number is None):
        detail = "phone_end 和 id_number 必须且只能给出一个 / exactly one of phone_end, id_number"
        raise Refused(RefusalCode.BAD_REQUEST, detail=detail)
    patient = draft.now.patients.get(session.patient)
    if patient is None:
        # After a restart, while the records can't be asked.
        raise Refused(RefusalCode.BUSY)
    day_ends_at = _end_of_day(draft)
    require_open(_wrong_at(draft, session.patient), draft.at, day_ends_at)
    known = Known(
        phone_number=patient.phone_number,
        id_number=patient.id_number,
        is_identified_by_id_number=not session.is_by_card,
    )
    was_right = proves(known, phone_end=body.phone_end, id_number=body.id_number)
    given = facts.ProofGiven(
        session_id=body.session_id,
        device=job.device,
        patient=session.patient,
        was_right=was_right,
    )
    draft.note(given, by=job.device)
    if not was_right:
        raise wrong_proof(_wrong_at(draft, session.patient), draft.at, day_ends_at)
    return Proven()


def _wrong_at(draft: Draft, patient: PatientId) -> tuple[datetime, ...]:
    return draft.now.report_desk.wrong_proofs.get(patient, ())


def _end_of_day(draft: Draft) -> datetime:
    """Return when the clinic day ends, in local time."""
    midnight = datetime.combine(draft.now.day_on + timedelta(days=1), time(), draft.at.tzinfo)
    return midnight + timedelta(seconds=draft.setup.site.day_rolls_over_at)


def _listed(
    draft: Draft, job: Asked, body: ListReports, found: FoundReports, policy: ReportPolicy
) -> ReportsListed:
    patient = draft.session_of(job, body.session_id).patient
    shown = facts.ReportsShown(session_id=body.session_id, device=job.device, patient=patient)
    draft.note(shown, by=job.device)
    listed = [_line(draft, report, policy, found) for report in found.reports[:LISTED_MAX]]
    # What can be taken away now comes first; within each, the latest.
    listed.sort(key=lambda one: (not one.can_print, _UNDER_WAY.index(one.state)))
    if found.sale is None:
        return ReportsListed(reports=listed)
    channels = [channel.value for channel in found.sale.channels]
    return ReportsListed(reports=listed, channels=channels, credit_fen=found.sale.credit.fen)


def _line(draft: Draft, report: Report, policy: ReportPolicy, found: FoundReports) -> ListedReport:
    printed_count = printed_count_of(draft, report)
    why_not = why_not_released(draft, report, policy, found)
    ready_in_min = _ready_in_min(report, draft.at)
    hint_zh, hint_en = _hint(report.state, why_not, policy, ready_in_min)
    is_sold = why_not is RefusalCode.REPORT_COPY_UNPAID
    return ListedReport(
        report_id=report.report_id,
        kind=report.kind,
        title_zh=report.title_zh,
        title_en=report.title_en,
        day_on=f"{report.ordered_at:%Y-%m-%d}",
        state=report.state,
        ready_in_min=ready_in_min,
        printed_count=printed_count,
        can_print=why_not is None,
        hint_zh=hint_zh,
        hint_en=hint_en,
        copy=copy_sheet(next_copy(draft, report, policy)) if is_sold else None,
    )


def _ready_in_min(report: Report, at: datetime) -> int | None:
    """Return in about how many minutes a report will be final, in steps of five."""
    if report.state is not ReportState.IN_PROGRESS or report.ready_at is None:
        return None
    left_min = (report.ready_at - at).total_seconds() / _MINUTE_S
    return max(5, round(left_min / 5) * 5) if left_min > 0 else None


def _hint(
    state: ReportState,
    why_not: RefusalCode | None,
    policy: ReportPolicy,
    ready_in_min: int | None,
) -> tuple[str, str]:
    if why_not is None:
        return "", ""
    if state is ReportState.FINAL:
        refused = refusal(why_not, policy)
        return refused.message_zh, refused.message_en
    if state is ReportState.ORDERED:
        return _ORDERED_WORDS
    if ready_in_min is None:
        return _BUSY_WORDS
    zh, en = _READY_WORDS
    return zh.format(minutes=ready_in_min), en.format(minutes=ready_in_min)


def _released(
    draft: Draft, job: Asked, body: PrintReport, found: FoundReports, policy: ReportPolicy
) -> ReportReleased:
    if not found.reports:
        raise Refused(RefusalCode.UNKNOWN_REPORT)
    [report] = found.reports
    why_not = why_not_released(draft, report, policy, found)
    if why_not is not None:
        raise refusal(why_not, policy)
    printing_number = printed_count_of(draft, report) + 1
    if printing_number > policy.free_count and policy.again is PrintAgain.FEE:
        require_not_at_printer(draft, report, job.device)
    release_id, token = job.request.request_id, found.token
    expires_at = draft.at + timedelta(seconds=RELEASE_LIFE_S)
    released = facts.ReportReleased(
        release_id=release_id,
        session_id=body.session_id,
        device=job.device,
        patient=report.patient_id,
        report_id=report.report_id,
        token_digest=digest_of(token),
        expires_at=expires_at,
        printing_number=printing_number,
    )
    draft.note(released, by=job.device)
    return ReportReleased(release_id=release_id, token=token, expires_at=expires_at)


def digest_of(token: str) -> str:
    """Return what is kept of a token: nobody can fetch a report with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def _noted(draft: Draft, job: Asked, body: TellPrinted) -> PrintingNoted:
    release = draft.now.report_desk.releases.get(body.release_id)
    if release is None or release.device != job.device:
        raise Refused(RefusalCode.UNKNOWN_REPORT)
    if not release.is_told:
        draft.note(_printed(body, release), by=job.device)
    return PrintingNoted()


def _printed(body: TellPrinted, release: Release) -> facts.ReportPrinted | facts.ReceiptPrinted:
    if isinstance(release.document, ReleasedReceipt):
        return facts.ReceiptPrinted(
            release_id=body.release_id,
            device=release.device,
            patient=release.patient,
            number=release.document.number,
            outcome=body.outcome,
        )
    return facts.ReportPrinted(
        release_id=body.release_id,
        device=release.device,
        patient=release.patient,
        report_id=release.document,
        outcome=body.outcome,
    )
