"""What the kiosk knows while a patient has his reports printed. No decisions here."""

from dataclasses import dataclass, field

from kiosk.flow.intent import Intent
from queue_server.contract.payments import OwedSheet
from queue_server.contract.report_messages import ListedReport

PHONE_END_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailure:
    """Why a report did not come out; empty sentences: the server could not be asked."""

    sentence_zh: str = ""
    sentence_en: str = ""
    may_have_printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPad:
    """Type the last four digits of the phone number: before records are shown."""

    intent: Intent = Intent.REPORTS
    """What he wants to see."""
    characters: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The patient's reports, a page at a time.

    Those that can be printed are chosen at first; copies that cost something are not.
    """

    reports: tuple[ListedReport, ...] = field(repr=False)
    left_out: frozenset[str] = field(default=frozenset(), repr=False)
    """Reports that he does not want on paper."""
    wanted: frozenset[str] = field(default=frozenset(), repr=False)
    """Reports of which he wants another copy, and pays for it."""
    channels: tuple[str, ...] = ()
    """How copies can be paid at this kiosk; empty: not at all."""
    credit_fen: int = 0
    """What is kept for the patient, and counted in when he pays in cash."""
    page: int = 0

    @property
    def chosen(self) -> tuple[ListedReport, ...]:
        """Those that are printed when he says so."""
        return tuple(one for one in self.reports if self._is_chosen(one))

    @property
    def copies(self) -> tuple[OwedSheet, ...]:
        """What is paid before those are printed."""
        return tuple(one.copy for one in self.chosen if one.copy is not None)

    def is_for_sale(self, report: ListedReport) -> bool:
        """Whether another copy of a report can be paid for here."""
        return report.copy is not None and bool(self.channels)

    def _is_chosen(self, report: ListedReport) -> bool:
        if report.can_print:
            return report.report_id not in self.left_out
        return self.is_for_sale(report) and report.report_id in self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingReports:
    """Reports come out, one after the other."""

    reports: tuple[ListedReport, ...] = field(repr=False)
    index: int
    """Which one is at work, from 0."""
    ask_number: int
    """Of the request for it."""
    print_number: int = 0
    """Of its printing, once the server has released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPrinted:
    """How it ended."""

    printed_count: int
    left_count: int
    failure: ReportFailure | None
    is_paid: bool = False
    """Whether something is paid of what did not come out."""
