"""Makes released reports: asks the hospital's systems, and sets the page. It may block."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.documents.check_code import CheckCodes, in_groups
from queue_server.documents.report_document import Printing, make_report
from queue_server.documents.typesetter import DocumentError
from queue_server.records.records import Patient, Records
from queue_server.records.reports import Report, ReportId, Reports
from queue_server.rules.terms import DeviceId
from queue_server.site import Site

VERIFY_PATH = "/verify/report"
_KIND = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMaker:
    """Whom it asks, and whose paper it is."""

    site: Site
    records: Records
    reports: Reports
    codes: CheckCodes

    def make(self, report_id: ReportId, device: DeviceId, printed_at: datetime) -> bytes:
        """Return the PDF of a report.

        Raises:
            DocumentError: it can't be made, or has been taken back by the hospital.
            RecordsUnavailable: the hospital's systems can't be asked.
        """
        found = self._found(report_id)
        if found is None:
            raise DocumentError("a released report is not there any more, or not final")
        report, patient = found
        code = self._code(report)
        address = self.site.public_address
        printing = Printing(
            device=device,
            printed_at=printed_at,
            check_address=f"{address}{VERIFY_PATH}/{report_id}/{code}" if address else "",
            check_code=in_groups(code),
        )
        return make_report(self.site, patient, report, printing)

    def verified(self, report_id: str, code: str) -> tuple[Report, Patient] | None:
        """Return what a page with this code is of, if it came from here and says the same still.

        Raises:
            RecordsUnavailable: the hospital's systems can't be asked.
        """
        found = self._found(ReportId(report_id))
        if found is None:
            return None
        return found if self.codes.is_right(code, *_said(found[0])) else None

    def _found(self, report_id: ReportId) -> tuple[Report, Patient] | None:
        report = self.reports.report(report_id)
        if report is None or report.content is None:
            return None
        patient = self.records.patient(report.patient_id)
        return None if patient is None else (report, patient)

    def _code(self, report: Report) -> str:
        return self.codes.code(*_said(report))


def _said(report: Report) -> tuple[str, ...]:
    """Return what a code stands for: a report that was corrected since gets another one."""
    assert report.content is not None
    return _KIND, report.report_id, report.content.reported_at.isoformat()
