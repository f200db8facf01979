"""What reports there are: asks the hospital's systems, outside the loop."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_server.contract.report_messages import (
    ListReports,
    PayCopies,
    PrintReport,
    TellPrinted,
)
from queue_server.records.records import RecordsUnavailable
from queue_server.records.reports import Report, ReportId, Reports
from queue_server.rules.refusals import Refused
from queue_server.rules.report_printing import PrintAgain, ReportPolicy
from queue_server.rules.terms import PatientId, PrintOutcome, RefusalCode
from queue_server.service.copy_desk import CopyDesk, CopySale
from queue_server.service.now import Now
from queue_server.service.report_state import ReleasedReceipt

AsksReports = ListReports | PrintReport | PayCopies | TellPrinted
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReports:
    """The reports that a request is about, and a token for the one that is released."""

    reports: tuple[Report, ...]
    token: str
    sale: CopySale | None = None
    """How further copies are paid for; None: none are sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShelf:
    """Where a site's reports come from."""

    reports: Reports
    new_token: Callable[[], str]
    """Gives a text that nobody can guess, as `secrets.token_urlsafe`."""
    copies: CopyDesk | None = None
    """Where further copies are paid for; None: nowhere."""


def look_up_reports(
    shelf: ReportShelf, policy: ReportPolicy, now: Now, asked: AsksReports, at: datetime
) -> FoundReports:
    """Find what is asked for; what was printed is told to the hospital's systems. May block.

    Raises:
        Refused: the session has ended, or the systems can't be asked.
        JournalUnusable: the journal can't be read.
    """
    if isinstance(asked, TellPrinted):
        _tell_systems(shelf.reports, now, asked, at)
        return FoundReports(reports=(), token="")
    session = now.sessions.get(asked.session_id)
    if session is None:
        raise Refused(RefusalCode.SESSION_ENDED)
    try:
        found = _asked_for(shelf.reports, policy, now, asked, session.patient)
    except RecordsUnavailable as error:
        raise Refused(RefusalCode.BUSY) from error
    sale = None
    if shelf.copies is not None and policy.again is PrintAgain.FEE:
        # What is older is not listed, and no copy is older than its report.
        sale = shelf.copies.sale(session.patient, policy.listed_days)
    return FoundReports(reports=tuple(found), token=shelf.new_token(), sale=sale)


def _asked_for(
    reports: Reports,
    policy: ReportPolicy,
    now: Now,
    asked: ListReports | PrintReport | PayCopies,
    patient: PatientId,
) -> Iterable[Report]:
    if isinstance(asked, ListReports):
        return reports.reports_of(patient, now.day_on - timedelta(days=policy.listed_days))
    wanted = [asked.report_id] if isinstance(asked, PrintReport) else asked.report_ids
    found = (reports.report(ReportId(one)) for one in dict.fromkeys(wanted))
    return [one for one in found if one is not None and one.patient_id == patient]


def _tell_systems(reports: Reports, now: Now, asked: TellPrinted, at: datetime) -> None:
    release = now.report_desk.releases.get(asked.release_id)
    if release is None or asked.outcome is not PrintOutcome.PRINTED:
        return
    if isinstance(release.document, ReleasedReceipt):
        return
    try:
        reports.note_printed(release.document, asked.release_id, at)
    except RecordsUnavailable:
        # Today it counts all the same: it stands in the journal.
        _log.error("a printing could not be told to the hospital's systems: they can't be asked")
