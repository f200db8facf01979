"""How a report stands: how often it was printed, what the next copy costs, whether it is paid."""

from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.report_copy import copy_charge
from queue_server.payments.terms import ChargeId
from queue_server.records.reports import Report
from queue_server.rules.refusals import Refused
from queue_server.rules.report_printing import ReportPolicy, why_not_printable
from queue_server.rules.terms import DeviceId, RefusalCode
from queue_server.service.draft import Draft
from queue_server.service.report_lookup import FoundReports


def next_copy(draft: Draft, report: Report, policy: ReportPolicy) -> Charge:
    """Return what the next printing of a report costs, where it does."""
    return copy_charge(
        report.report_id,
        printed_count_of(draft, report) + 1,
        kind=report.kind,
        patient=report.patient_id,
        fee=Fen(policy.report_copy_fen),
    )


def why_not_released(
    draft: Draft, report: Report, policy: ReportPolicy, found: FoundReports
) -> RefusalCode | None:
    """Return why a report may not be printed now, as far as count and fee go; None: it may."""
    paid = frozenset[ChargeId]() if found.sale is None else found.sale.paid
    is_next_paid = next_copy(draft, report, policy).id in paid
    count = printed_count_of(draft, report)
    return why_not_printable(report.state, count, policy, is_next_paid=is_next_paid)


def printed_count_of(draft: Draft, report: Report) -> int:
    """Return how often a report was printed."""
    # The hospital's systems may not have been told yet of what was printed today.
    return max(report.printed_count, draft.now.report_desk.printed.get(report.report_id, 0))


def refusal(why_not: RefusalCode, policy: ReportPolicy) -> Refused:
    """Return how a report is refused, with what a copy costs."""
    return Refused(why_not, fee=str(Fen(policy.report_copy_fen)))


def require_not_at_printer(draft: Draft, report: Report, asks: DeviceId) -> None:
    """Let one paid copy come out at one kiosk only; if that has died, at another one later.

    A kiosk that asks again prints nothing at this moment: what it was told was lost.

    Raises:
        Refused: REPORT_AT_PRINTER.
    """
    mine = [
        one for one in draft.now.report_desk.releases.values() if one.document == report.report_id
    ]
    last = mine[-1] if mine else None
    if last is None or last.is_told or last.device == asks or last.expires_at <= draft.at:
        return
    raise Refused(RefusalCode.REPORT_AT_PRINTER)
