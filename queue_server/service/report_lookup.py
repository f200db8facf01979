"""What reports there are: asks the hospital's systems, outside the loop."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from queue_server.contract.report_messages import ListReports, PrintReport, TellPrinted
from queue_server.records.records import RecordsUnavailable
from queue_server.records.reports import Report, ReportId, Reports
from queue_server.rules.refusals import Refused
from queue_server.rules.report_printing import ReportPolicy
from queue_server.rules.terms import PrintOutcome, RefusalCode
from queue_server.service.now import Now
from queue_server.service.report_state import ReleasedReceipt

AsksReports = ListReports | PrintReport | TellPrinted
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReports:
    """The reports that a request is about, and a token for the one that is released."""

    reports: tuple[Report, ...]
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShelf:
    """Where a site's reports come from."""

    reports: Reports
    new_token: Callable[[], str]
    """Gives a text that nobody can guess, as `secrets.token_urlsafe`."""


def look_up_reports(
    shelf: ReportShelf, policy: ReportPolicy, now: Now, asked: AsksReports, at: datetime
) -> FoundReports:
    """Find what is asked for; what was printed is told to the hospital's systems. May block.

    Raises:
        Refused: the session has ended, or the systems can't be asked.
    """
    if isinstance(asked, TellPrinted):
        _tell_systems(shelf.reports, now, asked, at)
        return FoundReports(reports=(), token="")
    session = now.sessions.get(asked.session_id)
    if session is None:
        raise Refused(RefusalCode.SESSION_ENDED)
    try:
        if isinstance(asked, PrintReport):
            report = shelf.reports.report(ReportId(asked.report_id))
            is_own = report is not None and report.patient_id == session.patient
            found = [report] if report is not None and is_own else []
        else:
            since = now.day_on - timedelta(days=policy.listed_days)
            found = list(shelf.reports.reports_of(session.patient, since))
    except RecordsUnavailable as error:
        raise Refused(RefusalCode.BUSY) from error
    return FoundReports(reports=tuple(found), token=shelf.new_token())


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
